"""The moderators' forms, and what comes back of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import discord

from bot.refusal import BrokenPanel
from bot.views.desk import LONGEST_WHY, DeskId

Input = discord.ui.Label[Any]


class Act(StrEnum):
    """What can be done to a job that waits or runs."""

    HOLD = "hold"
    RELEASE = "release"
    BUMP = "bump"
    STOP = "stop"


_ACTS: Final = {
    Act.STOP: ("Stop it", "No pictures, all refunded; its owner reads why"),
    Act.HOLD: ("Hold it", "It does not run until somebody lets it go on"),
    Act.RELEASE: ("Let it go on", "Ends a hold"),
    Act.BUMP: ("Put it first", "Before everybody who waits; charged as usual"),
}


def manage_modal(job: str, title: str) -> discord.ui.Modal:
    """What to do with a job, and why."""
    modal = _modal("manage", job, title[:45])
    modal.add_item(
        Input(
            text="What to do",
            component=discord.ui.Select(
                custom_id="act",
                options=[
                    discord.SelectOption(value=act, label=label, description=about)
                    for act, (label, about) in _ACTS.items()
                ],
            ),
        )
    )
    modal.add_item(_why("Its owner sees it, and so does the record."))
    return modal


def role_modal() -> discord.ui.Modal:
    """A role and what it may use."""
    modal = _modal("role", "", "What a role may use")
    modal.add_item(
        Input(text="Role", component=discord.ui.RoleSelect(custom_id="role", min_values=1, max_values=1))
    )
    modal.add_item(
        Input(
            text="Compute",
            description="For example 10 min, 90 s, 2 h, or unlimited.",
            component=discord.ui.TextInput(custom_id="compute", placeholder="10 min", max_length=40),
        )
    )
    modal.add_item(
        Input(
            text="In any",
            component=discord.ui.Select(
                custom_id="per",
                options=[
                    discord.SelectOption(value=each, label=each, default=each == "day")
                    for each in ("hour", "day", "week", "month")
                ],
            ),
        )
    )
    modal.add_item(
        Input(
            text="Jobs that may wait at once",
            description="Leave it empty to leave that as it is.",
            component=discord.ui.TextInput(custom_id="waiting", required=False, max_length=3),
        )
    )
    modal.add_item(_why("For the record."))
    return modal


def _modal(what: str, arg: str, title: str) -> discord.ui.Modal:
    modal = discord.ui.Modal(title=title, timeout=None, custom_id=str(DeskId(what, arg)))
    modal.stop()  # nothing waits for it: see `views.desk`
    return modal


def _why(about: str) -> Input:
    return Input(
        text="Why",
        description=about,
        component=discord.ui.TextInput(
            custom_id="why",
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=LONGEST_WHY,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """What came back of `manage_modal`."""

    act: Act
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRule:
    """What came back of `role_modal`; `waiting` is empty where it stays as it is."""

    role: int
    compute: str
    per: str
    waiting: str
    why: str | None


def read_managed(components: object) -> Managed:
    """What to do with a job.

    Raises:
        BrokenPanel: it is not what this version's form asks for.
    """
    answers = _answers(components, {"act", "why"})
    try:
        act = Act(_only(answers["act"]))
    except ValueError:
        raise BrokenPanel from None
    return Managed(act=act, why=_text(answers["why"]) or None)


def read_role_rule(components: object) -> RoleRule:
    """A role and what it may use. Raises as `read_managed` does."""
    answers = _answers(components, {"role", "compute", "per", "waiting", "why"})
    role = _only(answers["role"])
    if not (role.isascii() and role.isdecimal() and len(role) <= 20):
        raise BrokenPanel
    return RoleRule(
        role=int(role),
        compute=_text(answers["compute"]),
        per=_only(answers["per"]),
        waiting=_text(answers["waiting"]),
        why=_text(answers["why"]) or None,
    )


def _answers(components: object, names: set[str]) -> Mapping[str, Mapping[str, object]]:
    """Each input by its name; there must be just those that were asked for."""
    found: dict[str, Mapping[str, object]] = {}
    for label in components if isinstance(components, list) else []:
        inside = label.get("component") if isinstance(label, Mapping) else None
        name = inside.get("custom_id") if isinstance(inside, Mapping) else None
        if not isinstance(inside, Mapping) or not isinstance(name, str) or name in found:
            raise BrokenPanel
        found[name] = inside
    if found.keys() != names:
        raise BrokenPanel
    return found


def _only(answer: Mapping[str, object]) -> str:
    values = answer.get("values")
    if not isinstance(values, list) or len(values) != 1 or not isinstance(values[0], str):
        raise BrokenPanel
    return values[0]


def _text(answer: Mapping[str, object]) -> str:
    value = answer.get("value")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_WHY:
        raise BrokenPanel
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BrokenPanel from None
    return value.strip()
