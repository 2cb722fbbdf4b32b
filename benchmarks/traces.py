"""The requests that are sent, and when: the same to every arm."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inference import ImageRequest, ModelInfo

KINDS: Final = (("dpmpp_2m_karras", 20), ("euler_a", 20), ("ddim", 12), ("dpmpp_2m", 8), ("euler", 30))
"""Samplers and steps, mixed as people mix them."""
PROMPTS: Final = (
    "a red house by the sea",
    "a green field under a blue sky",
    "a yellow star",
    "a desert at noon",
)
_OWNERS: Final = 6


def shortened(kinds: Sequence[tuple[str, int]], share: float) -> tuple[tuple[str, int], ...]:
    """The same with a share of their steps."""
    return tuple((sampler, round(share * steps)) for sampler, steps in kinds)


def request_of(
    model: ModelInfo, number: int, kind: tuple[str, int] = KINDS[0], owner: str = "ada"
) -> ImageRequest:
    """A request for one picture of the model's own size."""
    return ImageRequest(
        prompt=PROMPTS[number % len(PROMPTS)],
        owner=owner,
        model=model.name,
        width=model.width,
        height=model.height,
        steps=kind[1],
        guidance_scale=model.guidance_scale,
        sampler=kind[0],
        seed=number,
    )


@dataclass(frozen=True, slots=True)
class Trace:
    """Requests with the seconds at which they arrive, in order."""

    arrivals: tuple[tuple[float, ImageRequest], ...]

    def __add__(self, other: "Trace") -> "Trace":
        return Trace(tuple(sorted((*self.arrivals, *other.arrivals), key=lambda arrival: arrival[0])))


def poisson(
    model: ModelInfo, *, rate: float, count: int, seed: int, kinds: Sequence[tuple[str, int]] = KINDS
) -> Trace:
    """`count` requests of mixed kinds and six owners, `rate` of them a second on average; 0: all at once."""
    chance, now, arrivals = random.Random(seed), 0.0, []  # noqa: S311 - a trace, no secret
    for number in range(count):
        owner = f"owner {chance.randrange(_OWNERS)}"
        arrivals.append((now, request_of(model, number, chance.choice(kinds), owner)))
        now += chance.expovariate(rate) if rate else 0.0
    return Trace(tuple(arrivals))


def burst(model: ModelInfo, owner: str, count: int, kinds: Sequence[tuple[str, int]] = KINDS) -> Trace:
    """`count` requests of one owner, all at once."""
    return Trace(
        tuple((0.0, request_of(model, number, kinds[number % len(kinds)], owner)) for number in range(count))
    )
