"""Who is shut out, at every door: commands, buttons, menus and forms. Rights are asked behind each.

A ban is looked up afresh every time. It also holds where a job is about to run (`Store.claim`). What the
gateway tells twice comes in once.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

import discord
from discord import app_commands

from bot.refusal import BrokenCommand, NotHere
from bot.store import Banned, Store
from bot.views.buttons import Verb

OPEN_COMMANDS: Final = frozenset({"help", "queue", "cancel", "quota show", "quota why"})
"""What who is shut out may still do: look, learn why, and stop what is theirs."""
ANYWHERE: Final = frozenset({"help"})
"""What works in direct messages, too."""
OPEN_VERBS: Final = frozenset({Verb.CANCEL, Verb.DELETE, Verb.WHY})
REMEMBERED: Final = 4_096
"""Interactions that are known again: far more than come within the seconds in which one can be answered."""


class Doors:
    """Keeps out who is shut out, and what was let in already."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._came: dict[int, None] = {}

    def first(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether it comes for the first time: a gift or a warning that is told twice is meant once."""
        if interaction.id in self._came:
            return False
        self._came[interaction.id] = None
        while len(self._came) > REMEMBERED:
            del self._came[next(iter(self._came))]
        return True

    async def command(self, interaction: discord.Interaction[Any]) -> None:
        """A slash command, or what it suggests.

        Raises:
            NotHere: it comes from direct messages.
            BrokenCommand: an option holds what it does not take.
            Banned: the person is shut out of this one.
        """
        name = command_name(interaction.data)
        if name not in ANYWHERE:
            _require_server(interaction)
        if name not in OPEN_COMMANDS:
            await self._require_admission(interaction)
        if interaction.type is discord.InteractionType.application_command:
            _require_offered(interaction)

    async def press(self, interaction: discord.Interaction[Any], verb: str | None) -> None:
        """A button of a job, or with None anything of a panel or a form. Raises as `command` does."""
        _require_server(interaction)
        if verb is None or verb not in OPEN_VERBS:
            await self._require_admission(interaction)

    async def _require_admission(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.guild_id is None:
            return
        at = interaction.created_at.astimezone(UTC)
        ban = await self._store.ban_of(interaction.guild_id, interaction.user.id, at)
        if ban is not None:
            raise Banned(ban)


def _require_server(interaction: discord.Interaction[Any]) -> None:
    if interaction.guild_id is None:
        raise NotHere


def _require_offered(interaction: discord.Interaction[Any]) -> None:
    """Discord keeps to the bounds of options, and the library trusts it; here, nobody is trusted."""
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return  # said by the tree: there is none
    try:
        given = dict(iter(interaction.namespace))  # it has any attribute, `keys` as well
    except (KeyError, TypeError, ValueError):
        raise BrokenCommand from None
    for parameter in command.parameters:
        value = given.get(parameter.display_name)
        if isinstance(value, str):
            _require_whole(value)
        size = len(value) if isinstance(value, str) else value
        if isinstance(size, int | float) and not _within(size, parameter.min_value, parameter.max_value):
            raise BrokenCommand


def _require_whole(text: str) -> None:
    try:
        text.encode()  # half a surrogate pair is no character
    except UnicodeEncodeError:
        raise BrokenCommand from None


def _within(size: float, least: float | None, most: float | None) -> bool:
    return (least is None or size >= least) and (most is None or size <= most)


def command_name(data: object) -> str:
    """The whole name of the command that an interaction calls, such as "quota show"; empty for none."""
    if not isinstance(data, Mapping):
        return ""
    name, options = str(data.get("name", "")), data.get("options") or ()
    for option in options:
        if option.get("type") in (1, 2):  # a subcommand, or a group of them
            return f"{name} {command_name(option)}"
    return name
