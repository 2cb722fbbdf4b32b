"""One engine for all tests that do not harm it: a worker takes seconds to start."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
import torch

from inference import POCKET, Catalogue, Engine, ImageRequest

MakeRequest = Callable[..., ImageRequest]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine() -> AsyncIterator[Engine]:
    """A warm engine with the bundled model; previews as often as can be."""
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", preview_every=0.0) as engine:
        await engine.ready()
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def narrow() -> AsyncIterator[Engine]:
    """An engine that makes one picture at a time, so that others have to wait."""
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", slots=1, watchdog=6.0) as engine:
        await engine.ready()
        yield engine


@pytest.fixture(scope="session")
def make_request() -> MakeRequest:
    """Builds a small request; what a test cares about it says."""

    def make(**said: object) -> ImageRequest:
        settings: dict[str, object] = {
            "prompt": "a green field under a blue sky",
            "owner": "ada",
            "model": "pocket",
            "width": 128,
            "height": 128,
            "steps": 6,
            "guidance_scale": 3.5,
            "sampler": "ddim",
            "seed": 7,
        }
        return ImageRequest(**(settings | said))  # type: ignore[arg-type]

    return make


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Sums in the same order, whoever computes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
