"""From a request to its lanes: words become embeddings, seeds become noise, a sampler becomes a plan."""

from functools import lru_cache

import torch

from inference.denoise import samplers
from inference.denoise.lanes import Lane
from inference.denoise.noise import initial_noise
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
        request.prompt, request.negative_prompt if guided else None
    )
    plan = _plan(request.sampler, request.steps, _frozen(family))
    noise, generators = initial_noise(request, family.latent_shape(request.width, request.height))
    lanes = [
        Lane(
            plan=plan,
            start=start * plan.start,
            prompt=prompt,
            negative=negative,
            guidance_scale=request.guidance_scale,
            generator=generator,
        )
        for start, generator in zip(noise, generators, strict=True)
    ]
    return lanes, (*notes, *_too_few_steps(request))


@lru_cache(maxsize=256)
def _plan(name: str, steps: int, config: tuple[tuple[str, object], ...]) -> Plan:
    thawed = {key: _thawed(value) for key, value in config}
    return trace(lambda: samplers.build(name, thawed), steps)


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
