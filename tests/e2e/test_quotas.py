"""Rules, gifts and loans as members and moderators meet them, and the record of who set what."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fault_house import newest, scripted
from house import House
from quota_house import by, newcomer, priced, role_id, told, trail

from bot.playground import Message, Person

HALF_A_MINUTE = 30.0
"""A step that outlasts a test: the first job stays at work, what comes after it waits, no price changes."""
WISH = {"steps": 60, "count": 4}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """One job runs, and is never over; mia's, so that nobody else has used anything."""
    async with scripted(tmp_path, step=HALF_A_MINUTE, EASEL_ENGINE__SLOTS="1") as house:
        yield house


async def _price(house: House) -> float:
    """What everybody's wish costs in this house, from mia's job that keeps the GPU busy."""
    _, price = await priced(house, house.person("mia"), prompt="keeps it busy", **WISH)
    await house.discord.until(lambda: newest(house, "state") == "running")
    return price


async def _fits(house: House, person: Person) -> Message:
    answer, _ = await priced(house, person, prompt="one that fits", **WISH)
    return answer


async def _refused(person: Person, **wish: object) -> str:
    answer = await person.command("imagine", prompt="one too many", **(wish or WISH))
    assert answer.ephemeral
    assert answer.text.endswith("Nothing was charged.")
    return answer.text


def _paid(house: House, person: Person) -> object:
    """Compute-seconds of the person's jobs, whatever paid them."""
    query = "SELECT sum(amount) FROM ledger WHERE user_id = ? AND job IS NOT NULL"
    return house.rows(query, person.user.id)[0][0]


async def test_a_roles_members_run_into_its_quota_and_moderators_help_out(house: House) -> None:
    """The refusal says what is left and when it refills; a gift lets one go on, a loan the other.

    Every act is in the trail with who, what, before, after and why, and told where the server wants it.
    """
    ben, mia = house.person("ben"), house.person("mia")
    cleo = newcomer(house, "cleo", "Artists")
    artists = role_id(house, "Artists")
    log_channel = house.discord.world.channel_named("sketches").id
    await house.app.store.set_setting("log_channel", log_channel, by=by(house, mia))
    price = await _price(house)
    budget = round(1.5 * price, 3)
    await mia.command("quota set", role="Artists", compute=f"{budget} s", per="hour", why="a trial")
    for person in (ben, cleo):
        answer = await _fits(house, person)
        assert re.search(r"leaves 0\.\d s of your 0\.\d s an hour", answer.text)
        asked_at = newest(house, "asked_at")
        assert isinstance(asked_at, int)
        words = await _refused(person)
        assert re.match(
            r"You have 0\.\d s of your 0\.\d s of compute an hour left; this needs 0\.\d s\.", words
        )
        assert f"Enough frees up <t:{asked_at // 1_000_000 + 3600}:R>." in words
    await _fits(house, house.person("ada"))  # who is no artist has no such limit

    gave = (await mia.command("quota grant", member="ben", compute=f"{price:.3f} s", why="well done")).text
    assert f"Gave <@{ben.user.id}>" in gave
    assert "no pool" in (await mia.command("quota lend", member="cleo", compute="1 s")).text
    await mia.command("quota set", whole="pool", compute="2 s", per="week")
    assert (
        "Only 2 s of the pool's 2 s" in (await mia.command("quota lend", member="cleo", compute="3 s")).text
    )
    lent = (await mia.command("quota lend", member="cleo", compute=f"{price:.3f} s", lasts="2 h")).text
    assert re.search(r"1\.\d s are left in the pool", lent)
    for person in (ben, cleo):
        await _fits(house, person)
        await _refused(person)
    await mia.command("quota clear", whole="pool", why="enough")
    await mia.command("quota clear", role="Artists")
    await _fits(house, ben)

    hour = {"budget": {"seconds": pytest.approx(budget), "window": 3600.0, "burst": None}}
    pool = {"seconds": 2.0, "window": 604_800.0, "burst": None}
    acts = trail(house)[1:]
    assert {actor for actor, *_ in acts} == {mia.user.id}
    assert [(act, subject, why) for _, act, subject, why, _ in acts] == [
        ("quota set", artists, "a trial"),
        ("quota grant", ben.user.id, "well done"),
        ("quota set", None, None),
        ("quota lend", cleo.user.id, None),
        ("quota clear", None, "enough"),
        ("quota clear", artists, None),
    ]
    changes = [(detail.get("before"), detail.get("after")) for *_, detail in acts]
    assert changes == [({}, hour), (None, None), (None, pool), (None, None), (pool, None), (hour, {})]
    assert acts[1][4]["seconds"] == pytest.approx(price, abs=0.001)
    await house.discord.until(lambda: len(told(house, "sketches")) == len(acts))
    for line, words in zip(
        told(house, "sketches"),
        (
            rf"set the rule for <@&{artists}>: nothing → 0\.\d s of compute an hour — “a trial”",
            rf"gave <@{ben.user.id}> 0\.\d s of compute until <t:\d+:f> — “well done”",
            r"set the pool to lend from: none → 2 s of compute a week",
            rf"lent <@{cleo.user.id}> 0\.\d s of compute until <t:\d+:f>",
            r"set the pool to lend from: 2 s of compute a week → none — “enough”",
            rf"set the rule for <@&{artists}>: 0\.\d s of compute an hour → nothing",
        ),
        strict=True,
    ):
        assert re.fullmatch(rf"<t:\d+:d> <t:\d+:t> <@{mia.user.id}> {words}", line), line


