"""“Why am I 4th?”: the fair queue's answer, from the queue itself."""

from collections.abc import Collection, Sequence
from typing import Final

import discord

from bot.held import Held
from bot.render import quota_words, words
from bot.render.panels import panel
from inference import QueueEntry

SHOWN: Final = 8
"""Turns before one's own that are listed; more are counted."""
PAUSED: Final = (
    "It takes longer than most, so it makes way for whoever has had less, and goes on where it was: "
    "nothing of it is lost."
)
LET_GO: Final = (
    "While that holds, others are served first; then it comes when it is its owner's turn. "
    "It can be cancelled meanwhile."
)
FIRST: Final = "A moderator has put it before everybody else. "
RULE: Final = (
    "Whoever has had the least of the GPU lately goes first, counted in compute-seconds; "
    "who has had the same goes in order of arrival."
)


def why(
    job_id: str,
    line: Sequence[QueueEntry],
    *,
    guild_id: int,
    held: Held | None = None,
    bumped: Collection[str] = (),
) -> discord.ui.LayoutView:
    """Who runs, whose turns come before, how much the owner has had, and when it will be done.

    Args:
        line: those that run, then those that wait in serving order.
        guild_id: the server it is shown in; of others' people nothing is said but how many.
        held: why the job is held, where it is.
        bumped: the ids of the jobs that moderators have put first.
    """
    own = next((entry for entry in line if entry.job_id == job_id), None)
    if own is None:
        return panel("That one waits no more.")
    if own.position == 0:
        step = f", step {own.step} of {own.steps}" if own.steps else ""
        return panel(f"It is its turn: that one is being made now{step}.")
    if own.held:
        at = f" It was paused at step {own.step} of {own.steps}; nothing of it is lost." if own.paused else ""
        return panel("### Held", f"{quota_words.held(held or Held())}.{at}", LET_GO)
    ahead = [entry for entry in line if 0 < entry.position < own.position]
    running = [entry for entry in line if entry.position == 0]
    title = f"### {words.place(own.position).capitalize()} in line"
    if own.paused:
        title = f"### Paused for others at step {own.step} of {own.steps}"
    had = f"its owner has had **{words.seconds_used(own.lead)}** more than whoever has had the least"
    return panel(
        title,
        f"{FIRST if job_id in bumped else ''}{RULE} Lately {had}.{f' {PAUSED}' if own.paused else ''}",
        _listed("At work now", [_at_work(entry, guild_id, bumped) for entry in running]),
        _listed("Turns before this one", [_waiting(entry, guild_id, bumped) for entry in ahead]),
        _when(own),
    )


def _when(own: QueueEntry) -> str:
    if own.eta_range is None:
        return "-# There is no estimate before something was measured."
    return (
        f"Ready {words.between(*own.eta_range)} from now, as far as earlier estimates were off.\n"
        "-# Somebody who has had less and asks now may still come first; nobody can do so for long."
    )


def _listed(title: str, lines: list[str]) -> str:
    more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join([f"**{title}**", *lines[:SHOWN], *more]) if lines else ""


def _at_work(entry: QueueEntry, guild_id: int, bumped: Collection[str]) -> str:
    step = f" · step {entry.step} of {entry.steps}" if entry.steps else ""
    return f"- {_who(entry, guild_id)}{step}{_first(entry, bumped)}"


def _first(entry: QueueEntry, bumped: Collection[str]) -> str:
    return " · put first by a moderator" if entry.job_id in bumped else ""


def _waiting(entry: QueueEntry, guild_id: int, bumped: Collection[str]) -> str:
    first = _first(entry, bumped)
    paused = f" · paused at step {entry.step} of {entry.steps}" if entry.paused else ""
    return (
        f"{entry.position}. {_who(entry, guild_id)} · has had {words.seconds_used(entry.lead)} more than the "
        f"least · takes about {words.seconds(entry.estimate)}{first}{paused}"
    )


def _who(entry: QueueEntry, guild_id: int) -> str:
    guild, _, user = entry.owner.partition(":")
    return f"<@{user}>" if guild == str(guild_id) else "somebody in another server"
