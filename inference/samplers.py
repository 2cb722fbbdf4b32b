"""The samplers people may name, each with a line of advice. No torch here: `denoise/` builds them."""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A sampler by the name people know.

    Attributes:
        name: what people type.
        title: what people read.
        advice: one line: when to take it.
        diffusers_class: the stock class that does the arithmetic; empty for the model's own.
        options: what is set on top of the model's own sampler config.
        stochastic: fresh noise enters at every step.
        fewest_steps: below this its arithmetic overshoots, and pictures come out in wrong colours.
        most_steps: it knows no more; None where only the request's own limit counts.
        evaluations: how often the model is asked in `steps` steps, as (a step, besides): Heun asks twice a
            step but once in the last, PNDM warms up with one more.
    """

    name: str
    title: str
    advice: str
    diffusers_class: str
    options: MappingProxyType[str, object] = field(default_factory=lambda: MappingProxyType({}))
    stochastic: bool = False
    fewest_steps: int = 1
    most_steps: int | None = None
    evaluations: tuple[int, int] = (1, 0)


def _options(**options: object) -> MappingProxyType[str, object]:
    return MappingProxyType(options)


OWN: Final = "own"
"""The sampler that a model's folder names, whatever it is."""

_ALL: Final = (
    Sampler(
        name="ddim",
        title="DDIM",
        advice="Steady and quick; good from 15 steps.",
        diffusers_class="DDIMScheduler",
        options=_options(clip_sample=False),
    ),
    Sampler(
        name="euler",
        title="Euler",
        advice="Simple and clean; a good first choice from 20 steps.",
        diffusers_class="EulerDiscreteScheduler",
    ),
    Sampler(
        name="euler_a",
        title="Euler ancestral",
        advice="Livelier; pictures keep changing as steps grow.",
        diffusers_class="EulerAncestralDiscreteScheduler",
        stochastic=True,
    ),
    Sampler(
        name="lms",
        title="K-LMS",
        advice="The classic of Stable Diffusion 1.4; from 30 steps.",
        diffusers_class="LMSDiscreteScheduler",
    ),
    Sampler(
        name="dpmpp_2m",
        title="DPM++ 2M",
        advice="Sharp in few steps; 15–25 are plenty.",
        diffusers_class="DPMSolverMultistepScheduler",
    ),
    Sampler(
        name="dpmpp_2m_karras",
        title="DPM++ 2M Karras",
        advice="The favourite for detail in 20 steps.",
        diffusers_class="DPMSolverMultistepScheduler",
        # Karras' spacing from the endless sigma of a zero terminal SNR leaves no step for the picture.
        options=_options(use_karras_sigmas=True, rescale_betas_zero_snr=False),
        fewest_steps=6,
    ),
    Sampler(
        name="heun",
        title="Heun",
        advice="Careful: two evaluations a step, twice the price.",
        diffusers_class="HeunDiscreteScheduler",
        fewest_steps=5,
        evaluations=(2, -1),
    ),
    Sampler(
        name="pndm",
        title="PNDM",
        advice="What Stable Diffusion shipped with; from 50 steps.",
        diffusers_class="PNDMScheduler",
        # Its Runge–Kutta start needs four steps and twelve evaluations; SD ships it off as well.
        options=_options(skip_prk_steps=True),
        fewest_steps=20,
        evaluations=(1, 1),
    ),
    Sampler(
        name="unipc",
        title="UniPC",
        advice="Good pictures in 10 steps.",
        diffusers_class="UniPCMultistepScheduler",
    ),
    Sampler(
        name="ddpm",
        title="DDPM",
        advice="The original; wants many steps.",
        diffusers_class="DDPMScheduler",
        options=_options(clip_sample=False),
        stochastic=True,
    ),
    Sampler(
        name="lms_karras",
        title="K-LMS Karras",
        advice="K-LMS with its steps where detail forms; from 20 steps.",
        diffusers_class="LMSDiscreteScheduler",
        options=_options(use_karras_sigmas=True, rescale_betas_zero_snr=False),
    ),
    Sampler(
        name="euler_beta",
        title="Euler beta",
        advice="Euler with more of its steps at both ends; 20 are plenty.",
        diffusers_class="EulerDiscreteScheduler",
        options=_options(use_beta_sigmas=True, rescale_betas_zero_snr=False),
    ),
    Sampler(
        name="dpmpp_2m_exponential",
        title="DPM++ 2M exponential",
        advice="As DPM++ 2M Karras, gentler at the end.",
        diffusers_class="DPMSolverMultistepScheduler",
        options=_options(use_exponential_sigmas=True, rescale_betas_zero_snr=False),
        fewest_steps=8,
    ),
    Sampler(
        name="dpmpp_2m_sde_karras",
        title="DPM++ 2M SDE Karras",
        advice="Rich in texture; from 25 steps.",
        diffusers_class="DPMSolverMultistepScheduler",
        options=_options(
            algorithm_type="sde-dpmsolver++", use_karras_sigmas=True, rescale_betas_zero_snr=False
        ),
        stochastic=True,
        fewest_steps=8,
    ),
    Sampler(
        name="dpmpp_2s",
        title="DPM++ 2S",
        advice="DPM++ that looks one step back at most; 20 steps.",
        diffusers_class="DPMSolverSinglestepScheduler",
    ),
    Sampler(
        name="dpm2_karras",
        title="DPM2 Karras",
        advice="Exact and slow: two evaluations a step, twice the price.",
        diffusers_class="KDPM2DiscreteScheduler",
        options=_options(use_karras_sigmas=True, rescale_betas_zero_snr=False),
        evaluations=(2, -1),
    ),
    Sampler(
        name="dpm2_a_karras",
        title="DPM2 ancestral Karras",
        advice="Lively and slow: two evaluations a step, twice the price.",
        diffusers_class="KDPM2AncestralDiscreteScheduler",
        options=_options(use_karras_sigmas=True, rescale_betas_zero_snr=False),
        stochastic=True,
        fewest_steps=6,
        evaluations=(2, -1),
    ),
    Sampler(
        name="deis",
        title="DEIS",
        advice="Smooth pictures in 15 steps.",
        diffusers_class="DEISMultistepScheduler",
    ),
    Sampler(
        name="lcm",
        title="LCM",
        advice="For models distilled for it: 4 to 8 steps, little guidance.",
        diffusers_class="LCMScheduler",
        stochastic=True,
        most_steps=50,  # those that the teacher took
    ),
    Sampler(
        name="tcd",
        title="TCD",
        advice="For models distilled for it: 4 to 8 steps, little guidance.",
        diffusers_class="TCDScheduler",
        stochastic=True,
        most_steps=50,  # those that the teacher took
    ),
    Sampler(
        name=OWN,
        title="Model's own",
        advice="What the model came with; some models have no other.",
        diffusers_class="",
    ),
)

SAMPLERS: Final = MappingProxyType({sampler.name: sampler for sampler in _ALL})
"""Every sampler by name, in the order to show them."""
