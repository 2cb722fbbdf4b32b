"""Discord falters: each job ends in exactly one message, and costs its price or nothing.

Held elsewhere: an answer that broke before or after it arrived, or came after a 5xx; one that came too late;
a post whose reply was lost and whose nonce is forgotten; a repeated command; faults of progress edits
(`tests/e2e/test_outcomes.py`); what discord.py does by itself (`tests/playground/test_loopback_faults.py`
and `test_loopback_gateway.py`); faults switched on by hand (`tests/playground/test_inside_survival.py`).

Here nothing is edited but the pictures at the end: a card is repainted every two minutes at most.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from fault_house import ACKNOWLEDGING, EDITING, POSTING, newest, nothing_is_owed, scripted, with_words
from house import PICTURES, House, has_pictures

from bot.playground import Message, Person, Refusal
from bot.playground.record import RequestSeen

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with scripted(tmp_path_factory.mktemp("house"), pace=120) as house:
        yield house


@pytest.fixture(autouse=True)
def nothing_planned(house: House) -> None:
    house.discord.faults.clear()


def _seen(house: House, *endpoints: str) -> list[RequestSeen]:
    """The bot's requests to these endpoints, oldest first."""
    requests = house.discord.record.requests
    return [each for each in requests if f"{each.method} {each.template}".startswith(endpoints)]


async def _asked(person: Person, prompt: str, **options: object) -> Message:
    return await person.command("imagine", prompt=prompt, count=1, **{"steps": 10, **options})


def _has_come(person: Person, words: str) -> bool:
    return any(map(has_pictures, with_words(person, words)))


async def _shown_once(house: House, person: Person, *prompts: str) -> None:
    """Each prompt's pictures come, in one message."""
    for words in prompts:
        await house.discord.until(partial(_has_come, person, words), timeout=PICTURES)
    await house.settled()
    assert [len(with_words(person, words)) for words in prompts] == [1] * len(prompts)
    assert nothing_is_owed(house)


@pytest.mark.parametrize("times", [1, 6], ids=["once", "longer than the library asks again"])
async def test_an_edit_waits_as_long_as_discord_says(house: House, times: int) -> None:
    """Nothing is sent on that route before the time is up."""
    ada, wait = house.person("ada"), 0.4
    house.discord.faults.rate_limit(EDITING, times=times, retry_after=wait)
    before = len(_seen(house, EDITING))
    await _asked(ada, f"limited {times} times")
    await _shown_once(house, ada, f"limited {times} times")
    seen = _seen(house, EDITING)[before:]
    assert [each.status for each in seen] == [429] * times + [200]
    for refused, again in itertools.pairwise(seen):
        assert again.at - refused.at >= wait


async def test_a_post_waits_as_long_as_discord_says_and_everybody_where_all_are_meant(house: House) -> None:
    """A global limit holds every other request with the bot's token too."""
    ada, wait = house.person("ada"), 1.0
    record = house.discord.record
    house.discord.faults.rate_limit(POSTING, retry_after=wait, is_global=True)
    first = await _asked(ada, "limited first")
    house.discord.changes.delete_message(first.id)
    posts = len(_seen(house, POSTING))
    await house.discord.until(lambda: len(_seen(house, POSTING)) > posts, timeout=PICTURES)
    limited = record.requests[-1]
    second = await _asked(ada, "limited second")
    house.discord.changes.delete_message(second.id)
    await _shown_once(house, ada, "limited first", "limited second")
    later = [each for each in _seen(house, "GET /channels", "POST /channels") if each.at > limited.at]
    assert len(later) >= 3
    assert all(each.at - limited.at >= wait for each in later)


async def test_who_seems_banned_sends_nothing_for_as_long_as_it_is_told(house: House) -> None:
    """A 429 from the proxy before Discord: other jobs' edits wait as well."""
    ada = house.person("ada")
    house.discord.faults.rate_limit(EDITING, retry_after=1.0, via=False)
    await _asked(ada, "banned first", steps=1)
    await house.discord.until(lambda: _seen(house, EDITING)[-1:][0].status == 429, timeout=PICTURES)
    limited = _seen(house, EDITING)[-1]
    await _asked(ada, "banned second", steps=1)
    await _shown_once(house, ada, "banned first", "banned second")
    later = [each for each in _seen(house, EDITING) if each.at > limited.at]
    assert len(later) == 2
    assert all(each.at - limited.at >= 1.0 for each in later)


async def test_whatever_befalls_the_last_edit(house: House) -> None:
    """Errors and resets, before it took effect and after, and a request that takes five seconds."""
    ada, faults = house.person("ada"), house.discord.faults
    for after in (False, True):
        faults.error(EDITING, status=502, after=after)
        faults.reset(EDITING, after=after)
    faults.delay(EDITING, seconds=5)
    prompts = [f"edit number {number}." for number in range(5)]
    for prompt in prompts:
        await _asked(ada, prompt)
    await _shown_once(house, ada, *prompts)
    assert house.rows("SELECT state FROM jobs ORDER BY number DESC LIMIT 5") == [("delivered",)] * 5


