"""“Why am I 4th?” is answered from the queue."""

from dataclasses import replace
from datetime import UTC, datetime

import discord

from bot.held import Held
from bot.quota import SERVER, Bound
from bot.render.why import SHOWN, why
from bot.store import Hold
from inference import QueueEntry


def entry(
    number: int, *, owner: str = "1:10", position: int = 0, lead: float = 0.0, step: int = 0
) -> QueueEntry:
    return QueueEntry(
        job_id=f"job{number}",
        owner=owner,
        position=position,
        eta_seconds=30.0 * number,
        eta_range=(15.0 * number, 60.0 * number),
        estimate=12.0,
        lead=lead,
        step=step,
        steps=20 if step else 0,
        slots=(),
    )


LINE = (
    entry(1, owner="1:10", step=5),
    entry(2, owner="2:77"),
    entry(3, owner="1:11", position=1),
    entry(4, owner="2:78", position=2, lead=3.0),
    entry(5, owner="1:12", position=3, lead=40.0),
    entry(6, owner="1:13", position=4, lead=90.0),
)


def text(job_id: str, line: tuple[QueueEntry, ...] = LINE) -> str:
    return _said(why(job_id, line, guild_id=1))


def _said(view: discord.ui.LayoutView) -> str:
    return "\n".join(
        item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)
    )


def test_the_answer_names_turns_recent_use_and_a_range() -> None:
    """Who runs and how far, whose turns come before and why, and between when it will be ready."""
    said = text("job5")
    assert "3rd in line" in said
    assert "has had **40 s** more than whoever has had the least" in said
    assert "- <@10> · step 5 of 20" in said
    assert "1. <@11> · has had 0 s more than the least · takes about 12 s" in said
    assert "2. somebody in another server · has had 3 s more" in said
    assert "Ready between 75 s and 5 min from now" in said
    assert "<@13>" not in said
    assert "77" not in said
    assert "78" not in said


def test_who_is_next_and_who_waits_no_more() -> None:
    """Next in line, at work, gone: each has a sentence of its own."""
    assert "### Next in line" in text("job3")
    assert "Turns before" not in text("job3")
    assert "being made now, step 5 of 20" in text("job1")
    assert text("gone") == "That one waits no more."


def test_who_was_paused_is_told_why_and_others_are_told_of_it() -> None:
    """It waits with its steps done kept; nobody takes that for a job that has not begun."""
    paused = replace(LINE[3], owner="1:12", step=23, steps=50, paused=True)
    line = (*LINE[:3], paused, *LINE[4:])
    said = text("job4", line)
    assert "### Paused for others at step 23 of 50" in said
    assert "makes way for whoever has had less, and goes on where it was" in said
    assert "1. <@11>" in said
    assert "2. <@12> · has had 3 s more than the least · takes about 12 s · paused at step 23 of 50" in text(
        "job5", line
    )


def test_who_is_held_is_told_by_whom_and_until_when() -> None:
    """A place in line would promise a turn that does not come; the moderators' words are shown as text."""
    held = replace(LINE[5], held=True, eta_range=None)
    line = (*LINE[:5], held)
    now = datetime(2026, 1, 2, 8, tzinfo=UTC)
    why_held = Held(hold=Hold(by=5, at=now, why="wait *here*"))
    view = why("job6", line, guild_id=1, held=why_held)
    assert "### Held" in (said := _said(view))
    assert r"Held by a moderator: “wait \*here\*”." in said
    assert "in line" not in said
    closed = Held(closed=Bound(now, SERVER))
    assert "Waits until <t:1767340800:f>, <t:1767340800:R>: these are not the hours." in _said(
        why("job6", line, guild_id=1, held=closed)
    )
    never = Held(closed=Bound(None, SERVER))
    assert "none are to come" in _said(why("job6", line, guild_id=1, held=never))


def test_what_moderators_put_first_is_said_to_be_so() -> None:
    """Nobody takes it for a fair turn; whose it is, is told so, too."""
    line = (LINE[0], replace(LINE[4], position=1), replace(LINE[2], position=2))
    assert "has had 40 s more than the least · takes about 12 s · put first by a moderator" in _said(
        why("job3", line, guild_id=1, bumped={"job5"})
    )
    assert "A moderator has put it before everybody else." in _said(
        why("job5", line, guild_id=1, bumped={"job5"})
    )


def test_a_long_line_stays_short() -> None:
    """Turns beyond a few are counted."""
    line = tuple(entry(number, position=number) for number in range(1, 30))
    said = text("job29", line)
    assert said.count("takes about") == SHOWN
    assert f"… and {28 - SHOWN} more" in said
    assert len(said) < 4_000
