"""Threads: opening and listing them, and who is in them."""

from typing import Final

from bot.playground import api_error, payloads, thread_opening
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.permissions import Permission
from bot.playground.resources import Channel, Thread, User
from bot.playground.routes import query
from bot.playground.routes.access import awake_channel, channel_for_bot, guild_for_bot, message_for_bot
from bot.playground.stored import Json

MOST_LISTED: Final = 100


async def opened_on_message(backend: Backend, call: Call) -> object:
    wished = thread_opening.wish(call.form, on_message=True)
    parent = channel_for_bot(backend, call.ids.get("channel_id", 0), wished.needed)
    message = message_for_bot(backend, parent, call.ids.get("message_id", 0))
    bot = backend.world.application.bot
    return 201, _told(backend, thread_opening.opened(backend, bot, parent, wished, message))


async def opened(backend: Backend, call: Call) -> object:
    wished = thread_opening.wish(call.form, on_message=False)
    parent = channel_for_bot(backend, call.ids.get("channel_id", 0), wished.needed)
    return 201, _told(backend, thread_opening.opened(backend, backend.world.application.bot, parent, wished))


async def active(backend: Backend, call: Call) -> object:
    guild = guild_for_bot(backend, call.ids.get("guild_id", 0))
    found = [each for each in backend.threads.in_guild(guild, archived=False) if _seen(backend, each)]
    return _listed(backend, found, has_more=False)


async def archived_public(backend: Backend, call: Call) -> object:
    return _archived(backend, call, private=False)


async def archived_private(backend: Backend, call: Call) -> object:
    channel_for_bot(backend, call.ids.get("channel_id", 0), Permission.MANAGE_THREADS)
    return _archived(backend, call, private=True)


async def archived_joined(backend: Backend, call: Call) -> object:
    channel = channel_for_bot(backend, call.ids.get("channel_id", 0), Permission.READ_MESSAGE_HISTORY)
    bot, before = backend.world.application.bot.id, query.snowflake(call, "before")
    found = [
        each
        for each in backend.threads.of(channel, archived=True)
        if _thread(each).private and bot in _thread(each).members and (before is None or each.id < before)
    ]
    limit = query.limit(call, default=MOST_LISTED, most=MOST_LISTED, fewest=2)
    return _listed(backend, found[:limit], has_more=len(found) > limit)


async def members(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call)
    after, limit = (
        query.snowflake(call, "after") or 0,
        query.limit(call, default=MOST_LISTED, most=MOST_LISTED),
    )
    found = sorted(each for each in _thread(channel).members if each > after)
    return [_member(backend, channel, each, call) for each in found[:limit]]


async def member(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call)
    user_id = call.ids.get("user_id", 0)
    if user_id not in _thread(channel).members:
        raise api_error.unknown_member()
    return _member(backend, channel, user_id, call)


async def joined(backend: Backend, call: Call) -> object:
    backend.threads.join(_channel(backend, call, awake=True), backend.world.application.bot)
    return None


async def left(backend: Backend, call: Call) -> object:
    backend.threads.leave(_channel(backend, call, awake=True), backend.world.application.bot)
    return None


async def added(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call, awake=True)
    here = backend.world.permissions_in(backend.world.application.bot, channel)
    if channel.to_write not in here:
        raise api_error.missing_permissions()
    backend.threads.join(channel, _somebody(backend, channel, call))
    return None


async def removed(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call, awake=True)
    bot, thread = backend.world.application.bot, _thread(channel)
    own = thread.private and thread.owner_id == bot.id
    if not own and Permission.MANAGE_THREADS not in backend.world.permissions_in(bot, channel):
        raise api_error.missing_permissions()
    backend.threads.leave(channel, _somebody(backend, channel, call))
    return None


def _archived(backend: Backend, call: Call, *, private: bool) -> Json:
    channel = channel_for_bot(backend, call.ids.get("channel_id", 0), Permission.READ_MESSAGE_HISTORY)
    before = query.moment(call, "before")
    found = [
        each
        for each in backend.threads.of(channel, archived=True)
        if _thread(each).private == private and (before is None or _thread(each).archived_at < before)
    ]
    found.sort(key=lambda each: _thread(each).archived_at, reverse=True)
    limit = query.limit(call, default=MOST_LISTED, most=MOST_LISTED, fewest=2)
    return _listed(backend, found[:limit], has_more=len(found) > limit)


def _listed(backend: Backend, channels: list[Channel], *, has_more: bool) -> Json:
    bot = backend.world.application.bot.id
    own = [each for each in channels if bot in _thread(each).members]
    return {
        "threads": [_told(backend, each) for each in channels],
        "members": [backend.threads.member(each, bot) for each in own],
        "has_more": has_more,
    }


def _told(backend: Backend, channel: Channel) -> Json:
    return payloads.channel(channel, me=backend.world.application.bot.id)


def _seen(backend: Backend, channel: Channel) -> bool:
    here = backend.world.permissions_in(backend.world.application.bot, channel)
    return Permission.VIEW_CHANNEL in here


def _channel(backend: Backend, call: Call, *, awake: bool = False) -> Channel:
    find = awake_channel if awake else channel_for_bot
    channel = find(backend, call.ids.get("channel_id", 0))
    if channel.thread is None:
        raise api_error.wrong_channel_type()
    return channel


def _thread(channel: Channel) -> Thread:
    if channel.thread is None:
        raise api_error.wrong_channel_type()
    return channel.thread


def _somebody(backend: Backend, channel: Channel, call: Call) -> User:
    found = backend.world.guilds[channel.guild_id or 0].members.get(call.ids.get("user_id", 0))
    if found is None:
        raise api_error.unknown_member()
    return found.user


def _member(backend: Backend, channel: Channel, user_id: int, call: Call) -> Json:
    return backend.threads.member(channel, user_id, with_member=query.yes(call, "with_member"))


_CHANNEL: Final = "/channels/{channel_id}"
_MEMBERS: Final = _CHANNEL + "/thread-members"
ENDPOINTS = [
    Endpoint(method="POST", template=_CHANNEL + "/messages/{message_id}/threads", run=opened_on_message),
    Endpoint(method="POST", template=_CHANNEL + "/threads", run=opened),
    Endpoint(method="GET", template="/guilds/{guild_id}/threads/active", run=active),
    Endpoint(method="GET", template=_CHANNEL + "/threads/archived/public", run=archived_public),
    Endpoint(method="GET", template=_CHANNEL + "/threads/archived/private", run=archived_private),
    Endpoint(method="GET", template=_CHANNEL + "/users/@me/threads/archived/private", run=archived_joined),
    Endpoint(method="GET", template=_MEMBERS, run=members),
    Endpoint(method="PUT", template=_MEMBERS + "/@me", run=joined),
    Endpoint(method="DELETE", template=_MEMBERS + "/@me", run=left),
    Endpoint(method="GET", template=_MEMBERS + "/{user_id}", run=member),
    Endpoint(method="PUT", template=_MEMBERS + "/{user_id}", run=added),
    Endpoint(method="DELETE", template=_MEMBERS + "/{user_id}", run=removed),
]
