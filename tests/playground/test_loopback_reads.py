"""What ordinary bots read and change besides: histories, pins, channels, roles, members, servers."""

from typing import Any

import aiohttp
import discord
import pytest
from trial_bot import TrialBot, connected

from bot.playground import LoopbackDiscord, Permission
from bot.playground.routes.messages import OLDEST_DELETED_IN_BULK
from bot.playground.sessions import Intent


def studio_of(bot: TrialBot, loopback: LoopbackDiscord) -> discord.TextChannel:
    channel = bot.get_channel(loopback.world.channel_named("studio").id)
    assert isinstance(channel, discord.TextChannel)
    return channel


def give_bot(loopback: LoopbackDiscord, *permissions: Permission) -> None:
    guild = loopback.world.guild_named("Easel Studio")
    role = next(role for role in guild.roles.values() if role.managed)
    for permission in permissions:
        role.permissions |= permission


async def test_a_history_is_paged(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Before, after and around a message, the newest first."""
    said = [loopback.person("ada").say(str(number)) for number in range(9)]
    studio = studio_of(bot, loopback)
    middle = discord.Object(said[4].id)
    around = [each.id async for each in studio.history(limit=5, around=middle)]
    assert sorted(around) == [each.id for each in said[2:7]]
    before = [each.id async for each in studio.history(limit=2, before=middle)]
    assert before == [said[3].id, said[2].id]
    after = [each.id async for each in studio.history(limit=2, after=middle)]
    assert after == [said[5].id, said[6].id]


async def test_rest_veils_what_the_gateway_veils(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Without the message content intent a bot reads its own words and those that mention it."""
    bot_id = loopback.world.application.bot.id
    loopback.person("ada").say("secret words")
    loopback.person("ada").say(f"hello <@{bot_id}>")
    studio = studio_of(bot, loopback)
    assert [each.content async for each in studio.history()] == [f"hello <@{bot_id}>", ""]
    loopback.world.application.privileged_intents = Intent.MESSAGE_CONTENT
    assert [each.content async for each in studio.history(limit=1, oldest_first=True)] == ["secret words"]


async def test_messages_are_pinned(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """The channel says so, lists them last pinned first, and the bot hears of it."""
    said = [loopback.person("ada").say(str(number)) for number in range(3)]
    studio = studio_of(bot, loopback)
    with pytest.raises(discord.Forbidden):
        await studio.get_partial_message(said[0].id).pin()
    give_bot(loopback, Permission.PIN_MESSAGES)
    for message in said[:2]:
        await studio.get_partial_message(message.id).pin()
        loopback.clock.advance(1)
    assert [each.id async for each in studio.pins()] == [said[1].id, said[0].id]
    last = loopback.person("ada").messages()[-1]
    assert last.stored.type == 6
    assert loopback.backend.messages.payload(said[0].stored)["pinned"] is True
    await studio.get_partial_message(said[1].id).unpin()
    assert [each.id async for each in studio.pins()] == [said[0].id]
    await loopback.until(lambda: "CHANNEL_PINS_UPDATE" in bot.heard)


async def test_pins_are_found_at_their_old_address(
    loopback: LoopbackDiscord, http: aiohttp.ClientSession
) -> None:
    """Libraries of old ask there."""
    give_bot(loopback, Permission.PIN_MESSAGES)
    said = loopback.person("ada").say("keep this")
    async with http.put(f"channels/{said.channel.id}/pins/{said.id}") as answer:
        assert answer.status == 204
    async with http.get(f"channels/{said.channel.id}/pins") as answer:
        assert [each["id"] for each in await answer.json()] == [str(said.id)]
    async with http.delete(f"channels/{said.channel.id}/pins/{said.id}") as answer:
        assert answer.status == 204


async def test_messages_are_deleted_in_bulk(
    loopback: LoopbackDiscord, bot: TrialBot, http: aiohttp.ClientSession
) -> None:
    """Two to a hundred at once, with Manage Messages, none older than two weeks."""
    ada = loopback.person("ada")
    said = [ada.say(str(number)) for number in range(4)]
    studio = studio_of(bot, loopback)
    several = [discord.Object(each.id) for each in said[:3]]
    with pytest.raises(discord.Forbidden):
        await studio.delete_messages(several)
    give_bot(loopback, Permission.MANAGE_MESSAGES)
    await studio.delete_messages(several)
    assert [each.text for each in ada.messages()] == ["3"]
    await loopback.until(lambda: "MESSAGE_DELETE_BULK" in bot.heard)
    path = f"channels/{studio.id}/messages/bulk-delete"
    async with http.post(path, json={"messages": [str(said[3].id)]}) as answer:
        assert answer.status == 400
    last = ada.say("4")
    loopback.clock.advance(OLDEST_DELETED_IN_BULK + 60)
    async with http.post(path, json={"messages": [str(said[3].id), str(last.id)]}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50034)


async def test_channels_are_made_changed_and_deleted(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """With Manage Channels; overwrites with Manage Roles."""
    guild = studio_of(bot, loopback).guild
    with pytest.raises(discord.Forbidden):
        await guild.create_text_channel("gallery")
    give_bot(loopback, Permission.MANAGE_CHANNELS, Permission.MANAGE_ROLES)
    made = await guild.create_text_channel("pictures", topic="The best")
    assert (made.name, made.topic) == ("pictures", "The best")
    await made.edit(name="best-of", slowmode_delay=5)
    there = loopback.world.channel_named("best-of")
    assert (there.id, there.slowmode) == (made.id, 5)
    ada = loopback.person("ada", channel="best-of")
    member = await guild.fetch_member(ada.user.id)
    await made.set_permissions(member, view_channel=False)
    assert not ada.may(Permission.VIEW_CHANNEL)
    await made.set_permissions(member, overwrite=None)
    assert ada.may(Permission.VIEW_CHANNEL)
    await made.delete()
    await loopback.until(lambda: {"CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"}.issubset(bot.heard))


async def test_what_the_loopback_cannot_do_is_said(
    loopback: LoopbackDiscord, http: aiohttp.ClientSession
) -> None:
    """Rather than silently left out: a voice channel, a timeout."""
    give_bot(loopback, Permission.MANAGE_CHANNELS, Permission.MANAGE_ROLES)
    guild = loopback.world.guild_named("Easel Studio")
    ada = loopback.world.user_named("ada")
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"guilds/{guild.id}/channels", {"name": "voice", "type": 2}),
        ("POST", f"guilds/{guild.id}/channels", {"name": "text", "default_auto_archive_duration": 60}),
        ("PATCH", f"guilds/{guild.id}/members/{ada.id}", {"mute": True}),
        ("POST", f"guilds/{guild.id}/roles", {"name": "painter", "unicode_emoji": "🎨"}),
    ]
    for method, path, body in requests:
        async with http.request(method, path, json=body) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50035)


