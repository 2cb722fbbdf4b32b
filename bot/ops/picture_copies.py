"""Pictures in a second place: another name for the same file where the disk allows it, else a copy.

Picture files never change once they are written, so two names for one are as good as two files; but they
share the fate of the disk.
"""

import hashlib
import os
import stat
from pathlib import Path
from typing import IO, Final

from bot.store.disk import flush_file, flush_folder, telling_full
from bot.store.errors import PictureLost

GONE: Final = "is gone"
DAMAGED: Final = "is damaged"
_CHUNK: Final = 1 << 20


def fault(path: Path, digest: str) -> str | None:
    """What is wrong with the picture at `path`; None where it is a plain file with just these bytes."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return "is no plain file"
        with path.open("rb") as file:
            return None if hashlib.file_digest(file, "sha256").hexdigest() == digest else DAMAGED
    except FileNotFoundError:
        return GONE
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def link(source: Path, to: Path) -> bool:
    """Give a plain file a second name; False where that cannot be.

    Raises:
        PictureLost: it is gone.
    """
    try:
        if not stat.S_ISREG(source.lstat().st_mode):
            return False
        os.link(source, to)
    except FileNotFoundError:
        raise PictureLost(source, GONE) from None
    except OSError:
        return False  # another disk, a file system without links, or too many of them
    return True


def copy(source: Path, to: Path, digest: str) -> None:
    """Write a picture a second time, for good.

    Raises:
        PictureLost: it is gone, or not what its digest says; nothing is left behind.
        DiskFull: there is no room; likewise.
    """
    try:
        with source.open("rb") as picture:
            found = _write(picture, to)
    except FileNotFoundError:
        raise PictureLost(source, GONE) from None
    if found != digest:
        to.unlink()
        raise PictureLost(source, DAMAGED)


def _write(picture: IO[bytes], to: Path) -> str:
    found = hashlib.sha256()
    try:
        with telling_full(to), to.open("wb") as file:
            while chunk := picture.read(_CHUNK):
                found.update(chunk)
                file.write(chunk)
            flush_file(file)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return found.hexdigest()


def flush_tree(folder: Path) -> None:
    """Every name in the folder and below it survives a power cut."""
    for inner, _, _ in os.walk(folder):
        flush_folder(Path(inner))
