"""Slash commands, from a person's keyboard to discord.py and back."""

import asyncio
import io
from typing import Any

import discord
import pytest
from trial_bot import Interaction, Knob, TrialBot, layout

from bot.playground import LoopbackDiscord, Message, Refusal, Upload

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x03\x08\x02\x00\x00\x00" + b"\x00" * 16
)


def picture(name: str = "a.png") -> discord.File:
    return discord.File(io.BytesIO(PNG), filename=name, description="two by three")


async def test_a_command_answered_at_once_is_a_message_everybody_sees(
    loopback: LoopbackDiscord, bot: TrialBot
) -> None:
    """A type 4 answer stands in the channel with its words and buttons, for all who see the channel."""

    async def paint(interaction: Interaction, prompt: str, **options: object) -> None:
        view = layout(f"**{prompt}** x {options['count']}", buttons=(Knob("stop", "a1", label="Cancel"),))
        made = await interaction.response.send_message(view=view)
        assert isinstance(made.resource, discord.InteractionMessage)
        assert made.message_id == made.resource.id

    bot.handlers["paint"] = paint
    ada = loopback.person("ada", channel="studio")
    reply = await ada.command("paint", prompt="a red house", count=2)
    assert reply.text == "**a red house** x 2"
    assert [button.text for button in reply.buttons] == ["Cancel"]
    assert reply.author == "Easel"
    assert not reply.ephemeral
    assert loopback.person("ben", channel="studio").messages() == [reply]
    assert not loopback.person("zoe", channel="studio").sees(reply)


async def test_a_deferred_answer_thinks_until_it_is_filled_in(
    loopback: LoopbackDiscord, bot: TrialBot
) -> None:
    """A type 5 answer is a message that says the bot is thinking; its first edit fills it in."""
    go = asyncio.Event()

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        await interaction.response.defer(thinking=True)
        await go.wait()
        await interaction.edit_original_response(view=layout(f"done: {prompt}"))

    bot.handlers["paint"] = paint
    reply = await loopback.person("ada").command("paint", prompt="fog")
    assert reply.loading
    assert reply.text == ""
    go.set()
    await loopback.until(lambda: not reply.loading)
    assert reply.text == "done: fog"
    assert reply.edited == 0


async def test_the_first_followup_after_a_deferral_takes_its_place(
    loopback: LoopbackDiscord, bot: TrialBot
) -> None:
    """A followup to a deferred answer fills it in; the next one is a message of its own."""

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        await interaction.response.defer(thinking=True)
        first = await interaction.followup.send(view=layout(prompt), wait=True)
        assert first.id == (await interaction.original_response()).id
        await interaction.followup.send("and more")

    bot.handlers["paint"] = paint
    ada = loopback.person("ada")
    reply = await ada.command("paint", prompt="fog")
    await loopback.until(lambda: len(ada.messages()) == 2)
    assert [message.text for message in ada.messages()] == ["fog", "and more"]
    assert ada.messages()[0] == reply


