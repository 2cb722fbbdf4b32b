"""Variations where a stock pipeline draws its own noise: it draws again, and the two are mixed."""

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import torch

from inference.denoise.noise import generator_for, slerp
from inference.request import Variation


def varied(prepare: Callable[..., Any], variations: Sequence[Variation]) -> Callable[..., Any]:
    """A pipeline's own `prepare_latents`, with steps on the noise sphere behind it.

    What it returns first is its noise, packed and scaled as it likes: mixing on the sphere does not mind.

    Args:
        prepare: takes the generator by that name.
        variations: the steps, in order.
    """
    signature = inspect.signature(prepare)

    @wraps(prepare)
    def prepared(*said: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever the pipeline says
        own = prepare(*said, **more)
        noise = own[0] if isinstance(own, tuple) else own
        for step in variations:
            bound = signature.bind(*said, **more)
            bound.arguments["generator"] = generator_for(step.seed)
            other = prepare(*bound.args, **bound.kwargs)
            other = other[0] if isinstance(other, tuple) else other
            noise = _between(noise, other, step.strength)
        return (noise, *own[1:]) if isinstance(own, tuple) else noise

    return prepared


def _between(start: torch.Tensor, end: torch.Tensor, amount: float) -> torch.Tensor:
    return slerp(start.float(), end.float(), amount).to(start)
