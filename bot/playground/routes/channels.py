"""/channels/…: the channel itself, and the sign that somebody types."""

from bot.playground import payloads
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.permissions import Permission
from bot.playground.routes.access import channel_for_bot


async def one(backend: Backend, call: Call) -> object:
    return payloads.channel(channel_for_bot(backend, call.ids.get("channel_id", 0)))


async def typing(backend: Backend, call: Call) -> object:
    channel_for_bot(backend, call.ids.get("channel_id", 0), Permission.SEND_MESSAGES)
    return None


ENDPOINTS = [
    Endpoint(method="GET", template="/channels/{channel_id}", run=one),
    Endpoint(method="POST", template="/channels/{channel_id}/typing", run=typing),
]
