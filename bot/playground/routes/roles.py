"""/guilds/…/roles: a server's roles, and who holds them."""

from typing import Final

from bot.playground import api_error, payloads
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.changes import Changes
from bot.playground.form import Form
from bot.playground.permissions import Permission
from bot.playground.resources import Guild, Role
from bot.playground.routes.access import guild_for_bot
from bot.playground.stored import Json

LONGEST_NAME: Final = 100
BRIGHTEST: Final = 0xFFFFFF
_OFFERED: Final = frozenset({"name", "permissions", "color", "colors", "hoist", "mentionable"})


async def listed(backend: Backend, call: Call) -> object:
    guild = guild_for_bot(backend, call.ids.get("guild_id", 0))
    return [payloads.role(each, backend.world.application) for each in guild.roles.values()]


async def one(backend: Backend, call: Call) -> object:
    guild = guild_for_bot(backend, call.ids.get("guild_id", 0))
    return payloads.role(_role(guild, call), backend.world.application)


async def made(backend: Backend, call: Call) -> object:
    guild = _managed(backend, call)
    asked = _checked(call.form)
    bits = _bits(asked.get("permissions", int(guild.roles[guild.id].permissions)))
    colour = _colour(asked)
    role = Changes(backend).add_role(
        guild,
        str(asked.get("name") or "new role"),
        permissions=bits,
        colour=colour if isinstance(colour, int) else 0,
        hoist=bool(asked.get("hoist")),
        mentionable=bool(asked.get("mentionable")),
    )
    return payloads.role(role, backend.world.application)


async def edited(backend: Backend, call: Call) -> object:
    guild = _managed(backend, call)
    role = _below(backend, guild, _role(guild, call))
    asked = _checked(call.form)
    role.name = str(asked.get("name") or role.name)
    if "permissions" in asked:
        role.permissions = _bits(asked["permissions"])
    colour = _colour(asked)
    if isinstance(colour, int) and ("color" in asked or "colors" in asked):
        role.colour = colour
    role.hoist = bool(asked.get("hoist", role.hoist))
    role.mentionable = bool(asked.get("mentionable", role.mentionable))
    Changes(backend).role_changed(guild, role)
    return payloads.role(role, backend.world.application)


async def deleted(backend: Backend, call: Call) -> object:
    guild = _managed(backend, call)
    role = _below(backend, guild, _role(guild, call))
    if role.managed or role.id == guild.id:
        raise api_error.ApiError(400, 50028, "Invalid role")
    Changes(backend).delete_role(guild, role)
    return None


async def given(backend: Backend, call: Call) -> object:
    _hold(backend, call, held=True)
    return None


async def taken(backend: Backend, call: Call) -> object:
    _hold(backend, call, held=False)
    return None


def _hold(backend: Backend, call: Call, *, held: bool) -> None:
    guild = _managed(backend, call)
    member = guild.members.get(call.ids.get("user_id", 0))
    if member is None:
        raise api_error.unknown_member()
    role = _below(backend, guild, _role(guild, call))
    wanted = member.roles | {role.id} if held else member.roles - {role.id}
    if wanted != member.roles:
        Changes(backend).set_roles(member.user, guild, [guild.roles[each] for each in wanted])


def _managed(backend: Backend, call: Call) -> Guild:
    guild = guild_for_bot(backend, call.ids.get("guild_id", 0))
    bot = guild.members[backend.world.application.bot.id]
    if Permission.MANAGE_ROLES not in backend.world.permissions_at(guild, bot):
        raise api_error.missing_permissions()
    return guild


def _below(backend: Backend, guild: Guild, role: Role) -> Role:
    """The role, if it stands below the bot's highest."""
    if not backend.world.is_above(guild, guild.members[backend.world.application.bot.id], role):
        raise api_error.missing_permissions()
    return role


def _role(guild: Guild, call: Call) -> Role:
    role = guild.roles.get(call.ids.get("role_id", 0))
    if role is None:
        raise api_error.unknown_role()
    return role


def _checked(asked: Json) -> Json:
    form = Form()
    form.text(("name",), asked.get("name"), shortest=1, longest=LONGEST_NAME)
    colour = _colour(asked)
    if not isinstance(colour, int) or not 0 <= colour <= BRIGHTEST:
        form.error(("color",), "NUMBER_TYPE_MAX", f"int value should be between 0 and {BRIGHTEST}.")
    form.check()
    known = {key: value for key, value in asked.items() if value is not None}
    for key in known:
        if key not in _OFFERED:
            raise api_error.not_offered(key)
    return known


def _colour(asked: Json) -> object:
    colours = asked.get("colors")
    if isinstance(colours, dict):
        return colours.get("primary_color", 0)
    return asked.get("color") or 0


def _bits(value: object) -> Permission:
    text = str(value)
    return Permission(int(text) if text.isdecimal() else 0)


_ALL: Final = "/guilds/{guild_id}/roles"
_ONE: Final = _ALL + "/{role_id}"
_HELD: Final = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
ENDPOINTS = [
    Endpoint(method="GET", template=_ALL, run=listed),
    Endpoint(method="POST", template=_ALL, run=made),
    Endpoint(method="GET", template=_ONE, run=one),
    Endpoint(method="PATCH", template=_ONE, run=edited),
    Endpoint(method="DELETE", template=_ONE, run=deleted),
    Endpoint(method="PUT", template=_HELD, run=given),
    Endpoint(method="DELETE", template=_HELD, run=taken),
]
