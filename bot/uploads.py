"""A file that somebody sent becomes a picture that the house made itself, or a clear no."""

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal

from bot import upload_child
from bot.refusal import Refusal

MAX_BYTES: Final = 10 * 2**20
"""Of one upload: what Discord lets everybody send."""
PATIENCE: Final = 20.0
"""Seconds until a process that reads an upload is given up; callers in a hurry give up earlier."""
AT_ONCE: Final = 2
"""Uploads read at the same time; each may take a good deal of memory."""


What = Literal["image", "mask"]
"""What an upload is for, by the name of its option."""


class UploadFault(StrEnum):
    """Why an upload cannot be used, as a phrase that follows "it"."""

    TOO_LARGE = f"has more than {MAX_BYTES // 2**20} MiB"
    TOO_MANY_PIXELS = f"has more than {upload_child.MAX_PIXELS // 10**6} megapixels"
    NOT_A_PICTURE = "is no PNG, JPEG or WebP picture"
    DAMAGED = "is damaged"
    OUT_OF_REACH = "cannot be opened"
    TOO_SLOW = "takes too long to fetch and read"


class UploadRefused(Refusal):
    """An upload cannot be used.

    Attributes:
        fault: why.
        what: which.
    """

    def __init__(self, fault: UploadFault, what: What = "image") -> None:
        super().__init__(fault, what)
        self.fault = fault
        self.what = what

    def __str__(self) -> str:
        return f"the {self.what} cannot be used: it {self.fault}"


_FAULTS: Final = {
    upload_child.NOT_A_PICTURE: UploadFault.NOT_A_PICTURE,
    upload_child.TOO_MANY_PIXELS: UploadFault.TOO_MANY_PIXELS,
}


class UploadReader:
    """Reads uploads, each in a process of its own with limits, a few at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def picture_of(self, file: bytes, what: What = "image") -> bytes:
        """The picture in an upload as a PNG file, 8-bit RGB, upright, at most 2,048 pixels a side.

        It is decoded and written anew; nothing else of the file comes through. A mask comes out white where
        the picture is to be painted anew, and black elsewhere: where the upload is erased, or else, where
        nothing of it is, where it is light.

        Raises:
            UploadRefused: it is too large, no PNG, JPEG or WebP picture, damaged, or takes too long.
        """
        if len(file) > MAX_BYTES:
            raise UploadRefused(UploadFault.TOO_LARGE, what)
        async with self._turn:
            code, png = await _read_by_child(file, what)
        if code != 0:
            raise UploadRefused(_FAULTS.get(code, UploadFault.DAMAGED), what)
        return png

    async def picture_at(self, path: Path, what: What = "image") -> bytes:
        """The same of a file on this machine."""
        try:
            file = await asyncio.to_thread(_first_bytes, path)
        except OSError:
            raise UploadRefused(UploadFault.OUT_OF_REACH, what) from None
        return await self.picture_of(file, what)


async def _read_by_child(file: bytes, what: What) -> tuple[int, bytes]:
    """The exit code and the output of the process that read the file.

    Raises:
        UploadRefused: it took too long.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(Path(upload_child.__file__)),
        what,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            png, _ = await child.communicate(file)
    except TimeoutError:
        raise UploadRefused(UploadFault.TOO_SLOW, what) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return await child.wait(), png


def _first_bytes(path: Path) -> bytes:
    """The file, or enough of it to see that it is too large."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
