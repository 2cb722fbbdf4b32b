"""A long job makes way for others at a step, and goes on later as if nothing had been."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from inference import (
    POCKET,
    Cancelled,
    Catalogue,
    Done,
    Engine,
    ImageRequest,
    Job,
    Paused,
    Progress,
    Queued,
    Started,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

MakeRequest = Callable[..., ImageRequest]
LONG = {"owner": "ada", "steps": 150, "sampler": "euler_a", "seed": 20, "width": 64, "height": 64}
SHORT = {"owner": "ben", "steps": 20, "width": 64, "height": 64}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio() -> AsyncIterator[Engine]:
    """An engine that makes one picture at a time, in exact mode, with short turns."""
    async with Engine(
        catalogue=Catalogue([POCKET]), device="cpu", slots=1, exact=True, quantum=0.05
    ) as engine:
        await engine.ready()
        yield engine


async def heard(job: Job, kind: type[Paused] | type[Progress]) -> Paused | Progress:
    """The next event of that kind."""
    async for event in job.events():
        if isinstance(event, kind):
            return event
    raise AssertionError(f"ended without {kind.__name__}")


async def paused(studio: Engine, make_request: MakeRequest) -> tuple[Job, list[Job]]:
    """A long job that is parked for short ones."""
    long = studio.submit(make_request(**LONG))
    await heard(long, Progress)
    others = [studio.submit(make_request(**SHORT)) for _ in range(3)]
    await asyncio.wait_for(heard(long, Paused), 60)
    return long, others


async def test_a_long_job_goes_on_after_shorter_ones_and_its_picture_is_the_same(
    studio: Engine, make_request: MakeRequest
) -> None:
    """To the last bit; it is told that it waits, at which step, and that it goes on, in one attempt."""
    alone = await studio.submit(make_request(**LONG)).outcome()
    assert isinstance(alone, Done)
    long, others = await paused(studio, make_request)
    (entry,) = (entry for entry in studio.queue() if entry.job_id == long.id)
    assert entry.paused
    assert entry.position >= 1
    assert 0 < entry.step < entry.steps == 150
    assert entry.slots == ()
    assert entry.eta_seconds is not None
    assert entry.begins_seconds is not None
    assert entry.begins_seconds < entry.eta_seconds
    events = [event async for event in long.events()]
    outcome = events[-1]
    assert isinstance(outcome, Done)
    assert outcome.images[0].png == alone.images[0].png
    assert [event for event in events if isinstance(event, Started)] == [Started(attempt=1)]
    pauses = [number for number, event in enumerate(events) if isinstance(event, Paused)]
    goes_on = events[pauses[-1] + 1]
    assert isinstance(goes_on, Progress)
    assert goes_on.step >= entry.step
    assert not any(isinstance(event, Queued) for event in events[pauses[0] :])
    for other in others:
        assert other.over
        assert isinstance(await other.outcome(), Done)
    assert studio.queue() == ()


async def test_a_job_cancelled_while_it_is_paused_is_over_at_once(
    studio: Engine, make_request: MakeRequest
) -> None:
    """What it took by then is said; the others are made, and what the worker kept of it is gone."""
    long, others = await paused(studio, make_request)
    long.cancel()
    assert long.over
    outcome = await long.outcome()
    assert isinstance(outcome, Cancelled)
    assert outcome.compute_seconds > 0
    again = studio.submit(make_request(**SHORT), job_id=long.id)  # the worker knows it no more
    for job in (*others, again):
        assert isinstance(await job.outcome(), Done)
    assert studio.queue() == ()


async def test_a_paused_job_whose_worker_is_killed_begins_again(
    studio: Engine, make_request: MakeRequest
) -> None:
    """In its turn, as a second attempt, for which nobody blames it; who ran then is done too."""
    long, others = await paused(studio, make_request)
    pid = studio.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    events = [event async for event in long.events()]
    assert isinstance(events[-1], Done)
    assert Started(attempt=2) in events
    for other in others:
        assert isinstance(await other.outcome(), Done)
    assert studio.queue() == ()


async def test_closing_ends_a_paused_job(make_request: MakeRequest) -> None:
    """As everybody else's."""
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", slots=1, quantum=0.05) as engine:
        await engine.ready()
        long, others = await paused(engine, make_request)
        await engine.close()
        assert all(job.over for job in (long, *others))
