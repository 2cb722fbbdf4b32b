"""The picture that a request begins from, frozen and valid once built."""

import math
from dataclasses import dataclass, field
from typing import Final

from inference.errors import InvalidRequest
from inference.png import png_size

MAX_SOURCE_BYTES: Final = 32 * 2**20
"""Bytes of a source picture's file; the largest picture there is, hardly compressed, has 12 MiB."""
DEFAULT_STRENGTH: Final = 0.6
"""Denoising strength when nobody says: the picture's shapes stay, its surfaces are new."""
MASKED_STRENGTH: Final = 1.0
"""The same where a mask says what stays: what it marks is painted from nothing."""
MASK_LIGHT: Final = 128
"""From this grey on a mask says “paint anew”, as in the stock pipelines."""
STRENGTH: Final = "a number above 0, up to 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePicture:
    """A picture to begin from instead of pure noise (Meng et al. 2022, "SDEdit"), or to repaint parts of.

    Attributes:
        png: the picture, a PNG file as wide and high as what is to be made of it.
        strength: denoising strength in (0, 1]: the share of the steps that are taken. Little stays near the
            picture; 1 leaves hardly anything of it.
        mask: a PNG file of the same size: where it is white (from 128 on) the picture is painted anew,
            where it is black it stays. None to paint all of it anew.

    Raises:
        InvalidRequest: naming the first field that is wrong; whether a file is whole shows when it is read.
    """

    png: bytes = field(repr=False)
    strength: float = DEFAULT_STRENGTH
    mask: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        require_strength(self.strength)
        for name, file in (("image", self.png), ("mask", self.mask)):
            if file is not None and (len(file) > MAX_SOURCE_BYTES or png_size(file) is None):
                raise InvalidRequest(name, file[:16], f"a PNG picture of at most {MAX_SOURCE_BYTES:,} bytes")
        if self.mask is not None and png_size(self.mask) != self.size:
            raise InvalidRequest("mask", png_size(self.mask), f"as large as the image, {self.size}")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return png_size(self.png) or (0, 0)


def require_strength(value: object) -> None:
    """Raises `InvalidRequest` unless it is a denoising strength."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not 0 < number <= 1:
        raise InvalidRequest("strength", value, STRENGTH)
