"""How fast Easel writes, seen from Discord: never faster than it takes, and progress gives way."""

from pathlib import Path

from fault_house import EDITING, nothing_is_owed, scripted

AT_DISCORD = 50
"""Requests a second that Discord takes of a bot."""


def most_within(moments: list[float], seconds: float) -> int:
    """The most of them that fall into any stretch of so many seconds."""
    ordered = sorted(moments)
    return max(
        (sum(begin <= each < begin + seconds for each in ordered) for begin in ordered),
        default=0,
    )


async def test_progress_is_not_shown_while_discord_wants_nothing(tmp_path: Path) -> None:
    """A job's steps go on unseen; its pictures, which are owed, are the first to be sent."""
    async with scripted(tmp_path, pace=0.05, step=0.02) as house:
        ada = house.person("ada")
        house.discord.faults.rate_limit(EDITING, retry_after=2.0, via=False)
        reply = await ada.command("imagine", prompt="an unseen star", steps=50, count=1)
        await house.pictures(reply)
        statuses = [each.status for each in house.discord.record.requests if each.template.startswith("/web")]
        assert statuses == [429, 200]
        assert nothing_is_owed(house)


async def test_many_jobs_stay_within_what_discord_takes(tmp_path: Path) -> None:
    """Sixteen cards that all have news all the time: no second sees too many requests, none is refused."""
    async with scripted(tmp_path, pace=0.02, step=0.02, EASEL_ENGINE__SLOTS="16") as house:
        people = [house.person(name) for name in ("ada", "ben", "mia")]
        for number in range(16):
            await people[number % 3].command("imagine", prompt=f"star {number}.", steps=30, count=1)
        await house.settled()
        writes = [
            each for each in house.discord.record.requests if each.template.startswith(("/web", "/chan"))
        ]
        assert len(writes) >= 2 * 16, "progress and pictures"
        assert {each.status for each in writes} == {200}
        assert most_within([each.at for each in writes], 1.0) <= AT_DISCORD
        assert nothing_is_owed(house)
