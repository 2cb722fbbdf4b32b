"""Buttons that outlive the process: all they need is in their id, the rest is in the database.

discord.py drops a DynamicItem's class for everybody when a view that mixes it with ordinary items times out.
Hence: only these buttons, never a view kept in memory (`bot.post` stops each before it is sent).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

import discord

if TYPE_CHECKING:
    from bot.client import EaselClient

Row = discord.ui.ActionRow[Any]


class Verb(StrEnum):
    """What a button does with its job."""

    UPSCALE = "up"
    VARY = "vary"
    REROLL = "again"
    EDIT = "edit"
    MEND = "mend"
    RETRY = "retry"
    DELETE = "bin"
    CANCEL = "cancel"
    WHY = "why"


_TEMPLATE: Final = re.compile(r"easel:1:(?P<verb>[a-z]{1,10}):(?P<job>[0-9a-z]{12}):(?P<index>[0-9])")


class JobButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_TEMPLATE):
    """`easel:<version>:<verb>:<job>:<picture>`; rights are read again at every press.

    Args:
        verb: what it does; a verb this version does not know gets a friendly answer.
        job: the job's id.
        index: the picture's, from 0; 0 where it does not matter.
    """

    def __init__(
        self,
        verb: str,
        job: str,
        index: int = 0,
        *,
        label: str | None = None,
        emoji: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        self.verb = verb
        self.job = job
        self.index = index
        super().__init__(
            discord.ui.Button(
                label=label, emoji=emoji, style=style, custom_id=f"easel:1:{verb}:{job}:{index}"
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        label = item.label if isinstance(item, discord.ui.Button) else None
        return cls(match["verb"], match["job"], int(match["index"]), label=label or match["verb"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        client: EaselClient = interaction.client
        await client.pressed(interaction, self)


def stands_there(message: discord.Message | None, pressed: Mapping[str, object]) -> bool:
    """Whether the message really bears the job's button that is said to be pressed.

    Only then does the library hand the press on; anything else it drops without a word.
    """
    custom_id = pressed.get("custom_id")
    if message is None or not isinstance(custom_id, str) or _TEMPLATE.fullmatch(custom_id) is None:
        return False
    return any(
        getattr(part, "custom_id", None) == custom_id and part.type.value == pressed.get("component_type")
        for part in _parts(message.components)
    )


def _parts(components: Iterable[Any]) -> Iterator[discord.Component]:
    for component in components:
        yield component
        yield from _parts(getattr(component, "children", ()))
        if (accessory := getattr(component, "accessory", None)) is not None:
            yield accessory


def picture_rows(job: str, count: int) -> list[Row]:
    """U1… and 🔄, then V1…, ✏️ and 🗑, in rows of at most five."""
    upscale = [JobButton(Verb.UPSCALE, job, index, label=f"U{index + 1}") for index in range(count)]
    vary = [JobButton(Verb.VARY, job, index, label=f"V{index + 1}") for index in range(count)]
    again = JobButton(Verb.REROLL, job, emoji="🔄")
    delete = JobButton(Verb.DELETE, job, emoji="🗑️")
    return [*_rows([*upscale, again]), *_rows([*vary, _edit(job), delete])]


def upscaled_rows(job: str, source: str, index: int) -> list[Row]:
    """Under a larger picture: vary the one it came from, change its words, or delete it."""
    return _rows(
        [
            JobButton(Verb.VARY, source, index, label="Vary"),
            _edit(job),
            JobButton(Verb.DELETE, job, emoji="🗑️"),
        ]
    )


def cancel_row(job: str) -> Row:
    """While it waits or runs."""
    return Row(JobButton(Verb.CANCEL, job, label="Cancel"))


def waiting_row(job: str, place: str) -> Row:
    """While it waits: `place` is what it asks about, such as "4th"."""
    return Row(
        JobButton(Verb.CANCEL, job, label="Cancel"), JobButton(Verb.WHY, job, label=f"Why am I {place}?")
    )


def retry_row(job: str) -> Row:
    """Where it ended without pictures."""
    return Row(
        JobButton(Verb.RETRY, job, label="Try again", emoji="🔄"),
        _edit(job),
        JobButton(Verb.DELETE, job, emoji="🗑️"),
    )


def mend_view(job: str) -> discord.ui.View:
    """Under what is said of a refused form: the form again, as it was filled in."""
    view = discord.ui.View(timeout=None)
    view.add_item(JobButton(Verb.MEND, job, label="Edit again", emoji="✏️"))
    view.stop()
    return view


def _edit(job: str) -> JobButton:
    return JobButton(Verb.EDIT, job, emoji="✏️")


def _rows(buttons: list[JobButton]) -> list[Row]:
    return [Row(*buttons[start : start + 5]) for start in range(0, len(buttons), 5)]
