"""Typed text becomes a value, or an `InvalidRequest` that says what may be typed.

The flags, the command line and autocompletion read through these, so that all say the same.
"""

import math
import re
from typing import Final

from inference.errors import InvalidRequest
from inference.request import MAX_COUNT, MAX_GUIDANCE, MAX_STEPS, SEEDS
from inference.samplers import SAMPLERS
from inference.source import STRENGTH

COUNT: Final = f"a whole number from 1 to {MAX_COUNT}"
SEED: Final = f"a whole number from 0 to {SEEDS - 1}"
STEPS: Final = f"a whole number from 1 to {MAX_STEPS}"
GUIDANCE: Final = f"a number from 0 to {MAX_GUIDANCE:g}"
SAMPLER: Final = f"one of {', '.join(SAMPLERS)}"

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,20}")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")


def read_count(text: str) -> int:
    """How many pictures."""
    return _whole("count", text, least=1, most=MAX_COUNT, expected=COUNT)


def read_seed(text: str) -> int:
    """The seed of the first picture."""
    return _whole("seed", text, least=0, most=SEEDS - 1, expected=SEED)


def read_steps(text: str) -> int:
    """Denoising steps."""
    return _whole("steps", text, least=1, most=MAX_STEPS, expected=STEPS)


def read_guidance(text: str) -> float:
    """The guidance scale."""
    value = float(text) if _NUMBER.fullmatch(text.strip()) else math.nan
    if not 0 <= value <= MAX_GUIDANCE:
        raise InvalidRequest("guidance_scale", text, GUIDANCE)
    return value


def read_strength(text: str) -> float:
    """How far to go from a picture."""
    value = float(text) if _NUMBER.fullmatch(text.strip()) else math.nan
    if not 0 < value <= 1:
        raise InvalidRequest("strength", text, STRENGTH)
    return value


def read_sampler(text: str) -> str:
    """A sampler's name, however people write it: "euler_a", "Euler a", "DPM++ 2M Karras", "k-lms"."""
    name = _SAMPLERS_BY_KEY.get(_key(text))
    if name is None:
        raise InvalidRequest("sampler", text, SAMPLER)
    return name


def _whole(field: str, text: str, *, least: int, most: int, expected: str) -> int:
    value = int(text) if _WHOLE.fullmatch(text.strip()) else least - 1
    if not least <= value <= most:
        raise InvalidRequest(field, text, expected)
    return value


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold().replace("+", "p"))


_SAMPLERS_BY_KEY: Final = {
    _key(spelling): sampler.name
    for sampler in SAMPLERS.values()
    for spelling in (sampler.title, sampler.name)
}
