"""Whose turn it is, on an engine that makes one picture at a time."""

import asyncio
from collections.abc import Callable

import pytest

from inference import Cancelled, Done, Engine, ImageRequest, Queued

MakeRequest = Callable[..., ImageRequest]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def make(engine: Engine, request: ImageRequest) -> Done:
    outcome = await engine.submit(request).outcome()
    assert isinstance(outcome, Done), outcome
    return outcome


async def test_two_owners_take_turns(narrow: Engine, make_request: MakeRequest) -> None:
    """Somebody who asks once is served before the second picture of somebody who asked for many."""
    finished: list[str] = []

    async def follow(owner: str, seed: int) -> None:
        await make(narrow, make_request(owner=owner, seed=seed, steps=4))
        finished.append(owner)

    async with asyncio.TaskGroup() as group:
        for seed in range(4):
            group.create_task(follow("heavy", seed))
        await asyncio.sleep(0)  # lets the four submit first
        group.create_task(follow("light", 1))
    assert finished.index("light") <= 1


async def test_places_in_line_are_told_and_kept_up_to_date(narrow: Engine, make_request: MakeRequest) -> None:
    """Who waits hears 2, then 1, then starts; `queue()` says the same."""
    jobs = [narrow.submit(make_request(seed=seed, steps=8)) for seed in range(3)]
    listed = narrow.queue()
    assert [entry.job_id for entry in listed] == [job.id for job in jobs]
    assert [entry.position for entry in listed] == [0, 1, 2]
    etas = [entry.eta_seconds for entry in listed]
    assert all(eta is not None for eta in etas)
    assert etas == sorted(etas, key=lambda eta: eta or 0.0)
    places = []
    async for event in jobs[2].events():
        if isinstance(event, Queued):
            places.append(event.position)
            assert event.ahead == event.position
    assert places == sorted(places, reverse=True)
    assert {1, 2} <= set(places)
    assert narrow.queue() == ()


async def test_a_waiting_job_leaves_at_once_when_cancelled(narrow: Engine, make_request: MakeRequest) -> None:
    """It costs nothing, and the one behind it moves up."""
    first, second, third = (narrow.submit(make_request(seed=seed, steps=8)) for seed in range(3))
    second.cancel()
    second.cancel()
    assert await second.outcome() == Cancelled(compute_seconds=0.0)
    assert [entry.job_id for entry in narrow.queue()] == [first.id, third.id]
    assert isinstance(await third.outcome(), Done)
