"""From a request to its lanes: words become embeddings, seeds become noise, a sampler becomes a plan."""

import logging
from collections.abc import Callable
from functools import lru_cache, partial

import torch

from inference.denoise import samplers
from inference.denoise.lanes import Held, Lane
from inference.denoise.noise import Drawn, drawn
from inference.denoise.samplers import StockSampler
from inference.denoise.sourced import Sourced, sourced
from inference.denoise.trace import NotLinear, Plan, trace
from inference.denoise.untraced import StockSteps, outlined
from inference.families.stable_diffusion import StableDiffusion, guides
from inference.request import ImageRequest
from inference.samplers import SAMPLERS

Frozen = tuple[tuple[str, object], ...]
"""A sampler's config as a key."""

log = logging.getLogger(__name__)


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
    chosen = (request.sampler, request.steps, request.steps - request.steps_taken, _frozen(family))
    plan = _plan(*chosen)
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
                stock=None if plan.traced else _stock_steps(*chosen),
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
def _plan(name: str, steps: int, left_out: int, config: Frozen) -> Plan:
    """The plan of a sampler; of its steps so many are left out at the front."""
    make, begin = _sampler(name, left_out, config)
    try:
        return trace(make, steps, begin=begin)
    except NotLinear as reason:
        log.info("%s takes its steps itself: %s", name, reason)
        return outlined(make, steps, begin=begin)


def _stock_steps(name: str, steps: int, left_out: int, config: Frozen) -> StockSteps:
    """The steps of a sampler that has no plan."""
    make, begin = _sampler(name, left_out, config)
    return StockSteps(make(), steps, begin=begin)


def _sampler(name: str, left_out: int, config: Frozen) -> tuple[Callable[[], StockSampler], int]:
    """How to build it, and the forwards to leave out."""
    thawed = {key: _thawed(value) for key, value in config}
    return partial(samplers.build, name, thawed), left_out * samplers.build(name, thawed).order


def _frozen(family: StableDiffusion) -> Frozen:
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
