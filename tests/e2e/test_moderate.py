"""`/moderate jobs`: who sees what of the line; holding, letting go, putting first and stopping."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk_hands import DESK, drawing, ids, manage, newest_id
from fault_house import nothing_is_owed, scripted
from house import PICTURES, House, has_pictures, is_drawing, labels

from bot.playground import Message, Modal, Permission, Person

FOLLOWED = 15.0
"""Seconds within which a list that looks every four has followed; a patience, not a measurement."""


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[House]:
    """One picture at a time, in no hurry: what waits stays where it is until something is done."""
    async with scripted(tmp_path, step=0.4, EASEL_ENGINE__SLOTS="1") as house:
        yield house


async def _waiting(person: Person, prompt: str, **options: object) -> Message:
    return await person.command("imagine", prompt=prompt, **{"steps": 2, "count": 1, **options})


async def _cancel_all(house: House, *people: Person) -> None:
    for person in people:
        await person.command("cancel", job="all")
    await house.settled()


async def test_the_list_shows_the_line_in_order_and_keeps_secrets(slow: House) -> None:
    """Who runs first, then who waits; words only where the moderator could read them anyway."""
    ada, ben, mia = slow.person("ada"), slow.person("ben"), slow.person("mia")
    sketches = slow.discord.world.channel_named("sketches")
    bot = slow.discord.world.application.bot
    slow.discord.changes.set_overwrite(sketches, mia.user, deny=Permission.VIEW_CHANNEL)
    slow.discord.changes.set_overwrite(sketches, bot, allow=Permission.VIEW_CHANNEL)
    await drawing(slow, ada, "a public star")
    await _waiting(ada, "a waiting star")
    await _waiting(ada, "a private star", private=True)
    await _waiting(ben.at("sketches"), "a hidden star", steps=60)
    panel = await mia.command("moderate jobs")
    assert panel.ephemeral
    assert panel.text.index("a public star") < panel.text.index("a waiting star")
    assert "▶️ running" in panel.text
    assert "next in line" in panel.text
    assert panel.text.count("a private job") == 1
    assert panel.text.count("a job of a channel you cannot see") == 1
    for secret in ("a private star", "a hidden star"):
        assert secret not in panel.text
    assert labels(panel).count("Manage") == 4
    assert "Page" not in panel.text
    await _cancel_all(slow, ada, ben)
    assert "Nothing waits or runs here." in (await mia.command("moderate jobs")).text


async def test_the_list_follows_what_happens(slow: House) -> None:
    """A job that ends goes from it without a press, and one that comes appears."""
    ada, ben, mia = slow.person("ada"), slow.person("ben"), slow.person("mia")
    running = await drawing(slow, ada, "a passing star")
    panel = await mia.command("moderate jobs")
    assert "a passing star" in panel.text
    await _waiting(ben, "a coming star", steps=60)
    await slow.discord.until(slow.says(panel, "a coming star"), timeout=FOLLOWED)
    await ada.press(running, "Cancel")
    await slow.discord.until(lambda: "a passing star" not in panel.text, timeout=FOLLOWED)
    await _cancel_all(slow, ben)
    await slow.discord.until(slow.says(panel, "Nothing waits or runs here."), timeout=FOLLOWED)


async def test_many_jobs_have_pages(slow: House) -> None:
    """Eight a page; a form sent from the second leaves the second there."""
    ada, mia = slow.person("ada"), slow.person("mia")
    for number in range(11):
        await _waiting(ada, f"star number {number}", steps=60)
    panel = await mia.command("moderate jobs")
    assert labels(panel).count("Manage") == 8
    assert "Page 1 of 2." in panel.text
    await mia.press(panel, "Later")
    assert labels(panel).count("Manage") == 3
    assert "star number 10" in panel.text
    assert "star number 0" not in panel.text
    await manage(mia, panel, newest_id(slow), "hold", page=1)
    assert "Page 2 of 2." in panel.text
    assert f"✋ held by <@{mia.user.id}>\n" in panel.text
    await mia.press(panel, "Earlier")
    assert "star number 0" in panel.text
    await _cancel_all(slow, ada)
    await mia.press(panel, "🔄 Refresh")
    assert "Nothing waits or runs here." in panel.text


async def test_a_held_job_waits_says_so_and_goes_on_when_let_go(slow: House) -> None:
    """Its card, `/queue` and “Why am I held?” tell by whom and why, not a place that it does not have."""
    ada, mia = slow.person("ada"), slow.person("mia")
    running = await drawing(slow, ada, "a running star")
    held = await _waiting(ada, "a held star")
    job = newest_id(slow)
    panel = await mia.command("moderate jobs")
    await manage(mia, panel, job, "hold", "wait for **the** jury")
    assert r"(“wait for \*\*the\*\* jury”)" in panel.text
    await slow.discord.until(slow.says(held, r"Held by a moderator: “wait for \*\*the\*\* jury”"))
    assert "in line" not in held.text
    assert labels(held) == ["Cancel", "Why am I held?"]
    why = await ada.press(held, "Why am I held?")
    assert isinstance(why, Message)
    assert "### Held" in why.text
    assert "the\\*\\* jury" in why.text
    assert "in line" not in why.text
    seen = (await ada.command("queue")).text
    assert f"**held** <@{ada.user.id}> “a held star” · by a moderator" in seen
    await ada.press(running, "Cancel")
    await slow.discord.until(lambda: slow.states()[0] == "cancelled")
    after = await _waiting(ada, "a later star")
    await slow.discord.until(lambda: has_pictures(after), timeout=PICTURES)
    assert slow.states()[1] == "queued", "who came later has pictures, and the held one has none"
    await manage(mia, panel, job, "release")
    await slow.pictures(held)
    assert nothing_is_owed(slow)
    acts = slow.rows("SELECT act, why FROM audit ORDER BY number")
    assert acts == [("job held", "wait for **the** jury"), ("job released", None)]


async def test_a_job_whose_hours_are_over_says_when_they_begin(slow: House) -> None:
    """It keeps its place in the books and waits; when the rule goes, it goes on at once."""
    ada, mia = slow.person("ada"), slow.person("mia")
    running = await drawing(slow, ada, "a running star")
    waiting = await _waiting(ada, "a waiting star")
    hour = datetime.fromtimestamp(slow.discord.clock.now(), UTC).hour
    spans = f"{(hour + 3) % 24}:00-{(hour + 4) % 24}:00"
    await mia.command("quota set", whole="everyone", hours=spans)
    await slow.discord.until(slow.says(waiting, ": these are not the hours"), timeout=PICTURES)
    assert "✋ Waits until <t:" in waiting.text
    assert "· until its hours begin" in (await ada.command("queue")).text
    assert "🕗 waits for its hours" in (await mia.command("moderate jobs")).text
    why = await ada.press(waiting, "Why am I held?")
    assert isinstance(why, Message)
    assert "Waits until <t:" in why.text
    await ada.press(running, "Cancel")
    await mia.command("quota clear", whole="everyone")
    await slow.discord.until(lambda: has_pictures(waiting), timeout=PICTURES)


async def test_a_running_job_that_is_held_stops_and_keeps_its_steps(slow: House) -> None:
    """At the next step where it can; its card says at which, and why; let go, it goes on from there."""
    ada, mia = slow.person("ada"), slow.person("mia")
    reply = await drawing(slow, ada, "a star half done", steps=10)
    panel = await mia.command("moderate jobs")
    await manage(mia, panel, newest_id(slow), "hold", "a moment please")
    words = slow.says(reply, "· Held by a moderator: “a moment please”")
    await slow.discord.until(words, timeout=PICTURES)
    assert "paused at step " in reply.text
    assert "paused for others" not in reply.text
    why = await ada.press(reply, "Why am I held?")
    assert isinstance(why, Message)
    assert "nothing of it is lost" in why.text
    await manage(mia, panel, newest_id(slow), "release")
    await slow.discord.until(lambda: is_drawing(reply) and "paused" not in reply.text, timeout=PICTURES)
    await slow.pictures(reply)
    assert nothing_is_owed(slow)


async def test_what_is_put_first_goes_before_others(slow: House) -> None:
    """Though it came later; the list, `/queue` and the others' Why say so."""
    ada, ben, mia = slow.person("ada"), slow.person("ben"), slow.person("mia")
    running = await drawing(slow, ada, "a running star")
    before = await _waiting(ada, "a star in its turn", steps=4)
    last = await _waiting(ada, "a star put first", steps=4)
    await slow.discord.until(slow.says(last, "2nd in line"))
    panel = await mia.command("moderate jobs")
    await manage(mia, panel, newest_id(slow), "bump", "for the opening")
    assert "· put first\n" in panel.text
    await slow.discord.until(slow.says(before, "2nd in line"))
    why = await ada.press(before, "Why am I 2nd?")
    assert isinstance(why, Message)
    assert "put first by a moderator" in why.text
    assert "“a star put first” · put first by a moderator" in (await ben.command("queue")).text
    await ada.press(running, "Cancel")
    await slow.discord.until(lambda: has_pictures(last), timeout=PICTURES)
    assert not before.pictures
    await slow.pictures(before)