async def test_roles_are_made_given_and_taken(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Those below the bot's own, with Manage Roles."""
    guild = studio_of(bot, loopback).guild
    with pytest.raises(discord.Forbidden):
        await guild.create_role(name="painters")
    give_bot(loopback, Permission.MANAGE_ROLES)
    made = await guild.create_role(name="painters", colour=discord.Colour(0xFF8800), hoist=True)
    assert (made.colour.value, made.hoist) == (0xFF8800, True)
    ada = await guild.fetch_member(loopback.world.user_named("ada").id)
    await ada.add_roles(made)
    there = loopback.world.guild_named("Easel Studio")
    assert made.id in there.members[ada.id].roles
    await ada.remove_roles(made)
    assert made.id not in there.members[ada.id].roles
    await made.edit(name="makers", permissions=discord.Permissions(manage_messages=True))
    assert (await guild.fetch_role(made.id)).permissions.manage_messages
    await made.delete()
    assert made.id not in there.roles
    own = next(role for role in await guild.fetch_roles() if role.managed)
    with pytest.raises(discord.Forbidden):
        await own.edit(name="mightier")


async def test_members_are_found_renamed_and_kicked(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """By the beginning of a name; below the bot's highest role, with the permission it takes."""
    guild = studio_of(bot, loopback).guild
    assert guild.me is not None
    await guild.me.edit(nick="The Easel")
    there = loopback.world.guild_named("Easel Studio")
    assert there.members[guild.me.id].nick == "The Easel"
    http = bot.http
    found = await http.request(
        discord.http.Route("GET", "/guilds/{guild_id}/members/search", guild_id=guild.id),
        params={"query": "be", "limit": 5},
    )
    assert [each["user"]["username"] for each in found] == ["ben"]
    ben = await guild.fetch_member(loopback.world.user_named("ben").id)
    with pytest.raises(discord.Forbidden):
        await ben.edit(nick="Benno")
    give_bot(loopback, Permission.MANAGE_NICKNAMES)
    await ben.edit(nick="Benno")
    assert there.members[ben.id].display_name == "Benno"
    with pytest.raises(discord.Forbidden):
        await ben.kick()
    give_bot(loopback, Permission.KICK_MEMBERS)
    await ben.kick()
    assert ben.id not in there.members
    keeper = await guild.fetch_member(there.owner_id)
    with pytest.raises(discord.Forbidden):
        await keeper.kick()


async def test_a_bots_nick_has_an_old_address(loopback: LoopbackDiscord, http: aiohttp.ClientSession) -> None:
    """Which libraries still use."""
    guild = loopback.world.guild_named("Easel Studio")
    async with http.patch(f"guilds/{guild.id}/members/@me/nick", json={"nick": "Brush"}) as answer:
        assert (answer.status, await answer.json()) == (200, {"nick": "Brush"})
    assert guild.members[loopback.world.application.bot.id].nick == "Brush"


async def test_a_bot_knows_its_servers(bot: TrialBot) -> None:
    """Listed page by page, with counts where asked."""
    names = [guild.name async for guild in bot.fetch_guilds()]
    assert names == ["Easel Studio", "Other Place"]
    first = [guild async for guild in bot.fetch_guilds(limit=1)]
    assert [guild.approximate_member_count for guild in first] == [5]
    assert (await bot.fetch_guild(first[0].id, with_counts=True)).approximate_member_count == 5


@pytest.mark.parametrize(
    "path",
    [
        "guilds/{guild}/emojis",
        "guilds/{guild}/stickers",
        "guilds/{guild}/invites",
        "guilds/{guild}/webhooks",
        "guilds/{guild}/scheduled-events",
        "channels/{channel}/invites",
        "channels/{channel}/webhooks",
        "applications/{application}/entitlements",
        "applications/{application}/guilds/{guild}/commands/permissions",
        "applications/{application}/emojis",
    ],
)
async def test_what_there_is_none_of_is_an_empty_list(
    loopback: LoopbackDiscord, http: aiohttp.ClientSession, path: str
) -> None:
    """So that libraries that ask for it at their start go on."""
    channel = loopback.world.channel_named("studio")
    ids = {"guild": channel.guild_id, "channel": channel.id, "application": loopback.world.application.id}
    async with http.get(path.format(**ids)) as answer:
        assert answer.status == 200
        assert await answer.json() in ([], {"items": []})


async def test_presences_and_members_are_told_with_the_intents(loopback: LoopbackDiscord) -> None:
    """From the start, and as people come and go."""
    both = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES
    loopback.world.application.privileged_intents = both
    ada = loopback.world.user_named("ada")
    loopback.backend.presences.opened(ada)
    intents = discord.Intents(guilds=True, members=True, presences=True)
    async with connected(loopback, TrialBot(intents)) as bot:
        guild_id = loopback.world.guild_named("Easel Studio").id
        await loopback.until(lambda: (guild := bot.get_guild(guild_id)) and guild.get_member(ada.id))
        guild = bot.get_guild(guild_id)
        assert guild is not None
        assert {each.name: str(each.status) for each in guild.members if not each.bot} == {
            "keeper": "offline",
            "ada": "online",
            "ben": "offline",
            "mia": "offline",
        }
        flags = (await bot.application_info()).flags
        assert (flags.gateway_guild_members_limited, flags.gateway_message_content_limited) == (True, False)
        loopback.backend.presences.closed(ada)
        member = guild.get_member(ada.id)
        assert member is not None
        await loopback.until(lambda: str(member.status) == "offline")


async def test_a_bot_says_how_it_is(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Online while connected, idle or away where it says so, gone when it is gone."""
    own, status = loopback.world.application.bot, loopback.backend.presences.status
    assert status(own) == "online"
    await bot.change_presence(status=discord.Status.idle)
    await loopback.until(lambda: status(own) == "idle")
    await bot.change_presence(status=discord.Status.invisible)
    await loopback.until(lambda: status(own) == "offline")
    await bot.change_presence(status=discord.Status.online)
    await loopback.until(lambda: status(own) == "online")
    await bot.close()
    await loopback.until(lambda: status(own) == "offline")