async def test_what_a_cancelled_or_failed_job_did_not_use_comes_back(house: House) -> None:
    """To the gift or loan it came from, and to one's own budget; nobody has to ask for it."""
    ben, mia = house.person("ben"), house.person("mia")
    cleo = newcomer(house, "cleo", "Artists")
    guild = house.discord.world.guild_named("Easel Studio")
    doomed = house.discord.changes.add_channel(guild, "short-lived")
    price = await _price(house)
    await mia.command("quota set", role="Artists", compute=f"{1.5 * price:.3f} s")
    await mia.command("quota set", whole="pool", compute="10 s")
    await mia.command("quota grant", member="ben", compute="3 s")
    await mia.command("quota lend", member="cleo", compute="3 s")
    for person, gift in ((ben, "Given"), (cleo, "Lent")):
        first = await _fits(house, person)
        second = await _fits(house, person.at("short-lived") if person is cleo else person)
        shown = (await person.command("quota show")).text
        assert f"{gift} on top: **3 s**" not in shown, "the second job has drawn on it"
        if person is ben:
            await ben.press(second, "Cancel")
        else:
            house.discord.changes.delete_channel(doomed)
        await house.discord.until(lambda: newest(house, "state") in ("cancelled", "failed"))
        shown = (await person.command("quota show")).text
        assert f"{gift} on top: **3 s** of 3 s left" in shown
        assert _paid(house, person) == pytest.approx(price)
        await person.press(first, "Cancel")
        await house.discord.until(house.says(first, "Cancelled; nothing was charged."))
        assert "You have used **0 s** of" in (await person.command("quota show")).text


async def test_who_stops_a_running_job_has_what_it_did_not_use_again(tmp_path: Path) -> None:
    """Cancelled at its first steps, it leaves room for another of the same price."""
    async with scripted(tmp_path, step=0.05, EASEL_ENGINE__SLOTS="1", EASEL_LIMITS__MAX_STEPS="150") as house:
        ada, mia = house.person("ada"), house.person("mia")
        for _ in range(3):  # until a price is what such a job really takes
            answer, _ = await priced(house, mia, prompt="how long does it take", steps=10)
            await house.pictures(answer)
        running, price = await priced(house, ada, prompt="not that", steps=150)
        await mia.command("quota set", compute=f"{1.9 * price:.3f} s")
        await _refused(ada, steps=150)
        await house.discord.until(lambda: "step " in running.text)
        await ada.press(running, "Cancel")
        await house.discord.until(house.says(running, "of compute were used by then"))
        spent = house.spent(ada)
        assert 0 < spent < price
        assert f"{spent:.1f} s of compute were used" in running.text
        await ada.press((await priced(house, ada, prompt="this one", steps=150))[0], "Cancel")


