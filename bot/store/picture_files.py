"""Picture files, named by what is in them: images/ab/abcdef….png."""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bot.store.disk import flush_file, flush_folder, telling_full
from bot.store.errors import PictureLost

_UNFINISHED: Final = ".part"
_NAME: Final = re.compile("[0-9a-f]{64}")


class PictureFiles:
    """The folder of pictures. All methods block: call them off the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the folder, and sweep out what a crash left half written."""
        self._folder.mkdir(exist_ok=True)
        for leftover in self._folder.glob(f"*/*{_UNFINISHED}"):
            leftover.unlink()

    def path(self, digest: str) -> Path:
        return self._folder / digest[:2] / f"{digest}.png"

    @staticmethod
    def shelves() -> Iterable[str]:
        """The folders that files lie in: the first two digits of their names."""
        return (f"{number:02x}" for number in range(256))

    def held(self, shelf: str) -> set[str]:
        """The digests of the files in one folder; what Easel did not name is none of its concern."""
        return {path.stem for path in (self._folder / shelf).glob("*.png") if _NAME.fullmatch(path.stem)}

    @staticmethod
    def digest(png: bytes) -> str:
        """The name of a file with these bytes: their SHA-256 in hexadecimal."""
        return hashlib.sha256(png).hexdigest()

    def digests(self, pngs: Iterable[bytes]) -> list[str]:
        """The names of files with these bytes, in their order."""
        return [self.digest(png) for png in pngs]

    def write(self, png: bytes, digest: str) -> None:
        """Store the bytes for good under `digest`, which is theirs; what is there already is left alone.

        Raises:
            DiskFull: there is no room; nothing is left behind.
        """
        path = self.path(digest)
        if path.exists() and self.digest(path.read_bytes()) == digest:
            flush_folder(path.parent)  # a crash may have come right after the rename
            return
        unfinished = path.with_suffix(_UNFINISHED)
        with telling_full(path):
            if not path.parent.exists():
                path.parent.mkdir()
                flush_folder(self._folder)
            try:
                with unfinished.open("wb") as file:
                    file.write(png)
                    flush_file(file)
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
            flush_folder(path.parent)

    def read(self, digest: str) -> bytes:
        """The bytes, checked.

        Raises:
            PictureLost: the file is gone, or its bytes are not those that were stored.
        """
        path = self.path(digest)
        try:
            png = path.read_bytes()
        except FileNotFoundError:
            raise PictureLost(path, "is gone") from None
        if self.digest(png) != digest:
            raise PictureLost(path, "is damaged")
        return png

    def remove(self, digests: Iterable[str]) -> None:
        """Delete files; those that are gone already are no concern."""
        for digest in digests:
            path = self.path(digest)
            path.unlink(missing_ok=True)
            if path.parent.exists() and not os.listdir(path.parent):  # noqa: PTH208 — no need for paths
                path.parent.rmdir()
