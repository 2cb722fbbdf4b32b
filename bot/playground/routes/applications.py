"""/applications/…/commands: what the bot registers, for every server or for one."""

from bot.playground import api_error
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.routes.access import guild_for_bot

_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


async def listed(backend: Backend, call: Call) -> object:
    return backend.commands.all_in(_scope(backend, call))


async def overwritten(backend: Backend, call: Call) -> object:
    if not isinstance(call.payload, list):
        raise api_error.unreadable_json()
    return backend.commands.overwrite(_scope(backend, call), call.payload)


async def created(backend: Backend, call: Call) -> object:
    command, is_new = backend.commands.create(_scope(backend, call), call.form)
    return 201 if is_new else 200, command


async def one(backend: Backend, call: Call) -> object:
    return backend.commands.get(_scope(backend, call), call.ids.get("command_id", 0))


async def edited(backend: Backend, call: Call) -> object:
    return backend.commands.edit(_scope(backend, call), call.ids.get("command_id", 0), call.form)


async def deleted(backend: Backend, call: Call) -> object:
    backend.commands.delete(_scope(backend, call), call.ids.get("command_id", 0))
    return None


def _scope(backend: Backend, call: Call) -> int | None:
    if call.ids.get("application_id") != backend.world.application.id:
        raise api_error.ApiError(
            403, 20012, "You are not authorized to perform this action on this application"
        )
    if "guild_id" not in call.ids:
        return None
    return guild_for_bot(backend, call.ids["guild_id"]).id


ENDPOINTS = [
    endpoint
    for base in (_GLOBAL, _GUILD)
    for endpoint in (
        Endpoint(method="GET", template=base, run=listed),
        Endpoint(method="PUT", template=base, run=overwritten),
        Endpoint(method="POST", template=base, run=created),
        Endpoint(method="GET", template=base + "/{command_id}", run=one),
        Endpoint(method="PATCH", template=base + "/{command_id}", run=edited),
        Endpoint(method="DELETE", template=base + "/{command_id}", run=deleted),
    )
]
