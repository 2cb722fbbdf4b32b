"""/channels/…/messages: what the bot writes and reads with its own token."""

from typing import Final

from bot.playground import api_error
from bot.playground.api_error import ApiError
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.form import Form
from bot.playground.permissions import Permission
from bot.playground.resources import Channel
from bot.playground.routes import query
from bot.playground.routes.access import (
    awake_channel,
    channel_for_bot,
    channel_to_write_in,
    message_for_bot,
)
from bot.playground.snowflakes import moment_of
from bot.playground.stored import REPLY, THREAD_STARTER, Json, Reference, StoredMessage

MOST_LISTED: Final = 100
LONGEST_NONCE: Final = 25
MOST_DELETED_AT_ONCE: Final = 100
OLDEST_DELETED_IN_BULK: Final = 14 * 24 * 3600.0
"""Seconds since a message was written."""


async def listed(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call, Permission.READ_MESSAGE_HISTORY)
    limit = query.limit(call, default=50, most=MOST_LISTED)
    # An ephemeral message is in no channel's history.
    found = [each for each in backend.messages.in_channel(channel.id) if each.only_for is None]
    chosen = _page(found, call, limit)
    return [backend.messages.readable(each) for each in reversed(chosen)]


def _page(found: list[StoredMessage], call: Call, limit: int) -> list[StoredMessage]:
    """That many of these messages (oldest first), as `around`, `after` or `before` asks."""
    around, after, before = (query.snowflake(call, name) for name in ("around", "after", "before"))
    if around is not None:
        older = [each for each in found if each.id < around]
        return [*older[max(0, len(older) - limit // 2) :], *found[len(older) :]][:limit]
    if after is not None:
        return [each for each in found if each.id > after][:limit]
    return [each for each in found if before is None or each.id < before][-limit:]


async def posted(backend: Backend, call: Call) -> object:
    channel = channel_to_write_in(backend, call.ids.get("channel_id", 0))
    form = call.form
    bot = backend.world.application.bot
    if channel.recipient is not None and not backend.world.shares_a_server(channel.recipient):
        raise api_error.cannot_send_to_user()
    if call.uploads:
        _channel(backend, call, Permission.ATTACH_FILES)
    nonce = _nonce(form)
    if nonce is not None and form.get("enforce_nonce"):
        known = backend.messages.nonces.posted(bot, nonce)
        if known is not None:
            return backend.messages.payload(known)
    draft = backend.messages.drafting(channel).new(form, call.uploads)
    reference = _reference(backend, channel, form)
    message = backend.messages.post(
        bot,
        channel,
        draft,
        type=REPLY if reference else 0,
        nonce=nonce,
        reference=reference,
        allowed_mentions=form.get("allowed_mentions"),
    )
    return backend.messages.payload(message)


async def one(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call, Permission.READ_MESSAGE_HISTORY)
    return backend.messages.readable(_message(backend, channel, call))


async def edited(backend: Backend, call: Call) -> object:
    channel = awake_channel(backend, call.ids.get("channel_id", 0))
    message = _message(backend, channel, call)
    bot = backend.world.application.bot
    if message.author is not bot:
        raise api_error.edits_anothers_message()
    if message.system:
        raise api_error.system_message()
    if call.uploads:
        _channel(backend, call, Permission.ATTACH_FILES)
    draft = backend.messages.drafting(channel).edited(message, call.form, call.uploads)
    backend.messages.edit(message, draft, bot, allowed_mentions=call.form.get("allowed_mentions"))
    return backend.messages.payload(message)


async def deleted(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call)
    message = _message(backend, channel, call)
    bot = backend.world.application.bot
    if message.author is not bot:
        _channel(backend, call, Permission.MANAGE_MESSAGES)
    if message.type == THREAD_STARTER:
        raise api_error.system_message()
    backend.messages.delete(message, bot)
    return None


async def deleted_in_bulk(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call, Permission.MANAGE_MESSAGES)
    form = Form()
    listed = form.items(("messages",), call.form.get("messages"), fewest=2, most=MOST_DELETED_AT_ONCE)
    form.check()
    if channel.guild_id is None:
        raise ApiError(400, 50003, "Cannot execute action on a DM channel")
    wanted = {int(each) for each in map(str, listed) if each.isdecimal()}
    oldest = backend.clock.now() - OLDEST_DELETED_IN_BULK
    if any(moment_of(each) < oldest for each in wanted):
        raise ApiError(400, 50034, "You can only bulk delete messages that are under 14 days old.")
    found = [
        each
        for each in backend.messages.in_channel(channel.id)
        if each.id in wanted and each.only_for is None
    ]
    backend.messages.delete_many(channel, found, backend.world.application.bot)
    return None


def _channel(backend: Backend, call: Call, *needed: Permission) -> Channel:
    return channel_for_bot(backend, call.ids.get("channel_id", 0), *needed)


def _message(backend: Backend, channel: Channel, call: Call) -> StoredMessage:
    return message_for_bot(backend, channel, call.ids.get("message_id", 0))


def _nonce(form: Json) -> str | int | None:
    nonce = form.get("nonce")
    if nonce is None or isinstance(nonce, int):
        return nonce
    problems = Form()
    problems.text(("nonce",), nonce, longest=LONGEST_NONCE)
    problems.check()
    return str(nonce)


def _reference(backend: Backend, channel: Channel, form: Json) -> Reference | None:
    reference = form.get("message_reference")
    if not isinstance(reference, dict):
        return None
    if reference.get("type"):
        raise api_error.not_offered("message_reference")  # a forward
    channel_for_bot(backend, channel.id, Permission.READ_MESSAGE_HISTORY)
    try:
        wanted = str(reference.get("message_id"))
        answered = backend.messages.find(channel.id, int(wanted) if wanted.isdecimal() else 0)
        return Reference(channel_id=channel.id, message_id=answered.id)
    except ApiError:
        if reference.get("fail_if_not_exists") is False:
            return None
        problems = Form()
        problems.error(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        problems.check()
        raise


_ALL = "/channels/{channel_id}/messages"
_ONE = "/channels/{channel_id}/messages/{message_id}"
ENDPOINTS = [
    Endpoint(method="GET", template=_ALL, run=listed),
    Endpoint(method="POST", template=_ALL, run=posted),
    Endpoint(method="POST", template=_ALL + "/bulk-delete", run=deleted_in_bulk),
    Endpoint(method="GET", template=_ONE, run=one),
    Endpoint(method="PATCH", template=_ONE, run=edited),
    Endpoint(method="DELETE", template=_ONE, run=deleted),
]
