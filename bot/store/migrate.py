"""Brings a database to today's schema: numbered steps, forward only, a copy first.

The schema's number is SQLite's `user_version`; `application_id` marks the file as Easel's.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from bot.store.database import UNUSABLE
from bot.store.disk import flush_file, flush_folder
from bot.store.errors import DatabaseDamaged, DatabaseUnusable, SchemaTooNew
from bot.store.layout import APPLICATION_ID, BACKUPS_NAME

_FILE: Final = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step: `number` counts from 1 without gaps, `sql` may hold any statements but BEGIN and COMMIT."""

    number: int
    name: str
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """Those in `bot/store/migrations`, in order."""
    found = (
        (match, entry)
        for entry in files("bot.store").joinpath("migrations").iterdir()
        if (match := _FILE.fullmatch(entry.name))
    )
    return tuple(
        sorted(
            (
                Migration(number=int(match[1]), name=match[2], sql=entry.read_text(encoding="utf-8"))
                for match, entry in found
            ),
            key=lambda migration: migration.number,
        )
    )


def migrate(path: Path, migrations: Sequence[Migration]) -> None:
    """Check the database and bring it to the last of `migrations`. The caller holds the folder's lock.

    A database that holds something is copied to `backups/` beside it before its schema changes.

    Raises:
        DatabaseDamaged: it cannot be read, or is not Easel's.
        SchemaTooNew: a newer Easel wrote it.
        DatabaseUnusable: it is locked, read-only, or the disk is full.
    """
    newest = migrations[-1].number
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            found = schema_version(database, path)
            if found > newest:
                raise SchemaTooNew(path, found, newest)
            check(database, path)
            if 0 < found < newest:
                _back_up(database, path, found)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            for migration in migrations[found:]:
                _apply(database, migration)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DatabaseDamaged(path, str(error)) from error
        if code in UNUSABLE or code == sqlite3.SQLITE_FULL:
            raise DatabaseUnusable(path, str(error)) from error
        raise  # a migration that is wrong is our own mistake


def schema_version(database: sqlite3.Connection, path: Path) -> int:
    """The number of the schema; 0 where there is nothing yet.

    Raises:
        DatabaseDamaged: the file is somebody else's.
    """
    found: int = database.execute("PRAGMA user_version").fetchone()[0]
    mark = database.execute("PRAGMA application_id").fetchone()[0]
    empty = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if mark != APPLICATION_ID and not empty:
        raise DatabaseDamaged(path, "it was not made by Easel")
    return found


def check(database: sqlite3.Connection, path: Path) -> None:
    """Read every page.

    Raises:
        DatabaseDamaged: one of them is wrong.
    """
    answer = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if answer != "ok":
        raise DatabaseDamaged(path, " ".join(str(answer).split()))


def _back_up(database: sqlite3.Connection, path: Path, version: int) -> None:
    folder = path.parent / BACKUPS_NAME
    folder.mkdir(exist_ok=True)
    copy = folder / f"{path.stem}-before-schema-{version + 1}{path.suffix}"
    unfinished = copy.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    database.execute("VACUUM INTO ?", (str(unfinished),))
    with unfinished.open("rb+") as file:
        flush_file(file)
    unfinished.replace(copy)
    flush_folder(folder)


def _apply(database: sqlite3.Connection, migration: Migration) -> None:
    try:
        database.executescript(
            f"BEGIN IMMEDIATE;\n{migration.sql}\n"
            f"PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {migration.number};\nCOMMIT;"
        )
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")
