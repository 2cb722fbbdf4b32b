"""Quotas, the queue and who may see what."""

import pytest
from house import PICTURES, House, is_drawing

from bot.playground import Permission
from bot.playground.interaction import InteractionKind

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_spent_quota_says_what_is_left_and_when_it_refills(house: House) -> None:
    """And changes nothing; a role's rule is more generous."""
    ada, ben, mia = house.person("ada"), house.person("ben"), house.person("mia")
    said = await mia.command("quota set", compute="2 s", waiting=1)
    assert "For everyone: **2 s of compute a day" in said.text
    assert "1 job waiting" in said.text
    said = await mia.command("quota set", compute="500", waiting=5, role="Artists")
    assert "500 s of compute a day" in said.text
    before = house.spent(ada)
    told = await ada.command("imagine", prompt="far too much", steps=60)
    assert told.ephemeral
    assert "of your 2 s" in told.text
    assert house.spent(ada) == before
    allowed = await ben.command("imagine", prompt="an artist's star", steps=2)
    assert "leaves" in allowed.text
    await house.pictures(allowed)
    await mia.command("quota clear", role="Artists")
    await mia.command("quota clear", whole="everyone")
    acts = house.rows("SELECT actor, act FROM audit ORDER BY number")
    assert acts == [(mia.user.id, act) for act in ("quota set", "quota set", "quota clear", "quota clear")]


async def test_a_rule_is_laid_over_what_was_said_before(house: House) -> None:
    """A part that is not named stays; a part or all of it can be taken away, but only what is there."""
    mia = house.person("mia")
    assert "Say what to limit" in (await mia.command("quota set", role="Artists")).text
    await mia.command("quota set", compute="500 s", per="hour", role="Artists")
    said = (await mia.command("quota set", waiting=2, role="Artists")).text
    assert "500 s of compute an hour" in said
    assert "2 jobs waiting" in said
    assert "an hour" in (await mia.command("quota set", compute="600 s", role="Artists")).text
    said = (await mia.command("quota clear", what="waiting", role="Artists")).text
    assert "10 min of compute an hour" in said
    assert "waiting" not in said.partition("-#")[0]
    assert "no such rule" in (await mia.command("quota clear", what="waiting", role="Artists")).text
    assert "no rule for <@&" in (await mia.command("quota clear", role="Artists")).text
    assert "no such rule" in (await mia.command("quota clear", role="Artists")).text


async def test_waiting_jobs_are_limited(house: House) -> None:
    """One more than allowed is refused, with what to do."""
    ada, mia = house.person("ada"), house.person("mia")
    await mia.command("quota set", waiting=1)
    running = await ada.command("imagine", prompt="running", steps=60)
    await house.discord.until(lambda: is_drawing(running), timeout=PICTURES)
    waiting = await ada.command("imagine", prompt="waiting", steps=2)
    assert not waiting.ephemeral
    refused = await ada.command("imagine", prompt="refused", steps=2)
    assert refused.ephemeral
    assert "/cancel" in refused.text
    for message in (waiting, running):
        await ada.press(message, "Cancel")
    await house.settled()
    await mia.command("quota clear")


async def test_only_managers_set_quotas_and_only_moderators_look_at_others(house: House) -> None:
    """Discord hides nothing here; the code checks."""
    ada, mia = house.person("ada"), house.person("mia")
    told = await ada.command("quota set", compute="1000 h", waiting=50)
    assert "manage this server" in told.text
    assert "manage messages" in (await ada.command("quota show", member="ben")).text
    assert "rules" not in (await ada.command("quota show")).text
    own = await mia.command("quota show", member="ada")
    assert f"<@{ada.user.id}> has used" in own.text
    assert "rules" in own.text


async def test_the_queue_shows_places_and_keeps_secrets(house: House) -> None:
    """This server's jobs alone; a prompt only to those who could read it in its channel."""
    ada, ben, mia = house.person("ada"), house.person("ben"), house.person("mia")
    zoe = house.person("zoe", "lobby", "Other Place")
    mods = house.discord.world.channel_named("mods-only")
    house.discord.changes.set_overwrite(
        mods, house.discord.world.application.bot, allow=Permission.VIEW_CHANNEL
    )
    jobs = [
        await mia.at("mods-only").command("imagine", prompt="a secret plan", steps=60),
        await ada.command("imagine", prompt="a public star", steps=60),
        await ada.command("imagine", prompt="a private star", steps=60, private=True),
        await zoe.command("imagine", prompt="a foreign star", steps=60),
    ]
    seen = (await ben.command("queue")).text
    assert "a public star" in seen
    assert "a secret plan" not in seen
    assert "a private star" not in seen
    assert "a foreign star" not in seen
    assert seen.count("<@") == 3
    assert "of other servers" in seen
    assert "a secret plan" in (await mia.command("queue")).text
    assert "a private star" in (await ada.command("queue")).text
    for person, job in zip((mia, ada, ada, zoe), jobs, strict=True):
        await person.press(job, "Cancel")
    await house.settled()
    assert "Nothing is waiting" in (await ben.command("queue")).text


