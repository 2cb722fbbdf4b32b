"""What Discord refuses in a command's description.

https://discord.com/developers/docs/interactions/application-commands
"""

import re
from enum import IntEnum
from typing import Final

from bot.playground.components import kind_of
from bot.playground.form import Form, Path
from bot.playground.stored import Json

MOST_OPTIONS: Final = 25
MOST_CHOICES: Final = 25
MOST_CHARACTERS: Final = 8_000
_NAME: Final = re.compile(r"[-_'\w]{1,32}")
MOST_OF_A_KIND: Final = {1: 100, 2: 15, 3: 15}
"""Commands of each kind that one scope may have."""


class CommandKind(IntEnum):
    """Command types, with Discord's values: typed after a slash, or in the menu of a user or a message."""

    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3


CHAT_INPUT: Final = CommandKind.CHAT_INPUT


class OptionKind(IntEnum):
    """Option types, with Discord's values."""

    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


NESTING: Final = frozenset({OptionKind.SUBCOMMAND, OptionKind.GROUP})
_CHOOSABLE: Final = frozenset({OptionKind.STRING, OptionKind.INTEGER, OptionKind.NUMBER})


def check_command(form: Form, path: Path, command: Json) -> None:
    """Note every error in a command."""
    kind = CHAT_INPUT if command.get("type") is None else kind_of(command)
    if kind == CHAT_INPUT:
        _check_name(form, path, command)
        text = command.get("description")
        form.text((*path, "description"), text, shortest=1, longest=100, needed=True)
        _check_options(form, (*path, "options"), command.get("options"), depth=0)
    elif kind in set(CommandKind):
        _check_menu_command(form, path, command)
    else:
        form.choice((*path, "type"), command.get("type"))
    if _characters(command) > MOST_CHARACTERS:
        form.error(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MOST_CHARACTERS})")


def _check_menu_command(form: Form, path: Path, command: Json) -> None:
    form.text((*path, "name"), command.get("name"), shortest=1, longest=32, needed=True)
    if command.get("description"):
        code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID"
        form.error((*path, "description"), code, "Context menu commands cannot have description")
    if command.get("options"):
        code = "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID"
        form.error((*path, "options"), code, "Context menu commands cannot have options")


def check_numbers(form: Form, commands: list[Json]) -> None:
    """Note where a scope would have too many commands of a kind."""
    for kind, most in MOST_OF_A_KIND.items():
        if sum((each.get("type") or CHAT_INPUT) == kind for each in commands) > most:
            form.length((), 0, most)


def _check_name(form: Form, path: Path, named: Json) -> None:
    name = named.get("name")
    form.text((*path, "name"), name, shortest=1, longest=32, needed=True)
    if isinstance(name, str) and (not _NAME.fullmatch(name) or name != name.lower()):
        code = "APPLICATION_COMMAND_INVALID_NAME"
        form.error((*path, "name"), code, "Command name is invalid")


def _check_options(form: Form, path: Path, options: object, *, depth: int) -> None:
    listed = form.entries(path, options, most=MOST_OPTIONS)
    names: set[str] = set()
    optional_seen = False
    nesting = [kind_of(option) in NESTING for option in listed]
    if any(nesting) and not all(nesting):
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        form.error(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    for index, option in enumerate(listed):
        here = (*path, index)
        _check_option(form, here, option, depth=depth)
        if str(option.get("name")) in names:
            code = "APPLICATION_COMMAND_OPTIONS_NAME_INVALID"
            form.error((*here, "name"), code, "Option name is already used")
        names.add(str(option.get("name")))
        if option.get("required") and optional_seen:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            form.error(here, code, "Required options must be placed before non-required options")
        optional_seen = optional_seen or not option.get("required")


def _check_option(form: Form, path: Path, option: Json, *, depth: int) -> None:
    _check_name(form, path, option)
    description = option.get("description")
    form.text((*path, "description"), description, shortest=1, longest=100, needed=True)
    kind = kind_of(option)
    if kind not in set(OptionKind) or (kind == OptionKind.GROUP and depth > 0) or depth > 2:
        form.choice((*path, "type"), kind)
    elif kind in NESTING:
        _check_options(form, (*path, "options"), option.get("options"), depth=depth + 1)
    _check_choices(form, path, option)


def _check_choices(form: Form, path: Path, option: Json) -> None:
    choices = form.entries((*path, "choices"), option.get("choices"), most=MOST_CHOICES)
    if choices and option.get("autocomplete"):
        code = "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_WITH_CHOICES"
        form.error((*path, "autocomplete"), code, "Choices and autocomplete are mutually exclusive")
    if (choices or option.get("autocomplete")) and kind_of(option) not in _CHOOSABLE:
        form.choice((*path, "type"), option.get("type"))
    for index, choice in enumerate(choices):
        name = choice.get("name")
        form.text((*path, "choices", index, "name"), name, shortest=1, longest=100, needed=True)
        if isinstance(choice.get("value"), str):
            form.text((*path, "choices", index, "value"), choice["value"], longest=100)


def _characters(described: Json) -> int:
    own = sum(len(str(described.get(key) or "")) for key in ("name", "description"))
    choices = sum(
        len(str(choice.get("name", ""))) + len(str(choice.get("value", "")))
        for choice in _objects(described.get("choices"))
    )
    return own + choices + sum(_characters(option) for option in _objects(described.get("options")))


def _objects(listed: object) -> list[Json]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
