"""One SQLite connection, and units of work that nothing can split."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import aiosqlite

from bot.store.errors import DatabaseDamaged, DatabaseUnusable, DiskFull

T = TypeVar("T")
Work = Callable[[aiosqlite.Connection], Awaitable[T]]

BUSY_TIMEOUT: Final = 1000
"""Milliseconds to wait for whoever else has locked the database: Discord waits three seconds in all."""
UNUSABLE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    }
)
"""Primary result codes of what may be mended while Easel runs (https://www.sqlite.org/rescode.html)."""
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_NO_ROOM: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})


class Database:
    """All reading and writing goes through here, one unit after the other.

    SQLite of versions 3.7.0–3.51.2 can lose a write-ahead log when two connections write and checkpoint:
    there is one connection, so none can be lost, and a unit never sees another's half-done work.

    Cancelling whoever awaits a unit does not stop the statement that runs in aiosqlite's thread and would
    leave its transaction open. So a unit runs as a task of its own, and goes on to its end without its
    awaiter.
    """

    def __init__(self, path: Path, connection: aiosqlite.Connection) -> None:
        self._path = path
        self._connection = connection
        self._patient = True
        self._turn = asyncio.Lock()
        self._units: set[asyncio.Task[Any]] = set()

    @classmethod
    async def connect(cls, path: Path) -> "Database":
        """Open a database whose schema is up to date."""
        connection = await aiosqlite.connect(path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "recursive_triggers = ON",  # so that nothing deletes from an append-only table unseen
        ):
            await (await connection.execute(f"PRAGMA {pragma}")).close()
        return cls(path, connection)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a still picture of the database."""
        return await self.whole(self._alone(work))

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction: all of it is stored for good, or none.

        Raises:
            DiskFull: there is no room; nothing was written.
            DatabaseDamaged: SQLite found a damaged page.
            DatabaseUnusable: somebody else has locked it, or it cannot be written; nothing was written.
        """
        return await self.whole(self._in_transaction(work))

    async def whole(self, unit: Coroutine[Any, Any, T]) -> T:
        """Run a unit to its end, also when the one who awaits it is cancelled."""
        task = asyncio.create_task(unit)
        self._units.add(task)
        task.add_done_callback(self._units.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Let the units under way end, then close."""
        while self._units:
            await asyncio.wait(self._units)
        await self._connection.close()

    async def _alone(self, work: Work[T]) -> T:
        async with self._turn, self._telling():
            return await work(self._connection)

    async def _in_transaction(self, work: Work[T]) -> T:
        async with self._turn, self._telling():
            try:
                await self._begin()
                answer = await work(self._connection)
                await self._connection.commit()
            except BaseException:
                await self._connection.rollback()
                raise
            return answer

    async def _begin(self) -> None:
        """Whoever finds the database locked waits a while; those after them wait no more until it is free."""
        try:
            await (await self._connection.execute("BEGIN IMMEDIATE")).close()
        except sqlite3.OperationalError as error:
            if self._patient and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                await self._wait_at_most(0)
            raise
        if not self._patient:
            await self._wait_at_most(BUSY_TIMEOUT)

    async def _wait_at_most(self, milliseconds: int) -> None:
        await (await self._connection.execute(f"PRAGMA busy_timeout = {milliseconds}")).close()
        self._patient = milliseconds > 0

    @asynccontextmanager
    async def _telling(self) -> AsyncIterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0)
            if code & 0xFF in _DAMAGE:
                raise DatabaseDamaged(self._path, str(error)) from error
            if code in _NO_ROOM or code & 0xFF == sqlite3.SQLITE_FULL:
                raise DiskFull(self._path) from error
            if code & 0xFF in UNUSABLE:
                raise DatabaseUnusable(self._path, str(error)) from error
            raise
