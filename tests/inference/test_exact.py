"""Exact mode, what an image says of how it was computed, and what is remembered of a device."""

import io
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from PIL import Image

from inference import POCKET, Catalogue, Done, Engine, ImageRequest, ImageResult

MakeRequest = Callable[..., ImageRequest]

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def exact() -> AsyncIterator[Engine]:
    """An engine in exact mode that makes five pictures at once."""
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", exact=True, slots=5) as engine:
        await engine.ready()
        yield engine


async def images(engine: Engine, request: ImageRequest) -> tuple[ImageResult, ...]:
    outcome = await engine.submit(request).outcome()
    assert isinstance(outcome, Done), outcome
    return outcome.images


async def test_in_exact_mode_neighbours_change_no_bit(exact: Engine, make_request: MakeRequest) -> None:
    """A picture's file is the one it has alone, with others in the same ticks and siblings in its request."""
    request = make_request(sampler="euler_a", steps=8, seed=20)
    (alone,) = await images(exact, request)
    beside = exact.submit(make_request(owner="ben", sampler="dpmpp_2m", steps=14, count=2))
    siblings = await images(exact, make_request(sampler="euler_a", steps=8, seed=19, count=2))
    assert siblings[1].png == alone.png
    assert isinstance(await beside.outcome(), Done)


async def test_an_image_says_how_it_was_computed(
    exact: Engine, engine: Engine, make_request: MakeRequest
) -> None:
    """Device, precision, pictures in a forward, libraries: what tells whether it will come out again."""
    for asked, batch in ((exact, "Batch: 1,"), (engine, "Batch: 3,")):
        (image, _, _) = await images(asked, make_request(count=3))
        said = str(Image.open(io.BytesIO(image.png)).info["parameters"])
        for part in ("Device: cpu with 1 threads", "Precision: float32", batch, "Libraries: torch "):
            assert part in said


async def test_a_knee_is_measured_once(exact: Engine) -> None:
    """What an earlier engine measured on this device is taken as it is by the next one."""
    ((measured_for, knee),) = exact.knees().items()
    assert "cpu" in measured_for
    assert "float32, 128x128" in measured_for
    assert knee >= 4
    remembered = {measured_for: 7, "another device": 3}
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", knees=remembered) as engine:
        await engine.ready()
        assert engine.slots == 7
        assert engine.knees() == remembered
