"""What emoji are called, for machines that have no font to draw them with."""

import unicodedata
from typing import Final

PLANES: Final = (range(0x203C, 0x3300), range(0x1F000, 0x1FB00))
"""Where Unicode keeps its pictures."""


def emoji_names() -> dict[str, str]:
    """Every picture's name, such as "unicorn_face", by its character."""
    return {
        character: name.casefold().replace(" ", "_")
        for plane in PLANES
        for character in map(chr, plane)
        if unicodedata.category(character) in ("So", "Sm", "Po")
        if (name := unicodedata.name(character, ""))
    }
