"""The store: what must outlive the process, in one folder that one process uses."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite

from bot.quota import SAYS_NOTHING, Policy
from bot.store import drafts, figures, images, jobs, ledger
from bot.store.database import Database
from bot.store.disk import FolderLock
from bot.store.errors import RestoreCutShort
from bot.store.figures import Figures
from bot.store.house import House
from bot.store.layout import DATABASE_NAME, IMAGES_NAME, restore_under_way
from bot.store.ledger import LedgerEntry
from bot.store.migrate import migrate, shipped_migrations
from bot.store.picture_files import PictureFiles
from bot.store.records import JobRecord, Picture


def _now() -> datetime:
    return datetime.now(UTC)


class Store(House):
    """Jobs, pictures, ledger, policies, settings, and what the engine remembers: see `Store.open`."""

    def __init__(
        self,
        *,
        database: Database,
        files: PictureFiles,
        lock: FolderLock,
        clock: Callable[[], datetime],
        default: Policy,
    ) -> None:
        super().__init__(database=database, files=files, clock=clock, default=default)
        self._lock = lock

    @classmethod
    async def open(
        cls, folder: Path, *, clock: Callable[[], datetime] = _now, default: Policy = SAYS_NOTHING
    ) -> "Store":
        """Open, or make, the store in `folder`; migrate it first where it is old.

        Args:
            folder: holds `easel.db`, `images/`, `backups/` and the lock.
            clock: the present, UTC; only written down, never reckoned with, unless nobody says what time it
                is at Discord.
            default: what each member may use where a server says nothing.

        Raises:
            StoreInUse: another process has it open.
            SchemaTooNew: a newer Easel wrote it.
            DatabaseDamaged: the database cannot be read.
            RestoreCutShort: a restore has begun and not ended.
            OSError: the folder cannot be made or written.
        """
        files = PictureFiles(folder / IMAGES_NAME)
        lock = await asyncio.to_thread(_prepare, folder, files)
        try:
            database = await Database.connect(folder / DATABASE_NAME)
        except BaseException:
            lock.release()
            raise
        return cls(database=database, files=files, lock=lock, clock=clock, default=default)

    async def close(self) -> None:
        """Let what is under way end, then let go of the folder."""
        await self._database.close()
        self._lock.release()

    # — looking up —

    async def job(self, job_id: str) -> JobRecord | None:
        """The job, or None.

        Raises:
            UnreadableRequest: what it asked for cannot be understood any more.
        """
        return await self._database.read(lambda database: jobs.find(database, job_id))

    async def unfinished(self) -> list[JobRecord]:
        """Every job that is not over, in the order they were accepted, but for the `unreadable` ones."""
        readable, _ = await self._sift(f"WHERE {jobs.UNFINISHED} ORDER BY jobs.number")
        return readable

    async def unreadable(self) -> list[str]:
        """The ids of jobs that are not over and whose request this version cannot understand.

        Nothing can be done with them but to `fail` them, which refunds them.
        """
        _, unreadable = await self._sift(f"WHERE {jobs.UNFINISHED} ORDER BY jobs.number")
        return unreadable

    async def untold(self) -> list[JobRecord]:
        """Jobs that ended without pictures and whose message may not say so yet, oldest first."""
        readable, _ = await self._sift("WHERE NOT told ORDER BY jobs.number")
        return readable

    async def active(self, guild_id: int) -> list[JobRecord]:
        """A server's jobs that are not over, in the order they were accepted, but for `unreadable` ones."""
        readable, _ = await self._sift(
            f"WHERE guild_id = ? AND {jobs.UNFINISHED} ORDER BY jobs.number", guild_id
        )
        return readable

    async def upscale_of(self, parent: str, index: int, channel_id: int) -> JobRecord | None:
        """The newest public upscale of that picture in that channel which is made or on its way.

        One whose request cannot be read any more does not count.
        """
        found, _ = await self._sift(
            "WHERE kind = 'upscale' AND parent = ? AND parent_index = ? AND channel_id = ? AND NOT private "
            "AND NOT discarded AND state NOT IN ('failed', 'cancelled') ORDER BY jobs.number DESC",
            parent,
            index,
            channel_id,
        )
        return found[0] if found else None

    async def _sift(self, clause: str, *parameters: str | int) -> tuple[list[JobRecord], list[str]]:
        return await self._database.read(lambda database: jobs.sift(database, clause, parameters))

    async def pictures(self, job_id: str) -> list[Picture]:
        """A job's pictures in order; none where it has none, or they were deleted."""
        return await self._database.read(lambda database: images.of_job(database, job_id, self._files))

    async def read_picture(self, picture: Picture) -> bytes:
        """The picture's PNG bytes, checked against their digest.

        Raises:
            PictureLost: the file is gone or damaged.
        """
        return await asyncio.to_thread(self._files.read, picture.digest)

    # — figures —

    async def used_by_everybody(self, at: datetime) -> dict[tuple[int, int], float]:
        """Compute-seconds that each (server, person) has used in the 24 hours before `at`."""
        return await self._database.read(lambda database: ledger.used_by_everybody(database, at))

    async def ledger(self, limit: int = 50) -> list[LedgerEntry]:
        """The ledger's latest entries, of every server, newest first."""
        return await self._database.read(lambda database: ledger.newest(database, limit))

    async def figures(self) -> Figures:
        """Sums over all jobs and the whole ledger."""
        return await self._database.read(figures.figures)

    # — drafts —

    async def draft(self, job_id: str, user_id: int) -> object:
        """What the person last typed about a job and was refused, a JSON value; None where none is kept."""
        return await self._database.read(lambda database: drafts.find(database, job_id, user_id))

    async def keep_draft(self, job_id: str, user_id: int, body: Mapping[str, str], *, at: datetime) -> None:
        """Keep what the person typed about a stored job, for a day from `at`."""
        await self._database.write(lambda database: drafts.keep(database, job_id, user_id, body, at))

    # — memory: what the engine and the client want to find again —

    async def load_memory(self, name: str) -> object:
        """The JSON value last saved under `name`, or None."""

        async def work(database: aiosqlite.Connection) -> object:
            async with database.execute("SELECT value FROM memory WHERE name = ?", (name,)) as cursor:
                row = await cursor.fetchone()
            return None if row is None else json.loads(row["value"])

        return await self._database.read(work)

    async def save_memory(self, name: str, value: object) -> None:
        """Keep a JSON value under `name`."""
        statement = (
            "INSERT INTO memory (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
        )

        async def work(database: aiosqlite.Connection) -> None:
            await database.execute(statement, (name, json.dumps(value)))

        await self._database.write(work)


def _prepare(folder: Path, files: PictureFiles) -> FolderLock:
    folder.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(folder)
    try:
        _require_no_restore(folder)
        files.prepare()
        migrate(folder / DATABASE_NAME, shipped_migrations())
    except BaseException:
        lock.release()
        raise
    return lock


def _require_no_restore(folder: Path) -> None:
    backup = restore_under_way(folder)
    if backup is not None:
        raise RestoreCutShort(folder, backup)
