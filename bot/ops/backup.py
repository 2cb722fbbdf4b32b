"""`easel backup`: the database as it is at one moment, with the pictures it names, in one new folder.

Easel may run and write all the while. A backup is made in a folder named `….part` and gets its name when
everything is on the disk for good: what bears the name of a backup is one.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bot.ops import picture_copies
from bot.ops.backup_errors import BackupRefused
from bot.ops.database_copy import Tell, copy, count_jobs, digests, reading, unchanging
from bot.ops.manifest import MANIFEST_NAME, Manifest
from bot.store.disk import FolderLock, flush_file, flush_folder, telling_full
from bot.store.errors import DatabaseDamaged, PictureLost, RestoreCutShort, SchemaTooNew, StoreInUse
from bot.store.layout import BACKUPS_NAME, DATABASE_NAME, IMAGES_NAME, backups, restore_under_way
from bot.store.migrate import check, schema_version, shipped_migrations
from bot.store.picture_files import PictureFiles

_PART: Final = re.compile(r"easel-\d{8}-\d{6}\.part")
_LOCK_NAME: Final = ".easel-backup.lock"
_TRIES: Final = 3
"""How often the database is copied when pictures vanish meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One that was made: where, and what it says of itself."""

    path: Path
    manifest: Manifest


def back_up(storage: Path, folder: Path | None, *, at: datetime, tell: Tell) -> Backup:
    """Make a new backup of the store in `storage`; Easel may be running.

    Args:
        storage: the storage folder.
        folder: where the backup's own folder is made; `backups` in the storage folder, if None.
        at: the present, UTC; it names the backup.
        tell: is told how far it is.

    Raises:
        BackupRefused: there is nothing to back up, the folder is none or cannot be written, or another
            backup is being made in it.
        RestoreCutShort: the store is neither old nor new.
        DatabaseDamaged, DatabaseUnusable, SchemaTooNew: of the store's database.
        DiskFull: there is no room; nothing is left behind.
    """
    _require_store(storage)
    folder = _folder(storage, folder)
    with _alone(folder):
        _sweep(folder)
        path = _free_name(folder, at)
        part = path.with_suffix(".part")
        try:
            with telling_full(part):
                (part / IMAGES_NAME).mkdir(parents=True)
                part.chmod(0o700)  # prompts, and the tokens of jobs under way
                manifest = _fill(part, storage, earlier=next(iter(backups(folder)), None), at=at, tell=tell)
                part.rename(path)
            flush_folder(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return Backup(path=path, manifest=manifest)


def _require_store(storage: Path) -> None:
    unfinished = restore_under_way(storage)
    if unfinished is not None:
        raise RestoreCutShort(storage, unfinished)
    if not (storage / DATABASE_NAME).exists():
        detail = "holds no database: nothing was ever stored there, or storage.folder is another"
        raise BackupRefused(storage, detail)


def _folder(storage: Path, folder: Path | None) -> Path:
    """The folder for backups. One that is named must exist: it may be a disk that is not mounted now."""
    if folder is None:
        folder = storage / BACKUPS_NAME
        if not folder.exists():
            with _refusing_unwritable(folder):
                folder.mkdir()
            if os.geteuid() == 0:  # Easel puts copies there too, before migrations
                owner = storage.stat()
                os.chown(folder, owner.st_uid, owner.st_gid)
    if not folder.is_dir():
        raise BackupRefused(folder, "is no folder: make it first, or mount its disk")
    return folder


@contextmanager
def _refusing_unwritable(folder: Path) -> Iterator[None]:
    try:
        with telling_full(folder):
            yield
    except OSError as error:
        raise BackupRefused(folder, f"cannot be written: {error.strerror}") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        with _refusing_unwritable(folder):
            lock = FolderLock(folder, _LOCK_NAME)
    except StoreInUse:
        raise BackupRefused(folder, "is just taking another backup", by_request=False) from None
    try:
        yield
    finally:
        lock.release()


def _sweep(folder: Path) -> None:
    """Whoever left these was killed: nobody else is at work here."""
    for entry in folder.iterdir():
        if _PART.fullmatch(entry.name):
            shutil.rmtree(entry)


def _free_name(folder: Path, at: datetime) -> Path:
    while True:
        path = folder / f"easel-{at:%Y%m%d-%H%M%S}"
        if not path.exists():
            return path
        at += timedelta(seconds=1)


def _fill(part: Path, storage: Path, *, earlier: Path | None, at: datetime, tell: Tell) -> Manifest:
    database = part / DATABASE_NAME
    pictures = PictureFiles(part / IMAGES_NAME)
    gone: set[str] = set()
    for _ in range(_TRIES):
        schema, jobs, needed = _copy_database(storage / DATABASE_NAME, database, tell)
        lost = _keep_pictures(
            needed,
            live=PictureFiles(storage / IMAGES_NAME),
            kept=pictures,
            earlier=None if earlier is None else PictureFiles(earlier / IMAGES_NAME),
            tell=tell,
        )
        # People delete pictures while this goes on: a database copied anew does not name those.
        now_gone = {digest for digest, detail in lost.items() if detail == picture_copies.GONE}
        if now_gone <= gone:
            break
        gone |= now_gone
    _drop_unneeded(part / IMAGES_NAME, needed)
    with database.open("rb") as file:
        database_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    manifest = Manifest(
        made_at=at.isoformat(timespec="seconds"),
        easel=version("easel"),
        schema=schema,
        jobs=jobs,
        database_sha256=database_sha256,
        database_bytes=database.stat().st_size,
        pictures={name: pictures.path(name).stat().st_size for name in sorted(needed - lost.keys())},
        lost=lost,
    )
    manifest.write(part / MANIFEST_NAME)
    with (part / MANIFEST_NAME).open("rb+") as file:
        flush_file(file)
    picture_copies.flush_tree(part)
    return manifest


def _copy_database(live: Path, to: Path, tell: Tell) -> tuple[int, int, set[str]]:
    """The copy's schema, its number of jobs, and the pictures it names."""
    newest = shipped_migrations()[-1].number
    with reading(live) as database:
        schema = schema_version(database, live)
        if schema == 0:
            raise BackupRefused(live, "holds nothing yet")
        if schema > newest:
            raise SchemaTooNew(live, schema, newest)
        copy(database, to, tell)
    try:
        with unchanging(to) as copied:
            check(copied, live)
            return schema, count_jobs(copied), digests(copied)
    except DatabaseDamaged as error:  # pages are copied as they are
        raise DatabaseDamaged(live, error.detail) from error


