"""The first bytes of a PNG file, read with nothing but the standard library."""

import struct
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER: Final = struct.Struct(">8sI4sII")


def png_size(image: bytes) -> tuple[int, int] | None:
    """Width and height in pixels as the header says; None when this is no PNG file."""
    if len(image) < _HEADER.size:
        return None
    signature, _length, kind, width, height = _HEADER.unpack_from(image)
    if signature != SIGNATURE or kind != b"IHDR":
        return None
    return width, height
