"""Workers die and hang; the engine copes."""

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
    Failed,
    FailureCode,
    ImageRequest,
    Job,
    Progress,
    Started,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

MakeRequest = Callable[..., ImageRequest]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fragile() -> AsyncIterator[Engine]:
    """An engine whose workers are killed: two pictures at once, and 6 s of silence count as a hang."""
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", watchdog=6.0, slots=2) as engine:
        await engine.ready()
        yield engine


def harm(engine: Engine, number: int) -> None:
    pid = engine.worker_pid
    assert pid is not None
    os.kill(pid, number)


async def first_step(job: Job, *, attempt: int) -> None:
    """Waits until the job makes progress in its `attempt`-th attempt."""
    started = False
    async for event in job.events():
        started = started or event == Started(attempt=attempt)
        if started and isinstance(event, Progress):
            return


async def test_a_job_whose_worker_is_killed_is_done_by_the_next(
    fragile: Engine, make_request: MakeRequest
) -> None:
    """One death is forgiven: it starts again, with the second attempt said."""
    job = fragile.submit(make_request(steps=60))
    behind = fragile.submit(make_request())
    await first_step(job, attempt=1)
    harm(fragile, signal.SIGKILL)
    events = [event async for event in job.events()]
    assert Started(attempt=2) in events
    assert isinstance(events[-1], Done)
    assert isinstance(await behind.outcome(), Done)


async def test_a_job_alone_with_two_dead_workers_fails_and_its_neighbour_is_done(
    fragile: Engine, make_request: MakeRequest
) -> None:
    """A shared death is nobody's fault: each is tried alone, and only who dies alone twice is to blame.

    A hung worker is killed and counts as dead.
    """
    job = fragile.submit(make_request(steps=150))
    beside = fragile.submit(make_request(steps=150, seed=8))
    await first_step(beside, attempt=1)
    harm(fragile, signal.SIGSTOP)
    for attempt in (2, 3):
        await first_step(job, attempt=attempt)
        harm(fragile, signal.SIGKILL)
    outcome = await job.outcome()
    assert isinstance(outcome, Failed)
    assert outcome.code is FailureCode.WORKER_DIED
    assert outcome.compute_seconds > 0
    done = await beside.outcome()
    assert isinstance(done, Done)
    started = [event async for event in beside.events() if isinstance(event, Started)]
    assert [event.attempt for event in started] == [1, 2]
    assert fragile.status.state == "ready"


async def test_a_job_cancelled_while_its_worker_is_dead_ends(
    fragile: Engine, make_request: MakeRequest
) -> None:
    """Nobody waits for a new worker only to be told that the job is cancelled."""
    job = fragile.submit(make_request(steps=60))
    await first_step(job, attempt=1)
    harm(fragile, signal.SIGKILL)
    job.cancel()
    assert isinstance(await job.outcome(), Cancelled)
    assert fragile.queue() == ()


async def test_nobody_waits_for_a_worker_that_never_comes(make_request: MakeRequest) -> None:
    """Worker after worker dies before it is ready: whoever waits is told, and gets their turn back."""
    async with Engine(catalogue=Catalogue([POCKET]), device="no such device") as engine:
        outcome = await engine.submit(make_request()).outcome()
        assert isinstance(outcome, Failed)
        assert outcome.code is FailureCode.WORKER_DIED
        assert engine.status.state == "failed"
        assert engine.queue() == ()
