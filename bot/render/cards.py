"""A job's message in each of its states: prompt, settings, where it stands, pictures, buttons.

Each method returns a `Frame`: views and files serve one request, so they are built when they are sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import discord

from bot.attachments import Upload
from bot.held import Held
from bot.post import Frame
from bot.pricing import Prices
from bot.quota import Budget
from bot.render import quota_words, words
from bot.store import JobKind, JobRecord, JobState, Picture
from bot.views.buttons import Row, cancel_row, picture_rows, retry_row, upscaled_rows, waiting_row
from inference import Catalogue, Paused, Preview, Queued, QueueEntry

WAITING: Final = discord.Colour(0x8A8F98)
DRAWING: Final = discord.Colour(0x5B8DEF)
READY: Final = discord.Colour(0x3BA55D)
STOPPED: Final = discord.Colour(0xC0554D)
BAR_LENGTH: Final = 12
HELD: Final = "held"
"""What stands in place of a place in line: Why am I held?"""
ELSEWHERE_SHOWN: Final = 200
"""Characters of a prompt in a direct message."""

View = discord.ui.LayoutView
Part = discord.ui.Item[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What the person has left after this job, and of what budget; None where there is no limit."""

    left: float | None
    budget: Budget | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one job looks.

    Attributes:
        record: the job.
        model: its model's title.
        allowance: known when it was just accepted; after a restart only the price is said.
    """

    record: JobRecord
    model: str
    allowance: Allowance | None = None

    @classmethod
    def of(cls, record: JobRecord, catalogue: Catalogue, allowance: Allowance | None = None) -> Self:
        """The look of a stored job; a model no longer offered is called by its name."""
        info = catalogue.get(record.request.model)
        return cls(record=record, model=info.title if info else record.request.model, allowance=allowance)

    def at(self, record: JobRecord) -> "Look":
        """The same with the job's newest row."""
        return replace(self, record=record)

    def placed(self, place: QueueEntry | None) -> View:
        """The first answer: where it stands in line."""
        if place is not None and place.held and place.position:
            return self._kept_back(Held(hold=self.record.hold))
        if place is None or place.position == 0:
            status = "Starting now"
            if place is not None and place.eta_seconds is not None:
                status += f" · ready in {words.about(place.eta_seconds)}"
            return self._in_line(status)
        return self._standing(place.position, place.eta_seconds)

    def waiting(self, event: Queued) -> Frame:
        return lambda: (self._standing(event.position, event.eta_seconds), ())

    def held(self, found: Held) -> Frame:
        """It waits, and for more than its turn: why, and until when."""
        return lambda: (self._kept_back(found), ())

    def started(self) -> Frame:
        return lambda: (self._in_line("Starting now", DRAWING), ())

    def drawing(self, step: int, steps: int, eta: float | None, preview: Preview | None) -> Frame:
        """While it runs: a bar, and how the pictures look so far once there is something to see."""
        status = f"{_bar(step, steps)} step {step} of {steps}"
        if eta is not None:
            status += f" · {words.about(eta)} to go"
        return self._forming(status, DRAWING, cancel_row(self.record.id), preview)

    def interrupted(self) -> Frame:
        """Its worker died: an honest line instead of a bar that goes back."""
        return lambda: (self._in_line("The image worker stopped; beginning again with a new one"), ())

    def paused(self, event: Paused, preview: Preview | None, held: Held | None = None) -> Frame:
        """While others have their turn, or while it is held: how far it is, and when it goes on.

        Args:
            held: why it is held; None where it is not.
        """
        bar, at = _bar(event.step, event.steps), f"at step {event.step} of {event.steps}"
        status = f"{bar} paused for others {at} · {words.goes_on(event.resumes_seconds)}"
        row = waiting_row(self.record.id, words.place(event.position))
        if held is not None:
            status = f"{bar} paused {at} · {quota_words.held(held)}"
            row = waiting_row(self.record.id, HELD)
        return self._forming(status, WAITING, row, preview)

    def _forming(self, status: str, colour: discord.Colour, row: Row, preview: Preview | None) -> Frame:
        def frame() -> tuple[View, list[discord.File]]:
            if preview is None:
                return self._in_line(status, colour, row=row), []
            uploads = [
                Upload(filename=f"preview-{number}.webp", data=image)
                for number, image in enumerate(preview.images, start=1)
            ]
            alts = [f"Preview of picture {number}, still forming" for number in range(1, len(uploads) + 1)]
            view = self._card(colour, [_gallery(uploads, alts), _small(status)], [row])
            return view, [upload.file() for upload in uploads]

        return frame

    def finished(self, pictures: Sequence[Picture], uploads: Sequence[Upload], prices: Prices) -> Frame:
        """The pictures, what made them, how long it took, and what can be done next."""
        record = self.record
        request = record.request
        alts = [words.alt_text(request, p.index, request.seed_of(p.index), self.model) for p in pictures]
        lines = []
        if record.kind is JobKind.UPSCALE and pictures:
            lines.append(f"{pictures[0].width} × {pictures[0].height}, enlarged without inventing anything")
        if record.compute_seconds is not None:
            lines.append(f"took {words.seconds(record.compute_seconds)} of compute")
        notes = [f"-# {note}" for note in record.notes]
        said = [f"-# {' · '.join(lines)}"] if lines else []
        footer = discord.ui.TextDisplay[View]("\n".join([*said, *notes, f"-# {quota_words.prices(prices)}"]))
        if record.kind is JobKind.UPSCALE and record.parent is not None:
            rows = upscaled_rows(record.id, record.parent, record.parent_index or 0)
        else:
            rows = picture_rows(record.id, len(pictures))

        def frame() -> tuple[View, list[discord.File]]:
            view = self._card(READY, [_gallery(uploads, alts), footer], rows)
            return view, [upload.file() for upload in uploads]

        return frame

    def called(self) -> str:
        """What calls the owner to pictures that took long."""
        return f"<@{self.record.user_id}> “{words.prompt(self.record.request.prompt, 100)}” is ready."

    def cancelled(self, spent: float) -> Frame:
        cost = "nothing was charged" if spent <= 0 else f"{words.seconds(spent)} of compute were used by then"
        return self._ended(f"Cancelled; {cost}.")

    def failed(self, reason: str) -> Frame:
        return self._ended(f"{words.failure(reason)} Nothing was charged.")

    def failed_elsewhere(self, reason: str) -> str:
        """The same in a line for where its card cannot be seen."""
        what = f"Your pictures for “{words.prompt(self.record.request.prompt, ELSEWHERE_SHOWN)}”"
        return f"{what} in <#{self.record.channel_id}>: {words.failure(reason)} Nothing was charged."

    def ended(self) -> Frame | None:
        """How it ended without pictures, from what is stored; None when it did not."""
        record = self.record
        if record.state is JobState.CANCELLED:
            return self.cancelled(record.compute_seconds or 0.0)
        return self.failed(record.reason or "") if record.state is JobState.FAILED else None

    def deleted(self) -> View:
        """What stays when the pictures were deleted but the message cannot be."""
        return self._card(STOPPED, [discord.ui.TextDisplay("Deleted.")], [], heading=False)

    def _ended(self, sentence: str) -> Frame:
        return lambda: (
            self._card(STOPPED, [discord.ui.TextDisplay(sentence)], [retry_row(self.record.id)]),
            (),
        )

    def _standing(self, position: int, eta: float | None) -> View:
        place = words.place(position)
        ready = "no estimate yet" if eta is None else f"ready in {words.about(eta)}"
        line = "Next in line" if position == 1 else f"{place} in line"
        return self._in_line(f"{line} · {ready}", row=waiting_row(self.record.id, place))

    def _kept_back(self, found: Held) -> View:
        return self._in_line(f"✋ {quota_words.held(found)}", row=waiting_row(self.record.id, HELD))

    def _in_line(self, status: str, colour: discord.Colour = WAITING, *, row: Row | None = None) -> View:
        if self.allowance is None:
            price = f"Uses about {words.seconds(self.record.price)} of compute"
        else:
            price = quota_words.allowance(self.record.price, self.allowance.left, self.allowance.budget)
        text = discord.ui.TextDisplay[View](f"{status}\n-# {price}")
        return self._card(colour, [text], [row or cancel_row(self.record.id)])

    def _card(
        self, colour: discord.Colour, parts: Sequence[Part], rows: Sequence[Row], *, heading: bool = True
    ) -> View:
        view = View(timeout=None)
        head = [discord.ui.TextDisplay[View](self._heading())] if heading else []
        view.add_item(discord.ui.Container(*head, *parts, *rows, accent_colour=colour))
        return view

    def _heading(self) -> str:
        record = self.record
        lead = {
            JobKind.IMAGINE: "✏️ " if record.parent else "",
            JobKind.REROLL: "🔄 ",
            JobKind.VARIATION: f"Variations of picture {(record.parent_index or 0) + 1} · ",
            JobKind.UPSCALE: f"Picture {(record.parent_index or 0) + 1}, larger · ",
        }[record.kind]
        larger = record.kind is JobKind.UPSCALE
        negative = ""
        if record.request.negative_prompt:
            negative = f"\n-# without {words.prompt(record.request.negative_prompt, 200)}"
        return (
            f"{lead}**{words.prompt(record.request.prompt)}**{negative}\n"
            f"-# <@{record.user_id}> · {words.settings(record.request, self.model, larger=larger)}"
        )


def _bar(step: int, steps: int) -> str:
    done = round(BAR_LENGTH * step / max(1, steps))
    return f"{'▰' * done}{'▱' * (BAR_LENGTH - done)}"


def _gallery(uploads: Sequence[Upload], alts: Sequence[str]) -> discord.ui.MediaGallery[View]:
    return discord.ui.MediaGallery[View](
        *(
            discord.MediaGalleryItem(f"attachment://{upload.filename}", description=alt)
            for upload, alt in zip(uploads, alts, strict=True)
        )
    )


def _small(text: str) -> discord.ui.TextDisplay[View]:
    return discord.ui.TextDisplay(f"-# {text}")