async def test_whatever_befalls_a_post(house: House) -> None:
    """The same where the message was deleted: what was posted is found again, or known by its nonce."""
    ada, faults = house.person("ada"), house.discord.faults
    for after in (False, True):
        faults.error(POSTING, after=after)
        faults.reset(POSTING, after=after)
    guild = house.discord.world.guilds[ada.channel.guild_id or 0]
    rooms = [house.discord.changes.add_channel(guild, f"room-{number}").name for number in range(4)]
    for room in rooms:
        reply = await _asked(ada.at(room), f"posted in {room}", steps=30)
        house.discord.changes.delete_message(reply.id)
    for room in rooms:
        await _shown_once(house, ada.at(room), f"posted in {room}")


async def test_an_answer_is_repeated_within_its_three_seconds(house: House) -> None:
    """A 5xx before anything happened, or a short limit, and the person sees the card a little later."""
    ada, ben, faults = house.person("ada"), house.person("ben"), house.discord.faults
    faults.error(ACKNOWLEDGING)
    faults.rate_limit(ACKNOWLEDGING, retry_after=0.5)
    await asyncio.gather(_asked(ada, "an answer erred"), _asked(ben, "an answer limited"))
    await _shown_once(house, ada, "an answer erred", "an answer limited")


async def test_an_answer_that_cannot_be_given_costs_nothing(house: House) -> None:
    """Discord errs, or limits, until the three seconds are over, or takes the address for banned."""
    people, faults = [house.person(name) for name in ("ada", "ben", "mia")], house.discord.faults
    before = [house.spent(person) for person in people]
    faults.error(ACKNOWLEDGING, status=503)
    faults.rate_limit(ACKNOWLEDGING, retry_after=3.2)
    faults.error(ACKNOWLEDGING, status=503)
    asked = [asyncio.create_task(_asked(person, "unsaid", steps=60)) for person in people]
    faults.error(ACKNOWLEDGING, status=503, times=2)
    for outcome in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(outcome, Refusal)
    await house.settled()
    assert [house.spent(person) for person in people] == pytest.approx(before)
    assert not with_words(people[0], "unsaid")
    assert house.app.engine.queue() == ()
    assert nothing_is_owed(house)


async def test_an_answer_that_came_too_late_is_one_line_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """10062: nobody waits, so nothing is charged and nothing computed any more."""
    ada = house.person("ada")
    before, logged = house.spent(ada), len(caplog.records)
    held = house.discord.faults.hold(ACKNOWLEDGING)
    asking = asyncio.create_task(_asked(ada, "too late", steps=60))
    await held.arrived()
    house.discord.clock.advance(4)
    with pytest.raises(Refusal):
        await asking
    held.release()
    await house.discord.until(lambda: newest(house, "state") == "failed")
    assert newest(house, "reason") == "unanswered"
    await house.discord.until(lambda: house.app.engine.queue() == ())
    assert house.spent(ada) == pytest.approx(before)
    ours = [each for each in caplog.records[logged:] if each.name.startswith("bot.")]
    assert [each.getMessage() for each in ours] == ["an interaction came too late to be answered"]


async def test_an_interaction_that_is_lost_costs_nothing(house: House) -> None:
    """The gateway never brought it: the person sees that, and may ask again."""
    ada = house.person("ada")
    before, jobs = house.spent(ada), len(house.states())
    house.discord.faults.drop("INTERACTION_CREATE")
    asking = asyncio.create_task(_asked(ada, "unheard"))
    await house.discord.until(lambda: house.discord.record.happenings[-1].kind == "asked")
    house.discord.clock.advance(4)
    with pytest.raises(Refusal):
        await asking
    assert (house.spent(ada), len(house.states())) == (before, jobs)


async def test_a_press_told_twice_makes_one_job(house: House) -> None:
    """As a command does."""
    ada = house.person("ada")
    four = await _asked(ada, "an echoed press")
    await _shown_once(house, ada, "an echoed press")
    jobs = len(house.states())
    house.discord.faults.repeat("INTERACTION_CREATE")
    again = await ada.press(four, "🔄")
    assert isinstance(again, Message)
    await house.pictures(again)
    assert len(house.states()) == jobs + 1
    assert nothing_is_owed(house)


@pytest.mark.parametrize("how", ["dropped", "asked to reconnect"])
async def test_what_is_pressed_while_the_gateway_is_away_is_answered_once(house: House, how: str) -> None:
    """In the middle of a job: that goes on, and the press is replayed after RESUME."""
    ada, ben, record = house.person("ada"), house.person("ben"), house.discord.record
    resumed, jobs = record.count("resumed"), len(house.states())
    running = await _asked(ada, f"{how} meanwhile", steps=60)
    if how == "dropped":
        house.discord.gateway.drop()
    else:
        await house.discord.gateway.reconnect()
    asked = await _asked(ben, f"{how}, and asked")
    assert record.count("resumed") == resumed + 1
    assert house.discord.gateway.identified == 1
    for reply in (running, asked):
        await house.pictures(reply)
    assert len(house.states()) == jobs + 2
    await _shown_once(house, ada, f"{how} meanwhile", f"{how}, and asked")
