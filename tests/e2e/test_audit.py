"""`/audit`: every act with who, what, before, after and why; filtered, paged, and taken along as a file."""

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from desk_hands import choose, drawing, manage, newest_id
from fault_house import scripted
from house import House, labels

from bot.playground import Message

DAY = 86_400.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with scripted(tmp_path, step=0.1) as house:
        yield house


def _file(message: Message) -> bytes:
    (stored,) = message.stored.files
    return stored.data


async def test_every_act_has_its_line(house: House) -> None:
    """Newest first, in words: who, what, what was there before and is there now, and why."""
    ben, mia = house.person("ben"), house.person("mia")
    assert "Nothing is written down yet." in (await mia.command("audit")).text
    await mia.command("quota set", compute="10 min", role="Artists", why="our artists")
    await mia.command("quota set", compute="20 min", role="Artists")
    await mia.command("quota clear", role="Artists")
    await mia.command("quota grant", member="ben", compute="90 s", why="well done")
    await mia.command("moderate warn", member="ada", why="be *nice*")
    await mia.command("moderate ban", member="ada", lasts="2 h", why="was not")
    await mia.command("moderate unban", member="ada")
    await drawing(house, ben, "a star")
    job = newest_id(house)
    panel = await mia.command("moderate jobs")
    await manage(mia, panel, job, "hold", "wait")
    await manage(mia, panel, job, "release")
    await manage(mia, panel, job, "bump")
    await manage(mia, panel, job, "stop", "enough")
    await house.settled()
    settings = await mia.command("settings")
    await choose(mia, settings, "previews", "no")
    await choose(mia, settings, "channels", "studio", "sketches")
    await choose(mia, settings, "keep_days", "30")
    page = await mia.command("audit")
    assert page.ephemeral
    acts = [line.split(f"<@{mia.user.id}> ", 1)[1] for line in page.text.splitlines()[1:]]
    await mia.press(page, "Older")
    acts += [line.split(f"<@{mia.user.id}> ", 1)[1] for line in page.text.splitlines()[1:]]
    ada, sketches = house.person("ada"), house.discord.world.channel_named("sketches")
    its = f"a job of <@{ben.user.id}> (`{job}`)"
    told = [
        "set how long pictures are kept: as by default → 30 days",
        f"set the channels where pictures are made: all → <#{ben.channel.id}>, <#{sketches.id}>",
        "set previews: shown → not shown",
        f"stopped {its} — “enough”",
        f"put first {its}",
        f"released {its}",
        f"held {its} — “wait”",
        f"let <@{ada.user.id}> in again",
        f"shut <@{ada.user.id}> out until <t:",
        rf"warned <@{ada.user.id}> — “be \*nice\*”",
        f"gave <@{ben.user.id}> 90 s of compute until <t:",
        "20 min of compute a day → nothing",
        "10 min of compute a day → 20 min of compute a day",
        "nothing → 10 min of compute a day — “our artists”",
    ]
    assert len(acts) == len(told)
    for act, words in zip(acts, told, strict=True):
        assert words in act
    assert acts[8].endswith("— “was not”")


async def test_who_about_whom_what_and_since_when(house: House) -> None:
    """Filters narrow it down, together; also on the pages that follow."""
    keeper, mia = house.person("keeper"), house.person("mia")
    ada, ben = house.person("ada").user.id, house.person("ben").user.id
    house.discord.clock.advance(-10 * DAY)
    for number in range(3):
        await mia.command("moderate warn", member="ada", why=f"long ago {number}")
    house.discord.clock.advance(10 * DAY)
    await keeper.command("moderate warn", member="ben", why="by the keeper")
    await mia.command("moderate ban", member="ben", lasts="1 h")
    for number in range(15):
        await mia.command("moderate warn", member="ada", why=f"lately {number}")
    by = (await mia.command("audit", by="keeper")).text
    assert "by the keeper" in by
    assert "lately" not in by
    about = (await mia.command("audit", about="ben")).text
    assert about.count(f"<@{ben}>") == 2
    assert f"<@{ada}>" not in about
    bans = (await mia.command("audit", act="ban")).text
    assert "shut" in bans
    assert "warned" not in bans
    assert "Nothing that fits." in (await mia.command("audit", about="ben", act="quota")).text
    page = await mia.command("audit", about="ada", act="warn", days=7)
    seen = page.text
    assert labels(page) == ["Older"]
    await mia.press(page, "Older")
    seen += page.text
    assert all(f"lately {number}" in seen for number in range(15))
    assert "long ago" not in seen
    assert f"<@{ben}>" not in seen
    assert labels(page) == []


async def test_long_acts_make_short_pages(house: House) -> None:
    """Nothing is left out, and no page is longer than Discord takes."""
    mia = house.person("mia")
    why, zone = "because " * 37, "America/Argentina/Buenos_Aires"
    for number in range(14):
        spans = ";".join(f"mon-fri {hour}:00-{hour}:30" for hour in range(number, number + 8))
        await mia.command("quota set", whole="everyone", hours=spans, zone=zone, why=why)
    page = await mia.command("audit")
    seen = 0
    while True:
        assert len(page.text) <= 4_000
        seen += page.text.count("set the rule for everyone")
        if not page.buttons:
            break
        await mia.press(page, "Older")
    assert seen == 14


async def test_the_trail_is_taken_along_as_a_file(house: House) -> None:
    """CSV that a spreadsheet opens and computes nothing of; JSON with ids that JavaScript can hold."""
    ada, mia = house.person("ada"), house.person("mia")
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", 'say "hi", all', "café ☕"]
    for why in formulas:
        await mia.command("moderate warn", member="ada", why=why)
    await choose(mia, await mia.command("settings"), "previews", "no")
    said = await mia.command("audit", export="csv")
    assert said.ephemeral
    assert said.text == "7 acts, newest first."
    table = list(csv.DictReader(io.StringIO(_file(said).decode("utf-8-sig"))))
    assert [row["act"] for row in table] == ["setting", *["warn"] * 6]
    assert table[0]["after"] == "false"
    assert {row["actor"] for row in table} == {str(mia.user.id)}
    assert [row["why"] for row in table[:0:-1]] == [
        f"'{why}" if why[0] in "=+-@" else why for why in formulas
    ]
    for row in table:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    acts = json.loads(_file(await mia.command("audit", act="warn", export="json")))
    assert [act["why"] for act in reversed(acts)] == formulas
    assert {act["subject"] for act in acts} == {str(ada.user.id)}
    one = await mia.command("audit", act="setting", export="json")
    assert one.text == "1 act, newest first."


async def test_other_servers_and_members_see_nothing_of_it(house: House) -> None:
    """Each server has its own trail; only who moderates reads it."""
    mia, zoe = house.person("mia"), house.person("zoe", "lobby", "Other Place")
    await mia.command("moderate warn", member="ada", why="a secret of the studio")
    await zoe.command("moderate warn", member="ben", why="a secret of the place")
    for person, own, other in ((mia, "studio", "place"), (zoe, "place", "studio")):
        page = (await person.command("audit")).text
        file = _file(await person.command("audit", export="json")).decode()
        for text in (page, file):
            assert f"secret of the {own}" in text
            assert f"secret of the {other}" not in text
