"""Pictures as files Discord takes: PNG where it fits, else WebP, else smaller WebP."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import discord
from PIL import Image

REQUEST_LIMIT: Final = 24 * 2**20
"""Bytes of all files of one request; Discord refuses requests over 25 MiB."""
QUALITIES: Final = (95, 88, 75, 50, 20)
"""WebP qualities tried in turn when the PNG is too large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file, ready to be sent as often as it takes.

    Attributes:
        filename: unique within its message; `attachment://<filename>` names it in components.
    """

    filename: str
    data: bytes

    def file(self) -> discord.File:
        """A fresh file object; each serves one request."""
        return discord.File(BytesIO(self.data), filename=self.filename)


def fit(images: Sequence[bytes], *, limit: int, job: str) -> tuple[Upload, ...]:
    """Files within `limit` bytes each and 24 MiB together, as far as WebP can; sizes in pixels are kept.

    Args:
        images: PNG files.
        limit: bytes one file may have in that server.
        job: part of the file names, so that a downloaded picture says where it came from.
    """
    each = min(limit, REQUEST_LIMIT // max(1, len(images)))
    return tuple(
        _fit_one(image, each, f"easel-{job}-{number}") for number, image in enumerate(images, start=1)
    )


def _fit_one(png: bytes, limit: int, name: str) -> Upload:
    if len(png) <= limit:
        return Upload(filename=f"{name}.png", data=png)
    with Image.open(BytesIO(png), formats=["PNG"]) as image:
        for quality in QUALITIES:
            out = BytesIO()
            image.save(out, "WEBP", quality=quality, method=4)
            if out.tell() <= limit:
                break
    return Upload(filename=f"{name}.webp", data=out.getvalue())
