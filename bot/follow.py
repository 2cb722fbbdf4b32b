"""One job's story: from the engine's events to exactly one message, a settled price, or a refund.

Every edge but the last is stored before the world sees it, so that a crash at any point is taken up again
from the last edge (see `delivery.Delivery.recover`). The last, delivery, is an edit that can be repeated.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot import attachments
from bot.ending import Reason
from bot.guild_settings import GuildSettings
from bot.held import Held, why_held
from bot.ops.timings import Timings
from bot.outbox import NotSent, persistently, written
from bot.pane import Pane
from bot.post import Frame, MessageGone, OutOfReach, Post
from bot.pricing import Prices
from bot.render import quota_words
from bot.render.cards import Look
from bot.store import Banned, ChannelClosed, DiskFull, JobRecord, PictureLost, QuotaRefused, Store
from inference import (
    Cancelled,
    Done,
    Failed,
    FailureCode,
    Interrupted,
    Job,
    Paused,
    Preview,
    Progress,
    Queued,
    Started,
)

log = logging.getLogger(__name__)

PRIVATE_DEADLINE: Final = timedelta(minutes=14)
"""A private answer can be edited for 15 minutes only; its job must be over before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every follower works with.

    Attributes:
        pace: answers how many seconds lie between two passing edits of one message, at least.
        previews: show how the pictures look while they form.
        timings: hears how long people waited.
        prices: answers what the buttons under a finished job would cost.
    """

    store: Store
    post: Post
    pace: Callable[[], float]
    previews: bool
    timings: Timings
    prices: Callable[[JobRecord, bytes | None], Prices]


class Follower:
    """Follows one accepted and acknowledged job.

    Args:
        record: as stored.
        look: words and pictures for it.
    """

    def __init__(self, desk: Desk, record: JobRecord, look: Look) -> None:
        self._store = desk.store
        self._post = desk.post
        self._desk = desk
        self._record = record
        self._look = look
        self._stopped_for: str | None = None
        self._settings = GuildSettings()

    async def follow(self, job: Job) -> None:
        """Live through the engine's events until the job is over."""
        self._settings = GuildSettings.of(await self._store.settings(self._record.guild_id))
        outcome: Done | Failed | Cancelled | None
        pane = Pane(self._post, self._record, pace=self._desk.pace)
        watch = asyncio.create_task(self._watch(job, pane), name=f"watch-{self._record.id}")
        try:
            outcome = await self._events(job, pane)
        except DiskFull:
            log.exception("the disk is full", extra={"job": self._record.id})
            job.cancel()
            outcome = None
        except (Banned, ChannelClosed, QuotaRefused) as error:
            # Moderators have decided so since it was accepted.
            log.info("may not run any more: %s", error, extra={"job": self._record.id})
            self.stop(job, quota_words.stopped(error))
            outcome = await job.outcome()
        finally:
            watch.cancel()
            await pane.close()
        if outcome is None:
            await self.no_room()
        else:
            await self._end(outcome)

    def stop(self, job: Job, reason: str) -> None:
        """End the job without pictures, refunded, for a reason that is not its owner's wish."""
        self._stopped_for = reason
        job.cancel()

    async def deliver(self) -> None:
        """Bring the stored pictures to the message, then settle: delivered once, or refunded."""
        record = await self._store.job(self._record.id) or self._record
        pictures = await self._store.pictures(record.id)
        try:
            images = [await self._store.read_picture(picture) for picture in pictures]
            uploads = await asyncio.to_thread(
                attachments.fit, images, limit=record.attachment_limit, job=record.id
            )
        except (PictureLost, OSError):
            log.exception("the stored pictures cannot be read", extra={"job": record.id})
            await self.fail(Reason.PICTURES_LOST)
            return
        look = self._look.at(record)
        try:
            prices = self._desk.prices(record, images[0] if images else None)
            message_id = await self._write(record, look.finished(pictures, uploads, prices))
        except OutOfReach:
            await self._give_up()
        except NotSent:
            await self.fail(Reason.NOT_SENT)
        else:
            await written(lambda: self._store.deliver(record.id, message_id))
            self._desk.timings.delivered(record.asked_at, self._post.now())
            await self._call(replace(record, message_id=message_id))

    async def _call(self, record: JobRecord) -> None:
        """Ping whoever waited long, where the server wants that; an edit makes no sound."""
        minutes = self._settings.ping_minutes
        waited = self._post.now() - record.asked_at
        if minutes is not None and waited >= timedelta(minutes=minutes):
            await self._post.ping(record, self._look.called())

    async def fail(self, reason: str) -> None:
        """Refund everything, then say so."""
        await written(lambda: self._store.fail(self._record.id, reason))
        await self._last_word(self._look.failed(reason), self._look.failed_elsewhere(reason))

    async def no_room(self) -> None:
        """The disk is full: say so first; the refund is written as soon as the disk takes it."""
        reason = Reason.DISK_FULL
        await self._show_end(self._look.failed(reason), self._look.failed_elsewhere(reason))
        await written(lambda: self._store.fail(self._record.id, reason))
        await written(lambda: self._store.note_told(self._record.id))

    async def _give_up(self) -> None:
        """Refund what can be shown nowhere, and say so where its owner may still read it."""
        await written(lambda: self._store.fail(self._record.id, Reason.UNREACHABLE))
        log.warning("delivered nowhere: channel or message out of reach", extra={"job": self._record.id})
        await self._say_elsewhere(self._look.failed_elsewhere(Reason.UNREACHABLE))
        await written(lambda: self._store.note_told(self._record.id))

    async def say_ending(self) -> None:
        """A crash came between a job's end and its last word: say now how it ended without pictures."""
        ending, reason = self._look.ended(), self._record.reason
        if ending is not None:
            await self._last_word(ending, reason and self._look.failed_elsewhere(reason))

    async def answer_arrived(self) -> int | None:
        """The id of the message that acknowledged the job, None if it never arrived.

        Raises:
            OutOfReach: nobody can tell, and nothing can be written there.
            NotSent: Discord will not say.
        """
        return await persistently(lambda: self._post.find_answer(self._record))

    async def _events(self, job: Job, pane: Pane) -> Done | Failed | Cancelled:
        attempt = 0
        preview: Preview | None = None
        eta: float | None = None
        said: Progress | None = None
        async for event in job.events():
            match event:
                case Queued():
                    pane.show(await self._waiting(event))
                case Started():
                    attempt, said = await self._claimed(), None
                    pane.show(self._look.started())
                case Interrupted(deaths=deaths):
                    said, preview, eta = None, None, None
                    await self._noted(deaths)
                    pane.show(self._look.interrupted())
                case Paused():
                    said = None
                    pane.show(await self._paused(event, preview))
                case Progress() if event == said:
                    pass  # the engine's sign of life: the card says so already
                case Progress():
                    said, eta = event, event.eta_seconds
                    pane.show(self._look.drawing(event.step, event.steps, eta, preview))
                case Preview() if self._desk.previews and self._settings.previews:
                    preview = event
                    pane.show(self._look.drawing(event.step, event.steps, eta, preview))
        outcome = await job.outcome()
        if isinstance(outcome, Done):
            await self._rendered(attempt, outcome)
        return outcome

    async def _waiting(self, event: Queued) -> Frame:
        return self._look.held(await self._why_held()) if event.held else self._look.waiting(event)

    async def _paused(self, event: Paused, preview: Preview | None) -> Frame:
        held = await self._why_held() if event.resumes_seconds is None else Held()
        return self._look.paused(event, preview, held if held.known else None)

    async def _why_held(self) -> Held:
        return await why_held(self._store, self._record, self._post.now())

    # A full disk ends a job that has no pictures yet; a lock is waited for.

    async def _claimed(self) -> int:
        return await written(lambda: self._store.claim(self._record.id, self._post.now()), though_full=False)

    async def _noted(self, deaths: int) -> None:
        await written(lambda: self._store.note_deaths(self._record.id, deaths), though_full=False)

    async def _rendered(self, attempt: int, made: Done) -> None:
        def write() -> Awaitable[JobRecord]:
            return self._store.render(self._record.id, attempt, made.images, made.compute_seconds, made.notes)

        await written(write, though_full=False)

    async def _end(self, outcome: Done | Failed | Cancelled) -> None:
        match outcome:
            case Done():
                await self.deliver()
            case Cancelled() if self._stopped_for is Reason.UNREACHABLE:
                await self._give_up()
            case Cancelled() if self._stopped_for is not None:
                await self.fail(self._stopped_for)
            case Cancelled(compute_seconds=seconds):
                await written(lambda: self._store.cancel(self._record.id, seconds))
                await self._last_word(self._look.cancelled(seconds))
            case Failed(code=FailureCode.CLOSED):
                pass  # the bot is leaving; what is stored is taken up at the next start
            case Failed(code=code, detail=detail):
                log.warning("failed: %s", detail, extra={"job": self._record.id})
                await self.fail(code)

    async def _watch(self, job: Job, pane: Pane) -> None:
        """Stop a job whose answer nobody would be able to see."""
        left = self._record.asked_at + PRIVATE_DEADLINE - self._post.now()
        try:
            async with asyncio.timeout(left.total_seconds() if self._record.private else None):
                await pane.lost.wait()
        except TimeoutError:
            self.stop(job, Reason.TOO_LATE)
        else:
            self.stop(job, Reason.UNREACHABLE)

    async def _last_word(self, frame: Frame, elsewhere: str | None = None) -> None:
        """Show how it ended, and write down that it was told; what is deleted needs no telling.

        Args:
            elsewhere: what its owner is told directly where its message is out of reach.
        """
        await self._show_end(frame, elsewhere)
        await written(lambda: self._store.note_told(self._record.id))

    async def _show_end(self, frame: Frame, elsewhere: str | None) -> None:
        try:
            await persistently(lambda: self._post.edit(self._record, frame))
        except OutOfReach:
            if elsewhere is not None:
                await self._say_elsewhere(elsewhere)
        except (MessageGone, NotSent) as error:
            log.info("nobody to tell: %r", error, extra={"job": self._record.id})

    async def _say_elsewhere(self, sentence: str) -> None:
        if not await persistently(lambda: self._post.tell_owner(self._record, sentence)):
            log.info("its owner cannot be told either", extra={"job": self._record.id})

    async def _write(self, record: JobRecord, frame: Frame) -> int:
        """Edit the job's message, or post it anew where it is gone; return its id."""

        async def write() -> int:
            try:
                await self._post.edit(record, frame)
            except MessageGone:
                # A crash may have come between posting anew and writing that down.
                posted = await self._post.find_posted(record)
                if posted is None:
                    return await self._post.send(record, frame)
                await self._post.edit(replace(record, message_id=posted), frame)
                return posted
            return record.message_id or 0

        return await persistently(write)
