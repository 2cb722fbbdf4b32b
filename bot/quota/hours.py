"""The hours of the week in which something is allowed, by the clock on somebody's wall. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY: Final = frozenset(range(7))
_LOOK_AHEAD: Final = 16
"""Days: a span begins every week, and a change of the clocks may leave one out."""


@dataclass(frozen=True, kw_only=True)
class Hours:
    """From `begin` to `end` on some days of the week, in a time zone.

    A span whose end is not after its beginning goes on into the next day; where they are equal it lasts a
    whole day. When clocks are changed, the wall decides: an hour that comes twice is open twice, one that is
    left out never opens.

    Attributes:
        zone: an IANA name, such as "Europe/Berlin".
        begin: the first moment that is open, local, without a zone.
        end: the first moment that is closed again, local, without a zone.
        days: on which days a span begins, 0 for Monday.

    Raises:
        ValueError: there is no such zone, no day, or a day that is none.
    """

    zone: str
    begin: time
    end: time
    days: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"there is no time zone {self.zone!r}") from None
        if not self.days or not self.days <= EVERY_DAY:
            raise ValueError(f"days must be some of 0–6, not {sorted(self.days)}")
        if self.begin.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("begin and end are local and have no zone of their own")

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def open(self, now: datetime) -> bool:
        """Whether `now`, an aware time, is within a span."""
        local = now.astimezone(self._zone)
        today, wall = local.weekday(), local.time()
        if self.begin < self.end:
            return today in self.days and self.begin <= wall < self.end
        yesterday = (today - 1) % 7
        return (today in self.days and wall >= self.begin) or (yesterday in self.days and wall < self.end)

    def opens(self, now: datetime) -> datetime | None:
        """The first moment from `now` on that is open, UTC; None where a change of clocks leaves none."""
        if self.open(now):
            return now.astimezone(UTC)
        return min(
            (moment for moment in self._turns(now) if moment > now and self.open(moment)), default=None
        )

    def _turns(self, now: datetime) -> Iterator[datetime]:
        """Every moment of the coming days at which it could open: the beginnings, and changes of clocks."""
        day = now.astimezone(self._zone).date() - timedelta(days=1)
        before = self._instant(day, time(), fold=0)
        for _ in range(_LOOK_AHEAD):
            yield self._instant(day, self.begin, fold=0)
            yield self._instant(day, self.begin, fold=1)
            day += timedelta(days=1)
            after = self._instant(day, time(), fold=0)
            if self._offset(before) != self._offset(after):
                yield self._change(before, after)
            before = after

    def _instant(self, day: date, wall: time, *, fold: int) -> datetime:
        local = datetime.combine(day, wall.replace(fold=fold), tzinfo=self._zone)
        return local.astimezone(UTC)

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self._zone).utcoffset()

    def _change(self, before: datetime, after: datetime) -> datetime:
        """The first second between the two at which the zone is what it is at `after`."""
        offset = self._offset(after)
        while after - before > timedelta(seconds=1):
            middle = before + (after - before) // 2
            if self._offset(middle) == offset:
                after = middle
            else:
                before = middle
        return after.replace(microsecond=0)

    def __str__(self) -> str:
        """For example: mon–fri 08:00–18:00 Europe/Berlin."""
        return f"{_said(self.days)}{self.begin:%H:%M}–{self.end:%H:%M} {self.zone}"


def _said(days: frozenset[int]) -> str:
    if days == EVERY_DAY:
        return ""
    ordered = sorted(days)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{DAYS[ordered[0]]}–{DAYS[ordered[-1]]} "
    return f"{', '.join(DAYS[day] for day in ordered)} "


def parse_hours(text: str, zone: str) -> Hours:
    """Read what a moderator typed: “08:00-18:00”, “mon-fri 9-17:30”, “sat,sun 22:00-06:00”.

    Raises:
        ValueError: it cannot be read, or there is no such zone; says what would do.
    """
    words = text.casefold().replace("–", "-").split()
    if len(words) not in (1, 2):
        raise ValueError("write it like `08:00-18:00` or `mon-fri 08:00-18:00`")
    begin, dash, end = words[-1].partition("-")
    if not dash:
        raise ValueError("write it like `08:00-18:00` or `mon-fri 08:00-18:00`")
    days = _days(words[0]) if len(words) == 2 else EVERY_DAY
    return Hours(zone=zone, begin=_wall(begin), end=_wall(end), days=days)


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        try:
            begin, end = DAYS.index(first[:3]), DAYS.index(last[:3]) if dash else DAYS.index(first[:3])
        except ValueError:
            raise ValueError(f"days are {', '.join(DAYS)}, not {part!r}") from None
        found.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(found)


def _wall(text: str) -> time:
    hour, _, minute = text.partition(":")
    if not hour.isdecimal() or (minute and not minute.isdecimal()):
        raise ValueError(f"a time is like 08:00, not {text!r}")
    if (int(hour), int(minute or 0)) == (24, 0):
        return time()
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        raise ValueError(f"a time is like 08:00, not {text!r}") from None
