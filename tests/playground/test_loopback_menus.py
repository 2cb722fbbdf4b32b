"""Commands in the menus of messages and people: registered, offered, chosen, answered."""

from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from trial_bot import Interaction, TrialBot

from bot.playground import LoopbackDiscord, Message, Modal, Refusal
from bot.playground.command_rules import CommandKind


async def with_menus(bot: TrialBot) -> None:
    """Register "Describe picture" on messages and "Show gallery" on people."""

    @bot.tree.context_menu(name="Describe picture")
    async def describe(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.author.name}: {message.content}", ephemeral=True)

    @bot.tree.context_menu(name="Show gallery")
    async def gallery(interaction: Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"{member.name} has {len(member.roles) - 1} roles")

    await bot.tree.sync()


async def test_a_message_command_gets_its_message(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Whole, with words the bot could not read otherwise; the answer is a message of its own type."""
    await with_menus(bot)
    said = loopback.person("ben").say("a lighthouse")
    answer = await loopback.person("ada").menu("Describe picture", said)
    assert isinstance(answer, Message)
    assert (answer.text, answer.ephemeral) == ("ben: a lighthouse", True)
    told = loopback.backend.messages.payload(answer.stored)
    assert told["type"] == 23
    assert told["interaction_metadata"]["target_message_id"] == str(said.id)
    assert told["interaction"]["name"] == "Describe picture"


async def test_a_user_command_gets_its_member(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """With their roles; the answer's metadata tells of them."""
    await with_menus(bot)
    answer = await loopback.person("ada").menu("Show gallery", loopback.world.user_named("ben"))
    assert isinstance(answer, Message)
    assert answer.text == "ben has 1 roles"
    told = loopback.backend.messages.payload(answer.stored)
    assert told["interaction_metadata"]["target_user"]["username"] == "ben"


async def test_menus_offer_their_own_kind(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Slash commands are not in menus, nor menu commands among those typed; unknown ones are refused."""
    await with_menus(bot)
    ada = loopback.person("ada")
    offered = [[each["name"] for each in ada.menu_commands(kind)] for kind in CommandKind]
    assert offered[1:] == [["Show gallery"], ["Describe picture"]]
    assert "Show gallery" not in [each["name"] for each in ada.commands()]
    with pytest.raises(Refusal, match="no command"):
        await ada.menu("Show gallery", ada.say("a message"))
    hidden = loopback.person("mia", channel="mods-only").say("between us")
    with pytest.raises(Refusal, match="not here"):
        await ada.menu("Describe picture", hidden)


async def test_a_menu_command_may_open_a_form(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """As any command may."""

    class Form(discord.ui.Modal, title="Edit prompt"):
        prompt: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Prompt")

        async def on_submit(self, interaction: Interaction) -> None:
            await interaction.response.send_message(self.prompt.value)

    @bot.tree.context_menu(name="Edit prompt")
    async def edit(interaction: Interaction, message: discord.Message) -> None:
        assert message.content
        await interaction.response.send_modal(Form())

    await bot.tree.sync()
    ada = loopback.person("ada")
    form = await ada.menu("Edit prompt", ada.say("a house"))
    assert isinstance(form, Modal)
    answer = await ada.submit(form, {"Prompt": "a red house"})
    assert answer is not None
    assert answer.text == "a red house"
    assert answer.stored.interaction is not None
    assert "target_message_id" in answer.stored.interaction["triggering_interaction_metadata"]


async def test_defaults_and_contexts_hold_for_menus(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A command for moderators is offered to them alone."""

    @bot.tree.context_menu(name="Take down")
    @app_commands.default_permissions(manage_messages=True)
    async def take_down(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(str(message.id))

    await bot.tree.sync()
    assert [
        [each["name"] for each in loopback.person(name).menu_commands(CommandKind.MESSAGE)]
        for name in ("ada", "mia")
    ] == [[], ["Take down"]]


@pytest.mark.parametrize(
    ("described", "field"),
    [
        ({"name": "Describe", "type": 3, "description": "words"}, "description"),
        ({"name": "Describe", "type": 2, "options": [{"name": "a", "type": 3}]}, "options"),
        ({"name": "n" * 33, "type": 3}, "name"),
        ({"name": "", "type": 2}, "name"),
        ({"name": "Describe", "type": 9}, "type"),
    ],
)
async def test_menu_commands_have_a_name_alone(
    http: aiohttp.ClientSession, loopback: LoopbackDiscord, described: dict[str, Any], field: str
) -> None:
    """No description, no options, 1 to 32 characters; blanks and capitals are fine."""
    path = f"applications/{loopback.world.application.id}/commands"
    async with http.post(path, json=described) as answer:
        assert answer.status == 400
        assert field in (await answer.json())["errors"]
    async with http.post(path, json={"name": "Describe This Picture", "type": 3}) as answer:
        assert answer.status == 201


async def test_fifteen_of_each_menu_are_the_most(
    http: aiohttp.ClientSession, loopback: LoopbackDiscord
) -> None:
    """A sixteenth is refused, whether all come at once or one by one; the kinds are counted apart."""
    path = f"applications/{loopback.world.application.id}/commands"
    many = [{"name": f"Menu {number}", "type": kind} for kind in (2, 3) for number in range(15)]
    async with http.put(path, json=[*many, {"name": "Menu 15", "type": 2}]) as answer:
        assert answer.status == 400
    async with http.put(path, json=many) as answer:
        assert answer.status == 200
    async with http.post(path, json={"name": "Menu 15", "type": 3}) as answer:
        assert answer.status == 400
    async with http.post(path, json={"name": "typed", "type": 1, "description": "words"}) as answer:
        assert answer.status == 201
