"""/guilds/…/members: who is in a server."""

from typing import Final

from bot.playground import api_error, payloads
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.changes import Changes
from bot.playground.form import Form
from bot.playground.permissions import Permission
from bot.playground.resources import Guild, Member
from bot.playground.routes import query
from bot.playground.routes.access import guild_for_bot
from bot.playground.sessions import Intent

MOST_LISTED: Final = 1_000
LONGEST_NICK: Final = 32
MOST_ROLES: Final = 350


async def one(backend: Backend, call: Call) -> object:
    return payloads.member(_member(_guild(backend, call), call))


async def listed(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    if not backend.world.application.privileged_intents & Intent.GUILD_MEMBERS:
        raise api_error.missing_access()
    limit, after = query.limit(call, default=1, most=MOST_LISTED), query.snowflake(call, "after") or 0
    found = sorted(each for each in guild.members if each > after)
    return [payloads.member(guild.members[each]) for each in found[:limit]]


async def found(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    limit, beginning = query.limit(call, default=1, most=MOST_LISTED), call.query.get("query", "").lower()
    matching = [
        each
        for each in guild.members.values()
        if each.user.name.startswith(beginning) or each.display_name.lower().startswith(beginning)
    ]
    return [payloads.member(each) for each in matching[:limit]]


async def edited(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    member = _member(guild, call)
    _must(backend, guild, Permission.MANAGE_NICKNAMES if "nick" in call.form else Permission.MANAGE_ROLES)
    for key in call.form:
        if key not in ("nick", "roles"):
            raise api_error.not_offered(key)
    if "nick" in call.form:
        _rename(backend, guild, member, call.form["nick"])
    if "roles" in call.form:
        _must(backend, guild, Permission.MANAGE_ROLES)
        form = Form()
        wanted = {str(each) for each in form.items(("roles",), call.form["roles"], most=MOST_ROLES)}
        form.check()
        roles = [role for role in guild.roles.values() if str(role.id) in wanted]
        touched = [guild.roles[each] for each in member.roles ^ {role.id for role in roles}]
        bot = guild.members[backend.world.application.bot.id]
        if not all(backend.world.is_above(guild, bot, role) for role in touched if not role.managed):
            raise api_error.missing_permissions()
        Changes(backend).set_roles(member.user, guild, roles)
    return payloads.member(member)


async def own_edited(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    for key in call.form:
        if key != "nick":
            raise api_error.not_offered(key)
    _must(backend, guild, Permission.CHANGE_NICKNAME)
    member = guild.members[backend.world.application.bot.id]
    _rename(backend, guild, member, call.form.get("nick"))
    return payloads.member(member)


async def own_renamed(backend: Backend, call: Call) -> object:
    await own_edited(backend, call)
    return {"nick": call.form.get("nick")}


async def kicked(backend: Backend, call: Call) -> object:
    guild = _guild(backend, call)
    member = _member(guild, call)
    _must(backend, guild, Permission.KICK_MEMBERS)
    bot = guild.members[backend.world.application.bot.id]
    highest = guild.roles_of(member)[0]
    if member.user.id == guild.owner_id or not backend.world.is_above(guild, bot, highest):
        raise api_error.missing_permissions()
    Changes(backend).leave(member.user, guild)
    return None


def _rename(backend: Backend, guild: Guild, member: Member, nick: object) -> None:
    form = Form()
    form.text(("nick",), nick, longest=LONGEST_NICK)
    form.check()
    member.nick = str(nick) if nick else None
    Changes(backend).member_changed(guild, member, f"{member.user.name}'s name")


def _must(backend: Backend, guild: Guild, needed: Permission) -> None:
    bot = guild.members[backend.world.application.bot.id]
    if needed not in backend.world.permissions_at(guild, bot):
        raise api_error.missing_permissions()


def _guild(backend: Backend, call: Call) -> Guild:
    return guild_for_bot(backend, call.ids.get("guild_id", 0))


def _member(guild: Guild, call: Call) -> Member:
    member = guild.members.get(call.ids.get("user_id", 0))
    if member is None:
        raise api_error.unknown_member()
    return member


_ALL: Final = "/guilds/{guild_id}/members"
ENDPOINTS = [
    Endpoint(method="GET", template=_ALL, run=listed),
    Endpoint(method="GET", template=_ALL + "/search", run=found),
    Endpoint(method="PATCH", template=_ALL + "/@me", run=own_edited),
    # Out of use, and in no description any more; nextcord still asks there.
    Endpoint(method="PATCH", template=_ALL + "/@me/nick", run=own_renamed),
    Endpoint(method="GET", template=_ALL + "/{user_id}", run=one),
    Endpoint(method="PATCH", template=_ALL + "/{user_id}", run=edited),
    Endpoint(method="DELETE", template=_ALL + "/{user_id}", run=kicked),
]
