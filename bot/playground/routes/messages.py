"""/channels/…/messages: what the bot writes and reads with its own token."""

from typing import Final

from bot.playground import api_error
from bot.playground.api_error import ApiError
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.form import Form
from bot.playground.permissions import Permission
from bot.playground.routes.access import channel_for_bot
from bot.playground.stored import REPLY, Json, StoredMessage
from bot.playground.world import Channel

MOST_LISTED: Final = 100
LONGEST_NONCE: Final = 25


async def listed(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call, Permission.READ_MESSAGE_HISTORY)
    limit = _number(call, "limit", 50)
    if not 1 <= limit <= MOST_LISTED:
        form = Form()
        form.error(("limit",), "NUMBER_TYPE_MAX", f"int value should be between 1 and {MOST_LISTED}.")
        form.check()
    # An ephemeral message is in no channel's history.
    found = [each for each in backend.messages.in_channel(channel.id) if each.only_for is None]
    before, after = _number(call, "before", 0), _number(call, "after", 0)
    if after:
        chosen = [each for each in found if each.id > after][:limit]
    else:
        chosen = [each for each in found if not before or each.id < before][-limit:]
    return [backend.messages.payload(each) for each in reversed(chosen)]


async def posted(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call, Permission.SEND_MESSAGES)
    form = call.form
    bot = backend.world.application.bot
    if channel.recipient is not None and not backend.world.shares_a_server(channel.recipient):
        raise api_error.cannot_send_to_user()
    if call.uploads:
        _channel(backend, call, Permission.ATTACH_FILES)
    nonce = _nonce(form)
    if nonce is not None and form.get("enforce_nonce"):
        known = backend.messages.with_nonce(bot, nonce)
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
        replies_to=reference,
        allowed_mentions=form.get("allowed_mentions"),
    )
    return backend.messages.payload(message)


async def one(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call, Permission.READ_MESSAGE_HISTORY)
    return backend.messages.payload(_message(backend, channel, call))


async def edited(backend: Backend, call: Call) -> object:
    channel = _channel(backend, call)
    message = _message(backend, channel, call)
    bot = backend.world.application.bot
    if message.author is not bot:
        raise api_error.edits_anothers_message()
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
    backend.messages.delete(message, bot)
    return None


def _channel(backend: Backend, call: Call, *needed: Permission) -> Channel:
    return channel_for_bot(backend, call.ids.get("channel_id", 0), *needed)


def _message(backend: Backend, channel: Channel, call: Call) -> StoredMessage:
    message = backend.messages.find(channel.id, call.ids.get("message_id", 0))
    if message.only_for is not None:
        # Only its interaction's token reaches an ephemeral message.
        raise api_error.unknown_message()
    return message


def _nonce(form: Json) -> str | int | None:
    nonce = form.get("nonce")
    if nonce is None or isinstance(nonce, int):
        return nonce
    problems = Form()
    problems.text(("nonce",), nonce, longest=LONGEST_NONCE)
    problems.check()
    return str(nonce)


def _reference(backend: Backend, channel: Channel, form: Json) -> int | None:
    reference = form.get("message_reference")
    if not isinstance(reference, dict):
        return None
    channel_for_bot(backend, channel.id, Permission.READ_MESSAGE_HISTORY)
    try:
        wanted = str(reference.get("message_id"))
        return backend.messages.find(channel.id, int(wanted) if wanted.isdecimal() else 0).id
    except ApiError:
        if reference.get("fail_if_not_exists") is False:
            return None
        problems = Form()
        problems.error(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        problems.check()
        raise


def _number(call: Call, name: str, default: int) -> int:
    value = call.query.get(name, "")
    return int(value) if value.isdecimal() else default


_ALL = "/channels/{channel_id}/messages"
_ONE = "/channels/{channel_id}/messages/{message_id}"
ENDPOINTS = [
    Endpoint(method="GET", template=_ALL, run=listed),
    Endpoint(method="POST", template=_ALL, run=posted),
    Endpoint(method="GET", template=_ONE, run=one),
    Endpoint(method="PATCH", template=_ONE, run=edited),
    Endpoint(method="DELETE", template=_ONE, run=deleted),
]
