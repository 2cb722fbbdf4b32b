"""What changes for jobs whose terms change, with a worker process that takes steps and computes nothing."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from inference import (
    POCKET,
    Cancelled,
    Cap,
    Catalogue,
    Done,
    Engine,
    Failed,
    FailureCode,
    ImageRequest,
    Job,
    JobEvent,
    Paused,
    Progress,
    Queued,
    Started,
    Terms,
)
from inference.line import Line
from inference.live_job import LiveJob
from inference.messages import Finished, NotParked
from inference.scripted_worker import STEP_SECONDS
from inference.story import Story
from inference.worker_process import WORKER

MakeRequest = Callable[..., ImageRequest]
HELD = Terms(held=True)
FREE = Terms()


@pytest_asyncio.fixture
async def engine(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """Four pictures at a time, a hundred steps a second."""
    monkeypatch.setenv(WORKER, "scripted")
    monkeypatch.setenv(STEP_SECONDS, "0.01")
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", slots=4, quantum=60.0) as engine:
        await engine.ready()
        yield engine


async def heard(job: Job, kind: type[JobEvent], **said: object) -> Any:  # noqa: ANN401 - of that kind
    """The next event of that kind that says so."""
    async for event in job.events():
        if isinstance(event, kind) and all(getattr(event, name) == value for name, value in said.items()):
            return event
    raise AssertionError(f"ended without {kind.__name__} {said}")


async def done(*jobs: Job) -> None:
    for outcome in await asyncio.wait_for(asyncio.gather(*(job.outcome() for job in jobs)), 30):
        assert isinstance(outcome, Done)


def place(engine: Engine, job: Job) -> int:
    entry = engine.place(job.id)
    assert entry is not None
    return entry.position


@pytest.mark.parametrize("weight", [0.0, -1.0, float("inf"), float("nan")])
def test_a_weight_is_finite_and_more_than_nothing(weight: float) -> None:
    """Anything else is refused at once."""
    with pytest.raises(ValueError, match="weight"):
        Terms(weight=weight)


def test_a_cap_lets_at_least_one_run_and_names_its_group_once() -> None:
    """No cap keeps a job back for good."""
    with pytest.raises(ValueError, match="at least one"):
        Cap("channel:7", 0)
    with pytest.raises(ValueError, match="name"):
        Cap("", 1)
    with pytest.raises(ValueError, match="once"):
        Terms(caps=(Cap("channel:7", 1), Cap("channel:7", 2)))


async def test_a_held_job_waits_last_until_it_is_released(engine: Engine, make_request: MakeRequest) -> None:
    """It says so, has no estimate, and keeps nobody; released, it is made at once."""
    held = engine.submit(make_request(), terms=HELD)
    told = await heard(held, Queued, held=True)
    assert told.eta_seconds is None
    await done(engine.submit(make_request(owner="ben")))
    (entry,) = engine.queue()
    assert (entry.job_id, entry.position, entry.held) == (held.id, 1, True)
    assert (entry.eta_seconds, entry.begins_seconds) == (None, None)
    assert engine.change(held.id, FREE)
    await done(held)
    assert not engine.change(held.id, HELD)


async def test_that_it_is_held_is_told_anew_while_it_waits(engine: Engine, make_request: MakeRequest) -> None:
    """Where nothing else changes for it, too."""
    running = engine.submit(make_request(steps=100, count=4))
    waiting = engine.submit(make_request(owner="ben"))
    assert (await heard(waiting, Queued)).held is False
    engine.change(waiting.id, HELD)
    await heard(waiting, Queued, held=True)
    engine.change(waiting.id, FREE)
    assert (await heard(waiting, Queued, held=False)).eta_seconds is not None
    running.cancel()
    await done(waiting)


async def test_a_running_job_that_is_held_is_paused_and_goes_on_from_its_step(
    engine: Engine, make_request: MakeRequest
) -> None:
    """Nobody waits for its place, and all the same it makes way."""
    job = engine.submit(make_request(steps=100))
    await heard(job, Progress)
    engine.change(job.id, HELD)
    paused = await heard(job, Paused)
    assert 0 < paused.step < 100
    assert (paused.position, paused.resumes_seconds) == (1, None)
    entry = engine.place(job.id)
    assert entry is not None
    assert (entry.paused, entry.held, entry.eta_seconds, entry.slots) == (True, True, None, ())
    await done(engine.submit(make_request(owner="ben", count=4)))
    assert place(engine, job) == 1
    engine.change(job.id, FREE)
    gone_on = await heard(job, Progress)
    assert gone_on.step >= paused.step
    await done(job)
    assert (await heard(job, Started)).attempt == 1


async def test_a_held_job_ends_when_it_is_cancelled(engine: Engine, make_request: MakeRequest) -> None:
    """At once, whether it ran before or not."""
    waiting = engine.submit(make_request(), terms=HELD)
    paused = engine.submit(make_request(steps=100))
    await heard(paused, Progress)
    engine.change(paused.id, HELD)
    await heard(paused, Paused)
    for job in (waiting, paused):
        job.cancel()
        assert job.over
        assert isinstance(await job.outcome(), Cancelled)
    assert engine.queue() == ()
    await done(engine.submit(make_request()))


async def test_the_engine_closes_on_held_jobs(engine: Engine, make_request: MakeRequest) -> None:
    """They end as everybody's do."""
    job = engine.submit(make_request(), terms=HELD)
    await engine.close()
    outcome = await job.outcome()
    assert isinstance(outcome, Failed)
    assert outcome.code is FailureCode.CLOSED
    assert not engine.change(job.id, FREE)


