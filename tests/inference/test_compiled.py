"""Compiled U-Nets: a forward is filled up to a number of rows that was compiled, and says the same."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from tiny_models import KINDS, SIDE, tiny_components

from inference.denoise.lanes import Conditioning
from inference.families.compiled import ROWS
from inference.families.components import ComponentsXL
from inference.families.stable_diffusion import StableDiffusion
from inference.families.stable_diffusion_xl import StableDiffusionXL

LONG = "a red house by the sea at night, " * 12


def traced(unet: torch.nn.Module, seen: list[int]) -> Callable[..., Any]:
    """Captured as graphs of fixed shapes, but run as they are: no C compiler is needed."""
    graph = torch.compile(unet, dynamic=False, backend="eager")

    def call(**inputs: Any) -> Any:  # noqa: ANN401 - as the U-Net itself
        seen.append(len(inputs["sample"]))
        return graph(**inputs)

    return call


def family(kind: str) -> StableDiffusion:
    parts = tiny_components(kind)
    device = torch.device("cpu")
    if isinstance(parts, ComponentsXL):
        return StableDiffusionXL(parts, device=device)
    return StableDiffusion(parts, device=device)


def texts(model: StableDiffusion, rows: int, *, long: bool = False) -> list[Conditioning]:
    prompts = ["a red house", LONG if long else "a boat"]
    return [model.conditionings(prompts[row % 2], None, width=SIDE, height=SIDE)[0] for row in range(rows)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_forward_filled_up_says_the_same(kind: str) -> None:
    """For each number of rows, of every family; what fills up is never seen."""
    torch._dynamo.reset()
    plain, fast, seen = family(kind), family(kind), list[int]()
    made = list(fast.compile(SIDE, SIDE, pictures=4, compiler=partial(traced, seen=seen)))
    assert made == [1, 2, 4, 6, 8]
    for rows in (1, 3, 5, 8):
        latents = torch.randn(rows, 4, SIDE // 8, SIDE // 8, generator=torch.Generator().manual_seed(rows))
        timesteps = torch.linspace(999, 1, rows)
        seen.clear()
        with torch.inference_mode():
            said = fast.forward(latents, timesteps, texts(fast, rows))
            expected = plain.forward(latents, timesteps, texts(plain, rows))
        assert seen == [min(number for number in ROWS if number >= rows)]
        torch.testing.assert_close(said, expected, rtol=1e-4, atol=1e-5)


def test_what_was_not_compiled_for_goes_on_as_before() -> None:
    """Other sizes, longer texts, more rows than were ever compiled."""
    torch._dynamo.reset()
    model, seen = family("sd-1"), list[int]()
    list(model.compile(SIDE, SIDE, pictures=1, compiler=partial(traced, seen=seen)))
    seen.clear()
    side = SIDE // 8
    with torch.inference_mode():
        model.forward(torch.zeros(2, 4, side, 2 * side), torch.ones(2), texts(model, 2))
        model.forward(torch.zeros(2, 4, side, side), torch.ones(2), texts(model, 2, long=True))
        model.forward(torch.zeros(40, 4, side, side), torch.ones(40), texts(model, 40))
    assert seen == []
