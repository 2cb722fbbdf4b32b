"""`easel restore`: puts a backup in the place of the store, and never destroys what was there.

The order, so that a kill or a power cut at any point loses nothing:

1. Whoever restores holds the storage folder's lock; the backup is read through.
2. `restore.part` in the storage folder receives the database and pictures to be, and a note of what is to
   happen. A cut here leaves the store as it was; the next restore sweeps this away.
3. `restore.part` becomes `restore.ready`, all at once. From here on Easel refuses to start, and any restore
   goes on with what is ready before it does anything else: the backup is not needed for that.
4. The present images go to `before-restore-…`, the ready ones to their place; then the present write-ahead
   log and database, and the ready database. What is still in `restore.ready` tells how far this went.
5. The note goes to `before-restore-…`: the restore is over.
"""

import json
import os
import pwd
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.ops import picture_copies
from bot.ops.backup_errors import BackupDamaged, BackupRefused
from bot.ops.database_copy import Tell, copy, unchanging
from bot.ops.examine_backup import Examination, examine, require_backup
from bot.store.disk import FolderLock, flush_file, flush_folder, telling_full
from bot.store.errors import PictureLost, StoreInUse
from bot.store.layout import DATABASE_NAME, IMAGES_NAME, RESTORE_UNDER_WAY
from bot.store.picture_files import PictureFiles

_PART: Final = "restore.part"
_READY: Final = RESTORE_UNDER_WAY.parent
_NOTE: Final = RESTORE_UNDER_WAY.name
_ITS_OWN: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; it must never meet another database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What became of it.

    `aside`: the folder, in the storage folder, with what was there before. `lost`: pictures that the database
    names and neither backup nor store has. `resumed`: an earlier restore of the same was cut short, and this
    one went on with it.
    """

    backup: str
    aside: str
    jobs: int
    pictures: int
    lost: list[str]
    resumed: bool = False


def restore(storage: Path, backup: Path, *, at: datetime, tell: Tell) -> Restored:
    """Put a backup's folder, or a database file alone, in the place of the store in `storage`.

    A database alone finds the pictures that are there. A picture that the backup lacks is taken from the
    store where that has it whole.

    Args:
        storage: the storage folder; made where there is none.
        backup: the folder that `easel backup` made, or a `.db` file.
        at: the present, UTC; it names the folder with what was there before.
        tell: is told how far it is.

    Raises:
        BackupRefused: it is no backup, Easel is running, or the storage folder is somebody else's.
        BackupDamaged: its manifest or database is; nothing changed.
        DiskFull: there is no room; nothing changed.
    """
    if not (storage / RESTORE_UNDER_WAY).exists():
        require_backup(backup)
    storage.mkdir(parents=True, exist_ok=True)
    _require_owner(storage)
    try:
        lock = FolderLock(storage)
    except StoreInUse:
        raise BackupRefused(storage, "is in use: stop Easel first, then restore", by_request=False) from None
    try:
        if (storage / RESTORE_UNDER_WAY).exists():
            resumed = _finish(storage)
            if resumed.backup == str(backup.resolve()):
                return replace(resumed, resumed=True)
        found = examine(backup, tell=tell)
        if found.faults:
            raise BackupDamaged(backup, found.faults)
        _require_one_disk(storage)
        _make_ready(storage, found, at, tell)
        return _finish(storage)
    finally:
        lock.release()


def _require_owner(storage: Path) -> None:
    """What the superuser puts there, Easel could not write to."""
    owner = storage.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = f"#{owner}"
        raise BackupRefused(storage, f"belongs to {name}: run this as that user, as with `sudo -u '{name}'`")


def _require_one_disk(storage: Path) -> None:
    images = storage / IMAGES_NAME
    if images.exists() and images.lstat().st_dev != storage.stat().st_dev:
        raise BackupRefused(images, "is another disk: it cannot be put aside as a whole; mount it elsewhere")


def _make_ready(storage: Path, found: Examination, at: datetime, tell: Tell) -> None:
    part, ready = storage / _PART, storage / _READY
    if part.exists():
        shutil.rmtree(part)
    if ready.exists():
        ready.rmdir()  # all that a cut at the very end can leave
    try:
        with telling_full(part):
            part.mkdir(mode=0o700)
            with unchanging(found.database) as database:
                copy(database, part / DATABASE_NAME, tell)
            lost = _gather(part, storage, found, tell)
            note = Restored(
                backup=str(found.backup.resolve()),
                aside=_free_name(storage, at),
                jobs=found.jobs,
                pictures=len(found.needed) - len(lost),
                lost=lost,
            )
            with (part / _NOTE).open("w", encoding="utf-8") as file:
                json.dump(asdict(note), file)
            with (part / _NOTE).open("rb+") as written:
                flush_file(written)
            picture_copies.flush_tree(part)
            part.rename(ready)
            flush_folder(storage)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _gather(part: Path, storage: Path, found: Examination, tell: Tell) -> list[str]:
    """Bring the pictures together; answers those that are nowhere."""
    live = PictureFiles(storage / IMAGES_NAME)
    if found.images is None:
        return sorted(d for d in found.needed if picture_copies.fault(live.path(d), d) is not None)
    ready = PictureFiles(part / IMAGES_NAME)
    ready.prepare()
    lost = []
    for done, digest in enumerate(sorted(found.needed), start=1):
        tell("Bringing the pictures", done, len(found.needed))
        to = ready.path(digest)
        to.parent.mkdir(exist_ok=True)
        # What is there already takes no room a second time, whatever disk the backup is on.
        sources = [live.path(digest)] if picture_copies.fault(live.path(digest), digest) is None else []
        if digest not in found.spoilt and digest not in found.lost:
            sources.append(found.images.path(digest))
        if not any(_brought(source, to, digest) for source in sources):
            lost.append(digest)
    return lost


def _brought(source: Path, to: Path, digest: str) -> bool:
    try:
        if not picture_copies.link(source, to):
            picture_copies.copy(source, to, digest)
    except PictureLost:
        return False
    return True


def _free_name(storage: Path, at: datetime) -> str:
    name, number = f"before-restore-{at:%Y%m%d-%H%M%S}", 1
    while (storage / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return name if number == 1 else f"{name}-{number}"


def _finish(storage: Path) -> Restored:
    """Put in place what is ready. Repeatable from wherever it was cut off."""
    ready, note = storage / _READY, storage / RESTORE_UNDER_WAY
    plan = Restored(**json.loads(note.read_text(encoding="utf-8")))
    aside = storage / plan.aside
    aside.mkdir(mode=0o700, exist_ok=True)
    _exchange(IMAGES_NAME, (), storage, aside)
    _exchange(DATABASE_NAME, _ITS_OWN, storage, aside)
    note.rename(aside / _NOTE)
    flush_folder(aside)
    flush_folder(ready)
    ready.rmdir()
    flush_folder(storage)
    return plan


def _exchange(name: str, its_own: tuple[str, ...], storage: Path, aside: Path) -> None:
    """Put `name` aside and the ready one in its place. While one is ready, the old one is in its place."""
    new = storage / _READY / name
    if not new.exists():
        return
    for old in (*(f"{name}{suffix}" for suffix in its_own), name):
        if os.path.lexists(storage / old):
            (storage / old).rename(_unused(aside / old))
    flush_folder(aside)
    flush_folder(storage)
    new.rename(storage / name)
    flush_folder(storage)
    flush_folder(storage / _READY)


def _unused(path: Path) -> Path:
    """Nothing that was put aside is ever written over."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free
