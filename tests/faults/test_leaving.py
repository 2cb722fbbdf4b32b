"""The bot is asked to leave, politely and not: what was accepted is stored, and the next start delivers it.

That it finishes what runs, refuses new work kindly, and leaves no worker behind is held in
`tests/e2e/test_process.py`; random signals at random moments in `tests/faults/test_kills.py`.
"""

import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from conformance import DESCRIPTION, Conformance, Description
from fault_house import EDITING, nothing_is_owed, scripted, with_words
from house import PICTURES, House, has_pictures, is_drawing, settings_in
from kill_bot import Bot, Life

from bot.playground import LoopbackDiscord


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    observer = Conformance(description=Description.load()) if DESCRIPTION.is_file() else None
    async with LoopbackDiscord(observer=observer) as discord:
        yield discord
    if observer is not None:
        observer.raise_problems()


async def test_a_second_sigterm_leaves_at_once(discord: LoopbackDiscord, tmp_path: Path) -> None:
    """Also while Discord does not answer an edit; what ran, waited or was private is taken up again."""
    storage = tmp_path / "storage"
    bot = Bot(storage, discord, INFERENCE_STEP_SECONDS="0.2")
    assert await bot.start(Life())
    ada, held = discord.person("ada"), discord.faults.hold(EDITING)
    replies = [await ada.command("imagine", prompt=f"unfinished {number}.", steps=40) for number in range(2)]
    hidden = await ada.command("imagine", prompt="a hidden one", steps=10, private=True)
    await held.arrived()
    assert bot.process is not None
    bot.process.send_signal(signal.SIGTERM)
    await discord.until(lambda: "draining" in bot.said)
    assert await bot.end(signal.SIGTERM, within=5) == 0
    held.release()
    house = House(discord, settings_in(storage))
    assert {*house.states()} == {"running", "queued"}
    fast = Bot(storage, discord)
    assert await fast.start(Life())
    for reply in (*replies, hidden):
        await discord.until(partial(has_pictures, reply), timeout=PICTURES)
    await house.settled()
    assert await fast.end(signal.SIGTERM) == 0
    assert house.states() == ["delivered"] * 3
    assert [len(with_words(ada, f"unfinished {number}.")) for number in range(2)] == [1, 1]
    assert nothing_is_owed(house)
    assert "Traceback" not in bot.said + fast.said


async def test_what_is_not_done_when_the_drain_ends_is_done_by_the_next_start(tmp_path: Path) -> None:
    """The limit passes in the middle of a job: it begins again in the same message."""
    async with scripted(tmp_path, step=0.02) as house:
        ada = house.person("ada")
        reply = await ada.command("imagine", prompt="a long star", steps=60)
        await house.discord.until(lambda: is_drawing(reply), timeout=PICTURES)
        await house.app.drain(limit=0.2)
        refused = await ada.command("imagine", prompt="one more", steps=2)
        assert "restarting" in refused.text
        await house.restart()
        await house.pictures(reply)
        assert house.rows("SELECT state, attempt FROM jobs") == [("delivered", 2)]
        assert len(with_words(ada, "a long star")) == 1
        assert nothing_is_owed(house)
