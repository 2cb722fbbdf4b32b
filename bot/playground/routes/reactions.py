"""/channels/…/reactions: the emoji the bot puts under messages."""

from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.permissions import Permission
from bot.playground.routes.access import channel_for_bot


async def added(backend: Backend, call: Call) -> object:
    _react(backend, call, add=True)
    return None


async def removed(backend: Backend, call: Call) -> object:
    _react(backend, call, add=False)
    return None


def _react(backend: Backend, call: Call, *, add: bool) -> None:
    needed = (Permission.READ_MESSAGE_HISTORY, Permission.ADD_REACTIONS) if add else ()
    channel = channel_for_bot(backend, call.ids.get("channel_id", 0), *needed)
    message = backend.messages.find(channel.id, call.ids.get("message_id", 0))
    bot = backend.world.application.bot
    backend.messages.react(message, call.words.get("emoji_name", ""), bot, add=add)


_OWN = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"
ENDPOINTS = [
    Endpoint(method="PUT", template=_OWN, run=added),
    Endpoint(method="DELETE", template=_OWN, run=removed),
]
