"""What moderators and fate do while the bot is connected, and what Discord then says to the bot."""

import asyncio
import io

import discord
import pytest
from trial_bot import Interaction, Knob, TrialBot, layout

from bot.playground import LoopbackDiscord, Message, Permission, Refusal


async def answered(
    loopback: LoopbackDiscord, bot: TrialBot, channel: str = "studio", who: str = "mia"
) -> tuple[Message, Interaction]:
    """A command answered with one text and a button, and its interaction."""
    got: asyncio.Future[Interaction] = asyncio.get_running_loop().create_future()

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        await interaction.response.send_message(view=layout(prompt, buttons=(Knob("go", "j"),)))
        got.set_result(interaction)

    bot.handlers["paint"] = paint
    message = await loopback.person(who, channel=channel).command("paint", prompt="queued")
    return message, await got


def file() -> discord.File:
    return discord.File(io.BytesIO(b"bytes"), filename="1.png")


async def test_a_message_deleted_by_a_moderator(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """The bot hears of it, and its message is 10008 from then on; who may not delete, does not."""
    heard: asyncio.Queue[discord.RawMessageDeleteEvent] = asyncio.Queue()
    bot.on_raw_message_delete = heard.put  # type: ignore[attr-defined]
    message, interaction = await answered(loopback, bot)
    with pytest.raises(Refusal, match="Manage Messages"):
        loopback.person("ada").delete(message)
    loopback.person("mia").delete(message)
    assert (await heard.get()).message_id == message.id
    assert message.deleted
    with pytest.raises(discord.NotFound) as refused:
        await (
            bot.get_partial_messageable(message.channel.id).get_partial_message(message.id).edit(content="x")
        )
    assert refused.value.code == 10008
    assert interaction.message is None


async def test_a_deleted_channel(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """CHANNEL_DELETE; everything about it is 10003 afterwards, its messages included."""
    await bot.wait_until_ready()
    message, _ = await answered(loopback, bot, "sketches")
    channel = message.channel
    loopback.changes.delete_channel(channel)
    await loopback.until(lambda: bot.get_channel(channel.id) is None)
    assert message.deleted
    with pytest.raises(discord.NotFound) as refused:
        await bot.get_partial_messageable(channel.id).send("x")
    assert refused.value.code == 10003
    with pytest.raises(LookupError):
        loopback.person("ada", channel="sketches")


async def test_a_kicked_bot(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """GUILD_DELETE; then 50001 for the server's channels, 10015 for its interactions; no commands there."""
    await bot.wait_until_ready()
    message, interaction = await answered(loopback, bot)
    guild = loopback.world.guild_named("Easel Studio")
    await bot.tree.sync(guild=discord.Object(guild.id))
    loopback.changes.remove_bot(guild)
    await loopback.until(lambda: bot.get_guild(guild.id) is None)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.get_partial_messageable(message.channel.id).send("x")
    assert refused.value.code == 50001
    with pytest.raises(discord.NotFound) as gone:
        await interaction.edit_original_response(view=layout("x"))
    assert gone.value.code == 10015
    with pytest.raises(discord.Forbidden):
        await bot.tree.sync(guild=discord.Object(guild.id))
    ada = loopback.person("ada")
    assert ada.commands() == []
    with pytest.raises(Refusal):
        await ada.command("paint", prompt="x")
    with pytest.raises(Refusal):
        await ada.press(message, "go")
    assert loopback.person("ben", channel="lobby").commands()


async def test_a_bot_comes_back(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Installed again, it hears of the server and is offered there once more."""
    await bot.wait_until_ready()
    guild = loopback.world.guild_named("Easel Studio")
    loopback.changes.remove_bot(guild)
    await loopback.until(lambda: bot.get_guild(guild.id) is None)
    loopback.changes.add_bot(guild)
    await loopback.until(lambda: bot.get_guild(guild.id) is not None)
    message, _ = await answered(loopback, bot)
    assert message.text == "queued"


async def test_a_member_leaves_and_another_comes(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Who left can do nothing there; whoever is added at run time can at once."""
    await answered(loopback, bot)
    guild = loopback.world.guild_named("Easel Studio")
    ada = loopback.person("ada")
    loopback.changes.leave(ada.user, guild)
    assert ada.messages() == []
    with pytest.raises(Refusal):
        await ada.command("paint", prompt="x")
    loopback.changes.add_person("nia", guild, roles=[guild.roles[next(iter(guild.roles))]])
    message, interaction = await answered(loopback, bot, who="nia")
    assert interaction.user.name == "nia"
    assert loopback.person("nia").sees(message)


async def test_roles_change_what_the_bot_reads(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A member's roles and permissions come with each interaction, as they are then."""
    guild = loopback.world.guild_named("Easel Studio")
    moderators = next(role for role in guild.roles.values() if role.name == "Moderators")
    ada = loopback.person("ada")
    _, before = await answered(loopback, bot, who="ada")
    loopback.changes.set_roles(ada.user, guild, [moderators])
    _, after = await answered(loopback, bot, who="ada")
    assert not before.permissions.manage_guild
    assert after.permissions.manage_guild
    loopback.changes.set_permissions(guild, moderators, Permission(0))
    _, weakened = await answered(loopback, bot, who="ada")
    assert not weakened.permissions.manage_guild
    loopback.changes.delete_role(guild, moderators)
    _, bare = await answered(loopback, bot, who="ada")
    assert isinstance(bare.user, discord.Member)
    assert [role.name for role in bare.user.roles] == ["@everyone"]


async def test_the_bots_own_permissions_decide_about_its_token_not_about_its_answers(
    loopback: LoopbackDiscord, bot: TrialBot
) -> None:
    """In a channel it cannot see, an interaction is answered and edited by token; all else is 50001."""
    message, interaction = await answered(loopback, bot, "mods-only")
    assert not interaction.app_permissions.view_channel
    await interaction.edit_original_response(view=layout("edited"))
    assert message.text == "edited"
    place = bot.get_partial_messageable(message.channel.id)
    for attempt in (
        place.send("x"),
        place.fetch_message(message.id),
        place.get_partial_message(message.id).edit(content="x"),
        place.get_partial_message(message.id).delete(),
    ):
        with pytest.raises(discord.Forbidden) as refused:
            await attempt
        assert refused.value.code == 50001


async def test_what_the_bot_may_not_do_is_50013(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Each permission taken away in a channel forbids what needs it."""
    message, _ = await answered(loopback, bot)
    place = bot.get_partial_messageable(message.channel.id)
    target = loopback.world.application.bot
    partial = place.get_partial_message(message.id)
    for permission, attempt in (
        (Permission.SEND_MESSAGES, lambda: place.send("x")),
        (Permission.ATTACH_FILES, lambda: place.send(file=file())),
        (Permission.ATTACH_FILES, lambda: partial.edit(attachments=[file()])),
        (Permission.READ_MESSAGE_HISTORY, lambda: place.fetch_message(message.id)),
        (Permission.ADD_REACTIONS, lambda: partial.add_reaction("⭐")),
    ):
        loopback.changes.set_overwrite(message.channel, target, deny=permission)
        with pytest.raises(discord.Forbidden) as refused:
            await attempt()
        assert refused.value.code == 50013, permission
    loopback.changes.set_overwrite(message.channel, target)
    await place.send(file=file())


async def test_a_person_without_the_right_to_use_commands(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Use Application Commands can be taken away in a channel; so can sight of what is in it."""
    message, _ = await answered(loopback, bot)
    ada = loopback.person("ada")
    loopback.changes.set_overwrite(ada.channel, ada.user, deny=Permission.USE_APPLICATION_COMMANDS)
    with pytest.raises(Refusal, match="no command"):
        await ada.command("paint", prompt="x")
    assert ada.sees(message)
    loopback.changes.set_overwrite(ada.channel, ada.user, deny=Permission.READ_MESSAGE_HISTORY)
    assert not ada.sees(message)


async def test_a_new_channel_and_an_age_restriction(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """The bot hears of a channel made at run time, and of its becoming age-restricted."""
    await bot.wait_until_ready()
    guild = loopback.world.guild_named("Easel Studio")
    made = loopback.changes.add_channel(guild, "late")
    await loopback.until(lambda: bot.get_channel(made.id) is not None)
    loopback.changes.set_age_restricted(made, True)
    seen = bot.get_channel(made.id)
    assert isinstance(seen, discord.TextChannel)
    await loopback.until(seen.is_nsfw)
    assert loopback.person("ada", channel="late").commands()


async def test_bots_cannot_edit_what_others_wrote(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Another's message is 50005 to edit and, without Manage Messages, 50013 to delete."""
    said = loopback.person("ada").say("mine")
    partial = bot.get_partial_messageable(said.channel.id).get_partial_message(said.id)
    with pytest.raises(discord.Forbidden) as refused:
        await partial.edit(content="x")
    assert refused.value.code == 50005
    with pytest.raises(discord.Forbidden) as refused:
        await partial.delete()
    assert refused.value.code == 50013
