"""A typed line becomes an `ImageOrder`: the words first, then flags."""

import re
from itertools import zip_longest
from typing import Final

from bot.prompt.errors import (
    AttachedInstead,
    BadValue,
    MissingValue,
    RepeatedFlag,
    StrayText,
    UnknownFlag,
    UnsupportedFlag,
)
from bot.prompt.flags import ATTACHED, KNOWN_ELSEWHERE, Flag, flag_named, nearest_flag
from bot.prompt.order import ImageOrder
from inference.errors import InvalidRequest

# A flag stands at the beginning or after a space, so that "well--known" is a word; a letter follows at once,
# so that "a house -- by the sea" is text. Phones turn two hyphens into a dash: any dash will do.
_FLAG: Final = re.compile(r"(?<!\S)(?:-{2,}|[\u2012-\u2015]+-*)(?P<name>[^\W\d_][\w-]*)(?P<equals>=?)")
_QUOTES: Final = {'"': '"', "'": "'", "“": "”"}


def parse(text: str) -> ImageOrder:
    """Read a prompt with its flags.

    Whitespace is normalised, flags may be written in any case, with another name of theirs, with "=" before
    the value. The prompt may come out empty; `resolve` refuses that.

    Raises:
        FlagError: the first flag that is unknown, impossible, repeated or has a value that will not do.
    """
    found = list(_FLAG.finditer(text))
    order = ImageOrder(prompt=_tidy(text[: found[0].start()] if found else text))
    seen: set[str] = set()
    for match, following in zip_longest(found, found[1:]):
        typed = match["name"].casefold()
        flag = _require_flag(typed)
        if flag.name in seen and not flag.wordy:
            raise RepeatedFlag(typed)
        seen.add(flag.name)
        order = _put(
            order, flag, typed, _tidy(text[match.end() : following.start() if following else len(text)])
        )
    return order


def _require_flag(typed: str) -> Flag:
    flag = flag_named(typed)
    if flag is not None:
        return flag
    if typed in ATTACHED:
        raise AttachedInstead(typed, ATTACHED[typed])
    if typed in KNOWN_ELSEWHERE:
        raise UnsupportedFlag(typed)
    raise UnknownFlag(typed, nearest_flag(typed))


def _put(order: ImageOrder, flag: Flag, typed: str, rest: str) -> ImageOrder:
    value, stray = (rest, "") if flag.wordy else _first_word(rest)
    value = _unquoted(value)
    if not value:
        raise MissingValue(typed, flag.expected)
    try:
        order = flag.put(order, value)
    except InvalidRequest as error:
        raise BadValue(typed, value, error.expected) from None
    if stray:
        raise StrayText(typed, stray)
    return order


def _first_word(text: str) -> tuple[str, str]:
    """The first word, or the first quoted words, and what is left."""
    closing = _QUOTES.get(text[:1])
    if closing is not None and (end := text.find(closing, 1)) > 0:
        return text[: end + 1], text[end + 1 :].strip()
    word, _, rest = text.partition(" ")
    return word, rest


def _unquoted(text: str) -> str:
    closing = _QUOTES.get(text[:1])
    return text[1:-1].strip() if closing is not None and len(text) > 1 and text.endswith(closing) else text


def _tidy(text: str) -> str:
    return " ".join(text.split())
