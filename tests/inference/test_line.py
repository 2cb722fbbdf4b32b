"""What a job's outcome says it cost, and what its owner's turn is charged, when workers die."""

from collections.abc import Callable

import pytest

from inference import Cancelled, Failed, FailureCode, ImageRequest
from inference.line import Line
from inference.live_job import LiveJob
from inference.messages import Began, Refused, Stepped, Stopped
from inference.story import Story

MakeRequest = Callable[..., ImageRequest]


@pytest.fixture
def line() -> Line:
    return Line(counters=None, rates=None)


@pytest.fixture
def live(line: Line, make_request: MakeRequest) -> LiveJob:
    """A job whose first worker died after 7 seconds of it."""
    live = LiveJob(id="a", request=make_request(), story=Story(), estimate=10.0)
    line.join(live)
    step(line, seconds=7.0)
    line.worker_died("was killed")
    return live


def step(line: Line, *, seconds: float) -> None:
    """A worker takes the job up and computes so long."""
    (live,) = line.next(slots=4)
    live.with_worker = True
    live.attempt += 1
    line.hear(Began(job_id=live.id))
    line.hear(Stepped(job_id=live.id, step=1, steps=6, compute_seconds=seconds))


def charged(line: Line) -> float:
    """What the owner's turn was charged: on an idle queue, where everybody starts next."""
    return line.counters().virtual_time


async def test_who_cancels_pays_for_no_dead_worker(line: Line, live: LiveJob) -> None:
    """The attempt that was cancelled is paid for; the one lost before is not, but took others' time too."""
    step(line, seconds=2.0)
    assert line.cancel(live)
    line.hear(Stopped(job_id="a", compute_seconds=3.0))
    assert live.story.outcome == Cancelled(compute_seconds=3.0)
    assert charged(line) == 10.0


async def test_who_cancels_between_two_workers_pays_nothing(line: Line, live: LiveJob) -> None:
    """All there was is lost."""
    assert not line.cancel(live)
    assert live.story.outcome == Cancelled(compute_seconds=0.0)
    assert charged(line) == 7.0


async def test_a_worker_that_dies_of_a_cancelled_job_costs_nothing(line: Line, live: LiveJob) -> None:
    """It did not live to say that it stopped."""
    step(line, seconds=2.0)
    assert line.cancel(live)
    line.worker_died("was killed")
    assert live.story.outcome == Cancelled(compute_seconds=0.0)
    assert charged(line) == 9.0


async def test_a_failure_names_its_last_attempt(line: Line, live: LiveJob) -> None:
    """A job that cannot be done says what that attempt took."""
    step(line, seconds=2.0)
    line.hear(Refused(job_id="a", code=FailureCode.OUT_OF_MEMORY, detail="too large", compute_seconds=3.0))
    assert live.story.outcome == Failed(
        code=FailureCode.OUT_OF_MEMORY, detail="too large", compute_seconds=3.0
    )
    assert charged(line) == 10.0


async def test_a_second_death_names_the_attempt_it_ended(line: Line, live: LiveJob) -> None:
    """Seconds of the last attempt in the outcome, of both in the owner's turn."""
    step(line, seconds=2.0)
    line.worker_died("was killed")
    assert live.story.outcome == Failed(
        code=FailureCode.WORKER_DIED, detail="the worker was killed", compute_seconds=2.0
    )
    assert charged(line) == 9.0


def test_every_picture_has_a_slot_of_its_own(line: Line, make_request: MakeRequest) -> None:
    """It keeps it from its turn to its end; then the next one takes the lowest that is free."""
    jobs = {
        name: LiveJob(id=name, request=make_request(count=count), story=Story(), estimate=1.0)
        for name, count in (("one", 1), ("two", 2), ("three", 1), ("four", 3))
    }
    for job in jobs.values():
        line.join(job)
    for job in line.next(slots=4):
        job.with_worker = True
    assert [entry.slots for entry in line.entries()] == [(0,), (1, 2), (3,), ()]
    line.hear(Stopped(job_id="one", compute_seconds=1.0))
    line.hear(Stopped(job_id="three", compute_seconds=1.0))
    assert line.next(slots=4) == ()
    (admitted,) = line.next(slots=5)
    assert admitted.slots == (0, 3, 4)
