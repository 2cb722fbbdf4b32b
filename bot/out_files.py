"""Which files the terminal writes its pictures to, settled before anything is computed."""

import io
import os
import re
import tempfile
from pathlib import Path
from typing import Final

from inference.job import ImageResult
from inference.request import ImageRequest

FORMATS: Final = {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG", ".jpeg": "JPEG"}
LONGEST_NAME: Final = 48
QUALITY: Final = 92


class UnwritableOut(ValueError):  # noqa: N818 — a refusal, named for what it says
    """`path` cannot take pictures; `detail` says why, in one line."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return f"--out {self.path}: {self.detail}"


def plan(out: Path | None, request: ImageRequest) -> tuple[Path, ...]:
    """As `_planned`; whatever the file system objects to is a fault of the path.

    Raises:
        UnwritableOut: as there.
    """
    try:
        return _planned(out, request)
    except OSError as error:
        raise UnwritableOut(out or Path(), error.strerror or str(error)) from error


def _planned(out: Path | None, request: ImageRequest) -> tuple[Path, ...]:
    """One path a picture, in order, all of them writable as far as one can tell beforehand.

    Args:
        out: a file (its suffix says the format; several pictures become name-1, name-2 …), a folder (names
            are made from prompt and seed), or None for the folder one stands in.
        request: what will be written.

    Raises:
        UnwritableOut: the folder does not exist or cannot be written, or the suffix is none of `FORMATS`.
    """
    folder = Path() if out is None else out
    if folder.is_dir():
        paths = [folder / f"{_slug(request.prompt)}-{request.seed_of(i)}.png" for i in range(request.count)]
    else:
        if folder.suffix.lower() not in FORMATS:
            raise UnwritableOut(folder, f"end the name in {', '.join(FORMATS)}, or name a folder that exists")
        paths = [folder]
        if request.count > 1:
            paths = [folder.with_stem(f"{folder.stem}-{i + 1}") for i in range(request.count)]
    for path in paths:
        if path.is_dir():
            raise UnwritableOut(path, "there is a folder of that name")
    _try_writing(folder, paths[0].parent)
    return tuple(paths)


def write(path: Path, picture: ImageResult) -> None:
    """Write one picture in its path's format: all of it, or nothing."""
    content = picture.png
    form = FORMATS[path.suffix.lower()]
    if form != "PNG":
        from PIL import Image

        buffer = io.BytesIO()
        Image.open(io.BytesIO(picture.png), formats=["PNG"]).save(buffer, format=form, quality=QUALITY)
        content = buffer.getvalue()
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".easel-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(unfinished).chmod(0o666 & ~_umask())
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _try_writing(out: Path, folder: Path) -> None:
    if not folder.is_dir():
        raise UnwritableOut(out, f"there is no folder {folder}")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UnwritableOut(out, f"{folder} cannot be written: {error.strerror}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _slug(prompt: str) -> str:
    return re.sub(r"\W+", "-", prompt.casefold()).strip("-_")[:LONGEST_NAME].strip("-_") or "picture"
