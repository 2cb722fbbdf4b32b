"""Discord takes a channel or server away under many jobs: few requests in vain, and everybody is told."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fault_house import EDITING, nothing_is_owed, scripted
from house import PICTURES, House

from bot.playground import Message, Person
from bot.playground.permissions import Permission

pytestmark = pytest.mark.asyncio(loop_scope="module")
PEOPLE = 10
INVALID = frozenset({401, 403, 429})
"""What Discord counts, and bans the address for after 10,000 in ten minutes."""
DIRECT = "POST /users/@me/channels"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Its worker is so slow that nothing is ever finished."""
    async with scripted(tmp_path_factory.mktemp("house"), step=1.0) as house:
        yield house


async def _busy(house: House, channel: str, jobs: int) -> list[Person]:
    """So many live jobs of ten people, all in one channel made for them; the people."""
    changes = house.discord.changes
    guild = house.discord.world.guilds[house.person("ada").channel.guild_id or 0]
    changes.add_channel(guild, channel)
    people = [changes.add_person(f"{channel}-{number}", guild) for number in range(PEOPLE)]
    there = [house.person(user.name, channel) for user in people]
    for number in range(jobs):
        await there[number % PEOPLE].command("imagine", prompt=f"star {number} of {channel}", steps=60)
    return there


async def _all_refunded(house: House, people: list[Person], jobs: int) -> None:
    await house.settled()
    await house.discord.until(
        lambda: house.rows("SELECT count(*) FROM jobs WHERE NOT told") == [(0,)], timeout=PICTURES
    )
    assert house.rows("SELECT state, reason FROM jobs ORDER BY number DESC LIMIT ?", jobs) == (
        [("failed", "unreachable")] * jobs
    )
    assert [house.spent(person) for person in people] == pytest.approx([0.0] * PEOPLE)
    assert nothing_is_owed(house)


def _letters(person: Person) -> list[Message]:
    return person.in_direct_messages().messages()


def _in_vain(house: House, since: int) -> int:
    """Requests that Discord counts as invalid, after the first so many."""
    return sum(each.status in INVALID for each in list(house.discord.record.requests)[since:])


def _take_away(house: House, person: Person) -> None:
    """The bot may not even see the channel any more."""
    bot = house.discord.world.application.bot
    house.discord.changes.set_overwrite(person.channel, bot, deny=Permission.VIEW_CHANNEL)


@pytest.mark.parametrize(("tokens", "jobs"), [("refused", 40), ("expired", 10)])
async def test_a_channel_is_closed_to_the_bot(house: House, tokens: str, jobs: int) -> None:
    """A few requests a job are in vain; each owner gets one letter a job, which says that it cost nothing."""
    people = await _busy(house, f"closed-{tokens}", jobs)
    since = len(house.discord.record.requests)
    _take_away(house, people[0])
    if tokens == "refused":
        house.discord.faults.error(EDITING, status=403, times=10_000)
    else:
        house.discord.clock.advance(16 * 60)
    await _all_refunded(house, people, jobs)
    house.discord.faults.clear()
    assert 0 < _in_vain(house, since) < 4 * jobs
    told = [letter.text for person in people for letter in _letters(person)]
    assert len(told) == jobs
    for number in range(jobs):
        (letter,) = [text for text in told if f"“star {number} of" in text]
        assert "could not be reached" in letter
        assert "Nothing was charged." in letter


async def test_the_bot_is_removed(house: House) -> None:
    """It shares no server with those people any more, so it does not even try to write to them."""
    people = await _busy(house, "left", PEOPLE)
    record = house.discord.record
    since = len(record.requests)
    house.discord.changes.remove_bot(house.discord.world.guilds[people[0].channel.guild_id or 0])
    await _all_refunded(house, people, PEOPLE)
    assert not [each for each in list(record.requests)[since:] if f"{each.method} {each.template}" == DIRECT]
    assert _in_vain(house, since) < PEOPLE
    assert not any(map(_letters, people))
