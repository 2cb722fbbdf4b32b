"""The samplers people may name, each with a line of advice. No torch here: `denoise/` builds them."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A sampler by the name people know.

    Attributes:
        name: what people type.
        title: what people read.
        advice: one line: when to take it.
        diffusers_class: the stock class that does the arithmetic.
        options: what is set on top of the model's own sampler config.
        stochastic: fresh noise enters at every step.
    """

    name: str
    title: str
    advice: str
    diffusers_class: str
    options: MappingProxyType[str, object]
    stochastic: bool = False


def _sampler(
    name: str, title: str, diffusers_class: str, advice: str, *, stochastic: bool = False, **options: object
) -> Sampler:
    return Sampler(
        name=name,
        title=title,
        advice=advice,
        diffusers_class=diffusers_class,
        options=MappingProxyType(options),
        stochastic=stochastic,
    )


_ALL: Final = (
    _sampler("ddim", "DDIM", "DDIMScheduler", "Steady and quick; good from 15 steps."),
    _sampler("euler", "Euler", "EulerDiscreteScheduler", "Simple and clean; a good first choice from 20 steps."),
    _sampler(
        "euler_a",
        "Euler ancestral",
        "EulerAncestralDiscreteScheduler",
        "Livelier; pictures keep changing as steps grow.",
        stochastic=True,
    ),
    _sampler("lms", "K-LMS", "LMSDiscreteScheduler", "The classic of Stable Diffusion 1.4; from 30 steps."),
    _sampler(
        "dpmpp_2m", "DPM++ 2M", "DPMSolverMultistepScheduler", "Sharp in few steps; 15–25 are plenty."
    ),
    _sampler(
        "dpmpp_2m_karras",
        "DPM++ 2M Karras",
        "DPMSolverMultistepScheduler",
        "The favourite for detail in 20 steps.",
        use_karras_sigmas=True,
    ),
    _sampler("heun", "Heun", "HeunDiscreteScheduler", "Careful: two evaluations a step, twice the price."),
    _sampler("pndm", "PNDM", "PNDMScheduler", "What Stable Diffusion shipped with; from 50 steps."),
    _sampler("unipc", "UniPC", "UniPCMultistepScheduler", "Good pictures in 10 steps."),
    _sampler(
        "ddpm", "DDPM", "DDPMScheduler", "The original; wants many steps.", stochastic=True
    ),
)

SAMPLERS: Final = MappingProxyType({sampler.name: sampler for sampler in _ALL})
"""Every sampler by name, in the order to show them."""
