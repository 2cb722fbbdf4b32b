"""The doctor looks at the storage folder and the database, without changing either."""

import shlex
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from bot.ops.check import Check, ok, problem, warning
from bot.store.errors import DatabaseDamaged
from bot.store.layout import DATABASE_NAME, how_to_restore, restore_under_way
from bot.store.migrate import check, schema_version, shipped_migrations

GIB: Final = 1024**3
ROOM_NEEDED: Final = 0.1 * GIB
ROOM_WISHED: Final = 2 * GIB


def folder(path: Path) -> list[Check]:
    """It can be written, and there is room."""
    there = path
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        mend = "give Easel the right to write there, or another storage.folder"
        return [problem("storage", f"{path} cannot be written: {error.strerror}", mend)]
    said = f"{path} can be written" if there == path else f"{path} will be made at the first start"
    return [ok("storage", said), _room(there)]


def _room(path: Path) -> Check:
    free = shutil.disk_usage(path).free
    said = f"{free / GIB:.1f} GiB free"
    if free < ROOM_NEEDED:
        return problem("disk", said, "make room: nothing can be accepted on a full disk")
    if free < ROOM_WISHED:
        return warning("disk", said, "make room soon")
    return ok("disk", said)


def database(storage: Path) -> Check:
    """Whole, Easel's, and of a schema this version knows."""
    path = storage / DATABASE_NAME
    unfinished = restore_under_way(storage)
    if unfinished is not None:
        mend = f"run `easel restore {shlex.quote(str(unfinished))}` again: it goes on"
        return problem("database", "a restore was cut short", mend)
    if not path.exists():
        return ok("database", "none yet: it is made at the first start")
    newest = shipped_migrations()[-1].number
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = schema_version(connection, path)
            check(connection, path)
    except DatabaseDamaged as error:
        return problem("database", f"{path}: {error.detail}", _mend(storage))
    except sqlite3.Error as error:
        return problem("database", f"{path}: {error}", _mend(storage))
    if found > newest:
        said = f"schema {found} was written by a newer Easel; this one knows {newest}"
        return problem("database", said, f"update Easel, or {how_to_restore(storage, newest)}")
    if found < newest:
        return ok("database", f"whole; schema {found} will be brought to {newest} at the next start")
    return ok("database", f"whole, schema {found}")


def _mend(storage: Path) -> str:
    return f"stop Easel, then {how_to_restore(storage)}"