async def test_who_is_exempt_meets_no_limit_of_members_but_those_of_the_place(house: House) -> None:
    """Everybody else meets theirs; a channel's holds for all."""
    ada, ben, mia = house.person("ada"), house.person("ben"), house.person("mia")
    price = await _price(house)
    await mia.command("quota set", whole="everyone", compute=f"{price / 2:.3f} s", waiting=1, steps=5)
    await mia.command("quota set", role="Artists", exempt=True, why="they teach")
    assert "allows at most 5 steps" in await _refused(ada)
    for _ in range(3):
        assert "leaves" not in (await _fits(house, ben)).text
    assert "there is no limit" in (await ben.command("quota show")).text
    why = (await ben.command("quota why")).text
    assert f"exempt from members' limits, by the rule for <@&{role_id(house, 'Artists')}>" in why
    await mia.command("quota set", channel="sketches", count=2)
    assert "allows at most 2 pictures at once" in await _refused(ben.at("sketches"))


async def test_a_channels_budget_is_everybodys_and_its_threads_count_to_it(house: House) -> None:
    """What one uses the others have not; what is asked in a thread of it is asked there."""
    ada, ben, mia = house.person("ada"), house.person("ben"), house.person("mia")
    price = await _price(house)
    sketches = house.discord.world.channel_named("sketches").id
    await mia.command("quota set", channel="sketches", compute=f"{1.5 * price:.3f} s", per="week")
    await _fits(house, ada.at("sketches"))
    words = await _refused(ben.at("sketches"))
    assert re.match(rf"<#{sketches}> has 0\.\d s of its 0\.\d s of compute a week left; this needs", words)
    ada.at("sketches").open_thread("Studies")
    assert f"<#{sketches}> has" in await _refused(ben.at("Studies"))
    await _fits(house, ben)
    why = (await ben.at("Studies").command("quota why")).text
    assert f"by the rule for <#{sketches}>" in why
    assert f"All together, <#{sketches}> has **0." in (await ben.at("Studies").command("quota show")).text
    await mia.command("quota set", channel="sketches", compute=f"{2.5 * price:.3f} s")
    await _fits(house, ben.at("Studies"))
    assert f"<#{sketches}> has" in await _refused(ada.at("sketches"))


async def test_why_names_the_rule_that_decides(house: House) -> None:
    """A member's own before their roles', those before everyone's, each limit by itself; then the place's."""
    ben, mia = house.person("ben"), house.person("mia")
    artists, sketches = role_id(house, "Artists"), house.discord.world.channel_named("sketches").id
    await mia.command("quota set", whole="everyone", steps=50, waiting=7, compute="1 h")
    await mia.command("quota set", role="Artists", waiting=3, compute="2 h", per="week", hours="0-24")
    await mia.command("quota set", member="ben", compute="30 min", burst="5 min", weight=2.0)
    await mia.command("quota set", channel="sketches", steps=40, running=2)
    await mia.command("quota set", whole="server", models="pocket")
    here = (await ben.command("quota why")).text
    for words in (
        rf"\*\*30 min of compute a day .*, at most 5 min at once\*\*, by the rule for <@{ben.user.id}>",
        rf"\*\*3 jobs waiting\*\*, by the rule for <@&{artists}>",
        r"\*\*50 steps\*\*, by the rule for everyone",
        r"\*\*models pocket\*\*, by the rule for the whole server",
        rf"\*\*00:00–00:00 UTC\*\*, by the rule for <@&{artists}>",
        rf"\*\*2 × the share of the GPU\*\*, by the rule for <@{ben.user.id}>",
    ):
        assert re.search(words, here), (words, here)
    assert "Easel's default" not in here
    there = (await mia.at("sketches").command("quota why", member="ben")).text
    assert f"**40 steps**, by the rule for <#{sketches}>" in there
    assert "everyone" not in there.partition("-#")[0]
    assert f"**2 jobs at once**, by the rule for <#{sketches}>" in there
    assert "manage messages" in (await ben.command("quota why", member="mia")).text
