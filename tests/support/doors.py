"""Every door of Easel, and who may come in by it: the table that tests/e2e/test_doors.py tries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

import discord
from discord import app_commands
from forger import chosen, typed

from bot.client import EaselClient
from bot.commands.desk import Desk
from bot.playground.stored import Json
from bot.views.buttons import Verb

JOB: Final = "{job}"
"""In an id or an option: the job that is tried upon, held and not over."""
DONE: Final = "{done}"
"""A job with pictures."""
MEMBER: Final = "{member}"
"""A plain member of the server where it is tried."""
ROLE: Final = "{role}"


class Right(IntEnum):
    """What one must be for a door; each has what those before it have, but for the owner's."""

    ANYBODY = 0
    OWNER = 1
    """Who the job belongs to, or who may manage messages in its channel."""
    MODERATOR = 2
    """Who may manage messages in the whole server."""
    MANAGER = 3
    """Who may manage the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One way in.

    Attributes:
        key: what is registered, such as "command quota set", "button up", "part jobs" or "form manage".
        right: what one must be.
        shut_out: whether who is banned may come in as well.
        anywhere: whether it is open in direct messages.
        job: whether it is about a job, which must be one of the server's.
        options: a command's.
        arg: what follows in a part's or a form's id.
        values: what is chosen in a menu.
        components: what a form comes back with.
        tried: what tells two rows of one key apart.
    """

    key: str
    right: Right
    shut_out: bool = False
    anywhere: bool = False
    job: bool = False
    options: Mapping[str, object] = field(default_factory=dict)
    arg: str = ""
    values: list[str] | None = None
    components: list[Json] = field(default_factory=list)
    tried: str = ""

    def __str__(self) -> str:
        return f"{self.key} {self.tried}".strip()


def _command(name: str, right: Right, *, shut_out: bool = False, **options: object) -> Door:
    return Door(key=f"command {name}", right=right, shut_out=shut_out, options=options)


def _button(verb: Verb, right: Right, *, shut_out: bool = False, job: str = DONE) -> Door:
    return Door(key=f"button {verb}", right=right, shut_out=shut_out, job=True, arg=job)


def _menu(name: str, *values: str) -> Door:
    return Door(key=f"part {name}", right=Right.MANAGER, values=[*values])


EDITED: Final = [
    typed("prompt", "a forged house"),
    typed("negative", ""),
    chosen("aspect", ["1:1"]),
    chosen("count", ["1"]),
    typed("settings", "--steps 1"),
]
MANAGED: Final = [chosen("act", ["stop"]), typed("why", "forged")]
RULED: Final = [
    chosen("role", [ROLE], 6),
    typed("compute", "5 h"),
    chosen("per", ["day"]),
    typed("waiting", "9"),
    typed("why", ""),
]

DOORS: Final = (
    Door(key="command help", right=Right.ANYBODY, shut_out=True, anywhere=True),
    _command("imagine", Right.ANYBODY, prompt="a forged star", steps=1),
    _command("queue", Right.ANYBODY, shut_out=True),
    Door(key="command cancel", right=Right.OWNER, shut_out=True, job=True, options={"job": JOB}),
    _command("quota show", Right.ANYBODY, shut_out=True),
    Door(
        key="command quota show",
        right=Right.MODERATOR,
        shut_out=True,
        options={"member": MEMBER},
        tried="of somebody else",
    ),
    _command("quota why", Right.ANYBODY, shut_out=True),
    Door(
        key="command quota why",
        right=Right.MODERATOR,
        shut_out=True,
        options={"member": MEMBER},
        tried="of somebody else",
    ),
    _command("quota usage", Right.ANYBODY),
    Door(
        key="command quota usage", right=Right.MODERATOR, options={"member": MEMBER}, tried="of somebody else"
    ),
    _command("quota set", Right.MANAGER, compute="2 h"),
    _command("quota preview", Right.MANAGER, compute="2 h"),
    _command("quota clear", Right.MANAGER),
    _command("quota grant", Right.MODERATOR, member=MEMBER, compute="1 h"),
    _command("quota lend", Right.MODERATOR, member=MEMBER, compute="1 min"),
    _command("moderate jobs", Right.MODERATOR),
    _command("moderate bans", Right.MODERATOR),
    _command("moderate warn", Right.MODERATOR, member=MEMBER, why="forged"),
    _command("moderate ban", Right.MODERATOR, member=MEMBER, lasts="1 h"),
    _command("moderate unban", Right.MODERATOR, member=MEMBER),
    _command("settings", Right.MANAGER),
    _command("audit", Right.MODERATOR),
    Door(key="command audit", right=Right.MODERATOR, options={"export": "json"}, tried="as a file"),
    _button(Verb.UPSCALE, Right.ANYBODY),
    _button(Verb.VARY, Right.ANYBODY),
    _button(Verb.REROLL, Right.ANYBODY),
    _button(Verb.RETRY, Right.ANYBODY),
    _button(Verb.EDIT, Right.ANYBODY),
    _button(Verb.MEND, Right.ANYBODY),
    _button(Verb.WHY, Right.ANYBODY, shut_out=True, job=JOB),
    _button(Verb.CANCEL, Right.OWNER, shut_out=True, job=JOB),
    _button(Verb.DELETE, Right.OWNER, shut_out=True),
    Door(key="part jobs", right=Right.MODERATOR, arg="0"),
    Door(key="part manage", right=Right.MODERATOR, job=True, arg=JOB),
    Door(key="part audit", right=Right.MODERATOR, arg="1000000"),
    Door(key="part role", right=Right.MANAGER),
    _menu("channels"),
    _menu("models", "pocket"),
    _menu("model", "pocket"),
    _menu("sampler", "ddim"),
    _menu("aspect", "2:1"),
    _menu("previews", "no"),
    _menu("keep_days", "7"),
    _menu("ping_minutes", "5"),
    _menu("log_channel"),
    Door(key="form manage", right=Right.MODERATOR, job=True, arg=JOB, components=MANAGED),
    Door(key="form role", right=Right.MANAGER, components=RULED),
    Door(key="form edit", right=Right.ANYBODY, job=True, arg=DONE, components=EDITED),
)
"""Who may come in where. One key may have several rows, none has none: see `missing`."""


def registered(client: EaselClient, desk: Desk) -> set[str]:
    """The keys of all doors that there are."""
    commands = {f"command {command.qualified_name}" for command in _leaves(client)}
    return {
        *commands,
        *(f"button {verb}" for verb in Verb),
        *(f"part {name}" for name in desk.presses),
        *(f"form {name}" for name in desk.forms),
        "form edit",
    }


def _leaves(client: EaselClient) -> list[app_commands.Command[Any, Any, Any] | app_commands.ContextMenu]:
    everything: list[Any] = [
        *client.tree.walk_commands(),
        *client.tree.get_commands(type=discord.AppCommandType.user),
        *client.tree.get_commands(type=discord.AppCommandType.message),
    ]
    return [each for each in everything if not isinstance(each, app_commands.Group)]


def differences(there: set[str]) -> list[str]:
    """What the table lacks, and what it has too much, each in a sentence."""
    known = {door.key for door in DOORS}
    return [
        *(f"{key!r} has no row: add one to DOORS in tests/support/doors.py" for key in sorted(there - known)),
        *(f"{key!r} is not there: take its row out of DOORS" for key in sorted(known - there)),
    ]
