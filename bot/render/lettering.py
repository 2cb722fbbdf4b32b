"""Writing on pictures with the one font that Pillow brings: what it can write, and how much fits."""

import unicodedata
from functools import lru_cache
from typing import Final

from PIL import ImageFont

Font = ImageFont.FreeTypeFont

LOOKED_AT: Final = 120
"""Characters of a name that are looked at; no picture has room for more."""
_STAND_INS: Final = str.maketrans(
    {
        # The font has one dash, and no plain dotless letter.
        **dict.fromkeys("\u2010\u2011\u2012–\u2014\u2015−", "-"),
        "\u0131": "i",
        "×": "x",
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
    }
)
"""What letters that have no decomposition are written as where the font lacks them."""


@lru_cache
def font(size: int) -> Font:
    """Aileron, as Pillow brings it.

    Args:
        size: pixels to the em.

    Raises:
        TypeError: Pillow was built without FreeType.
    """
    found = ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise TypeError("Pillow needs FreeType to write on pictures")
    # Raqm is not on every machine; without it the same words have the same pixels everywhere.
    return found.font_variant(layout_engine=ImageFont.Layout.BASIC)


def told(name: str) -> str:
    """A name for words that are read: one line of at most 120 characters, nothing that hides or turns it."""
    signs = (sign if unicodedata.category(sign)[0] != "C" else _gap(sign) for sign in name[: 4 * LOOKED_AT])
    line = " ".join("".join(signs).split())
    return line if len(line) <= LOOKED_AT else f"{line[: LOOKED_AT - 1].rstrip()}…"


def writable(name: str) -> str:
    """A name in the letters that the font has: “Zoë” as “Zoe”; empty where most of its letters are lost."""
    wanted = unicodedata.normalize("NFKC", told(name)).translate(_STAND_INS)
    signs: list[str] = []
    letters = lost = 0
    for sign in wanted:
        written = sign if _has(sign) else "".join(part for part in _apart(sign) if _has(part))
        signs.append(written)
        if unicodedata.category(sign)[0] in "LN":
            letters += 1
            lost += not written
    if lost * 2 > letters:
        return ""  # what is left would be somebody else's name
    return " ".join("".join(signs).split())


def fitted(text: str, size: int, width: float) -> str:
    """As much of the text as fits into `width` pixels, with an ellipsis where it was cut."""
    letters = font(size)
    if letters.getlength(text) <= width:
        return text
    while text and letters.getlength(f"{text}…") > width:
        text = text[:-1].rstrip()
    return f"{text}…"


def _gap(sign: str) -> str:
    return " " if sign.isspace() else ""


def _apart(sign: str) -> str:
    return unicodedata.normalize("NFKD", sign)


@lru_cache(4_096)
def _has(sign: str) -> bool:
    if sign == " ":
        return True
    # A font draws the same box for everything it lacks; this sign will never be assigned.
    letters = font(26)
    missing, drawn = letters.getmask("\U0010fffd"), letters.getmask(sign)
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)
