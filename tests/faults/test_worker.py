"""The worker hangs, dies, or has no memory left: seen from Discord, with the real processes.

The engine's own side of this is held in `tests/inference/test_worker_faults.py`, smaller batches where memory
is short in `tests/inference/test_memory.py`.
"""

import os
import resource
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from fault_house import newest, nothing_is_owed, scripted, with_words, worker_of
from house import PICTURES, House, has_pictures, is_drawing, opened

from bot.playground import Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A worker that is silent for a second and a half counts as hung."""
    folder = tmp_path_factory.mktemp("house")
    async with scripted(folder, step=0.02, pace=0.05, EASEL_ENGINE__WATCHDOG_SECONDS="1.5") as house:
        yield house


async def _drawn(house: House, person: Person, prompt: str, **options: object) -> Message:
    """A job in the middle of its steps."""
    reply = await person.command("imagine", prompt=prompt, steps=60, **options)
    await house.discord.until(lambda: is_drawing(reply), timeout=PICTURES)
    return reply


async def _struck(house: House, reply: Message, number: signal.Signals) -> None:
    """The worker gets a signal; wait until the card says what became of it."""
    os.kill(worker_of(house), number)
    words = "The image worker stopped; beginning again"
    await house.discord.until(house.says(reply, words), timeout=PICTURES)


async def _drawn_again(house: House, reply: Message) -> None:
    await house.discord.until(lambda: is_drawing(reply), timeout=PICTURES)


async def test_a_hung_worker_is_replaced_and_its_job_done(house: House) -> None:
    """One retry, said on the card, and the pictures come once."""
    ada = house.person("ada")
    reply = await _drawn(house, ada, "a star that hangs once")
    hung = worker_of(house)
    await _struck(house, reply, signal.SIGSTOP)
    await house.pictures(reply)
    assert worker_of(house) != hung
    assert (newest(house, "state"), newest(house, "attempt")) == ("delivered", 2)
    assert len(with_words(ada, "hangs once")) == 1
    assert nothing_is_owed(house)


async def test_a_job_that_hangs_two_workers_is_given_up(house: House) -> None:
    """Alone with both: it is refunded and its person told, and whoever comes next has a worker."""
    ada = house.person("ada")
    before = house.spent(ada)
    reply = await _drawn(house, ada, "a star that hangs")
    await _struck(house, reply, signal.SIGSTOP)
    await _drawn_again(house, reply)
    os.kill(worker_of(house), signal.SIGSTOP)
    await house.discord.until(house.says(reply, "The image worker keeps stopping."), timeout=PICTURES)
    assert "Nothing was charged." in reply.text
    await house.settled()
    assert (newest(house, "state"), newest(house, "reason")) == ("failed", "worker_died")
    assert house.spent(ada) == pytest.approx(before)
    await house.pictures(await ada.command("imagine", prompt="the next star", steps=2))
    assert nothing_is_owed(house)


async def test_deaths_are_counted_across_a_restart(house: House) -> None:
    """A job cannot kill workers for ever because the bot was restarted in between."""
    ada = house.person("ada")
    before = house.spent(ada)
    reply = await _drawn(house, ada, "a star that kills")
    await _struck(house, reply, signal.SIGKILL)
    assert newest(house, "deaths") == 1
    await house.restart()
    await _drawn_again(house, reply)
    os.kill(worker_of(house), signal.SIGKILL)
    await house.discord.until(house.says(reply, "The image worker keeps stopping."), timeout=PICTURES)
    await house.settled()
    assert house.spent(ada) == pytest.approx(before)
    assert len(with_words(ada, "a star that kills")) == 1
    assert nothing_is_owed(house)


async def test_a_worker_that_dies_of_one_of_two_takes_neither_along(house: House) -> None:
    """Whose fault it was nobody knows: both are made again, each delivered once."""
    ada, ben = house.person("ada"), house.person("ben")
    one = await _drawn(house, ada, "the first of two", count=1)
    two = await _drawn(house, ben, "the second of two", count=1)
    await _struck(house, one, signal.SIGKILL)
    for reply in (one, two):
        await house.pictures(reply)
    assert house.rows("SELECT state, deaths FROM jobs ORDER BY number DESC LIMIT 2") == [("delivered", 0)] * 2
    assert [len(with_words(ada, f"the {which} of two")) for which in ("first", "second")] == [1, 1]
    assert nothing_is_owed(house)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process's memory")
async def test_a_host_without_memory_costs_at_most_one_job(tmp_path: Path) -> None:
    """The worker gets no more: a new one takes over, or the job is refunded in words; the next is made."""
    async with opened(tmp_path, pace=0.05, EASEL_ENGINE__SLOTS="4") as house:
        await house.app.engine.ready()
        ada = house.person("ada")
        await house.pictures(await ada.command("imagine", prompt="a small star", steps=2, count=1))
        worker = worker_of(house)
        used = psutil.Process(worker).memory_info().vms
        resource.prlimit(worker, resource.RLIMIT_AS, (used, resource.RLIM_INFINITY))
        reply = await ada.command("imagine", prompt="a large star", steps=20, count=4)
        refused = house.says(reply, "Nothing was charged")
        await house.discord.until(lambda: has_pictures(reply) or refused(), timeout=PICTURES)
        await house.settled()
        if house.app.engine.worker_pid == worker:
            resource.prlimit(worker, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert house.app.engine.worker_deaths or refused(), "the limit was never felt"
        await house.pictures(await ada.command("imagine", prompt="the next star", steps=2))
        assert nothing_is_owed(house)
