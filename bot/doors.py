"""Who is shut out, at every door: commands, buttons, menus and forms. Rights are asked behind each.

A ban is looked up afresh every time. It also holds where a job is about to run (`Store.claim`).
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

import discord

from bot.store import Banned, Store
from bot.views.buttons import Verb

OPEN_COMMANDS: Final = frozenset({"help", "queue", "cancel", "quota show", "quota why"})
"""What who is shut out may still do: look, learn why, and stop what is theirs."""
OPEN_VERBS: Final = frozenset({Verb.CANCEL, Verb.DELETE, Verb.WHY})


class Doors:
    """Keeps out who is shut out."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def command(self, interaction: discord.Interaction[Any]) -> None:
        """A slash command, or what it suggests.

        Raises:
            Banned: the person is shut out of this one.
        """
        if command_name(interaction.data) not in OPEN_COMMANDS:
            await self._require_admission(interaction)

    async def press(self, interaction: discord.Interaction[Any], verb: str | None) -> None:
        """A button of a job, or with None anything of a panel or a form. Raises as `command` does."""
        if verb is None or verb not in OPEN_VERBS:
            await self._require_admission(interaction)

    async def _require_admission(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.guild_id is None:
            return  # said where the command is read: Easel works in servers
        at = interaction.created_at.astimezone(UTC)
        ban = await self._store.ban_of(interaction.guild_id, interaction.user.id, at)
        if ban is not None:
            raise Banned(ban)


def command_name(data: object) -> str:
    """The whole name of the command that an interaction calls, such as "quota show"; empty for none."""
    if not isinstance(data, Mapping):
        return ""
    name, options = str(data.get("name", "")), data.get("options") or ()
    for option in options:
        if option.get("type") in (1, 2):  # a subcommand, or a group of them
            return f"{name} {command_name(option)}"
    return name
