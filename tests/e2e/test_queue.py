"""`/queue` where many wait: a house of its own, whose cards are edited rarely."""

from pathlib import Path

from house import opened


async def test_the_queue_counts_what_it_does_not_show(tmp_path: Path) -> None:
    """Fifteen jobs in the order of the line, and how many more there are."""
    async with opened(tmp_path, pace=60, EASEL_QUOTA__WAITING_JOBS="20") as house:
        ada, ben = house.person("ada"), house.person("ben")
        for number in range(17):
            await ada.command("imagine", prompt=f"star number {number}", steps=60, count=1)
        seen = (await ben.command("queue")).text
        assert seen.count("<@") == 15
        assert "… and 2 more" in seen
