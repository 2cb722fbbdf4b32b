"""Looks a backup over, byte by byte, and changes nothing: its manifest, its database, every picture."""

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.ops import picture_copies
from bot.ops.backup_errors import BackupRefused
from bot.ops.database_copy import Tell, count_jobs, digests, unchanging
from bot.ops.manifest import MANIFEST_NAME, Manifest, UnreadableManifest
from bot.store.errors import DatabaseDamaged, DatabaseUnusable
from bot.store.layout import DATABASE_NAME, IMAGES_NAME
from bot.store.migrate import schema_version, shipped_migrations
from bot.store.picture_files import PictureFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found in a backup.

    Attributes:
        backup: its folder, or the database file where that is all there is.
        database: its database file.
        images: where its pictures lie; None where it has none of its own.
        schema: the database's schema; 0 where it cannot be read.
        jobs: how many it holds.
        needed: the pictures that the database names.
        faults: why it cannot be put back, one line each; empty, if it can.
        spoilt: pictures it should hold and does not hold whole, and what is wrong with each.
        lost: pictures that were not to be had when it was made.
    """

    backup: Path
    database: Path
    images: PictureFiles | None
    schema: int
    jobs: int
    needed: frozenset[str]
    faults: tuple[str, ...]
    spoilt: Mapping[str, str]
    lost: Mapping[str, str]

    @property
    def whole(self) -> bool:
        return not self.faults and not self.spoilt

    @property
    def all_faults(self) -> list[str]:
        """One line for each thing that is wrong."""
        pictures = (f"picture {digest}.png {detail}" for digest, detail in sorted(self.spoilt.items()))
        return [*self.faults, *pictures]


def require_backup(backup: Path) -> None:
    """See that `backup` may be one, before anything is read.

    Raises:
        BackupRefused: it is not there, was never finished, or is something else.
    """
    if not backup.exists():
        raise BackupRefused(backup, "is not there")
    if backup.is_dir():
        if backup.name.endswith(".part"):
            raise BackupRefused(backup, "was never finished: take another backup")
        if not (backup / MANIFEST_NAME).exists():
            raise BackupRefused(
                backup, f"has no {MANIFEST_NAME}; to put back a database alone, name its .db file"
            )
    elif not backup.is_file():
        raise BackupRefused(backup, "is neither a folder nor a file")


def examine(backup: Path, *, tell: Tell) -> Examination:
    """Look over a backup's folder, or a database file alone.

    Raises:
        BackupRefused: it is neither.
    """
    require_backup(backup)
    if backup.is_dir():
        return _examine_folder(backup, tell)
    faults, schema, jobs, needed = _examine_database(backup, tell)
    return Examination(
        backup=backup,
        database=backup,
        images=None,
        schema=schema,
        jobs=jobs,
        needed=needed,
        faults=tuple(faults),
        spoilt={},
        lost={},
    )


def _examine_folder(backup: Path, tell: Tell) -> Examination:
    database = backup / DATABASE_NAME
    images = PictureFiles(backup / IMAGES_NAME)
    schema, jobs, needed, lost, spoilt = 0, 0, frozenset[str](), dict[str, str](), dict[str, str]()
    faults = []
    try:
        manifest = Manifest.read(backup / MANIFEST_NAME)
    except UnreadableManifest as error:
        faults = [f"{MANIFEST_NAME} {error}"]
    else:
        lost = dict(manifest.lost)
        faults = _compare(database, manifest)
        if not faults:
            faults, schema, jobs, needed = _examine_database(database, tell)
            if not faults and needed != manifest.pictures.keys() | lost.keys():
                faults.append(f"{MANIFEST_NAME} names other pictures than {DATABASE_NAME}")
        faults += _linked_folders(backup / IMAGES_NAME)
        spoilt = {} if faults else spoilt_pictures(images, manifest.pictures, tell)
    return Examination(
        backup=backup,
        database=database,
        images=images,
        schema=schema,
        jobs=jobs,
        needed=needed,
        faults=tuple(faults),
        spoilt=spoilt,
        lost=lost,
    )


def spoilt_pictures(
    images: PictureFiles, wanted: Mapping[str, int] | frozenset[str], tell: Tell
) -> dict[str, str]:
    """Those of the wanted pictures that are not there whole, and what is wrong with each."""
    found = {}
    for done, digest in enumerate(sorted(wanted), start=1):
        tell("Reading the pictures", done, len(wanted))
        detail = picture_copies.fault(images.path(digest), digest)
        if detail is not None:
            found[digest] = detail
    return found


def _compare(database: Path, manifest: Manifest) -> list[str]:
    if database.is_symlink() or not database.is_file():
        return [f"{DATABASE_NAME} is not there, or no plain file"]
    with database.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != manifest.database_sha256:
            return [f"{DATABASE_NAME} is damaged: it is not what {MANIFEST_NAME} says"]
    if database.with_name(f"{DATABASE_NAME}-wal").exists():
        return [f"somebody wrote to {DATABASE_NAME} after the backup: there is a {DATABASE_NAME}-wal"]
    return []


def _linked_folders(images: Path) -> list[str]:
    """A backup is one folder: what lies elsewhere could change unseen."""
    folders = [images, *images.glob("*")]
    return [f"{folder.relative_to(images.parent)} is a link" for folder in folders if folder.is_symlink()]


def _examine_database(path: Path, tell: Tell) -> tuple[list[str], int, int, frozenset[str]]:
    """Its faults, its schema, how many jobs it holds, and the pictures it names."""
    tell("Reading the database", 0, 1)
    newest = shipped_migrations()[-1].number
    try:
        with unchanging(path) as database:
            schema = schema_version(database, path)
            if schema == 0:
                return [f"{path.name} holds nothing"], 0, 0, frozenset()
            if schema > newest:
                said = f"{path.name} has schema {schema}, this Easel knows {newest}: update Easel"
                return [said], schema, 0, frozenset()
            faults = _torn(database, path)
            tell("Reading the database", 1, 1)
            if faults:
                return faults, schema, 0, frozenset()
            return [], schema, count_jobs(database), frozenset(digests(database))
    except (DatabaseDamaged, DatabaseUnusable) as error:
        return [f"{path.name} is damaged: {error.detail}"], 0, 0, frozenset()


def _torn(database: sqlite3.Connection, path: Path) -> list[str]:
    answers = [" ".join(str(row[0]).split()) for row in database.execute("PRAGMA integrity_check")]
    faults = [f"{path.name} is damaged: {answer}" for answer in answers if answer != "ok"]
    if not faults:
        faults = [
            f"{path.name}: row {row[1]} of {row[0]} refers to {row[2]}, where there is no such row"
            for row in database.execute("PRAGMA foreign_key_check")
        ]
    return faults
