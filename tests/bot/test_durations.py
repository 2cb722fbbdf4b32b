"""Amounts of time as moderators type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.durations import parse_seconds, short


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("10 min", 600),
        ("10minutes", 600),
        ("1h30", 5_400),
        ("1 h 30 min", 5_400),
        ("1,5 h", 5_400),
        ("2 Days", 172_800),
        ("1 week", 604_800),
        ("2min30", 150),
        ("0", 0),
    ],
)
def test_what_people_write_is_read(text: str, seconds: float) -> None:
    """Long and short units, commas, and 1h30."""
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "ten", "10 parsecs", "-5 min", "1h-3", "min 10", "40 30", "nan", "inf", "1e9", "٣"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """With what would do."""
    with pytest.raises(ValueError, match="10 min"):
        parse_seconds(text)


@given(st.integers(0, 10_000_000))
def test_what_is_said_can_be_typed(seconds: int) -> None:
    """What Easel shows is something it reads."""
    assert parse_seconds(short(seconds).replace(",", "")) == seconds
