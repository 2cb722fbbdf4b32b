"""Takes every accepted job to its end, across restarts: one follower a job."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.ending import Reason
from bot.follow import PRIVATE_DEADLINE, Desk, Follower
from bot.post import OutOfReach, Post
from bot.refusal import UnknownJob
from bot.render.cards import Allowance, Look
from bot.store import JobRecord, JobState, Store
from bot.studio import Studio
from inference import FailureCode, InferenceError, Job

log = logging.getLogger(__name__)


PACE: Final = 2.0
"""Seconds between two passing edits of one message, at least."""
EDITS_A_SECOND: Final = 10
"""Passing edits of all messages together, at most: a fifth of what Discord allows."""


@dataclass(frozen=True, slots=True)
class _Live:
    record: JobRecord
    job: Job
    follower: Follower


class Delivery:
    """Owns the tasks that follow jobs.

    Args:
        pace: seconds between two passing edits of one message; more when many jobs are live.
        previews: show how the pictures look while they form.
    """

    def __init__(
        self, *, store: Store, post: Post, studio: Studio, pace: float = PACE, previews: bool = True
    ) -> None:
        self._store = store
        self._studio = studio
        self._pace = pace
        self._desk = Desk(store=store, post=post, pace=self._slowed, previews=previews)
        self._live: dict[str, _Live] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def answered(
        self, record: JobRecord, job: Job, message_id: int, allowance: Allowance | None = None
    ) -> None:
        """The acknowledgement arrived as this message: from here on the job is owed."""
        record = await self._store.acknowledge(record.id, message_id)
        self._follow(record, job, allowance)

    async def unanswered(self, record: JobRecord, job: Job) -> None:
        """The acknowledgement never arrived: nobody waits for it, so it costs nothing."""
        job.cancel()
        await self._store.fail(record.id, Reason.UNANSWERED)

    def in_doubt(self, record: JobRecord, job: Job) -> None:
        """A broken connection hides whether the acknowledgement arrived: ask Discord, then go on."""
        self._spawn(self._resolve_doubt(record, job), record)

    def cancel(self, job_id: str) -> bool:
        """Stop a live job; False when it is not live, or no more."""
        live = self._live.get(job_id)
        if live is None:
            return False
        live.job.cancel()
        return True

    def channel_gone(self, channel_id: int) -> None:
        """Stop what nobody will see: the channel or thread was deleted."""
        self._stop_where(lambda record: record.channel_id == channel_id)

    def guild_gone(self, guild_id: int) -> None:
        """Stop what nobody will see: the server is gone, or the bot was removed from it."""
        self._stop_where(lambda record: record.guild_id == guild_id)

    async def recover(self) -> int:
        """Take up every unfinished job after a start, in the old order; return how many there were."""
        records = await self._store.unfinished()
        for record in records:
            if record.state is JobState.ACCEPTED:
                self._spawn(self._resolve_doubt(record, None), record)
            elif record.state is JobState.RENDERED:
                self._spawn(self._follower(record).deliver(), record)
            else:
                await self._take_up(record)
        return len(records)

    async def settled(self) -> None:
        """Wait until no job is live: every one delivered, cancelled or failed."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Stop following; what is unfinished stays stored and is taken up at the next start."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _follow(self, record: JobRecord, job: Job, allowance: Allowance | None = None) -> None:
        follower = self._follower(record, allowance)
        self._live[record.id] = _Live(record, job, follower)
        task = self._spawn(follower.follow(job), record)
        task.add_done_callback(lambda _: self._live.pop(record.id, None))

    def _stop_where(self, lost: Callable[[JobRecord], bool]) -> None:
        for live in [live for live in self._live.values() if lost(live.record)]:
            live.follower.stop(live.job, Reason.UNREACHABLE)

    def _slowed(self) -> float:
        return max(self._pace, len(self._live) / EDITS_A_SECOND)

    async def _resolve_doubt(self, record: JobRecord, job: Job | None) -> None:
        try:
            found = await self._follower(record).answer_arrived()
        except OutOfReach:
            await self._abandon(record, job, Reason.UNREACHABLE)
            return
        if found is None and datetime.now(UTC) < record.asked_at + PRIVATE_DEADLINE:
            await self._abandon(record, job, Reason.UNANSWERED)
            return
        # Past the token's life an answer that cannot be found may still have been seen: it is posted anew.
        record = await self._store.acknowledge(record.id, found)
        if job is None:
            await self._take_up(record)
        else:
            self._follow(record, job)

    async def _abandon(self, record: JobRecord, job: Job | None, reason: Reason) -> None:
        if job is not None:
            job.cancel()
        await self._store.fail(record.id, reason)

    async def _take_up(self, record: JobRecord) -> None:
        if record.state is JobState.RUNNING:
            record = await self._store.requeue(record.id)
        try:
            job = await self._studio.resume(record)
        except UnknownJob:
            self._spawn(self._follower(record).fail(Reason.SOURCE_GONE), record)
        except InferenceError as error:
            log.warning("cannot be taken up again: %s", error, extra={"job": record.id})
            self._spawn(self._follower(record).fail(FailureCode.INVALID), record)
        else:
            self._follow(record, job)

    def _follower(self, record: JobRecord, allowance: Allowance | None = None) -> Follower:
        return Follower(self._desk, record, Look.of(record, self._studio.catalogue, allowance))

    def _spawn(self, story: Coroutine[None, None, None], record: JobRecord) -> asyncio.Task[None]:
        task = asyncio.create_task(story, name=f"job-{record.id}")
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, record.id))
        return task

    def _ended(self, task: asyncio.Task[None], job_id: str) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The row is untouched, so the next start takes the job up again.
            log.error("a job's story broke off", exc_info=error, extra={"job": job_id})
