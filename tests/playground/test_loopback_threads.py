"""Threads: opened by bot and people, listed, joined, archived, locked, deleted; and what bots hear of it."""

import aiohttp
import discord
import pytest
from trial_bot import Interaction, TrialBot, connected, layout

from bot.playground import LoopbackDiscord, Permission, Refusal
from bot.playground.api_error import ApiError
from bot.playground.resources import Channel


def studio_of(bot: TrialBot, loopback: LoopbackDiscord) -> discord.TextChannel:
    channel = bot.get_channel(loopback.world.channel_named("studio").id)
    assert isinstance(channel, discord.TextChannel)
    return channel


def give_bot(loopback: LoopbackDiscord, *permissions: Permission) -> None:
    """Give the bot more rights in Easel Studio."""
    guild = loopback.world.guild_named("Easel Studio")
    role = next(role for role in guild.roles.values() if role.managed)
    for permission in permissions:
        role.permissions |= permission


async def heard(loopback: LoopbackDiscord, bot: TrialBot, event: str, times: int = 1) -> None:
    await loopback.until(lambda: bot.heard.count(event) >= times)


async def test_a_thread_hangs_on_its_message(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """It bears the message's id; the message says so, the thread begins with it, its opener is in it."""
    message = loopback.person("ada").say("look")
    thread = await studio_of(bot, loopback).get_partial_message(message.id).create_thread(name="About it")
    assert thread.id == message.id
    assert (thread.name, thread.parent_id, thread.owner_id) == (
        "About it",
        message.channel.id,
        loopback.world.application.bot.id,
    )
    told = loopback.backend.messages.payload(message.stored)
    assert told["thread"]["id"] == str(message.id)
    assert told["flags"] & 1 << 5
    first = loopback.person("ada").at("About it").messages()[0]
    assert first.stored.type == 21
    assert loopback.backend.messages.payload(first.stored)["referenced_message"]["content"] == "look"
    await heard(loopback, bot, "THREAD_CREATE")


async def test_a_message_has_one_thread_at_most(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """The second is refused with Discord's code."""
    message = loopback.person("ada").say("look")
    partial = studio_of(bot, loopback).get_partial_message(message.id)
    await partial.create_thread(name="One")
    with pytest.raises(discord.HTTPException) as refused:
        await partial.create_thread(name="Two")
    assert refused.value.code == 160004


async def test_a_thread_without_a_message_is_announced(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A public one by a message in its channel; a private one by none."""
    studio = studio_of(bot, loopback)
    open_to_all = await studio.create_thread(name="Open", type=discord.ChannelType.public_thread)
    hidden = await studio.create_thread(name="Hidden")
    assert (open_to_all.is_private(), hidden.is_private()) == (False, True)
    (announced,) = loopback.person("ada").messages()
    assert (announced.stored.type, announced.text) == (18, "Open")


async def test_people_and_bot_talk_in_threads(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Messages reach the thread alone, writing makes one a member, commands are answered there."""

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        assert isinstance(interaction.channel, discord.Thread)
        await interaction.response.send_message(view=layout(prompt))

    bot.handlers["paint"] = paint
    ada = loopback.person("ada")
    ada.open_thread("Sketching")
    there = ada.at("Sketching")
    ben = loopback.person("ben", channel="Sketching")
    ben.say("hello")
    assert [each.text for each in there.messages()] == ["hello"]
    answer = await there.command("paint", prompt="a lighthouse")
    assert answer.channel.name == "Sketching"
    thread = there.channel.thread
    assert thread is not None
    members = {loopback.world.users[each].name for each in thread.members}
    assert members == {"ada", "ben", "Easel"}
    assert (thread.sent, thread.standing) == (2, 2)
    ben.delete(ben.messages()[0])
    assert (thread.sent, thread.standing) == (2, 1)


async def test_a_private_thread_is_seen_by_its_members(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """And by moderators; the bot hears of it when it is added."""
    ada = loopback.person("ada")
    thread = ada.open_thread("Secret", private=True)

    def seen_by() -> set[str]:
        users = [loopback.world.user_named(name) for name in ("ada", "ben", "mia")]
        may = loopback.world.permissions_in
        return {each.name for each in users if Permission.VIEW_CHANNEL in may(each, thread)}

    assert seen_by() == {"ada", "mia"}
    ada.at("Secret").say("psst")
    loopback.backend.threads.join(thread, loopback.world.user_named("ben"))
    assert seen_by() == {"ada", "ben", "mia"}
    before = bot.heard.count("MESSAGE_CREATE")
    loopback.backend.threads.join(thread, loopback.world.application.bot)
    await heard(loopback, bot, "THREAD_CREATE")
    ada.at("Secret").say("welcome")
    await heard(loopback, bot, "MESSAGE_CREATE", before + 1)


async def test_threads_are_listed(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """The active ones of a server, and a channel's archived ones, the last archived first."""
    studio = studio_of(bot, loopback)
    names = ("One", "Two", "Three")
    one, two, _ = [
        await studio.create_thread(name=name, type=discord.ChannelType.public_thread) for name in names
    ]
    await one.edit(archived=True)
    loopback.clock.advance(60)
    await two.edit(archived=True)
    assert [each.name for each in await studio.guild.active_threads()] == ["Three"]
    assert [each.name async for each in studio.archived_threads()] == ["Two", "One"]
    assert [each.name async for each in studio.archived_threads(limit=1)] == ["Two"]
    with pytest.raises(discord.Forbidden):
        assert [each async for each in studio.archived_threads(private=True)]
    assert [each async for each in studio.archived_threads(private=True, joined=True)] == []


async def test_a_new_session_knows_the_active_threads(loopback: LoopbackDiscord) -> None:
    """GUILD_CREATE lists those the bot sees."""
    ada = loopback.person("ada")
    ada.open_thread("Open")
    ada.open_thread("Secret", private=True)
    async with connected(loopback) as bot:
        await heard(loopback, bot, "GUILD_CREATE", 2)
        guild = loopback.world.guild_named("Easel Studio")
        await loopback.until(lambda: bot.get_guild(guild.id) is not None)
        found = bot.get_guild(guild.id)
        assert found is not None
        assert [each.name for each in found.threads] == ["Open"]


async def test_members_come_and_go(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """The bot joins, adds, lists, removes and leaves, and hears of itself."""
    loopback.person("ada").open_thread("Sketching")
    await heard(loopback, bot, "THREAD_CREATE")
    thread = bot.get_channel(loopback.world.channel_named("Sketching").id)
    assert isinstance(thread, discord.Thread)
    await thread.join()
    await heard(loopback, bot, "THREAD_MEMBERS_UPDATE")
    ben = loopback.world.user_named("ben")
    await thread.add_user(discord.Object(ben.id))
    assert len(await thread.fetch_members()) == 3
    with pytest.raises(discord.Forbidden):
        await thread.remove_user(discord.Object(ben.id))
    give_bot(loopback, Permission.MANAGE_THREADS)
    await thread.remove_user(discord.Object(ben.id))
    await thread.leave()
    with pytest.raises(discord.NotFound):
        await thread.fetch_member(ben.id)
    assert len(await thread.fetch_members()) == 1


async def test_an_archived_thread_wakes_when_written_in(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Edits and reactions it refuses meanwhile; locked, it takes words of moderators alone."""
    thread = await studio_of(bot, loopback).create_thread(name="Old", type=discord.ChannelType.public_thread)
    message = await thread.send("mine")
    await thread.edit(archived=True)
    for attempt in (message.edit(content="changed"), message.add_reaction("⭐")):
        with pytest.raises(discord.HTTPException) as refused:
            await attempt
        assert refused.value.code == 50083
    ada = loopback.person("ada", channel="Old")
    with pytest.raises(Refusal, match="archived"):
        ada.react(ada.messages()[0], "⭐")
    ada.say("still here?")
    assert ada.channel.thread is not None
    assert not ada.channel.thread.archived

    loopback.backend.threads.change(ada.channel, None, {"locked": True})
    with pytest.raises(Refusal, match="locked"):
        ada.say("hello?")
    with pytest.raises(discord.Forbidden) as locked:
        await thread.send("hello?")
    assert locked.value.code == 160005
    assert ada.commands() == []
    loopback.person("mia", channel="Old").say("closed")


async def test_a_silent_thread_is_archived_in_its_time(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Bots hear of it; every message begins the time anew, and one in an archived thread wakes it."""
    studio = studio_of(bot, loopback)
    kind = discord.ChannelType.public_thread
    short = await studio.create_thread(name="Short", type=kind, auto_archive_duration=60)
    await studio.create_thread(name="Long", type=kind, auto_archive_duration=1440)
    ada = loopback.person("ada", channel="Short")
    loopback.clock.advance(59 * 60)
    ada.say("wait for me")
    loopback.clock.advance(59 * 60)
    await short.send("still here")
    assert [
        each.name for each in loopback.backend.threads.of(loopback.person("ada").channel, archived=True)
    ] == []

    loopback.clock.advance(60 * 60)
    await heard(loopback, bot, "THREAD_UPDATE")
    assert [each.name async for each in studio.archived_threads()] == ["Short"]
    ada.say("let us go on")
    await heard(loopback, bot, "THREAD_UPDATE", 2)
    assert [each async for each in studio.archived_threads()] == []


async def test_who_may_change_a_thread(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Its opener renames and archives it; locking, and another's thread, take Manage Threads."""
    own = await studio_of(bot, loopback).create_thread(name="Mine", type=discord.ChannelType.public_thread)
    assert (await own.edit(name="Ours")).name == "Ours"
    with pytest.raises(discord.Forbidden):
        await own.edit(locked=True)
    loopback.person("ada").open_thread("Hers")
    await heard(loopback, bot, "THREAD_CREATE", 2)
    hers = bot.get_channel(loopback.world.channel_named("Hers").id)
    assert isinstance(hers, discord.Thread)
    with pytest.raises(discord.Forbidden):
        await hers.edit(name="His")
    with pytest.raises(discord.Forbidden):
        await hers.delete()
    give_bot(loopback, Permission.MANAGE_THREADS)
    assert (await hers.edit(locked=True, archived=True)).locked
    with pytest.raises(discord.HTTPException) as asleep:
        await hers.edit(name="His")
    assert asleep.value.code == 50083
    await hers.delete()
    await heard(loopback, bot, "THREAD_DELETE")


async def test_threads_go_with_their_channel(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """And a thread's messages with the thread; the message it hung on stays, without the mark."""
    give_bot(loopback, Permission.MANAGE_THREADS)
    ada = loopback.person("ada")
    message = ada.say("look")
    thread = ada.open_thread("About it", message)
    said = ada.at("About it").say("in here")
    await heard(loopback, bot, "THREAD_CREATE")
    await bot.get_partial_messageable(thread.id)._state.http.delete_channel(thread.id)
    assert said.deleted
    assert "thread" not in loopback.backend.messages.payload(message.stored)
    ada.open_thread("Another")
    loopback.changes.delete_channel(ada.channel)
    assert loopback.world.guild_named("Easel Studio").threads == {}


async def test_what_discord_itself_wrote_stays_as_it_is(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """That a thread began, and with what, nobody edits; the beginning nobody deletes."""
    ada = loopback.person("ada")
    ada.open_thread("About it", ada.say("look"))
    (beginning,) = ada.at("About it").messages()
    for attempt in (ada.at("About it").edit, lambda message, _: ada.at("About it").delete(message)):
        with pytest.raises(Refusal):
            attempt(beginning, "otherwise")
    studio = studio_of(bot, loopback)
    await studio.create_thread(name="Open", type=discord.ChannelType.public_thread)
    announced = ada.messages()[-1]
    with pytest.raises(discord.Forbidden) as refused:
        await studio.get_partial_message(announced.id).edit(content="otherwise")
    assert refused.value.code == 50021


async def test_permissions_decide_who_opens_threads(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Without these permissions neither people nor bot open threads, or write in them."""
    ada = loopback.person("ada")
    everyone = loopback.world.guild_named("Easel Studio").roles[ada.channel.guild_id or 0]
    ada.open_thread("Before")
    managed = next(role for role in loopback.world.guild_named("Easel Studio").roles.values() if role.managed)
    for role in (everyone, managed):
        loopback.changes.set_overwrite(
            ada.channel,
            role,
            deny=Permission.CREATE_PUBLIC_THREADS | Permission.SEND_MESSAGES_IN_THREADS,
        )
    with pytest.raises(Refusal, match="Create Public Threads"):
        ada.open_thread("After")
    with pytest.raises(discord.Forbidden):
        await studio_of(bot, loopback).create_thread(name="After", type=discord.ChannelType.public_thread)
    with pytest.raises(Refusal, match="Send Messages In Threads"):
        ada.at("Before").say("hello")
    ada.say("here I may")


async def test_a_thread_needs_a_text_channel_and_a_name(
    loopback: LoopbackDiscord, http: aiohttp.ClientSession
) -> None:
    """Threads hold no threads, direct messages neither; a name has 1 to 100 characters."""
    ada = loopback.person("ada")
    inner: Channel = ada.open_thread("Outer")
    for place in (inner, loopback.world.direct_message(ada.user)):
        async with http.post(f"channels/{place.id}/threads", json={"name": "Inner", "type": 11}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50024)
    with pytest.raises(ApiError, match="50035"):
        ada.open_thread("n" * 101)
    async with http.post(f"channels/{ada.channel.id}/threads", json={"name": "x", "type": 5}) as answer:
        assert answer.status == 400