async def test_cancel_takes_the_newest_a_chosen_one_or_all(house: House) -> None:
    """And nobody else's."""
    ada, ben = house.person("ada"), house.person("ben")
    jobs = [await ada.command("imagine", prompt=f"star number {n}", steps=60) for n in range(4)]
    choices = await ada.autocomplete("cancel", "job", "")
    assert choices[0].name == "All of mine"
    assert [choice.name for choice in choices[1:]] == [f"star number {n}" for n in (3, 2, 1, 0)]
    assert await ben.autocomplete("cancel", "job", "") == []
    told = await ben.command("cancel", job=str(choices[1].value))
    assert "somebody else's" in told.text
    assert "star number 3" in (await ada.command("cancel")).text
    await house.discord.until(house.says(jobs[3], "Cancelled"))
    assert "star number 1" in (await ada.command("cancel", job=str(choices[3].value))).text
    await ada.command("cancel", job="all")
    for job in jobs:
        await house.discord.until(house.says(job, "Cancelled"))
    await house.settled()
    assert "nothing waiting or running" in (await ada.command("cancel")).text


async def test_a_moderator_who_cancels_a_private_job_does_not_learn_its_prompt(house: House) -> None:
    """The right to stop it is not the right to read it."""
    ada, mia = house.person("ada"), house.person("mia")
    reply = await ada.command("imagine", prompt="very secret words", steps=60, private=True)
    ((job,),) = house.rows("SELECT id FROM jobs ORDER BY number DESC LIMIT 1")
    said = (await mia.command("cancel", job=str(job))).text
    assert said == "Cancelling that job."
    await house.discord.until(house.says(reply, "Cancelled"))
    await house.settled()


async def test_a_moderator_of_one_channel_stops_nothing_in_another(house: House) -> None:
    """The right to cancel is the right in the job's channel, wherever the command is typed."""
    ada, ben = house.person("ada"), house.person("ben")
    sketches = house.discord.world.channel_named("sketches")
    house.discord.changes.set_overwrite(sketches, ben.user, allow=Permission.MANAGE_MESSAGES)
    reply = await ada.command("imagine", prompt="out of reach", steps=60)
    sketch = await ada.at("sketches").command("imagine", prompt="within reach", steps=60)
    (theirs,), (here,) = house.rows("SELECT id FROM jobs ORDER BY number DESC LIMIT 2")[::-1]
    assert "somebody else's" in (await ben.at("sketches").command("cancel", job=str(theirs))).text
    offered = await ben.autocomplete("cancel", "job", "")
    assert [choice.value for choice in offered] == [here]
    assert "within reach" in (await ben.command("cancel", job=str(here))).text
    await house.discord.until(house.says(sketch, "Cancelled"))
    assert "Cancelled" not in reply.text
    await ada.press(reply, "Cancel")
    await house.settled()
    house.discord.changes.set_overwrite(sketches, ben.user)


async def test_help_fits_one_card_and_names_everything(house: House) -> None:
    """Every flag, sampler and model, within Discord's limits."""
    card = await house.person("ada").command("help")
    assert card.ephemeral
    for word in (
        "--ar",
        "--seed",
        "--no",
        "--steps",
        "--scale",
        "--sampler",
        "--model",
        "--count",
        "lms",
        "pocket",
    ):
        assert word in card.text


async def test_without_rights_in_the_channel_the_bot_says_what_it_lacks(house: House) -> None:
    """Before anything is charged; a private answer works all the same."""
    ada = house.person("ada")
    bot = house.discord.world.application.bot
    sketches = house.discord.world.channel_named("sketches")
    house.discord.changes.set_overwrite(
        sketches, bot, deny=Permission.SEND_MESSAGES | Permission.ATTACH_FILES
    )
    before = len(house.states())
    told = await ada.at("sketches").command("imagine", prompt="a star", steps=2)
    assert told.ephemeral
    assert "I lack Send Messages, Attach Files" in told.text
    assert len(house.states()) == before
    private = await ada.at("sketches").command("imagine", prompt="a star", steps=2, private=True)
    await house.pictures(private)
    house.discord.changes.set_overwrite(sketches, bot)


async def test_direct_messages_are_answered_kindly(house: House) -> None:
    """The commands are not offered there; one that comes all the same is told where they work."""
    ada = house.person("ada").in_direct_messages()
    assert ada.commands() == []
    (imagine,) = [each for each in house.person("ada").commands() if each["name"] == "imagine"]
    prompt = {"type": 3, "name": "prompt", "value": "a star"}
    data = {"id": imagine["id"], "name": "imagine", "type": 1, "options": [prompt]}
    before = len(house.states())
    asked = await house.discord.backend.interactions.ask(
        InteractionKind.COMMAND, ada.user, ada.channel, data, detail="imagine"
    )
    assert asked is not None
    assert asked.original is not None
    assert "works in servers" in asked.original.content
    assert len(house.states()) == before
