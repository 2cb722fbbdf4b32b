"""Keeps pictures and rows in step: no file without its row, no row kept longer than wished."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import aiosqlite

from bot.store import images, jobs, sources
from bot.store.encoding import time_to_integer
from bot.store.job_life import JobLife
from bot.store.records import JobState

EXPIRED_AT_ONCE = 50
"""Jobs whose pictures are forgotten in one transaction: others want to write, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep found.

    Attributes:
        orphans: files that no picture needed; they are removed.
        missing: pictures whose file is gone.
    """

    orphans: int
    missing: int


class Upkeep(JobLife):
    """What a store does for itself, beside everybody's work."""

    async def sweep(self) -> Swept:
        """Remove files that a crash left without a row; count rows whose file is gone.

        Goes from folder to folder: whoever writes pictures meanwhile waits for one of them at most.
        """
        orphans = missing = 0
        for shelf in self._files.shelves():
            async with self._files_turn:
                held = await asyncio.to_thread(self._files.held, shelf)
                known = await self._database.read(partial(images.on, shelf=shelf))
                await asyncio.to_thread(self._files.remove, held - known)
            orphans += len(held - known)
            missing += len(known - held)
        return Swept(orphans=orphans, missing=missing)

    async def kept_days(self) -> dict[int, int]:
        """For how many days a server's moderators want pictures kept, where they have said so."""

        async def work(database: aiosqlite.Connection) -> dict[int, int]:
            async with database.execute(
                "SELECT guild_id, value FROM settings WHERE name = 'keep_days'"
            ) as cursor:
                return {row["guild_id"]: int(row["value"]) for row in await cursor.fetchall()}

        return await self._database.read(work)

    async def expire(
        self, *, pictures: datetime | None, uploads: datetime | None = None, guild_id: int | None = None
    ) -> int:
        """Forget pictures that were kept long enough; answers of how many jobs.

        Args:
            pictures: those of jobs asked for before, and what they began from; None keeps them for good.
            uploads: what jobs asked for before began from, where they ended without pictures; likewise.
            guild_id: of this server alone; None for all.
        """
        kept_until: dict[JobState, datetime] = {}
        if uploads is not None:
            kept_until = {JobState.FAILED: uploads, JobState.CANCELLED: uploads}
        if pictures is not None:
            kept_until[JobState.DELIVERED] = pictures
        expired = 0
        for state, before in kept_until.items():
            while batch := await self._expire(state, before, guild_id):
                expired += batch
        return expired

    async def _expire(self, state: JobState, before: datetime, guild_id: int | None) -> int:
        async def work(database: aiosqlite.Connection) -> tuple[int, set[str]]:
            async with database.execute(
                "SELECT id FROM jobs WHERE state = ?1 AND NOT discarded AND asked_at < ?2 "
                "AND (?3 IS NULL OR guild_id = ?3) LIMIT ?4",
                (state, time_to_integer(before), guild_id, EXPIRED_AT_ONCE),
            ) as cursor:
                found = [str(row["id"]) for row in await cursor.fetchall()]
            unneeded: set[str] = set()
            for job_id in found:
                await jobs.note_discarded(database, job_id)
                await sources.forget(database, job_id)
                unneeded |= await images.forget(database, job_id)
            return len(found), unneeded

        return await self._without_files(work)
