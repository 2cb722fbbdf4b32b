"""/channels/…/reactions: the emoji under messages."""

from typing import Final

from bot.playground import api_error, payloads
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.permissions import Permission
from bot.playground.routes import query
from bot.playground.routes.access import awake_channel, channel_for_bot, message_for_bot
from bot.playground.stored import StoredMessage

MOST_LISTED: Final = 100


async def added(backend: Backend, call: Call) -> object:
    message = _message(backend, call, Permission.READ_MESSAGE_HISTORY)
    emoji = _emoji(call)
    if emoji not in message.reactions:
        # Joining in with others takes no permission of its own.
        _message(backend, call, Permission.ADD_REACTIONS)
    backend.reactions.add(message, emoji, backend.world.application.bot)
    return None


async def removed(backend: Backend, call: Call) -> object:
    backend.reactions.remove(_message(backend, call), _emoji(call), backend.world.application.bot)
    return None


async def anothers_removed(backend: Backend, call: Call) -> object:
    message = _message(backend, call, Permission.MANAGE_MESSAGES)
    user = backend.world.users.get(call.ids.get("user_id", 0))
    if user is None:
        raise api_error.unknown_user()
    backend.reactions.remove(message, _emoji(call), user)
    return None


async def listed(backend: Backend, call: Call) -> object:
    channel = channel_for_bot(backend, call.ids.get("channel_id", 0), Permission.READ_MESSAGE_HISTORY)
    message = message_for_bot(backend, channel, call.ids.get("message_id", 0))
    limit, after = query.limit(call, default=25, most=MOST_LISTED), query.snowflake(call, "after") or 0
    reactors = sorted(message.reactions.get(_emoji(call), []))
    chosen = [each for each in reactors if each > after]
    return [payloads.user(backend.world.users[each]) for each in chosen[:limit]]


async def cleared(backend: Backend, call: Call) -> object:
    message = _message(backend, call, Permission.MANAGE_MESSAGES)
    backend.reactions.clear(message, backend.world.application.bot)
    return None


async def cleared_of_one(backend: Backend, call: Call) -> object:
    message = _message(backend, call, Permission.MANAGE_MESSAGES)
    backend.reactions.clear(message, backend.world.application.bot, _emoji(call))
    return None


def _message(backend: Backend, call: Call, *needed: Permission) -> StoredMessage:
    channel = awake_channel(backend, call.ids.get("channel_id", 0), *needed)
    return message_for_bot(backend, channel, call.ids.get("message_id", 0))


def _emoji(call: Call) -> str:
    # A lone digit is no emoji, but is read as a number.
    return call.words.get("emoji_name") or str(call.ids.get("emoji_name", ""))


_ALL: Final = "/channels/{channel_id}/messages/{message_id}/reactions"
_KIND: Final = _ALL + "/{emoji_name}"
ENDPOINTS = [
    Endpoint(method="PUT", template=_KIND + "/@me", run=added),
    Endpoint(method="DELETE", template=_KIND + "/@me", run=removed),
    Endpoint(method="DELETE", template=_KIND + "/{user_id}", run=anothers_removed),
    Endpoint(method="GET", template=_KIND, run=listed),
    Endpoint(method="DELETE", template=_ALL, run=cleared),
    Endpoint(method="DELETE", template=_KIND, run=cleared_of_one),
]
