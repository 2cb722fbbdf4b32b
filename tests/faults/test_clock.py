"""This machine's clock and Discord's differ, or one of them jumps: tokens and quotas live by Discord's.

Where Discord says what time it is, and what becomes of a private answer after its fifteen minutes, is held in
`tests/e2e/test_outcomes.py`.
"""

from pathlib import Path

import pytest
from fault_house import EDITING_AS_BOT, newest, nothing_is_owed, scripted, with_words
from house import PICTURES, House, is_drawing

from bot.playground import Message

DAY = 86_400.0


def _by_bot(house: House) -> int:
    """Edits with the bot's own token."""
    method, template = EDITING_AS_BOT.split(" ")
    return len(house.discord.record.requested(method, template))


async def _drawn(house: House, name: str, prompt: str, **options: object) -> Message:
    reply = await house.person(name).command("imagine", prompt=prompt, count=1, **{"steps": 60, **options})
    await house.discord.until(lambda: is_drawing(reply), timeout=PICTURES)
    return reply


@pytest.mark.parametrize("ahead", [DAY, -DAY], ids=["a day behind", "a day ahead"])
async def test_a_machine_whose_clock_is_off_delivers(tmp_path: Path, ahead: float) -> None:
    """Public and private; nobody's answer counts as expired, and the difference is said in the log."""
    async with scripted(tmp_path, step=0.01, ahead=ahead) as house:
        ada = house.person("ada")
        for private in (False, True):
            reply = await ada.command("imagine", prompt="a star elsewhere", steps=10, private=private)
            await house.pictures(reply)
            assert (newest(house, "state"), reply.ephemeral) == ("delivered", private)
        assert _by_bot(house) == 0
        # Discord's clock jumps in the middle of a job, to where this machine's is.
        public = await _drawn(house, "ada", "a star that jumps")
        house.discord.clock.advance(-ahead)
        await house.pictures(public)
        assert len(with_words(ada, "a star that jumps")) == 1
        assert house.states() == ["delivered"] * 3
        assert nothing_is_owed(house)


async def test_a_day_back_mints_no_quota_and_takes_no_turn(tmp_path: Path) -> None:
    """Who has used up their day stays so; who waited first is served first; a private job is done too."""
    async with scripted(tmp_path, EASEL_ENGINE__SLOTS="1", EASEL_QUOTA__SECONDS_PER_DAY="1") as house:
        ada, ben, mia = (house.person(name) for name in ("ada", "ben", "mia"))
        running = await _drawn(house, "ben", "running")
        waiting = [
            await mia.command("imagine", prompt="waiting first", count=1, steps=10),
            await ben.command("imagine", prompt="waiting second", count=1, steps=10, private=True),
        ]
        before = [entry.job_id for entry in house.app.engine.queue()]
        while "Nothing was charged" not in (await ada.command("imagine", prompt="more", steps=60)).text:
            assert len(house.states()) < 20
        used = house.spent(ada)
        house.discord.clock.advance(-DAY)
        order = [entry.job_id for entry in house.app.engine.queue()]
        assert [job for job in order if job in before] == [job for job in before if job in order]
        again = await ada.command("imagine", prompt="more than there is", steps=60)
        assert "Nothing was charged" in again.text
        assert house.spent(ada) <= used
        for reply in (running, *waiting):
            await house.pictures(reply)
        assert nothing_is_owed(house)


async def test_a_token_that_expires_at_discord_alone(tmp_path: Path) -> None:
    """Sixteen minutes pass there in a moment: the same message gets the pictures, by the bot's own token."""
    async with scripted(tmp_path) as house:
        ada = house.person("ada")
        reply = await _drawn(house, "ada", "a patient star")
        house.discord.clock.advance(16 * 60)
        await house.pictures(reply)
        assert _by_bot(house) > 0
        assert with_words(ada, "a patient star") == [reply]
        assert nothing_is_owed(house)