async def test_a_stopped_job_is_refunded_and_says_why(slow: House) -> None:
    """Whether it runs or waits: its owner reads the reason, has it all back, and may try again."""
    ada, mia = slow.person("ada"), slow.person("mia")
    running = await drawing(slow, ada, "a running star")
    waiting = await _waiting(ada, "a waiting star")
    panel = await mia.command("moderate jobs")
    first, second = ids(slow)
    form = await mia.press(panel, custom_id=f"{DESK}manage:{second}.0")
    assert isinstance(form, Modal)
    assert form.title == "a waiting star"
    await manage(mia, panel, second, "stop")
    await slow.discord.until(slow.says(waiting, "A moderator stopped this. Nothing was charged."))
    await manage(mia, panel, first, "stop", "not in _this_ channel.")
    said = r"A moderator stopped this: “not in \_this\_ channel.”. Nothing was charged."
    await slow.discord.until(slow.says(running, said))
    await slow.settled()
    assert slow.spent(ada) == 0
    assert labels(running)[0] == "🔄 Try again"
    told = await mia.submit(form, {"act": ["hold"]})
    assert told is not None
    assert told.ephemeral
    assert "has ended already" in told.text
    again = await ada.press(waiting, "🔄 Try again")
    assert isinstance(again, Message)
    await slow.pictures(again)


