"""The cards that only the asker sees, and what a job's card says while it waits."""

from dataclasses import replace
from datetime import UTC, datetime

import discord

from bot.render import panels
from bot.render.cards import Look
from bot.store import JobKind, JobRecord, JobState
from inference import POCKET, Catalogue, ImageRequest, Paused, Preview, Queued, QueueEntry

TEXT_LIMIT = 4_000
"""Characters of text a message may have in all (Discord, “Component reference”)."""


def _text(view: discord.ui.LayoutView) -> str:
    return "\n".join(
        item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)
    )


def test_help_with_any_number_of_models_fits_one_card() -> None:
    """However long their keeper's advice is."""
    models = [replace(POCKET, name=f"model-{number:034}", about="so " * 200) for number in range(50)]
    text = _text(panels.help_card(Catalogue(models), count=4))
    assert "… and 40 more" in text
    assert len(text) <= TEXT_LIMIT


def test_help_counts_the_pictures_as_they_come() -> None:
    """Whoever runs Easel may have set another number."""
    catalogue = Catalogue([POCKET])
    four = _text(panels.help_card(catalogue, count=4))
    assert "4 pictures come back" in four
    assert "`U1`–`U4`" in four
    assert "`V1`–`V4` 4 more" in four
    one = _text(panels.help_card(catalogue, count=1))
    assert "1 picture comes back" in one
    assert "`U1` one" in one
    assert "–" not in one.splitlines()[2]


def _record() -> JobRecord:
    return JobRecord(
        id="0123456789ab",
        kind=JobKind.IMAGINE,
        state=JobState.QUEUED,
        attempt=0,
        request=ImageRequest(
            prompt="a red house",
            owner="1:2",
            model="pocket",
            width=128,
            height=128,
            steps=20,
            guidance_scale=3.5,
            sampler="ddim",
            seed=7,
        ),
        parent=None,
        parent_index=None,
        interaction_id=1,
        application_id=1,
        token=None,
        guild_id=1,
        channel_id=1,
        user_id=2,
        message_id=3,
        private=False,
        asked_at=datetime(2026, 1, 2, tzinfo=UTC),
        price=4.0,
        compute_seconds=None,
        reason=None,
        notes=(),
        discarded=False,
        attachment_limit=10,
    )


def test_an_unknown_wait_is_not_explained_away() -> None:
    """Without an estimate nothing is claimed about the model."""
    look = Look.of(_record(), Catalogue([POCKET]))
    view, _ = look.waiting(Queued(position=3, ahead=3, eta_seconds=None))()
    assert "3rd in line · no estimate yet" in _text(view)
    assert "loading" not in _text(view)


def _buttons(view: discord.ui.LayoutView) -> list[str | None]:
    buttons = (getattr(part, "item", part) for part in view.walk_children())
    return [part.label for part in buttons if isinstance(part, discord.ui.Button)]


def test_a_paused_job_says_where_it_stopped_and_when_it_goes_on() -> None:
    """With its pictures so far still shown, and a way to ask why or to cancel."""
    look = Look.of(_record(), Catalogue([POCKET]))
    event = Paused(step=23, steps=50, position=2, resumes_seconds=9.6)
    preview = Preview(step=20, steps=50, images=(b"webp", b"webp"))
    view, _ = look.paused(event, None)()
    assert "▰▰▰▰▰▰▱▱▱▱▱▱ paused for others at step 23 of 50 · goes on in about 10 s" in _text(view)
    assert _buttons(view) == ["Cancel", "Why am I 2nd?"]
    view, files = look.paused(event, preview)()
    assert "paused for others at step 23 of 50" in _text(view)
    assert len(files) == 2
    unknown = replace(event, resumes_seconds=None)
    assert "at step 23 of 50 · goes on soon" in _text(look.paused(unknown, None)()[0])


def test_the_queue_tells_paused_from_waiting() -> None:
    """Both have a place; the one that has begun says how far it is."""
    waiting = QueueEntry(
        job_id="0123456789ab",
        owner="1:2",
        position=1,
        eta_seconds=12.0,
        eta_range=None,
        estimate=4.0,
        lead=0.0,
        step=0,
        steps=0,
        slots=(),
    )
    paused = replace(waiting, position=2, step=23, steps=50, paused=True)
    lines = [panels.QueueLine(record=_record(), place=place, prompt="a cat") for place in (waiting, paused)]
    said = _text(panels.queue(lines, more=0, elsewhere=0))
    assert "**1.** <@2> “a cat” · about 15 s" in said
    assert "**2.** <@2> “a cat” · paused at step 23 of 50 · about 15 s" in said
