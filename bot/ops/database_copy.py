"""A database read while Easel writes to it, and copied as it was at one moment."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from bot.store.disk import flush_file
from bot.store.errors import DatabaseDamaged, DatabaseUnusable, DiskFull

Tell = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much."""

_PAGES: Final = 2048
_PATIENCE: Final = 10.0
"""Seconds to wait for a lock; in a write-ahead log readers hardly ever need one."""
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write, and so never checkpoints, on one still picture of a live database.

    Raises:
        DatabaseDamaged: SQLite found that it is no database, or a damaged page.
        DatabaseUnusable: it cannot be opened or read.
        DiskFull: there is no room for the index of its write-ahead log.
    """
    yield from _reading(path, "mode=ro")


@contextmanager
def unchanging(path: Path) -> Iterator[sqlite3.Connection]:
    """As `reading`, for a file that nobody writes: leaves nothing beside it, and needs no right to.

    Raises:
        DatabaseDamaged, DatabaseUnusable, DiskFull: as there.
    """
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    yield from _reading(path, "mode=ro" if has_log else "mode=ro&immutable=1")


def _reading(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?{how}"
    try:
        with closing(
            sqlite3.connect(address, uri=True, isolation_level=None, timeout=_PATIENCE)
        ) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # the picture stands still
            yield connection
    except sqlite3.Error as error:
        if _code(error) & 0xFF in _DAMAGE:
            raise DatabaseDamaged(path, str(error)) from error
        if _code(error) == sqlite3.SQLITE_IOERR_SHMSIZE:
            raise DiskFull(path.with_name(f"{path.name}-shm")) from error
        raise DatabaseUnusable(path, str(error)) from error


def copy(source: sqlite3.Connection, to: Path, tell: Tell) -> None:
    """Write what a `reading` connection sees to a new file, for good; without a write-ahead log.

    Raises:
        DiskFull: there is no room.
        sqlite3.Error: the source cannot be read.
    """

    def said(_: int, remaining: int, total: int) -> None:
        tell("Copying the database", total - remaining, total)

    for name in (to.name, f"{to.name}-journal"):
        to.with_name(name).unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(to, isolation_level=None)) as target:
            source.backup(target, pages=_PAGES, progress=said)
            target.execute("PRAGMA journal_mode = DELETE")
        with to.open("rb+") as file:
            flush_file(file)
    except sqlite3.Error as error:
        if _no_room(error):
            raise DiskFull(to) from error
        raise


def digests(database: sqlite3.Connection) -> set[str]:
    """The digests of all pictures that a database names."""
    return {str(row[0]) for row in database.execute("SELECT DISTINCT digest FROM images")}


def count_jobs(database: sqlite3.Connection) -> int:
    """How many jobs a database holds."""
    return int(database.execute("SELECT count(*) FROM jobs").fetchone()[0])


def _no_room(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0) or 0)
