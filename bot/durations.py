"""Amounts of time as people write them: “10 min”, “1h30”, “90”, “2 days”. Pure."""

import re
from typing import Final

UNITS: Final = {
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "m": 60.0,
    "min": 60.0,
    "minute": 60.0,
    "h": 3_600.0,
    "hour": 3_600.0,
    "d": 86_400.0,
    "day": 86_400.0,
    "w": 604_800.0,
    "week": 604_800.0,
}
"""Seconds of each unit; an “s” may follow the longer names."""
_PART: Final = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,3})?)\s*([a-z]*)\s*")


def parse_seconds(text: str) -> float:
    """Seconds, from a number with a unit, or several; seconds where no unit is said.

    Raises:
        ValueError: it cannot be read; says what would do.
    """
    said = text.strip().casefold()
    total, at, unit = 0.0, 0, 0.0
    for part in _PART.finditer(said):
        if part.start() != at:
            break
        name = part[2] if part[2] in UNITS else part[2].removesuffix("s")
        if name not in UNITS and (part[2] or unit):
            # “1h30”: thirty of the unit below
            smaller = {3_600.0: 60.0, 60.0: 1.0}.get(unit)
            if part[2] or smaller is None:
                break
            unit = smaller
        else:
            unit = UNITS[name] if name else 1.0
        total += float(part[1].replace(",", ".")) * unit
        at = part.end()
    if not said or at != len(said):
        raise ValueError("write it like `10 min`, `90 s` or `1 h 30 min`")
    return total


def short(seconds: float) -> str:
    """The same as people read it, in the largest unit that keeps it whole: 10 min, 90 s, 2 h."""
    for name, unit in (("h", 3_600.0), ("min", 60.0)):
        if seconds >= unit and seconds % unit == 0:
            return f"{seconds / unit:,.0f} {name}"
    return f"{seconds:,.1f}".removesuffix(".0") + " s"