async def test_holds_survive_a_restart_of_the_bot(slow: House) -> None:
    """It waits on, its card says why, and whoever comes meanwhile is served."""
    ada, mia = slow.person("ada"), slow.person("mia")
    running = await drawing(slow, ada, "a running star")
    held = await _waiting(ada, "a held star")
    panel = await mia.command("moderate jobs")
    await manage(mia, panel, newest_id(slow), "hold", "until tomorrow")
    await slow.restart()
    await slow.app.engine.ready()
    await slow.discord.until(slow.says(held, "Held by a moderator: “until tomorrow”"), timeout=PICTURES)
    await ada.press(running, "Cancel")
    after = await _waiting(ada, "a later star")
    await slow.discord.until(lambda: has_pictures(after), timeout=PICTURES)
    assert slow.states()[1] == "queued"
    # The panel of before the restart still works: it lives in its ids.
    await manage(mia, panel, ids(slow)[1], "release")
    await slow.pictures(held)


async def test_only_moderators_of_the_whole_server_may(slow: House) -> None:
    """Discord offers it to nobody else; a right in one channel is not enough; a forged press gets words."""
    ada, mia = slow.person("ada"), slow.person("mia")
    with pytest.raises(Exception, match="moderate"):
        await ada.command("moderate jobs")
    studio = slow.discord.world.channel_named("studio")
    slow.discord.changes.set_overwrite(studio, ada.user, allow=Permission.MANAGE_MESSAGES)
    told = await ada.command("moderate jobs")
    assert "manage messages in this whole server" in told.text
    panel = await mia.command("moderate jobs")
    assert "Nothing waits" in panel.text
