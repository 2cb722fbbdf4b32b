"""`/moderate ban`, `unban`, `bans` and `warn`: who is shut out, until when, and what they are told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk_hands import drawing
from fault_house import nothing_is_owed, scripted
from house import PICTURES, House, has_pictures

from bot.playground import Message, Permission, Person

HOUR = 3_600.0
DAY = 24 * HOUR


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[House]:
    """One picture at a time, in no hurry."""
    async with scripted(tmp_path, step=0.1, EASEL_ENGINE__SLOTS="1") as house:
        yield house


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncIterator[House]:
    async with scripted(tmp_path) as house:
        yield house


def _until(house: House, seconds: float) -> str:
    """The moment that is shown, to the minute, in Discord's own writing of times."""
    stamp = int(datetime.fromtimestamp(house.discord.clock.now() + seconds, UTC).timestamp())
    return f"<t:{str(stamp)[:-2]}"


async def test_who_is_shut_out_reads_why_everywhere_and_what_waits_is_refunded(slow: House) -> None:
    """What runs is finished; commands, buttons and suggestions are closed; looking and stopping are not."""
    ada, ben, mia = slow.person("ada"), slow.person("ben"), slow.person("mia")
    done = await ada.command("imagine", prompt="a finished star", steps=1, count=1)
    await slow.pictures(done)
    running = await drawing(slow, ada, "a running star")
    waiting = await ada.command("imagine", prompt="a waiting star", steps=2, count=1)
    others = await ben.command("imagine", prompt="another's star", steps=2, count=1)
    said = await mia.command("moderate ban", member="ada", lasts="3 days", why="too *many* stars")
    assert said.ephemeral
    assert f"<@{ada.user.id}> is shut out of Easel here until {_until(slow, 3 * DAY)}" in said.text
    closed = "A moderator has shut its owner out of Easel here. Nothing was charged."
    await slow.discord.until(slow.says(waiting, closed), timeout=PICTURES)
    for told in (
        await ada.command("imagine", prompt="one more"),
        await ada.press(done, "U1"),
        await ada.press(done, "✏️"),
        await ada.press(waiting, "🔄 Try again"),
    ):
        assert isinstance(told, Message)
        assert told.ephemeral
        assert f"shut you out of Easel in this server until {_until(slow, 3 * DAY)}" in told.text
        assert r"They say: “too \*many\* stars”." in told.text
    assert await ada.autocomplete("imagine", "model", "") == []
    assert "### Queue" in (await ada.command("queue")).text
    assert "is shut out" in (await ada.command("quota why")).text
    await slow.pictures(running)
    await slow.pictures(others)
    assert nothing_is_owed(slow)
    assert slow.states()[2] == "failed"


async def test_a_timed_ban_ends_by_itself_and_one_for_good_when_lifted(quick: House) -> None:
    """`/moderate bans` lists those that hold; a ban holds in its own server alone."""
    ada, ben, mia = quick.person("ada"), quick.person("ben"), quick.person("mia")
    assert "Nobody." in (await mia.command("moderate bans")).text
    await mia.command("moderate ban", member="ada", lasts="2 h")
    said = await mia.command("moderate ban", member="ben", why="for reasons")
    assert "until somebody lets them in" in said.text
    listed = (await mia.command("moderate bans")).text
    assert f"- <@{ben.user.id}> for good, by <@{mia.user.id}> — “for reasons”" in listed
    assert f"- <@{ada.user.id}> until <t:" in listed
    assert await _makes(quick, ben.at("lobby", guild="Other Place"))
    told = (await ben.command("imagine", prompt="a star")).text
    assert "shut you out of Easel in this server. They say: “for reasons”." in told
    quick.discord.clock.advance(2 * HOUR + 60)
    assert await _makes(quick, ada)
    assert f"<@{ada.user.id}>" not in (await mia.command("moderate bans")).text
    assert "may use Easel here again" in (await mia.command("moderate unban", member="ben")).text
    assert await _makes(quick, ben)
    for name in ("ada", "ben"):
        assert "are not shut out" in (await mia.command("moderate unban", member=name)).text
    acts = [act for (act,) in quick.rows("SELECT act FROM audit ORDER BY number")]
    assert acts == ["ban", "ban", "unban"]


async def _makes(house: House, person: Person) -> bool:
    reply = await person.command("imagine", prompt="a star", steps=2, count=1)
    await house.discord.until(lambda: has_pictures(reply), timeout=PICTURES)
    return not reply.ephemeral


async def test_who_manages_the_server_and_bots_cannot_be_shut_out(quick: House) -> None:
    """A moderator could otherwise lock out those who could let them in again."""
    world = quick.discord.world
    studio = next(guild for guild in world.guilds.values() if guild.name == "Easel Studio")
    helpers = quick.discord.changes.add_role(studio, "Helpers", permissions=Permission.MANAGE_MESSAGES)
    ben = quick.person("ben")
    quick.discord.changes.set_roles(ben.user, studio, [helpers])
    for name in ("mia", "keeper", "Easel"):
        told = (await ben.command("moderate ban", member=name)).text
        assert "cannot be shut out" in told, name
    told = (await ben.command("moderate ban", member="ada", lasts="soon")).text
    assert "`lasts` cannot be “soon”: write it like `10 min`" in told
    assert "at most 3650 days" in (await ben.command("moderate ban", member="ada", lasts="999 weeks")).text
    assert quick.rows("SELECT * FROM bans") == quick.rows("SELECT * FROM audit") == []


async def test_a_warning_is_told_counted_and_written_down(quick: House) -> None:
    """Directly, with where it comes from; who takes no such messages is to be told by hand."""
    ada, mia = quick.person("ada"), quick.person("mia")
    said = (await mia.command("moderate warn", member="ada", why="no [knives](x) please")).text
    assert said == f"Warned <@{ada.user.id}>: their first warning here. They were told directly."
    (letter,) = ada.in_direct_messages().messages()
    assert "A moderator of Easel Studio warns you" in letter.text
    assert r"no \[knives\]\(x\) please" in letter.text
    await mia.command("moderate warn", member="ada", why="again")
    quick.discord.faults.error("POST /channels/{channel_id}/messages", status=403)
    said = (await mia.command("moderate warn", member="ada", why="and again")).text
    assert "their 3rd warning here" in said
    assert "They take no direct messages: tell them yourself." in said
    assert len(ada.in_direct_messages().messages()) == 2
    rows = quick.rows("SELECT act, subject, why FROM audit")
    assert [(act, subject) for act, subject, _ in rows] == [("warn", ada.user.id)] * 3