def _keep_pictures(
    needed: Set[str], *, live: PictureFiles, kept: PictureFiles, earlier: PictureFiles | None, tell: Tell
) -> dict[str, str]:
    """Bring the pictures that are not there yet; answers those that cannot be had, and why."""
    lost = {}
    for done, digest in enumerate(sorted(needed), start=1):
        tell("Keeping the pictures", done, len(needed))
        to = kept.path(digest)
        if to.exists():
            continue
        to.parent.mkdir(exist_ok=True)
        try:
            _keep(digest, live.path(digest), to, None if earlier is None else earlier.path(digest))
        except PictureLost as error:
            lost[digest] = error.detail
    return lost


def _keep(digest: str, picture: Path, to: Path, earlier: Path | None) -> None:
    """On another disk, a picture that an earlier backup there holds whole takes no room a second time."""
    if picture_copies.link(picture, to):
        return
    if earlier is not None and not picture_copies.fault(earlier, digest) and picture_copies.link(earlier, to):
        return
    picture_copies.copy(picture, to, digest)


def _drop_unneeded(images: Path, needed: Set[str]) -> None:
    """What was deleted while the backup was made is not kept."""
    for file in images.glob("*/*"):
        if file.stem not in needed:
            file.unlink()
    for folder in images.iterdir():
        if not any(folder.iterdir()):
            folder.rmdir()