async def test_a_worker_that_dies_does_not_release(engine: Engine, make_request: MakeRequest) -> None:
    """Paused jobs begin again only when they may; so does who was being stopped when the worker died."""
    paused, stopped = (engine.submit(make_request(steps=100, owner=owner)) for owner in ("ada", "ben"))
    for job in (paused, stopped):
        await heard(job, Progress)
    engine.change(paused.id, HELD)
    await heard(paused, Paused)
    pid = engine.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # so that it cannot say that it parked the other one
    engine.change(stopped.id, HELD)
    os.kill(pid, signal.SIGKILL)
    await heard(stopped, Queued, held=True)
    await done(engine.submit(make_request(owner="cleo")))
    assert {entry.job_id for entry in engine.queue() if entry.held and entry.position} == {
        paused.id,
        stopped.id,
    }
    engine.change(paused.id, FREE)
    engine.change(stopped.id, FREE)
    await done(paused, stopped)


async def test_no_more_run_than_a_cap_allows(engine: Engine, make_request: MakeRequest) -> None:
    """Others pass; those kept back keep a place and an estimate; a wider cap lets another one begin."""
    narrow = Terms(caps=(Cap("member:5", 1), Cap("channel:7", 2)))
    capped = [engine.submit(make_request(steps=100), terms=narrow) for _ in range(3)]
    passing = engine.submit(make_request(owner="ben", steps=100), terms=Terms(caps=(Cap("channel:7", 2),)))
    late = engine.submit(make_request(owner="cleo", steps=100), terms=Terms(caps=(Cap("channel:7", 2),)))
    await heard(passing, Started)
    assert [place(engine, job) > 0 for job in (*capped, passing, late)] == [False, True, True, False, True]
    assert (await heard(capped[1], Queued)).eta_seconds is not None
    engine.change(capped[1].id, Terms(caps=(Cap("member:5", 2),)))
    await heard(capped[1], Started)
    assert place(engine, capped[2]) > 0
    for job in (*capped, passing, late):
        job.cancel()


async def test_who_is_first_is_next(engine: Engine, make_request: MakeRequest) -> None:
    """Whoever came before, and whatever its owner had."""
    running = engine.submit(make_request(steps=100, count=4))
    others = [engine.submit(make_request(owner=owner, count=4)) for owner in ("ben", "cleo")]
    urgent = engine.submit(make_request(steps=4, count=4))
    assert place(engine, urgent) == 3
    engine.change(urgent.id, Terms(first=True))
    assert place(engine, urgent) == 1
    running.cancel()
    await heard(urgent, Started)
    assert all(place(engine, job) > 0 for job in others)
    await done(urgent, *others)


def submitted(line: Line, request: ImageRequest, name: str, terms: Terms = FREE) -> LiveJob:
    """A job that waits there."""
    live = LiveJob(id=name, request=request, story=Story(), estimate=10.0, terms=terms)
    line.join(live)
    return live


def given(line: Line) -> list[str]:
    """Those that a worker is given now."""
    jobs = line.next(slots=4)
    for live in jobs:
        live.with_worker = True
    return [live.id for live in jobs]


async def test_no_model_is_wanted_for_who_is_held(make_request: MakeRequest) -> None:
    """Nor does anybody wait for one who needs another model."""
    line = Line(counters=None, rates=None)
    submitted(line, make_request(model="other"), "held", HELD)
    wanted = line.next_model
    assert wanted is None
    assert given(line) == []
    submitted(line, make_request(), "free")
    assert line.next_model == "pocket"
    assert given(line) == ["free"]
    line.change("held", FREE)
    assert line.next_model == "other"


async def test_a_held_job_that_cannot_be_parked_runs_through(make_request: MakeRequest) -> None:
    """It is asked once."""
    line = Line(counters=None, rates=None)
    live = submitted(line, make_request(), "a")
    assert given(line) == ["a"]
    assert line.change("a", HELD)
    assert line.to_park(slots=4) == (live,)
    assert line.to_park(slots=4) == ()
    line.hear(NotParked(job_id="a"))
    assert line.to_park(slots=4) == ()
    line.hear(Finished(job_id="a", images=(), compute_seconds=1.0, notes=()))
    assert isinstance(live.story.outcome, Done)


async def test_a_held_suspect_is_tried_alone_only_when_it_is_released(make_request: MakeRequest) -> None:
    """Meanwhile the others are served; its cap keeps nobody back."""
    line = Line(counters=None, rates=None)
    alone = Cap("channel:7", 1)
    suspect = submitted(line, make_request(), "suspect", Terms(caps=(alone,)))
    submitted(line, make_request(owner="ben"), "other", Terms(caps=(alone,)))
    assert given(line) == ["suspect"]
    line.worker_died("was killed")
    assert line.change("suspect", Terms(caps=(alone,), held=True))
    assert given(line) == ["other"]
    line.hear(Finished(job_id="other", images=(), compute_seconds=1.0, notes=()))
    assert given(line) == []
    line.change("suspect", FREE)
    assert given(line) == ["suspect"]
    assert suspect.suspect
