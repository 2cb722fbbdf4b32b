"""Many jobs at once through the engine: they end side by side, by one worker."""

import asyncio
from collections.abc import Callable

import pytest

from inference import Cancelled, Done, Engine, ImageRequest, Started

MakeRequest = Callable[..., ImageRequest]

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("steps", [(4,) * 8, (2, 4, 3, 4, 2, 3, 4, 4)], ids=["alike", "mixed"])
async def test_jobs_that_end_in_the_same_step_are_each_made_once(
    engine: Engine, make_request: MakeRequest, steps: tuple[int, ...]
) -> None:
    """One is written while the next is decoded; none of them takes the worker along."""
    worker = engine.worker_pid
    jobs = [engine.submit(make_request(seed=number, steps=each)) for number, each in enumerate(steps)]
    for job in jobs:
        attempts = [event.attempt async for event in job.events() if isinstance(event, Started)]
        assert attempts == [1]
        assert isinstance(await job.outcome(), Done)
    assert engine.worker_pid == worker


async def test_a_neighbour_cancelled_at_the_end_harms_nobody(
    engine: Engine, make_request: MakeRequest
) -> None:
    """Whoever is past the last step is decoded and delivered, whoever leaves meanwhile."""
    worker = engine.worker_pid
    for turn in range(6):
        stays = [engine.submit(make_request(seed=number, steps=4)) for number in range(3)]
        goes = engine.submit(make_request(seed=9, steps=5))
        await asyncio.sleep(0.02 * turn)
        await stays[0].outcome()
        goes.cancel()
        assert all([isinstance(await job.outcome(), Done) for job in stays])
        assert isinstance(await goes.outcome(), Done | Cancelled)
    assert engine.worker_pid == worker
