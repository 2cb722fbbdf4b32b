"""The application's commands as registered, and who may use which where.

https://discord.com/developers/docs/interactions/application-commands
"""

from typing import Final

from bot.playground import api_error
from bot.playground.api_error import ApiError
from bot.playground.clock import Clock
from bot.playground.command_rules import (
    CHAT_INPUT,
    MOST_OF_A_KIND,
    CommandKind,
    check_command,
    check_numbers,
)
from bot.playground.form import Form, Path
from bot.playground.permissions import Permission
from bot.playground.record import Record
from bot.playground.resources import Channel, User
from bot.playground.snowflakes import Snowflakes
from bot.playground.stored import Json
from bot.playground.world import World

MOST_COMMANDS: Final = sum(MOST_OF_A_KIND.values())
CREATED_A_DAY: Final = 200
_DAY: Final = 24 * 3600.0
_GUILD, _BOT_DM = 0, 1


class Commands:
    """Global commands (scope None) and those of single servers."""

    def __init__(self, world: World, *, clock: Clock, ids: Snowflakes, record: Record) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids
        self._record = record
        self._scopes: dict[int | None, dict[int, Json]] = {}
        self._created: dict[int | None, list[float]] = {}

    def all_in(self, scope: int | None) -> list[Json]:
        return list(self._scopes.get(scope, {}).values())

    def get(self, scope: int | None, command_id: int) -> Json:
        """The command of that id.

        Raises:
            ApiError: 10063.
        """
        command = self._scopes.get(scope, {}).get(command_id)
        if command is None:
            raise api_error.unknown_command()
        return command

    def overwrite(self, scope: int | None, described: list[Json]) -> list[Json]:
        """Make these the scope's commands; those whose name and type stay keep their id.

        Raises:
            ApiError: 50035 with every error; 30034 for more than 200 new ones in a day.
        """
        form = Form()
        commands = form.entries((), described, most=MOST_COMMANDS)
        for index, command in enumerate(commands):
            check_command(form, (index,), command)
        check_numbers(form, commands)
        form.check()
        _check_names(form, described)
        form.check()
        before = self._scopes.get(scope, {})
        kept = {(command["name"], command["type"]): command for command in before.values()}
        after = [self._answered(scope, each, kept.get(_key(each))) for each in described]
        self._scopes[scope] = {int(command["id"]): command for command in after}
        self._record.note("commands", by=self._world.application.bot.id, detail=str(len(after)))
        return after

    def create(self, scope: int | None, described: Json) -> tuple[Json, bool]:
        """Add a command, or replace the one of that name; tells whether it is new. Raises as `overwrite`."""
        self._check(described)
        scoped = self._scopes.setdefault(scope, {})
        known = next(
            (each for each in scoped.values() if (each["name"], each["type"]) == _key(described)), None
        )
        if known is None:
            form = Form()
            check_numbers(form, [*scoped.values(), described])
            form.check()
        command = self._answered(scope, described, known)
        scoped[int(command["id"])] = command
        self._record.note("commands", by=self._world.application.bot.id, detail=command["name"])
        return command, known is None

    def edit(self, scope: int | None, command_id: int, changes: Json) -> Json:
        """Change some fields of a command. Raises as `overwrite` and `get` do."""
        known = self.get(scope, command_id)
        described = known | changes
        self._check(described)
        command = self._answered(scope, described, known)
        self._scopes[scope][command_id] = command
        self._record.note("commands", by=self._world.application.bot.id, detail=command["name"])
        return command

    def delete(self, scope: int | None, command_id: int) -> None:
        """Take a command away. Raises as `get` does."""
        gone = self.get(scope, command_id)
        del self._scopes[scope][command_id]
        self._record.note("commands", by=self._world.application.bot.id, detail=gone["name"])

    def usable(
        self, user: User, channel: Channel, *, kind: CommandKind = CommandKind.CHAT_INPUT
    ) -> list[Json]:
        """The commands that person is offered there; a server's own hides a global one of its name."""
        if channel.guild_id is None:
            installed = self._world.shares_a_server(user)
        else:
            installed = self._world.has_bot(channel.guild_id)
        if not installed:
            return []
        scopes = [None] if channel.guild_id is None else [None, channel.guild_id]
        by_name = {
            command["name"]: command
            for scope in scopes
            for command in self.all_in(scope)
            if command["type"] == kind
        }
        return [each for each in by_name.values() if self._may_use(each, user, channel)]

    def _may_use(self, command: Json, user: User, channel: Channel) -> bool:
        contexts = command["contexts"]
        if channel.guild_id is None:
            return bool(_BOT_DM in contexts if contexts is not None else command["dm_permission"])
        here = self._world.permissions_in(user, channel)
        needed = command["default_member_permissions"]
        if Permission.USE_APPLICATION_COMMANDS not in here or (command["nsfw"] and not channel.nsfw):
            return False
        if contexts is not None and _GUILD not in contexts:
            return False
        if needed is None or Permission.ADMINISTRATOR in here:
            return True
        bits = Permission(int(needed))
        return bool(bits) and bits in here

    def _check(self, described: Json) -> None:
        form = Form()
        check_command(form, (), described)
        form.check()

    def _answered(self, scope: int | None, described: Json, known: Json | None) -> Json:
        if known is None:
            self._count_creation(scope)
        needed = described.get("default_member_permissions")
        command: Json = {
            "id": known["id"] if known else str(self._ids.new()),
            "application_id": str(self._world.application.id),
            "version": str(self._ids.new()),
            "default_member_permissions": None if needed is None else str(needed),
            "type": described.get("type") or CHAT_INPUT,
            "name": described["name"],
            "name_localizations": described.get("name_localizations"),
            "description": described.get("description") or "",
            "description_localizations": described.get("description_localizations"),
            "dm_permission": described.get("dm_permission") is not False,
            "contexts": described.get("contexts"),
            "integration_types": described.get("integration_types") or [0],
            "nsfw": bool(described.get("nsfw")),
        }
        if described.get("options"):
            command["options"] = [_without_nulls(option) for option in described["options"]]
        if scope is not None:
            command["guild_id"] = str(scope)
        return command

    def _count_creation(self, scope: int | None) -> None:
        now = self._clock.now()
        recent = [moment for moment in self._created.get(scope, []) if now - moment < _DAY]
        if len(recent) >= CREATED_A_DAY:
            message = "Max number of daily application command creates has been reached (200)"
            raise ApiError(400, 30034, message)
        self._created[scope] = [*recent, now]


def _key(described: Json) -> tuple[object, object]:
    return described.get("name"), described.get("type") or CHAT_INPUT


def _check_names(form: Form, described: list[Json]) -> None:
    seen: set[object] = set()
    for index, command in enumerate(described):
        if _key(command) in seen:
            path: Path = (index, "name")
            code = "APPLICATION_COMMANDS_DUPLICATE_NAME"
            form.error(path, code, "Application command names must be unique")
        seen.add(_key(command))


def _without_nulls(option: Json) -> Json:
    shown = {key: value for key, value in option.items() if value is not None}
    if "options" in shown:
        shown["options"] = [_without_nulls(inner) for inner in shown["options"]]
    return shown
