"""What a usage chart shows: frozen values, valid once built."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Final

SHOWN: Final = 10
"""Bars drawn at most; what the others used is one bar more."""
LONGEST: Final = 31
"""Days drawn at most."""
MOST: Final = 1e12
"""Compute-seconds that one value may hold: thirty thousand years, so that sums stay finite and fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What one used.

    Attributes:
        label: a name as it is, any Unicode of any length.
        seconds: compute-seconds, in [0, `MOST`].
        limit: compute-seconds that this one may use, in [0, `MOST`]; None without a limit.

    Raises:
        ValueError: a number is out of range.
    """

    label: str
    seconds: float
    limit: float | None = None

    def __post_init__(self) -> None:
        _require("seconds", self.seconds)
        if self.limit is not None:
            _require("limit", self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was used on a day.

    Attributes:
        day: which.
        seconds: compute-seconds, in [0, `MOST`].

    Raises:
        ValueError: the number is out of range.
    """

    day: date
    seconds: float

    def __post_init__(self) -> None:
        _require("seconds", self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A bar: one slice, or all those that have none of their own.

    Attributes:
        place: from 1, the largest first.
        label: the name as it was given.
        seconds: compute-seconds.
        limit: compute-seconds; None without a limit.
    """

    place: int
    label: str
    seconds: float
    limit: float | None

    @property
    def over(self) -> bool:
        """Whether more was used than the limit allows."""
        return self.limit is not None and self.seconds > self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageChart:
    """What is drawn.

    Attributes:
        title: what it shows: “Compute used, 17–23 November”.
        subtitle: of whom, and how it is divided: “by member · all channels”.
        days: 1 to 31, oldest first.
        slices: the largest first; at most 10 are drawn, the rest are summed.

    Raises:
        ValueError: there are no days or too many, or the days or slices are not in their order.
    """

    title: str
    subtitle: str
    days: tuple[Day, ...]
    slices: tuple[Slice, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.days) <= LONGEST:
            raise ValueError(f"1 to {LONGEST} days can be drawn, not {len(self.days)}")
        if any(one.day >= other.day for one, other in zip(self.days, self.days[1:], strict=False)):
            raise ValueError("days must come oldest first, each once")
        if any(one.seconds < other.seconds for one, other in zip(self.slices, self.slices[1:], strict=False)):
            raise ValueError("slices must come largest first")

    @property
    def total(self) -> float:
        """Compute-seconds of all days together."""
        return math.fsum(each.seconds for each in self.days)

    @property
    def busiest(self) -> Day:
        """The day with the most; the first of them where several are alike."""
        return max(self.days, key=lambda each: each.seconds)

    @property
    def empty(self) -> bool:
        """Whether nothing was used at all."""
        return not (self.total or any(each.seconds for each in self.slices))

    @property
    def rows(self) -> tuple[Row, ...]:
        """The bars: the largest, and one for all others."""
        rows = [
            Row(place=place, label=each.label, seconds=each.seconds, limit=each.limit)
            for place, each in enumerate(self.slices[:SHOWN], 1)
        ]
        rest = self.slices[SHOWN:]
        if rest:
            label = "1 other" if len(rest) == 1 else f"{len(rest)} others"
            used = math.fsum(each.seconds for each in rest)
            rows.append(Row(place=SHOWN + 1, label=label, seconds=used, limit=None))
        return tuple(rows)


def _require(field: str, value: float) -> None:
    if not 0 <= value <= MOST:  # false for NaN, too
        raise ValueError(f"{field} must be a number from 0 to {MOST:g}, not {value!r}")
