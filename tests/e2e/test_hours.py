"""Hours by the clock on the wall, on the night it is changed, at a Discord that has reached that night."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fault_house import nothing_is_owed, scripted

SPRING = datetime(2027, 3, 28, 1, tzinfo=UTC)
"""When Berlin's clocks go from 02:00 to 03:00."""
BEFORE = timedelta(seconds=25)
OPENING = timedelta(seconds=40)


async def test_what_opens_at_three_opens_when_the_clock_jumps_there(tmp_path: Path) -> None:
    """Not an hour later, as without the change; until then the answer says when, and costs nothing."""
    now = datetime.now(UTC)
    async with scripted(tmp_path, ahead=(SPRING - BEFORE - now).total_seconds()) as house:
        ada, mia = house.person("ada"), house.person("mia")
        await mia.command("quota set", role="Artists", hours="03:00-05:00", zone="Europe/Berlin")
        await mia.command("quota set", member="ada", hours="03:00-05:00", zone="Europe/Berlin")
        refused = await ada.command("imagine", prompt="too early a star", steps=2)
        assert refused.ephemeral
        assert f"<t:{int(SPRING.timestamp())}:t>" in refused.text
        assert house.states() == []
        deadline = asyncio.get_running_loop().time() + OPENING.total_seconds()
        while True:
            answer = await ada.command("imagine", prompt="a star in summer time", steps=2, count=1)
            if not answer.ephemeral:
                break
            assert asyncio.get_running_loop().time() < deadline, "it did not open"
            await asyncio.sleep(1)
        assert house.discord.clock.now() >= SPRING.timestamp()
        await house.pictures(answer)
        assert nothing_is_owed(house)
