"""`/quota preview`: what it says a rule would have stopped is what the rule stops."""

import re
from collections import Counter
from pathlib import Path

import pytest
from fault_house import newest, scripted
from house import PICTURES, House
from quota_house import newcomer

HALF_A_MINUTE = 30.0
"""A step: the first job stays at work and what comes after it waits: prices are the same in every house."""
ASKED: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("ada", "studio", {"steps": 60, "count": 4}),
    ("ben", "studio", {"steps": 60, "count": 4}),
    ("ada", "sketches", {"steps": 10, "count": 1}),
    ("cleo", "sketches", {"steps": 30, "count": 2}),
    ("ben", "sketches", {"steps": 60, "count": 4}),
    ("ada", "studio", {"steps": 20, "count": 4}),
    ("cleo", "studio", {"steps": 60, "count": 4}),
    ("ada", "studio", {"steps": 60, "count": 1}),
    ("ben", "studio", {"steps": 5, "count": 1}),
)
RULES: tuple[dict[str, object], ...] = (
    {"whole": "everyone", "compute": "0.6 s"},
    {"role": "Artists", "waiting": 1, "steps": 30},
    {"channel": "sketches", "compute": "0.5 s", "per": "week"},
)


async def _ask_all(house: House) -> Counter[int]:
    """Ask for all of it in order; how many were refused, by member."""
    refused: Counter[int] = Counter()
    for number, (name, channel, wish) in enumerate(ASKED):
        person = house.person(name, channel)
        answer = await person.command("imagine", prompt=f"star {number}", **wish)
        refused[person.user.id] += answer.ephemeral
        if number == 0:
            await house.discord.until(lambda: newest(house, "state") == "running")
    return +refused


async def _preview(house: House, **rule: object) -> str:
    """What a preview says, once it is counted."""
    answer = await house.person("mia").command("quota preview", **rule)
    await house.discord.until(lambda: answer.text, timeout=PICTURES)
    return answer.text


async def _previewed(house: House, rule: dict[str, object]) -> Counter[int]:
    """What a preview says, by member; the total is checked."""
    text = await _preview(house, **rule)
    found = Counter({int(who): int(count) for who, count in re.findall(r"- <@(\d+)>: (\d+) jobs?", text)})
    people = f"{len(found)} {'person' if len(found) == 1 else 'people'}"
    words = f"Of {len(ASKED)} jobs in the last 7 days it would have stopped **{found.total()}**, of {people}:"
    assert words in text
    assert text.endswith("Nothing was changed.")
    return found


@pytest.mark.parametrize("rule", RULES, ids=[" ".join(rule) for rule in RULES])
async def test_a_preview_counts_what_the_rule_then_refuses(tmp_path: Path, rule: dict[str, object]) -> None:
    """The same asked for again under it, by the same people in the same order, is refused as often."""
    async with scripted(tmp_path / "before", step=HALF_A_MINUTE, EASEL_ENGINE__SLOTS="1") as house:
        newcomer(house, "cleo", "Artists")
        assert not await _ask_all(house)
        foreseen = await _previewed(house, rule)
        names = {house.person(name).user.id: name for name in ("ada", "ben", "cleo")}
        assert house.rows("SELECT * FROM policies") == house.rows("SELECT * FROM audit") == []
    async with scripted(tmp_path / "under it", step=HALF_A_MINUTE, EASEL_ENGINE__SLOTS="1") as house:
        mia = house.person("mia")
        newcomer(house, "cleo", "Artists")
        await mia.command("quota set", **rule)
        refused = await _ask_all(house)
        again = {house.person(name).user.id: name for name in ("ada", "ben", "cleo")}
    assert refused
    assert {names[who]: count for who, count in foreseen.items()} == {
        again[who]: count for who, count in refused.items()
    }


async def test_a_rule_that_stops_nobody_says_so(tmp_path: Path) -> None:
    """With how many jobs it looked at."""
    async with scripted(tmp_path) as house:
        mia = house.person("mia")
        await house.pictures(await mia.command("imagine", prompt="one", steps=2))
        text = await _preview(house, steps=50)
        assert "Of 1 job in the last 7 days it would have stopped **none**." in text
