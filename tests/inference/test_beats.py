"""Whoever listens to a job hears something at least every three seconds while it is computed."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from itertools import pairwise

from inference import POCKET, Catalogue, Done, Engine, ImageRequest, Progress, Queued, Started
from inference.line import Line
from inference.live_job import LiveJob
from inference.messages import Began
from inference.story import Story

MakeRequest = Callable[..., ImageRequest]

SILENCE = 3.0


async def test_a_step_that_takes_long_is_told_of_meanwhile(make_request: MakeRequest) -> None:
    """The worker stands still for seconds: how far the job is is said again, and then it goes on."""
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu") as engine:
        await engine.ready()
        job = engine.submit(make_request(steps=12))
        times, steps, paused_at = [time.monotonic()], [], None
        async for event in job.events():
            times.append(time.monotonic())
            if isinstance(event, Progress):
                steps.append(event.step)
                if event.step >= 2 and paused_at is None:
                    paused_at, pid = event.step, engine.worker_pid
                    assert pid is not None
                    os.kill(pid, signal.SIGSTOP)
                    asyncio.get_running_loop().call_later(5.0, os.kill, pid, signal.SIGCONT)
        assert isinstance(await job.outcome(), Done)
    assert paused_at is not None
    assert steps.count(paused_at) >= 3
    assert steps == sorted(steps)
    assert max(after - before for before, after in pairwise(times)) <= SILENCE


async def test_a_model_that_loads_long_is_no_silence_either(make_request: MakeRequest) -> None:
    """From when the worker takes the job: no step is done yet, of how many is known."""
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", preload=None) as engine:
        job = engine.submit(make_request(steps=4))
        times: list[float] = []
        async for event in job.events():
            if isinstance(event, Started) or times:
                times.append(time.monotonic())
            if isinstance(event, Progress):
                assert event.steps == 4
        assert isinstance(await job.outcome(), Done)
    assert max(after - before for before, after in pairwise(times)) <= SILENCE


def test_a_sign_of_life_comes_after_the_start(make_request: MakeRequest) -> None:
    """A job given to a worker that is still at others' step has not begun; a dead worker does nothing."""
    line = Line(counters=None, rates=None)
    live = LiveJob(id="a", request=make_request(steps=6), story=Story(), estimate=10.0)
    line.join(live)
    line.next(slots=4)
    live.with_worker = True

    def told(act: Callable[[], None]) -> int:
        before = len(live.story)
        act()
        return len(live.story) - before

    for _ in range(2):
        assert told(line.beat) == 0
    assert told(lambda: line.hear(Began(job_id="a"))) == 1
    assert told(line.beat) == 0  # it has only just heard something
    assert told(line.beat) == 1
    line.worker_died("was killed")
    for _ in range(2):
        assert told(line.beat) == 0


async def test_who_waits_hears_nothing_new(make_request: MakeRequest) -> None:
    """A place in line that stays the same is told once: nothing of it is computed."""
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", slots=1) as engine:
        await engine.ready()
        first = engine.submit(make_request(steps=12))
        waiting = engine.submit(make_request(steps=2))
        pid = engine.worker_pid
        assert pid is not None
        told: list[object] = []

        async def listen() -> None:
            async for event in waiting.events():
                told.append(event)
                if isinstance(event, Started):
                    return

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGSTOP)
        before = len(told)
        await asyncio.sleep(3.5)
        assert all(isinstance(event, Queued) for event in told)
        assert len(told) - before <= 2  # what was on its way
        os.kill(pid, signal.SIGCONT)
        assert isinstance(await first.outcome(), Done)
        await listening
