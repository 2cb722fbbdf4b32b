"""What lies where in a storage folder, and which of the backups in it is the newest."""

import json
import re
import shlex
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

APPLICATION_ID: Final = 0x4541534C
"""“EASL”."""
DATABASE_NAME: Final = "easel.db"
IMAGES_NAME: Final = "images"
BACKUPS_NAME: Final = "backups"
RESTORE_UNDER_WAY: Final = Path("restore.ready") / "restore.json"
"""While this is there, a restore has begun to put things in place: the store is neither old nor new."""

_HEADER: Final = struct.Struct(">16s44xI4xI")
"""The head of an SQLite file: its mark, user_version at byte 60, application_id at byte 68."""
_BACKUP: Final = re.compile(r"easel-\d{8}-\d{6}")
_BEFORE_SCHEMA: Final = re.compile(r"easel-before-schema-\d+\.db")


def restore_under_way(storage: Path) -> Path | None:
    """The backup of a restore that was cut short; None where there is none."""
    try:
        return Path(str(json.loads((storage / RESTORE_UNDER_WAY).read_text(encoding="utf-8"))["backup"]))
    except FileNotFoundError:
        return None


def backups(folder: Path) -> list[Path]:
    """Backups that `easel backup` made whole in the folder, the newest first."""
    if not folder.is_dir():
        return []
    found = (entry for entry in folder.iterdir() if _BACKUP.fullmatch(entry.name))
    return sorted((entry for entry in found if (entry / "manifest.json").is_file()), reverse=True)


def newest_backup(storage: Path, schema: int | None = None) -> Path | None:
    """What `easel restore` may best put back: a backup, or the copy made before a migration.

    Only the heads of the files are read. `schema`: the newest that will do; any, if None.
    """
    aged = []
    for backup, database in _restorable(storage / BACKUPS_NAME):
        found = _schema(database)
        if found is not None and (schema is None or found <= schema):
            aged.append((database.stat().st_mtime_ns, backup))
    return max(aged, default=(0, None))[1]


def how_to_restore(storage: Path, schema: int | None = None) -> str:
    """The command that puts back the newest backup, for the end of a line that says what is wrong."""
    newest = newest_backup(storage, schema)
    if newest is not None:
        return f"put back the newest backup with `easel restore {shlex.quote(str(newest.absolute()))}`"
    return f"put back your own backup with `easel restore BACKUP`, as {storage / BACKUPS_NAME} holds none"


def _restorable(folder: Path) -> Iterator[tuple[Path, Path]]:
    yield from ((backup, backup / DATABASE_NAME) for backup in backups(folder))
    if folder.is_dir():
        yield from ((file, file) for file in folder.iterdir() if _BEFORE_SCHEMA.fullmatch(file.name))


def _schema(database: Path) -> int | None:
    try:
        with database.open("rb") as file:
            mark, version, application = _HEADER.unpack(file.read(_HEADER.size))
    except (OSError, struct.error):
        return None
    ours = mark == b"SQLite format 3\0" and application == APPLICATION_ID
    return int(version) if ours else None
