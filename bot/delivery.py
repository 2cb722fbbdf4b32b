"""Takes every accepted job to its end, across restarts: one follower a job."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Final

from bot.ending import Reason
from bot.follow import PRIVATE_DEADLINE, Desk, Follower
from bot.ops.timings import Timings
from bot.outbox import LONGEST_PAUSE, NotSent, written
from bot.post import OutOfReach, Post
from bot.refusal import UnknownJob
from bot.render import quota_words
from bot.render.cards import Allowance, Look
from bot.store import (
    Banned,
    ChannelClosed,
    DiskFull,
    JobRecord,
    JobState,
    PictureLost,
    QuotaRefused,
    Store,
    StoreError,
)
from bot.studio import Studio
from inference import FailureCode, InferenceError, Job

log = logging.getLogger(__name__)


PACE: Final = 2.0
"""Seconds between two passing edits of one message, at least."""
EDITS_A_SECOND: Final = 10
"""Passing edits of all messages together, at most: a fifth of what Discord allows."""
RETAKES: Final = 3
"""How often a story that broke off is taken up again; from then on only to refund, where nothing was made."""
RETAKE_PAUSE: Final = 2.0
"""Seconds before the first of these, twice as long before the second, and so on."""
LEAVING: Final = 1.0
"""Seconds that requests under way get when the bot leaves; Discord may be long in answering."""


@dataclass(frozen=True, slots=True)
class _Live:
    record: JobRecord
    job: Job
    follower: Follower


class Delivery:
    """Owns the tasks that follow jobs.

    Args:
        timings: hears how long people waited.
        pace: seconds between two passing edits of one message; more when many jobs are live.
        previews: show how the pictures look while they form.
    """

    def __init__(
        self,
        *,
        store: Store,
        post: Post,
        studio: Studio,
        timings: Timings,
        pace: float = PACE,
        previews: bool = True,
    ) -> None:
        self._store = store
        self._post = post
        self._studio = studio
        self._pace = pace
        self._desk = Desk(
            store=store,
            post=post,
            pace=self._slowed,
            previews=previews,
            timings=timings,
            prices=studio.pricing.of_buttons,
        )
        self._live: dict[str, _Live] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._broken: Counter[str] = Counter()

    async def answered(
        self, record: JobRecord, job: Job, message_id: int, allowance: Allowance | None = None
    ) -> None:
        """The acknowledgement arrived as this message: from here on the job is owed.

        Raises:
            StoreError: that could not be written down; the next start finds the message and goes on.
        """
        try:
            record = await written(lambda: self._store.acknowledge(record.id, message_id), though_full=False)
        except DiskFull:
            job.cancel()
            self._spawn(self._follower(replace(record, message_id=message_id)).no_room(), record)
            return
        except StoreError:
            job.cancel()
            raise
        self._spawn(self._follow(self._enter(record, job, allowance)), record)

    async def unanswered(self, record: JobRecord, job: Job) -> None:
        """The acknowledgement never arrived: nobody waits for it, so it costs nothing."""
        job.cancel()
        await written(lambda: self._store.fail(record.id, Reason.UNANSWERED))

    def in_doubt(self, record: JobRecord, job: Job) -> None:
        """A broken connection hides whether the acknowledgement arrived: ask Discord, then go on."""
        self._enter(record, job)
        self._spawn(self._resolve_doubt(record, job), record)

    def cancel(self, job_id: str) -> bool:
        """Stop a live job; False when it is not live, or its outcome is there already."""
        live = self._live.get(job_id)
        if live is None or live.job.over:
            return False
        live.job.cancel()
        return True

    def stop(self, job_id: str, reason: str) -> bool:
        """End a live job without pictures, refunded, as a moderator or a policy wants; False as `cancel`."""
        live = self._live.get(job_id)
        if live is None or live.job.over:
            return False
        live.follower.stop(live.job, reason)
        return True

    def channel_gone(self, channel_id: int) -> None:
        """Stop what nobody will see: the channel or thread was deleted."""
        self._stop_where(lambda record: record.channel_id == channel_id)

    def guild_gone(self, guild_id: int) -> None:
        """Stop what nobody will see: the server is gone, or the bot was removed from it."""
        self._stop_where(lambda record: record.guild_id == guild_id)

    async def recover(self) -> int:
        """Take up every unfinished job after a start, in the old order; return how many there were."""
        for job_id in await self._store.unreadable():
            log.warning("its request cannot be read any more; refunded", extra={"job": job_id})
            await self._store.fail(job_id, Reason.UNREADABLE)
        for record in await self._store.untold():
            self._spawn(self._follower(record).say_ending(), record)
        records = await self._store.unfinished()
        for record in records:
            await self._resume(record)
        return len(records)

    async def _resume(self, record: JobRecord) -> None:
        """Go on from the edge that is stored."""
        if record.state is JobState.ACCEPTED:
            self._spawn(self._resolve_doubt(record, None), record)
        elif record.state is JobState.RENDERED:
            self._spawn(self._follower(record).deliver(), record)
        else:
            await self._take_up(record)

    async def settled(self) -> None:
        """Wait until no job is live: every one delivered, cancelled or failed."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Stop following; what is unfinished stays stored and is taken up at the next start."""
        self._closed = True
        for patience in (LEAVING, None):  # the second time a request under way is not waited for any more
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=patience)

    def _enter(self, record: JobRecord, job: Job, allowance: Allowance | None = None) -> _Live:
        """From here on it can be cancelled."""
        live = _Live(record, job, self._follower(record, allowance))
        self._live[record.id] = live
        return live

    async def _follow(self, live: _Live) -> None:
        await live.follower.follow(live.job)

    def _stop_where(self, lost: Callable[[JobRecord], bool]) -> None:
        for live in [live for live in self._live.values() if lost(live.record)]:
            live.follower.stop(live.job, Reason.UNREACHABLE)

    def _slowed(self) -> float:
        return max(self._pace, len(self._live) / EDITS_A_SECOND)

    async def _resolve_doubt(self, record: JobRecord, job: Job | None) -> None:
        try:
            found = await self._follower(record).answer_arrived()
        except (OutOfReach, NotSent):
            await self._abandon(record, job, Reason.UNREACHABLE)
            return
        if found is None and self._post.now() < record.asked_at + PRIVATE_DEADLINE:
            await self._abandon(record, job, Reason.UNANSWERED)
            return
        # Past the token's life an answer that cannot be found may still have been seen: it is posted anew.
        record = await written(lambda: self._store.acknowledge(record.id, found))
        if job is None:
            await self._take_up(record)
        else:
            await self._follow(self._enter(record, job))

    async def _abandon(self, record: JobRecord, job: Job | None, reason: Reason) -> None:
        if job is not None:
            job.cancel()
        await written(lambda: self._store.fail(record.id, reason))

    async def _take_up(self, record: JobRecord) -> None:
        if record.state is JobState.RUNNING:
            record = await self._store.requeue(record.id)
        try:
            job = await self._studio.resume(record, self._post.now())
        except (Banned, ChannelClosed, QuotaRefused) as error:
            self._spawn(self._follower(record).fail(quota_words.stopped(error)), record)
        except (UnknownJob, PictureLost):
            self._spawn(self._follower(record).fail(Reason.SOURCE_GONE), record)
        except InferenceError as error:
            log.warning("cannot be taken up again: %s", error, extra={"job": record.id})
            self._spawn(self._follower(record).fail(FailureCode.INVALID), record)
        else:
            self._spawn(self._follow(self._enter(record, job)), record)

    def _follower(self, record: JobRecord, allowance: Allowance | None = None) -> Follower:
        return Follower(self._desk, record, Look.of(record, self._studio.catalogue, allowance))

    def _spawn(self, story: Coroutine[None, None, None], record: JobRecord) -> None:
        self._start(story, record.id)

    def _start(self, story: Coroutine[None, None, None], job_id: str) -> None:
        if self._closed:
            story.close()  # too late in the day: the row is stored, the next start takes it up
            return
        task = asyncio.create_task(story, name=f"job-{job_id}")
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, job_id))

    def _ended(self, task: asyncio.Task[None], job_id: str) -> None:
        self._tasks.discard(task)
        live = self._live.pop(job_id, None)
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.error("a job's story broke off", exc_info=error, extra={"job": job_id})
        if live is not None:
            live.job.cancel()
        self._broken[job_id] += 1
        self._start(self._retake(job_id), job_id)

    async def _retake(self, job_id: str) -> None:
        """Take a broken story up again from what is stored, after a while."""
        await asyncio.sleep(min(RETAKE_PAUSE * self._broken[job_id], LONGEST_PAUSE))
        record = await self._store.job(job_id)
        if record is None:
            return
        if record.state.over:
            if not record.told:
                await self._follower(record).say_ending()
            return
        if self._broken[job_id] >= RETAKES and record.state is not JobState.RENDERED:
            # Pictures that are there may have been shown already: those are sent until they are.
            await self._follower(record).fail(FailureCode.INTERNAL)
        else:
            await self._resume(record)
