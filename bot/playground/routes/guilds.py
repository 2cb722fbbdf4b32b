"""/guilds/…: servers, their channels, roles and members."""

from bot.playground import api_error, payloads
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.routes.access import guild_for_bot
from bot.playground.sessions import Intent
from bot.playground.world import Guild


async def one(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 0}
    return payloads.guild(guild, backend.world) | (counts if call.query.get("with_counts") else {})


async def channels(backend: Backend, call: Call) -> object:
    return [payloads.channel(each) for each in _guild(backend, call).channels.values()]


async def roles(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    return [payloads.role(each, backend.world.application) for each in guild.roles.values()]


async def member(backend: Backend, call: Call) -> object:
    found = _guild(backend, call).members.get(call.ids.get("user_id", 0))
    if found is None:
        raise api_error.unknown_member()
    return payloads.member(found)


async def members(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    if not backend.world.application.privileged_intents & Intent.GUILD_MEMBERS:
        raise api_error.missing_access()
    limit = call.query.get("limit", "1")
    after = call.query.get("after", "0")
    found = sorted(each for each in guild.members if each > int(after))
    return [payloads.member(guild.members[each]) for each in found[: int(limit)]]


async def left(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    bot = backend.world.application.bot
    del guild.members[bot.id]
    gone = {"id": str(guild.id)}
    backend.sessions.dispatch("GUILD_DELETE", gone, guild_id=guild.id, intent=Intent.GUILDS)
    backend.record.note("changed", by=bot.id, detail=f"the bot left {guild.name}")
    return None


def _guild(backend: Backend, call: Call) -> Guild:
    return guild_for_bot(backend, call.ids.get("guild_id", 0))


ENDPOINTS = [
    Endpoint(method="GET", template="/guilds/{guild_id}", run=one),
    Endpoint(method="GET", template="/guilds/{guild_id}/channels", run=channels),
    Endpoint(method="GET", template="/guilds/{guild_id}/roles", run=roles),
    Endpoint(method="GET", template="/guilds/{guild_id}/members", run=members),
    Endpoint(method="GET", template="/guilds/{guild_id}/members/{user_id}", run=member),
    Endpoint(method="DELETE", template="/users/@me/guilds/{guild_id}", run=left),
]
