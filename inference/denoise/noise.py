"""Where pictures start: each from its own generator, some a step along the noise sphere."""

from collections.abc import Sequence

import torch

from inference.request import ImageRequest, Variation

PARALLEL = 0.9995
"""Beyond this cosine, great circle and straight line are the same and the former divides by nearly 0."""


def generator_for(seed: int) -> torch.Generator:
    """A generator on the CPU, so that every device makes the same picture from the same seed."""
    return torch.Generator("cpu").manual_seed(seed)


def initial_noise(request: ImageRequest, shape: Sequence[int]) -> tuple[torch.Tensor, list[torch.Generator]]:
    """Standard normal noise for every picture, and the generators that go on to draw the noise of its steps.

    Args:
        request: whose pictures.
        shape: of one picture's latents: channels, height, width.

    Returns:
        float32 on the CPU, (count, *shape), and one generator a picture, each having drawn its start.
    """
    noises, generators = [], []
    for index in range(request.count):
        alone = request.picture(index)
        generator = generator_for(alone.seed)
        noise = _draw(shape, generator)
        for variation in alone.variations:
            noise = _vary(noise, variation)
        noises.append(noise)
        generators.append(generator)
    return torch.cat(noises), generators


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
    return torch.randn((1, *shape), generator=generator, dtype=torch.float32)


def _vary(noise: torch.Tensor, variation: Variation) -> torch.Tensor:
    return slerp(noise, _draw(noise.shape[1:], generator_for(variation.seed)), variation.strength)
