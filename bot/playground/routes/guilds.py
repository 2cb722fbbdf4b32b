"""/guilds/… and /users/@me/guilds: the servers the bot is in."""

from bot.playground import payloads
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.presences import OFFLINE
from bot.playground.resources import Guild
from bot.playground.routes import query
from bot.playground.routes.access import guild_for_bot
from bot.playground.sessions import Intent
from bot.playground.stored import Json

MOST_LISTED = 200


async def one(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    counts = _counts(backend, guild) if query.yes(call, "with_counts") else {}
    return payloads.guild(guild, backend.world) | counts


async def channels(backend: Backend, call: Call) -> object:
    return [payloads.channel(each) for each in _guild(backend, call).channels.values()]


async def own(backend: Backend, call: Call) -> object:
    limit = query.limit(call, default=MOST_LISTED, most=MOST_LISTED)
    before, after = query.snowflake(call, "before"), query.snowflake(call, "after") or 0
    found = [
        guild
        for guild in sorted(backend.world.guilds.values(), key=lambda each: each.id)
        if backend.world.has_bot(guild.id) and guild.id > after and (before is None or guild.id < before)
    ]
    chosen = found[-limit:] if before is not None else found[:limit]
    return [_own(backend, guild, with_counts=query.yes(call, "with_counts")) for guild in chosen]


async def left(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    bot = backend.world.application.bot
    del guild.members[bot.id]
    gone = {"id": str(guild.id)}
    backend.sessions.dispatch("GUILD_DELETE", gone, guild_id=guild.id, intent=Intent.GUILDS)
    backend.record.note("changed", by=bot.id, detail=f"the bot left {guild.name}")
    return None


def _own(backend: Backend, guild: Guild, *, with_counts: bool) -> Json:
    bot = guild.members[backend.world.application.bot.id]
    told: Json = {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": guild.owner_id == bot.user.id,
        "permissions": str(int(backend.world.permissions_at(guild, bot))),
        "features": [],
    }
    return told | (_counts(backend, guild) if with_counts else {})


def _counts(backend: Backend, guild: Guild) -> Json:
    here = [each for each in guild.members.values() if backend.presences.status(each.user) != OFFLINE]
    return {"approximate_member_count": len(guild.members), "approximate_presence_count": len(here)}


def _guild(backend: Backend, call: Call) -> Guild:
    return guild_for_bot(backend, call.ids.get("guild_id", 0))


ENDPOINTS = [
    Endpoint(method="GET", template="/guilds/{guild_id}", run=one),
    Endpoint(method="GET", template="/guilds/{guild_id}/channels", run=channels),
    Endpoint(method="GET", template="/users/@me/guilds", run=own),
    Endpoint(method="DELETE", template="/users/@me/guilds/{guild_id}", run=left),
]
