"""Hours by the clock on the wall, also on the two days a year on which it is changed."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.quota import Hours, parse_hours

BERLIN = "Europe/Berlin"
ZONES = st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
MINUTE = timedelta(minutes=1)


def berlin(text: str) -> Hours:
    return parse_hours(text, BERLIN)


def utc(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_hours_follow_the_wall_over_both_changes_of_the_clock() -> None:
    """08:00 in Berlin is 07:00 UTC in winter and 06:00 in summer; clocks change on 29/3 and 25/10."""
    hours = berlin("08:00-18:00")
    assert [hours.open(utc(28, 7)), hours.open(utc(28, 6, 59))] == [True, False]
    assert [hours.open(utc(29, 6)), hours.open(utc(29, 5, 59))] == [True, False]
    assert hours.opens(utc(28, 20)) == utc(29, 6)
    assert hours.opens(utc(24, 20, month=10)) == utc(25, 7, month=10)


def test_an_hour_that_is_left_out_opens_when_the_clock_has_jumped() -> None:
    """02:30 is not on the wall on 29 March: at 03:00, which is 01:00 UTC, it is past that."""
    hours = berlin("02:30-06:00")
    assert hours.opens(utc(29, 0)) == utc(29, 1)
    assert not hours.open(utc(29, 0, 59))
    never = berlin("sun 02:00-03:00")
    assert never.opens(utc(28, 12)) == utc(5, 0, month=4)  # not on the 29th at all


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    """02:30 is twice on the wall on 25 October."""
    hours = berlin("02:30-02:45")
    assert hours.opens(utc(24, 23, month=10)) == utc(25, 0, 30, month=10)
    assert hours.opens(utc(25, 0, 45, month=10)) == utc(25, 1, 30, month=10)


def test_a_span_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    """Friday's night goes on into Saturday, and Saturday's own does not begin."""
    hours = parse_hours("fri 22:00-06:00", "UTC")
    assert hours.open(datetime(2026, 11, 27, 23, tzinfo=UTC))
    assert hours.open(datetime(2026, 11, 28, 5, 59, tzinfo=UTC))
    assert not hours.open(datetime(2026, 11, 28, 6, tzinfo=UTC))
    assert not hours.open(datetime(2026, 11, 28, 23, tzinfo=UTC))


@settings(max_examples=150, deadline=None)
@given(
    zone=ZONES,
    begin=st.integers(0, 24 * 12 - 1),
    end=st.integers(0, 24 * 12 - 1),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    day=st.integers(0, 364),
    minute=st.integers(0, 24 * 60 - 1),
)
def test_it_opens_at_the_first_open_minute(
    zone: str, begin: int, end: int, days: frozenset[int], day: int, minute: int
) -> None:
    """What `opens` says is what looking at every minute finds."""
    walls = [time(each // 12, each % 12 * 5) for each in (begin, end)]
    hours = Hours(zone=zone, begin=walls[0], end=walls[1], days=days)
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, minutes=minute)
    said = hours.opens(now)
    assert said is None or hours.open(said)
    until = said or now + timedelta(days=8)
    moment = now
    while moment < until:
        assert not hours.open(moment)
        moment += MINUTE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8-18", "08:00–18:00 Europe/Berlin"),
        ("Mon-Fri 08:00–17:30", "mon–fri 08:00–17:30 Europe/Berlin"),
        ("sat,sun 22:00-24:00", "sat, sun 22:00–00:00 Europe/Berlin"),
        ("fri-mon 00:00-24:00", "mon, fri, sat, sun 00:00–00:00 Europe/Berlin"),
    ],
)
def test_what_moderators_type_is_read(text: str, said: str) -> None:
    """Short forms and dashes of either length."""
    assert str(berlin(text)) == said


@pytest.mark.parametrize(
    "text", ["", "8", "8-25", "8:61-9", "someday 8-9", "mon tue 8-9", "8-9-10", "-", "mon-fri", "٨-٩x"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """With what would do."""
    with pytest.raises(ValueError, match=r"like|days are"):
        berlin(text)


def test_there_must_be_such_a_zone() -> None:
    """Nothing outside the zone database is looked at either."""
    for zone in ("Mars/Olympus", "../../etc/passwd", "", "/etc/localtime"):
        with pytest.raises(ValueError, match="time zone"):
            parse_hours("8-9", zone)
