"""What pictures draw before their first step: each from its own generator, in the stock pipelines' order."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from inference.request import ImageRequest, Variation

PARALLEL = 0.9995
"""Beyond this cosine, great circle and straight line are the same and the former divides by nearly 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """What one picture drew, standard normal, float32 on the CPU, (channels, height, width) each.

    Attributes:
        posterior: picks the source picture's latents from what the VAE saw; None without one.
        noise: what the picture starts from, or its source is made noisy with.
        generator: goes on to draw the noise of its steps.
    """

    posterior: torch.Tensor | None
    noise: torch.Tensor
    generator: torch.Generator


def generator_for(seed: int) -> torch.Generator:
    """A generator on the CPU, so that every device makes the same picture from the same seed."""
    return torch.Generator("cpu").manual_seed(seed)


def drawn(request: ImageRequest, shape: Sequence[int]) -> list[Drawn]:
    """What every picture of a request draws; some of the noise is a step along the noise sphere.

    Args:
        request: whose pictures.
        shape: of one picture's latents: channels, height, width.
    """
    sourced = request.source is not None
    masked = request.source is not None and request.source.mask is not None
    everybody = []
    for index in range(request.count):
        alone = request.picture(index)
        generator = generator_for(alone.seed)
        posterior = _draw(shape, generator) if sourced else None
        noise = _draw(shape, generator)
        if masked:
            # The stock pipeline also encodes the masked picture here, for U-Nets that are told of it.
            _draw(shape, generator)
        for variation in alone.variations:
            noise = _vary(noise, variation, sourced=sourced)
        everybody.append(Drawn(posterior=posterior, noise=noise, generator=generator))
    return everybody


def slerp(start: torch.Tensor, end: torch.Tensor, amount: float) -> torch.Tensor:
    """Spherical interpolation (Shoemake 1985) of two tensors seen as vectors; `amount` in [0, 1]."""
    if amount in (0, 1):
        return end if amount else start
    cosine = torch.nn.functional.cosine_similarity(start.flatten(), end.flatten(), dim=0).double()
    if cosine.abs() > PARALLEL:
        return torch.lerp(start, end, amount)
    angle = torch.arccos(cosine)
    from_start = torch.sin((1 - amount) * angle) / torch.sin(angle)
    from_end = torch.sin(amount * angle) / torch.sin(angle)
    return from_start.to(start) * start + from_end.to(end) * end


def _draw(shape: Sequence[int], generator: torch.Generator) -> torch.Tensor:
    return torch.randn(tuple(shape), generator=generator, dtype=torch.float32)


def _vary(noise: torch.Tensor, variation: Variation, *, sourced: bool) -> torch.Tensor:
    generator = generator_for(variation.seed)
    if sourced:
        _draw(noise.shape, generator)  # what that seed's own picture draws first
    return slerp(noise, _draw(noise.shape, generator), variation.strength)
