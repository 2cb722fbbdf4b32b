"""Usage as a picture: it can be read, also by who does not see it, whatever names and numbers come."""

import io
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.render import charts
from bot.render.charts import PALETTES, Slice, Theme, UsageChart, alt_text, amount, draw

FIRST = date(2026, 11, 17)


def chart(days: list[float], *slices: tuple[str, float]) -> UsageChart:
    return UsageChart(
        title="Compute used, 17 to 23 November",
        subtitle="all members, by member",
        days=tuple((FIRST + timedelta(days=number), seconds) for number, seconds in enumerate(days)),
        slices=tuple(Slice(label=label, seconds=seconds) for label, seconds in slices),
    )


WEEK = chart([300, 1200, 0, 0, 80, 2300, 1500], ("ada", 2400), ("ben", 1200), ("mia", 0.4))


def _luminance(colour: charts.Colour) -> float:
    """Relative luminance (WCAG 2.2, “relative luminance”)."""
    parts = [value / 255 for value in colour]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: charts.Colour, two: charts.Colour) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", Theme)
def test_words_and_bars_stand_out(theme: Theme) -> None:
    """4.5 : 1 for text, 3 : 1 for what carries meaning (WCAG 2.2, 1.4.3 and 1.4.11)."""
    colours = PALETTES[theme]
    for text in (colours.text, colours.quiet):
        assert _contrast(text, colours.ground) >= 4.5
    assert _contrast(colours.bar, colours.ground) >= 3


@pytest.mark.parametrize("theme", Theme)
def test_a_chart_is_a_small_png_and_the_same_again(theme: Theme) -> None:
    """Wide enough for a phone's screen, small enough for a slow one."""
    png = draw(WEEK, theme)
    assert png == draw(WEEK, theme)
    assert len(png) < 60_000
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        assert image.width == charts.WIDTH
        assert image.convert("RGB").getpixel((3, 3)) == PALETTES[theme].ground


def test_the_words_hold_every_number_of_the_picture() -> None:
    """In all, the busiest day, and each bar."""
    assert alt_text(WEEK) == (
        "Compute used, 17 to 23 November, all members, by member. 90 min in all, "
        "most on 22 November: 38 min. "
        "ada: 40 min. ben: 20 min. mia: 0.4 s."
    )


def test_many_bars_are_summed_and_the_words_stay_short() -> None:
    """Ten, and one for all others; in words as many as fit, and how many more."""
    crowd = chart([9_000.0], *((f"{'x' * 55} {n}", 900.0 / (n + 1)) for n in range(30)))
    assert [row.label for row in crowd.rows][-1] == "20 others"
    assert sum(row.seconds for row in crowd.rows) == pytest.approx(sum(s.seconds for s in crowd.slices))
    assert len(alt_text(crowd)) <= charts.ALT_LIMIT
    draw(crowd, Theme.DARK)


def test_days_without_use_say_so() -> None:
    """No axis of nothing."""
    assert alt_text(chart([0.0, 0.0])) == "Compute used, 17 to 23 November: nothing was made in these days."
    draw(chart([0.0, 0.0]), Theme.LIGHT)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.42, "0.4 s"),
        (9, "9 s"),
        (119, "119 s"),
        (720, "12 min"),
        (9_000, "2.5 h"),
        (4e6, "1,111 h"),
    ],
)
def test_amounts_are_as_precise_as_is_of_use(seconds: float, said: str) -> None:
    """In the unit that people compare by."""
    assert amount(seconds) == said


names = st.text(st.characters(codec="utf-8"), max_size=300) | st.sampled_from(
    ["日本語", "🦊🦊", "عربى", "e\u0301" * 60, "\u200b\u202e", "", "\n\t"]
)


@settings(max_examples=25, deadline=None)
@given(
    days=st.lists(st.floats(0, 1e7), min_size=1, max_size=31),
    slices=st.lists(st.tuples(names, st.floats(0, 1e8)), max_size=25),
)
def test_whatever_people_are_called_and_use_it_is_drawn(
    days: list[float], slices: list[tuple[str, float]]
) -> None:
    """No name breaks it; words fit Discord and hold no signs that turn or hide text."""
    drawn = chart(days, *slices)
    draw(drawn, Theme.DARK)
    assert len(alt_text(drawn)) <= charts.ALT_LIMIT
    for row in drawn.rows:
        shown = charts._clean(row.label)
        assert not any(unicodedata.category(sign)[0] == "C" for sign in shown)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_what_is_no_amount_is_not_drawn(seconds: float) -> None:
    """A mistake of ours, found where it is made."""
    with pytest.raises(ValueError, match="seconds"):
        chart([seconds])
    with pytest.raises(ValueError, match="seconds"):
        Slice(label="x", seconds=seconds)
    with pytest.raises(ValueError, match="days"):
        chart([])
