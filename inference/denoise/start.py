"""From a request to its lanes: words become embeddings, seeds become noise, a sampler becomes a plan."""

from functools import lru_cache

import torch

from inference.denoise import samplers
from inference.denoise.lanes import Held, Lane
from inference.denoise.noise import Drawn, drawn
from inference.denoise.sourced import Sourced, sourced
from inference.denoise.trace import Plan, trace
from inference.families.stable_diffusion import StableDiffusion, guides
from inference.request import ImageRequest
from inference.samplers import SAMPLERS


@torch.inference_mode()
def lanes_of(request: ImageRequest, family: StableDiffusion) -> tuple[list[Lane], tuple[str, ...]]:
    """One lane a picture, and what had to be left out, a sentence each.

    Every picture equals, to rounding, what the stock pipeline makes of it alone with the same seed: noise is
    drawn from each picture's own generator in the stock order.
    """
    guided = guides(request.guidance_scale)
    prompt, negative, notes = family.conditionings(
        request.prompt,
        request.negative_prompt if guided else None,
        width=request.width,
        height=request.height,
    )
    plan = _plan(request.sampler, request.steps, request.steps - request.steps_taken, _frozen(family))
    shape = family.latent_shape(request.width, request.height)
    source = None if request.source is None else sourced(request.source, family, shape)
    lanes = []
    for one in drawn(request, shape):
        start, held = _beginning(plan, one, source)
        lanes.append(
            Lane(
                plan=plan,
                start=start,
                prompt=prompt,
                negative=negative,
                guidance_scale=request.guidance_scale,
                generator=one.generator,
                held=held,
            )
        )
    return lanes, (*notes, *_too_few_steps(request))


def _beginning(plan: Plan, one: Drawn, source: Sourced | None) -> tuple[torch.Tensor, Held | None]:
    """Where a picture starts, and what of its source stays."""
    if source is None or one.posterior is None:
        return one.noise * plan.start, None
    clean = source.latents(one.posterior)
    of_clean, of_noise = plan.noised
    start = of_clean * clean + of_noise * one.noise.to(clean)
    if source.mask is None:
        return start, None
    held = Held(mask=source.mask, clean=clean, noise=one.noise.to(clean))
    # What is painted wholly anew starts from noise alone, as in the stock pipeline.
    return (one.noise * plan.start if source.from_noise else start), held


@lru_cache(maxsize=256)
def _plan(name: str, steps: int, left_out: int, config: tuple[tuple[str, object], ...]) -> Plan:
    """The plan of a sampler; of its steps so many are left out at the front."""
    thawed = {key: _thawed(value) for key, value in config}
    begin = left_out * samplers.build(name, thawed).order
    return trace(lambda: samplers.build(name, thawed), steps, begin=begin)


def _frozen(family: StableDiffusion) -> tuple[tuple[str, object], ...]:
    """The sampler's config as a key: lists become tuples."""
    config = family.sampler_config.items()
    return tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in config)


def _thawed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _too_few_steps(request: ImageRequest) -> tuple[str, ...]:
    sampler = SAMPLERS[request.sampler]
    if request.steps >= sampler.fewest_steps:
        return ()
    return (f"{sampler.title} needs {sampler.fewest_steps} steps or more; with fewer its colours go wrong.",)