async def test_an_ephemeral_answer_is_for_its_person_alone(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Nobody else sees it, the channel's history lacks it, and the bot's own token cannot reach it."""

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        await interaction.response.send_message(view=layout(prompt), ephemeral=True)

    bot.handlers["paint"] = paint
    ada, mia = loopback.person("ada"), loopback.person("mia")
    reply = await ada.command("paint", prompt="a secret")
    assert reply.ephemeral
    assert ada.sees(reply)
    assert not mia.sees(reply)
    channel = bot.get_partial_messageable(ada.channel.id)
    assert [message async for message in channel.history()] == []
    with pytest.raises(discord.NotFound) as refused:
        await channel.get_partial_message(reply.id).edit(content="x")
    assert refused.value.code == 10008


async def test_a_dismissed_answer_is_out_of_sight_and_still_the_bots_to_edit(
    loopback: LoopbackDiscord, bot: TrialBot
) -> None:
    """Dismissing happens on the person's side alone; an edit does not bring the message back."""
    asked: list[Interaction] = []

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        asked.append(interaction)
        await interaction.response.send_message(view=layout(prompt), ephemeral=True)

    bot.handlers["paint"] = paint
    ada = loopback.person("ada")
    reply = await ada.command("paint", prompt="a secret")
    ada.delete(reply)
    await asked[0].edit_original_response(view=layout("more"))
    assert reply.text == "more"
    assert not ada.sees(reply)
    assert ada.messages() == []
    assert not reply.deleted


async def test_an_answer_names_its_command(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Discord's deprecated `interaction` field, with subcommands spelled out, is what clients show."""

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        await interaction.response.send_message(view=layout(prompt))
        await interaction.followup.send("and more")

    bot.handlers["paint"] = paint
    ada = loopback.person("ada")
    reply = await ada.command("paint", prompt="fog")
    await loopback.until(lambda: len(ada.messages()) == 2)
    first, second = (loopback.backend.messages.payload(each.stored) for each in (reply, ada.messages()[1]))
    assert (first["interaction"]["name"], first["interaction"]["user"]["username"]) == ("paint", "ada")
    assert "interaction" not in second, "a follow-up is a reply to the first answer"


async def test_suggestions_come_while_an_option_is_typed(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Autocompletion sends what is typed so far, marked as focused, and shows what comes back."""

    async def samplers(interaction: Interaction, current: str) -> list[str]:
        assert interaction.namespace.prompt == "a house"
        return [name for name in ("euler", "heun") if name.startswith(current)]

    bot.handlers["samplers"] = samplers
    ada = loopback.person("ada")
    choices = await ada.autocomplete("paint", "sampler", "eu", prompt="a house")
    assert [(choice.name, choice.value) for choice in choices] == [("Euler", "euler")]
    with pytest.raises(Refusal, match="suggests nothing"):
        await ada.autocomplete("paint", "prompt", "a")


@pytest.mark.parametrize(
    ("options", "words", "field"),
    [
        ({}, "required", "prompt"),
        ({"prompt": ""}, "required", "prompt"),
        ({"prompt": "x" * 6001}, "6000 or fewer", "prompt"),
        ({"prompt": "x", "count": 0}, "at least 1", "count"),
        ({"prompt": "x", "count": 99}, "at most 4", "count"),
        ({"prompt": "x", "count": "many"}, "valid integer", "count"),
        ({"prompt": "x", "count": 1.5}, "valid integer", "count"),
        ({"prompt": "x", "scale": float("nan")}, "valid number", "scale"),
        ({"prompt": "x", "hue": "blue"}, "valid option", "hue"),
        ({"prompt": "x", "hidden": "perhaps"}, "true or false", "hidden"),
        ({"prompt": "x", "size": 3}, "Unknown option", "size"),
    ],
)
async def test_what_the_description_forbids_is_refused_before_the_bot_hears_of_it(
    loopback: LoopbackDiscord, bot: TrialBot, options: dict[str, Any], words: str, field: str
) -> None:
    """Discord's client checks options against the registered description: the bot never sees a bad one."""
    assert bot.handlers == {}
    with pytest.raises(Refusal, match=words) as refused:
        await loopback.person("ada").command("paint", **options)
    assert refused.value.field == field
    assert loopback.record.of("asked") == []


async def test_options_arrive_with_their_types(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Numbers typed as text are numbers, a choice's name means its value, a file comes with its bytes."""
    got: list[object] = []

    async def paint(interaction: Interaction, prompt: str, **options: object) -> None:
        got.append(options)
        await interaction.response.send_message(prompt)

    async def upload(interaction: Interaction, file: discord.Attachment) -> None:
        got.append((file.filename, file.width, file.height, await file.read()))
        await interaction.response.send_message("ok")

    bot.handlers |= {"paint": paint, "upload": upload}
    ada = loopback.person("ada")
    await ada.command("paint", prompt="x", count="3", scale="1.5", hue="Red", hidden=True)
    await ada.command("upload", file=Upload(filename="me.png", data=PNG))
    assert got[0] == {"count": 3, "scale": 1.5, "hue": "r", "sampler": "", "hidden": True}
    assert got[1] == ("me.png", 2, 3, PNG)


async def test_a_subcommand_with_a_role_and_a_member(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """People and roles are typed by name and arrive resolved, as the bot's library knows them."""
    got: list[object] = []

    async def quota(
        interaction: Interaction, seconds: float, role: discord.Role, who: discord.Member
    ) -> None:
        assert isinstance(interaction.user, discord.Member)
        got.extend([seconds, role.name, who.name, interaction.permissions.manage_guild])
        got.append([held.name for held in who.roles])
        await interaction.response.send_message("ok", ephemeral=True)

    bot.handlers["quota"] = quota
    mia = loopback.person("mia")
    await mia.command("quota set", seconds=90, role="Artists", who="ben")
    assert got == [90.0, "Artists", "ben", True, ["@everyone", "Artists"]]
    with pytest.raises(Refusal, match="needs a subcommand"):
        await mia.command("quota")
    with pytest.raises(Refusal, match="no command"):
        await mia.command("quota sot", seconds=1)


async def test_who_lacks_a_commands_default_permission_is_not_offered_it(
    loopback: LoopbackDiscord, bot: TrialBot
) -> None:
    """default_member_permissions hides a command from those without the permission."""
    assert not bot.handlers
    with pytest.raises(Refusal, match="no command /quota"):
        await loopback.person("ada").command("quota set", seconds=1)
    assert "quota" in [command["name"] for command in loopback.person("mia").commands()]


async def test_commands_in_direct_messages(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A command works in the bot's direct messages unless it is for servers only; nobody is a member."""

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        assert interaction.guild is None
        assert isinstance(interaction.user, discord.User)
        assert isinstance(interaction.channel, discord.DMChannel)
        await interaction.response.send_message(view=layout(prompt, buttons=(Knob("go", "j"),)))

    async def go(interaction: Interaction, job: str) -> None:
        await interaction.response.edit_message(view=layout(f"went {job}"))

    bot.handlers |= {"paint": paint, "go": go}
    ada = loopback.person("ada", dm=True)
    reply = await ada.command("paint", prompt="alone")
    assert ada.sees(reply)
    assert not loopback.person("ben", dm=True).messages()
    assert await ada.press(reply, "go") == reply
    assert reply.text == "went j"
    with pytest.raises(Refusal, match="no command /ask"):
        await ada.command("ask")


async def test_a_channel_out_of_sight_takes_no_commands(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Who cannot see a channel cannot type there, and a stranger can type nowhere in the server."""
    assert bot.handlers == {}
    for name, channel in (("ada", "mods-only"), ("zoe", "studio")):
        with pytest.raises(Refusal, match="View Channel"):
            await loopback.person(name, channel=channel).command("paint", prompt="x")


async def test_a_bot_that_says_nothing_did_not_respond(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """After three seconds by the clock the person is told; the answer that comes later is 10062."""
    asked, late = asyncio.Event(), asyncio.Event()
    codes: list[int] = []

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        asked.set()
        await late.wait()
        try:
            await interaction.response.send_message(prompt)
        except discord.NotFound as error:
            codes.append(error.code)

    bot.handlers["paint"] = paint
    ada = loopback.person("ada")
    waiting = asyncio.create_task(ada.command("paint", prompt="x"))
    await asked.wait()
    loopback.clock.advance(3.1)
    with pytest.raises(Refusal, match="The application did not respond"):
        await waiting
    late.set()
    await loopback.until(lambda: codes)
    assert codes == [10062]
    assert ada.messages() == []


async def test_everything_waits_until_it_is_so_not_for_a_while(loopback: LoopbackDiscord) -> None:
    """`until` gives what the condition gave, and says what happened last when its patience ends."""
    ada = loopback.person("ada")
    ada.say("hello")
    found: list[Message] = await loopback.until(ada.messages)
    assert found[0].text == "hello"
    with pytest.raises(TimeoutError, match="posted"):
        await loopback.until(lambda: len(ada.messages()) == 2, timeout=0.01)
