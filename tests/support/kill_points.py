"""`easel run` that kills itself at a named point, or that is broken on purpose: a process of its own.

    python tests/support/kill_points.py after:accept 2 none

runs the bot until the second acceptance is on the disk, and sends itself SIGKILL there. The bot's own code
knows nothing of this: what is patched is patched here, before the bot is built.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiosqlite
import discord

from bot.cli import main
from bot.delivery import Delivery
from bot.follow import Follower
from bot.post import Frame, Post
from bot.store import JobRecord, Store, images, ledger
from bot.store.picture_files import PictureFiles
from inference import FailureCode

Edge = Callable[..., Awaitable[Any]]

EDGES: Final[dict[str, tuple[type, str]]] = {
    "accept": (Store, "accept"),
    "acknowledge": (Store, "acknowledge"),
    "claim": (Store, "claim"),
    "render": (Store, "render"),
    "deliver": (Store, "deliver"),
    "fail": (Store, "fail"),
    "cancel": (Store, "cancel"),
    "requeue": (Store, "requeue"),
    "commit": (aiosqlite.Connection, "commit"),
    "answer": (discord.InteractionResponse, "send_message"),
    "edit": (Post, "edit"),
    "send": (Post, "send"),
}
"""What a job passes on its way, and where in the code; "before:" or "after:" it the process may die."""


class Trap:
    """Kills this process when it is passed for the `passes`-th time."""

    def __init__(self, passes: int) -> None:
        self._left = passes

    def passed(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def lay_trap(point: str, passes: int) -> None:
    """Put a trap before or after an edge: `before:deliver`, `after:files`, …

    Raises:
        ValueError, KeyError: there is no such point.
    """
    trap = Trap(passes)
    when, _, edge = point.partition(":")
    if when not in ("before", "after"):
        raise ValueError(f"a point is before:EDGE or after:EDGE, not {point!r}")
    if edge == "files":
        _trap_files(trap, before=when == "before")
        return
    owner, name = EDGES[edge]
    original: Edge = getattr(owner, name)

    async def trapped(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 — whatever the edge takes
        if when == "before":
            trap.passed()
        answer = await original(*arguments, **named)
        if when == "after":
            trap.passed()
        return answer

    setattr(owner, name, trapped)


def _trap_files(trap: Trap, *, before: bool) -> None:
    """A picture's file is written before its row: between the two lies an edge of its own."""
    original = PictureFiles.write

    def trapped(self: PictureFiles, png: bytes, digest: str) -> None:
        if before:
            trap.passed()
        original(self, png, digest)
        if not before:
            trap.passed()

    PictureFiles.write = trapped  # type: ignore[method-assign]


# Broken on purpose: a check must be able to fail.


def forget_jobs() -> None:
    """A start that takes nothing up: what a crash interrupted is never heard of again."""

    async def recover(_self: Delivery) -> int:
        return 0

    Delivery.recover = recover  # type: ignore[assignment,method-assign]


def post_anew() -> None:
    """A delivery that posts without looking whether it did already."""

    async def write(self: Follower, record: JobRecord, frame: Frame) -> int:
        view, files = frame()
        view.stop()
        channel = self._post._channel(record)
        return (await channel.send(view=view, files=list(files))).id

    Follower._write = write  # type: ignore[method-assign]


def keep_the_money() -> None:
    """A ledger that forgets to refund."""

    async def refund(*_arguments: object) -> None:
        return

    ledger.refund = refund  # type: ignore[assignment]


def refund_everything() -> None:
    """Pictures that are made and never shown: honest, and good for nothing."""

    async def deliver(self: Follower) -> None:
        await self.fail(FailureCode.INTERNAL)

    Follower.deliver = deliver  # type: ignore[method-assign]


def tell_nobody() -> None:
    """Jobs that fail while their messages go on promising pictures."""

    async def last_word(*_arguments: object) -> None:
        return

    refund_everything()
    Follower._last_word = last_word  # type: ignore[assignment,method-assign]


def leave_files() -> None:
    """A store that forgets pictures and keeps their files."""

    async def unneeded(*_arguments: object) -> set[str]:
        return set()

    refund_everything()
    images.unneeded = unneeded  # type: ignore[assignment]


BREAKS: Final[dict[str, Callable[[], None]]] = {
    "none": lambda: None,
    "lost": forget_jobs,
    "doubled": post_anew,
    "mischarged": keep_the_money,
    "refused": refund_everything,
    "untold": tell_nobody,
    "orphaned": leave_files,
}


if __name__ == "__main__":
    chosen_point, chosen_passes, broken = sys.argv[1:4]
    BREAKS[broken]()
    if chosen_point != "none":
        lay_trap(chosen_point, int(chosen_passes))
    sys.argv = ["easel", "run"]
    main()
