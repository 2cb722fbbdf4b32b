"""Amounts of compute as charts write them, and axes with round numbers."""

import math
from dataclasses import dataclass
from typing import Final

_UNITS: Final = (("h", 3_600.0, 36_000.0), ("min", 60.0, 7_200.0), ("s", 1.0, 0.0))
"""Units with their seconds and the least told in them: budgets are set in seconds, so those go far."""
_LEAST: Final = 0.01
"""Compute-seconds below which nothing is told apart."""
_MOST_TICKS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Where an axis has its lines.

    Attributes:
        top: compute-seconds at its upper end.
        ticks: (compute-seconds, label) from 0 to `top`, evenly spaced, all in one unit.
    """

    top: float
    ticks: tuple[tuple[float, str], ...]


def amount(seconds: float, *, beside: float | None = None) -> str:
    """Compute-seconds as people read them: 0 s, 0.04 s, 1,240 s, 150 min, 27.5 h.

    Args:
        seconds: compute-seconds, at least 0.
        beside: compute-seconds that it is to be compared with; their unit is shared by all that are a
            tenth of it or more.
    """
    if seconds <= 0:
        return "0 s"
    if seconds < _LEAST:
        return f"under {_LEAST} s"
    unit, size = _unit(seconds if beside is None else beside)
    if seconds / size < 0.1:
        unit, size = _unit(seconds)
    value = seconds / size
    if value >= 99.95:
        return f"{value:,.0f} {unit}"
    return f"{_plain(value, 2 if value < 0.995 else 1)} {unit}"


def share(seconds: float, limit: float, *, beside: float | None = None) -> str:
    """How much of a limit was used: 62 % of 2,000 s; `beside` as for `amount`."""
    if limit < _LEAST:
        return f"of {amount(limit, beside=beside)}"
    percent = 100 * seconds / limit
    if percent > 999:
        told = "over 999"
    elif 0 < percent < 1:
        told = "under 1"
    elif percent > 100:
        # Rounding down to the limit would deny that it was passed.
        told = str(max(101, round(percent)))
    else:
        told = str(math.floor(percent + 1e-9))  # 100 % is said when nothing is left
    return f"{told} % of {amount(limit, beside=beside)}"


def axis(most: float) -> Axis:
    """From 0 to the first round number that is not below `most`, with four to six lines of one unit.

    Args:
        most: compute-seconds of the largest value, at least 0.
    """
    most = max(most, _LEAST)
    unit, size = _unit(most)
    step = _step(most / size)
    count = math.ceil(most / size / step - 1e-9)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    ticks = [(0.0, "0")]
    ticks += [(n * step * size, f"{n * step:,.{digits}f} {unit}") for n in range(1, count + 1)]
    return Axis(top=count * step * size, ticks=tuple(ticks))


def _unit(most: float) -> tuple[str, float]:
    # What would be rounded up to the next unit's beginning is told in that unit.
    return next((name, size) for name, size, least in _UNITS if round(most) >= least)


def _step(most: float) -> float:
    """1, 2 or 5 times a power of ten, the smallest that needs no more than five steps."""
    power = 10.0 ** math.floor(math.log10(most / _MOST_TICKS))
    return next(n * power for n in (1, 2, 5, 10) if n * power * _MOST_TICKS >= most * (1 - 1e-9))


def _plain(value: float, digits: int) -> str:
    told = f"{value:.{digits}f}"
    return told.rstrip("0").rstrip(".")
