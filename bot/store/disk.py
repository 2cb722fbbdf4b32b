"""The few things one must ask of a disk: written for good, one user at a time, told when it is full."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from bot.store.errors import DiskFull, StoreInUse

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def flush_file(file: IO[bytes]) -> None:
    """What was written to the open file survives a power cut."""
    file.flush()
    os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """The names in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def telling_full(path: Path) -> Iterator[None]:
    """Turn the system's "no space left" into `DiskFull`."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(path) from error
        raise


class FolderLock:
    """The right to use a folder, held until `release` or the end of the process; one for each `name`.

    Raises:
        StoreInUse: another process, or another store of this one, holds it.
    """

    def __init__(self, folder: Path, name: str = "easel.lock") -> None:
        # The kernel drops a flock with its process, however that ends: no stale lock to clean up.
        self._descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise StoreInUse(folder) from None

    def release(self) -> None:
        os.close(self._descriptor)
