"""What client libraries ask for at their start and this world has none of: emoji, stickers, invites."""

from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.routes.access import channel_for_bot, guild_for_bot

_OF_GUILDS = ("emojis", "stickers", "invites", "webhooks", "scheduled-events")
_OF_CHANNELS = ("invites", "webhooks")
_OF_APPLICATIONS = ("entitlements", "guilds/{guild_id}/commands/permissions")


async def in_guild(backend: Backend, call: Call) -> object:
    guild_for_bot(backend, call.ids.get("guild_id", 0))
    return []


async def in_channel(backend: Backend, call: Call) -> object:
    channel_for_bot(backend, call.ids.get("channel_id", 0))
    return []


async def of_application(_: Backend, __: Call) -> object:
    return []


async def application_emojis(_: Backend, __: Call) -> object:
    return {"items": []}


ENDPOINTS = [
    *(Endpoint(method="GET", template=f"/guilds/{{guild_id}}/{each}", run=in_guild) for each in _OF_GUILDS),
    *(
        Endpoint(method="GET", template=f"/channels/{{channel_id}}/{each}", run=in_channel)
        for each in _OF_CHANNELS
    ),
    *(
        Endpoint(method="GET", template=f"/applications/{{application_id}}/{each}", run=of_application)
        for each in _OF_APPLICATIONS
    ),
    Endpoint(method="GET", template="/applications/{application_id}/emojis", run=application_emojis),
]
