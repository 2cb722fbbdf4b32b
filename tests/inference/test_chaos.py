"""Jobs come, make way, are cancelled and lose their workers at random: all end, nothing stays occupied.

A few orders run in `make test`, two hundred in `make soak`.
"""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from inference import (
    POCKET,
    SAMPLERS,
    Cancelled,
    Catalogue,
    Done,
    Engine,
    EngineClosed,
    Failed,
    FailureCode,
    ImageRequest,
    Job,
    Terms,
    UpscaleRequest,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUICK: Final = 6
ORDERS: Final = 200
ACTS: Final = {"submit": 8, "cancel": 4, "wait": 6, "finish": 2, "kill": 0.5}
"""How often what happens next is what."""
PATIENCE: Final = 120.0
"""Seconds within which all jobs of an order must be over, on a machine that does other things too."""


def make_engine() -> Engine:
    return Engine(catalogue=Catalogue([POCKET]), device="cpu", slots=6, preview_every=0.1, quantum=0.05)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def steady() -> AsyncIterator[Engine]:
    """One engine for all orders but those that close it."""
    async with make_engine() as engine:
        await engine.ready()
        yield engine


def request(chance: random.Random, finished: list[Done]) -> ImageRequest | UpscaleRequest:
    """Any sampler, 2 to 12 steps, one to four pictures, one of three people; now and then an enlargement."""
    owner = chance.choice(["ada", "ben", "mia"])
    if finished and chance.random() < 0.15:
        return UpscaleRequest(owner=owner, image=finished[-1].images[0].png, factor=2)
    return ImageRequest(
        prompt=chance.choice(["a red house", "a boat on the sea"]),
        owner=owner,
        model=POCKET.name,
        width=chance.choice([64, 128]),
        height=64,
        steps=chance.randint(2, 12),
        guidance_scale=chance.choice([1.0, 2.0]),
        sampler=chance.choice(list(SAMPLERS)),
        seed=chance.randrange(1000),
        count=chance.randint(1, 4),
    )


async def play(engine: Engine, chance: random.Random, acts: int) -> list[Job]:
    """Does things in random order; returns every job there was."""
    jobs: list[Job] = []
    finished: list[Done] = []
    for _ in range(acts):
        match chance.choices(list(ACTS), list(ACTS.values()))[0]:
            case "submit":
                jobs.append(
                    engine.submit(request(chance, finished), terms=Terms(weight=chance.choice([1.0, 2.0])))
                )
            case "cancel" if jobs:
                chance.choice(jobs).cancel()
            case "wait":
                await asyncio.sleep(chance.random() * 0.1)
            case "finish" if jobs:
                outcome = await asyncio.wait_for(chance.choice(jobs).outcome(), PATIENCE)
                finished += [outcome] if isinstance(outcome, Done) else []
            case "kill" if engine.worker_pid is not None:
                os.kill(engine.worker_pid, signal.SIGKILL)
    return jobs


@pytest.mark.parametrize(
    "seed",
    [pytest.param(number, marks=[] if number < QUICK else [pytest.mark.soak]) for number in range(ORDERS)],
)
async def test_every_job_ends_and_nothing_stays_occupied(steady: Engine, seed: int) -> None:
    """Done, cancelled, or failed because workers died; then no slot is taken any more."""
    chance = random.Random(seed)
    jobs = await play(steady, chance, acts=25)
    for job in jobs:
        outcome = await asyncio.wait_for(job.outcome(), PATIENCE)
        if isinstance(outcome, Failed):
            assert outcome.code is FailureCode.WORKER_DIED
    assert steady.queue() == ()
    last = steady.submit(request(random.Random(seed), []))
    (entry,) = steady.queue()
    assert entry.position == 1 or entry.slots[0] == 0
    assert isinstance(await asyncio.wait_for(last.outcome(), PATIENCE), Done)
    assert steady.queue() == ()


@pytest.mark.parametrize(
    "seed",
    [pytest.param(number, marks=[] if number < 2 else [pytest.mark.soak]) for number in range(20)],
)
async def test_closing_in_the_middle_ends_everything(seed: int) -> None:
    """Whatever was going on; afterwards nothing more is taken, and no process is left."""
    chance = random.Random(seed)
    engine = make_engine()
    await engine.start()
    if chance.random() < 0.5:
        await engine.ready()
    jobs = await play(engine, chance, acts=chance.randint(1, 20))
    pid = engine.worker_pid
    await asyncio.wait_for(engine.close(), PATIENCE)
    for job in jobs:
        outcome = await asyncio.wait_for(job.outcome(), 1)
        assert isinstance(outcome, Done | Cancelled | Failed)
    assert engine.queue() == ()
    with pytest.raises(EngineClosed):
        engine.submit(request(chance, []))
    if pid is not None:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
