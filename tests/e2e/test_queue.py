"""Where many wait: houses of their own."""

from pathlib import Path

from house import PICTURES, is_drawing, opened


async def test_the_queue_counts_what_it_does_not_show(tmp_path: Path) -> None:
    """Fifteen jobs in the order of the line, and how many more there are."""
    async with opened(tmp_path, pace=60, EASEL_QUOTA__WAITING_JOBS="20") as house:
        ada, ben = house.person("ada"), house.person("ben")
        for number in range(17):
            await ada.command("imagine", prompt=f"star number {number}", steps=60, count=1)
        seen = (await ben.command("queue")).text
        assert seen.count("<@") == 15
        assert "… and 2 more" in seen


async def test_a_long_job_says_that_it_is_paused_and_goes_on(tmp_path: Path) -> None:
    """Whoever asks for little meanwhile has it first; both get their pictures."""
    async with opened(tmp_path, EASEL_ENGINE__SLOTS="1", EASEL_LIMITS__MAX_STEPS="150") as house:
        ada, ben = house.person("ada"), house.person("ben")
        long = await ada.command("imagine", prompt="a slow star", steps=150, count=4)
        await house.discord.until(lambda: is_drawing(long), timeout=PICTURES)
        short = await ben.command("imagine", prompt="a quick star", steps=60, count=1)
        await house.discord.until(house.says(long, "paused for others at step "), timeout=PICTURES)
        assert " of 150 · goes on " in long.text
        await house.discord.until(lambda: len(short.pictures) == 1, timeout=PICTURES)
        await house.pictures(long)
        await house.pictures(short)
        assert len(long.pictures) == 4
