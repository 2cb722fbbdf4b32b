"""/channels/…/pins: a channel's pinned messages, at today's addresses and at those of old."""

from typing import Final

from bot.playground import payloads
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.permissions import Permission
from bot.playground.resources import Channel
from bot.playground.routes import query
from bot.playground.routes.access import awake_channel, channel_for_bot, message_for_bot

MOST_LISTED: Final = 50


async def listed(backend: Backend, call: Call) -> object:
    found = backend.pins.of(_channel(backend, call))
    before = query.moment(call, "before")
    found = [each for each in found if before is None or (each.pinned_at or 0.0) < before]
    limit = query.limit(call, default=MOST_LISTED, most=MOST_LISTED)
    return {
        "items": [
            {
                "pinned_at": payloads.timestamp(each.pinned_at or 0.0),
                "message": backend.messages.readable(each),
            }
            for each in found[:limit]
        ],
        "has_more": len(found) > limit,
    }


async def listed_of_old(backend: Backend, call: Call) -> object:
    found = backend.pins.of(_channel(backend, call))
    return [backend.messages.readable(each) for each in found[:MOST_LISTED]]


async def added(backend: Backend, call: Call) -> object:
    channel = awake_channel(backend, call.ids.get("channel_id", 0), *_needed(backend, call))
    message = message_for_bot(backend, channel, call.ids.get("message_id", 0))
    backend.pins.add(channel, message, backend.world.application.bot)
    return None


async def removed(backend: Backend, call: Call) -> object:
    channel = awake_channel(backend, call.ids.get("channel_id", 0), *_needed(backend, call))
    message = message_for_bot(backend, channel, call.ids.get("message_id", 0))
    backend.pins.remove(channel, message, backend.world.application.bot)
    return None


def _channel(backend: Backend, call: Call) -> Channel:
    return channel_for_bot(backend, call.ids.get("channel_id", 0), Permission.READ_MESSAGE_HISTORY)


def _needed(backend: Backend, call: Call) -> tuple[Permission, ...]:
    channel = backend.world.channels.get(call.ids.get("channel_id", 0))
    direct = channel is not None and channel.guild_id is None
    return () if direct else (Permission.PIN_MESSAGES,)


_NOW: Final = "/channels/{channel_id}/messages/pins"
_OF_OLD: Final = "/channels/{channel_id}/pins"
ENDPOINTS = [
    Endpoint(method="GET", template=_NOW, run=listed),
    Endpoint(method="GET", template=_OF_OLD, run=listed_of_old),
    *(
        endpoint
        for base in (_NOW, _OF_OLD)
        for endpoint in (
            Endpoint(method="PUT", template=base + "/{message_id}", run=added),
            Endpoint(method="DELETE", template=base + "/{message_id}", run=removed),
        )
    ),
]
