"""A job's life: every edge is one transaction, and nothing outside sees half of one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from bot.guild_settings import GuildSettings
from bot.quota import Allowed, Bounds, Policy, Refused, decide, recheck
from bot.store import books, house_rules, images, jobs, ledger, sources
from bot.store.database import Database, T
from bot.store.errors import AlreadyAccepted, Banned, ChannelClosed, QuotaRefused, WrongState
from bot.store.house_rules import AuditEntry
from bot.store.picture_files import PictureFiles
from bot.store.records import Asker, JobRecord, JobState, NewJob
from inference.job import ImageResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A job that was accepted, what pays it, and what bounds it."""

    record: JobRecord
    allowed: Allowed
    bounds: Bounds


class JobLife:
    """accepted → queued → running → rendered → delivered | failed | cancelled.

    Every method is done, and on the disk, when it returns, or has changed nothing; cancelling the caller
    splits nothing. Every one may raise `DiskFull`, `DatabaseDamaged` and, given an id, `UnknownJobId` and
    (but for `fail`, which needs to know nothing of it) `UnreadableRequest`.
    """

    def __init__(
        self, *, database: Database, files: PictureFiles, clock: Callable[[], datetime], default: Policy
    ) -> None:
        self._database = database
        self._default = default
        self._files = files
        self._clock = clock
        # A file is written before its row and removed after it; between the two, nobody else may do either.
        self._files_turn = asyncio.Lock()

    async def accept(self, job: NewJob) -> Accepted:
        """Ask the policies, store the job and reserve its price, in one transaction.

        Raises:
            Banned: whoever asks is shut out; nothing was written.
            ChannelClosed: pictures may not be asked for there; nothing was written.
            QuotaRefused: a policy says no; nothing was written.
            AlreadyAccepted: the interaction has its job; nothing was written.
        """

        async def work(database: aiosqlite.Connection) -> Accepted:
            known = await jobs.select(database, "WHERE interaction_id = ?", (job.interaction_id,))
            if known:
                raise AlreadyAccepted(known[0])
            await self._require_admission(database, job.asker, job.asked_at)
            found = await books.books(database, job.asker, job.asked_at, self._default)
            self._require_channel(found.settings, job.asker)
            wish = books.wish(job.kind, job.request, job.price)
            decision = decide(found.bounds, found.usage, wish, job.asked_at)
            if isinstance(decision, Refused):
                raise QuotaRefused(decision)
            await jobs.insert(database, job)
            await ledger.reserve(database, job, decision.payment, self._clock())
            record = await jobs.require(database, job.id)
            return Accepted(record=record, allowed=decision, bounds=found.bounds)

        return await self._database.write(work)

    async def may_run(self, job_id: str, at: datetime) -> Bounds:
        """What bounds a job that waits, if it may still run.

        Raises:
            Banned: its owner is shut out by now.
            ChannelClosed: pictures may not be asked for there any more.
            QuotaRefused: what moderators have changed since stops it.
        """
        return await self._database.read(lambda database: self._may_run(database, job_id, at))

    async def _may_run(self, database: aiosqlite.Connection, job_id: str, at: datetime) -> Bounds:
        job = await jobs.require(database, job_id)
        await self._require_admission(database, job.asker, at)
        found = await books.books(database, job.asker, at, self._default)
        self._require_channel(found.settings, job.asker)
        wish = books.wish(job.kind, job.request, job.price)
        refused = recheck(found.bounds, found.usage, wish, at, job.asked_at)
        if refused is not None:
            raise QuotaRefused(refused)
        return found.bounds

    @staticmethod
    def _require_channel(settings: GuildSettings, asker: Asker) -> None:
        if not settings.allows_channel(asker.channel_id, asker.parent_channel_id):
            raise ChannelClosed(settings.channels)

    async def _require_admission(self, database: aiosqlite.Connection, asker: Asker, at: datetime) -> None:
        ban = await house_rules.ban_of(database, asker.guild_id, asker.user_id, at)
        if ban is not None:
            raise Banned(ban)

    async def acknowledge(self, job_id: str, message_id: int | None) -> JobRecord:
        """Accepted → queued, answered by that message (None: it will be posted at delivery). Repeatable.

        A job that is over already keeps its state and learns the message.

        Raises:
            WrongState: another message answers it.
        """
        return await self._database.write(lambda database: jobs.acknowledge(database, job_id, message_id))

    async def claim(self, job_id: str, at: datetime | None = None) -> int:
        """Queued or running → running; answers the number of this attempt, from 1.

        The last look at whether it may run, in the same transaction.

        Args:
            at: the present, UTC; this machine's where it is not said.

        Raises:
            WrongState: it neither waits nor runs.
            Banned, ChannelClosed, QuotaRefused: as `may_run`.
        """
        now = at or self._clock()

        async def work(database: aiosqlite.Connection) -> int:
            attempt = await jobs.claim(database, await jobs.require(database, job_id), now)
            await self._may_run(database, job_id, now)
            return attempt

        return await self._database.write(work)

    async def requeue(self, job_id: str) -> JobRecord:
        """Running → queued, after a restart. Repeatable.

        Raises:
            WrongState: it neither waits nor runs.
        """
        return await self._database.write(lambda database: jobs.requeue(database, job_id, self._clock()))

    async def render(
        self,
        job_id: str,
        attempt: int,
        pictures: Sequence[ImageResult],
        compute_seconds: float,
        notes: Sequence[str] = (),
    ) -> JobRecord:
        """Running → rendered: the files are safe on the disk first, then the rows.

        Raises:
            StaleAttempt: another attempt has taken over; nothing is kept.
            WrongState: it does not run any more; nothing is kept.
        """

        async def work(database: aiosqlite.Connection, digests: list[str]) -> JobRecord:
            job = await jobs.require(database, job_id)
            jobs.require_attempt(job, attempt, JobState.RENDERED)
            await images.insert(database, job_id, zip(pictures, digests, strict=True))
            await jobs.move(
                database,
                job,
                JobState.RENDERED,
                compute_seconds=max(compute_seconds, 0.0),
                notes=notes,
                now=self._clock(),
            )
            return await jobs.require(database, job_id)

        async def unit() -> JobRecord:
            async with self._files_turn:
                # Megabytes are hashed off the event loop; all of them first, so that whatever fails then
                # is cleaned away by its name.
                pngs = [picture.png for picture in pictures]
                digests = await asyncio.to_thread(self._files.digests, pngs)
                try:
                    for png, digest in zip(pngs, digests, strict=True):
                        await asyncio.to_thread(self._files.write, png, digest)
                    return await self._database.write(lambda database: work(database, digests))
                except BaseException:
                    alone = await self._database.read(lambda database: images.unneeded(database, digests))
                    await asyncio.to_thread(self._files.remove, alone)
                    raise

        return await self._database.whole(unit())

    async def deliver(self, job_id: str, message_id: int) -> JobRecord:
        """Rendered → delivered by that message, settled, token forgotten. Repeatable.

        Raises:
            WrongState: it is not rendered.
        """

        async def work(database: aiosqlite.Connection) -> JobRecord:
            job = await jobs.require(database, job_id)
            if job.state is JobState.DELIVERED:
                return job
            if job.state is not JobState.RENDERED:
                raise WrongState(job_id, job.state, JobState.DELIVERED)
            await database.execute("UPDATE jobs SET message_id = ? WHERE id = ?", (message_id, job_id))
            await jobs.move(database, job, JobState.DELIVERED, now=self._clock())
            await ledger.settle(database, job, job.compute_seconds or 0.0, self._clock())
            return await jobs.require(database, job_id)

        return await self._database.write(work)

    async def fail(self, job_id: str, reason: str) -> None:
        """Anything unfinished → failed, refunded in full, token forgotten, pictures removed. Repeatable.

        What the job asked for is not looked at: one that cannot be read any more can still be given up.

        Raises:
            WrongState: it was delivered or cancelled.
        """

        async def work(database: aiosqlite.Connection) -> tuple[None, set[str]]:
            job = await jobs.standing(database, job_id)
            if job.state is JobState.FAILED:
                return None, set()
            if job.state.over:
                raise WrongState(job_id, job.state, JobState.FAILED)
            await jobs.move(database, job, JobState.FAILED, reason=reason, now=self._clock())
            await ledger.refund(database, job, self._clock())
            return None, await images.forget(database, job_id)

        await self._without_files(work)

    async def cancel(self, job_id: str, compute_seconds: float) -> JobRecord:
        """Anything not yet rendered → cancelled; what was computed by then is paid. Repeatable.

        Raises:
            WrongState: it is rendered, delivered or failed: too late.
        """

        async def work(database: aiosqlite.Connection) -> JobRecord:
            job = await jobs.require(database, job_id)
            if job.state is JobState.CANCELLED:
                return job
            if job.state.over or job.state is JobState.RENDERED:
                raise WrongState(job_id, job.state, JobState.CANCELLED)
            spent = max(compute_seconds, 0.0)
            await jobs.move(database, job, JobState.CANCELLED, compute_seconds=spent, now=self._clock())
            await ledger.settle(database, job, spent, self._clock())
            return await jobs.require(database, job_id)

        return await self._database.write(work)

    async def note_deaths(self, job_id: str, deaths: int) -> None:
        """So many workers have died while the job was alone with them; never fewer than before."""
        await self._database.write(lambda database: jobs.note_deaths(database, job_id, deaths))

    async def note_told(self, job_id: str) -> None:
        """The message of a job that is over says so, or nobody can be told. Repeatable."""
        await self._database.write(lambda database: jobs.note_told(database, job_id))

    async def delete_pictures(self, job_id: str, *, by: int) -> JobRecord:
        """Forget the pictures of a job that is over; files no other job uses are removed. Repeatable.

        The picture it began from goes too, unless a job that is not discarded began from the same.

        What was spent stays spent. When somebody else than its owner does it, the audit trail says so.

        Raises:
            WrongState: it is not over.
        """

        async def work(database: aiosqlite.Connection) -> tuple[JobRecord, set[str]]:
            job = await jobs.require(database, job_id)
            if not job.state.over:
                raise WrongState(job_id, job.state, "discarded")
            if job.discarded:
                return job, set()
            await jobs.note_discarded(database, job_id)
            if by != job.user_id:
                entry = AuditEntry(
                    at=self._clock(),
                    guild_id=job.guild_id,
                    actor=by,
                    act="pictures deleted",
                    detail={"job": job_id},
                    subject=job.user_id,
                )
                await house_rules.write_audit(database, entry)
            await sources.forget(database, job_id)
            return await jobs.require(database, job_id), await images.forget(database, job_id)

        return await self._without_files(work)

    async def _without_files(
        self, work: Callable[[aiosqlite.Connection], Awaitable[tuple[T, set[str]]]]
    ) -> T:
        """Run `work` in a transaction, then remove the files it says nothing needs any more."""

        async def unit() -> T:
            async with self._files_turn:
                answer, unneeded = await self._database.write(work)
                await asyncio.to_thread(self._files.remove, unneeded)
                return answer

        return await self._database.whole(unit())
