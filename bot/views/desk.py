"""The moderators' panels: the ids of their parts, and the parts themselves.

As with forms (see `views.edit_modal`), nothing is given to discord.py to keep: every id says what it does,
and `EaselClient.on_interaction` hands it to `commands.desk`, also after a restart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.refusal import BrokenPanel

LONGEST_WHY: Final = 300
_ID: Final = re.compile(r"easel:1:desk:(?P<what>[a-z_]{1,20})(?::(?P<arg>[0-9a-z.]{1,80}))?")
PREFIX: Final = "easel:1:desk:"

Row = discord.ui.ActionRow[Any]


@dataclass(frozen=True, slots=True)
class DeskId:
    """What a part does, and with what."""

    what: str
    arg: str = ""

    def __str__(self) -> str:
        return f"{PREFIX}{self.what}" + (f":{self.arg}" if self.arg else "")

    @classmethod
    def read(cls, custom_id: object) -> "DeskId":
        """From a custom id.

        Raises:
            BrokenPanel: it is none of these.
        """
        match = _ID.fullmatch(custom_id) if isinstance(custom_id, str) else None
        if match is None:
            raise BrokenPanel
        return cls(match["what"], match["arg"] or "")


def is_desk(custom_id: object) -> bool:
    """Whether a custom id looks like one of the desk's, whatever version."""
    return isinstance(custom_id, str) and custom_id.startswith("easel:") and ":desk:" in custom_id


def button(
    what: str,
    arg: str = "",
    *,
    label: str,
    emoji: str | None = None,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    disabled: bool = False,
) -> discord.ui.Button[Any]:
    """A button of a panel."""
    return discord.ui.Button(
        label=label, emoji=emoji, style=style, custom_id=str(DeskId(what, arg)), disabled=disabled
    )


def choice(
    what: str, options: Sequence[tuple[str, str]], chosen: Sequence[str], *, hint: str, several: bool = False
) -> Row:
    """A menu of (value, label), at most 25; with `several` any number of them, or none."""
    shown = [
        discord.SelectOption(value=value, label=label[:100], default=value in chosen)
        for value, label in options[:25]
    ]
    return Row(
        discord.ui.Select(
            custom_id=str(DeskId(what)),
            options=shown,
            placeholder=hint,
            min_values=0 if several else 1,
            max_values=len(shown) if several else 1,
        )
    )


def channel_choice(what: str, chosen: Sequence[int], *, hint: str, most: int) -> Row:
    """A menu of the server's text channels; choosing none is an answer, too."""
    kinds = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]
    return Row(
        discord.ui.ChannelSelect(
            custom_id=str(DeskId(what)),
            channel_types=kinds if most > 1 else kinds[:2],
            placeholder=hint,
            min_values=0,
            max_values=most,
            default_values=[
                discord.SelectDefaultValue(id=channel, type=discord.SelectDefaultValueType.channel)
                for channel in chosen[:most]
            ],
        )
    )
