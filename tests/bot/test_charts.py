"""Usage as a picture: it can be read, also by who does not see it, whatever names and numbers come."""

import io
import re
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.render import charts
from bot.render.chart_layout import MARGIN, NOTHING, Ink, lay_out, row_label
from bot.render.chart_scale import amount, axis, share
from bot.render.chart_values import MOST, Row
from bot.render.charts import PALETTES, Day, Slice, Theme, UsageChart, alt_text, draw

FIRST = date(2026, 11, 17)
HUNDRED = tuple(f"name {number}" for number in range(100))


def chart(days: list[float], *slices: tuple[str, float] | tuple[str, float, float | None]) -> UsageChart:
    return UsageChart(
        title="Compute used, 17–23 November",
        subtitle="by member · all channels",
        days=tuple(Day(day=FIRST + timedelta(days=n), seconds=seconds) for n, seconds in enumerate(days)),
        slices=tuple(
            Slice(label=label, seconds=seconds, limit=limit[0] if limit else None)
            for label, seconds, *limit in slices
        ),
    )


WEEK = chart(
    [300, 1200, 0, 0, 80, 2300, 1500],
    ("ben", 2840, 2000),
    ("ada", 1240, 2000),
    ("mia", 0.4),
    ("日本", 0.1),
)


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
    inks = PALETTES[theme]
    for text in {each.ink for each in lay_out(WEEK).texts}:
        assert _contrast(inks[text], inks[Ink.GROUND]) >= 4.5
    for bar in (Ink.BAR, Ink.OVER):
        assert _contrast(inks[bar], inks[Ink.GROUND]) >= 3
        assert _contrast(inks[bar], inks[Ink.TRACK]) >= 3


@pytest.mark.parametrize("theme", Theme)
def test_a_picture_has_the_colours_of_its_palette_to_the_bit(theme: Theme) -> None:
    """Fewer colours make a smaller file; those that contrasts were measured with are kept."""
    with Image.open(io.BytesIO(draw(WEEK, theme)), formats=["PNG"]) as image:
        drawn = {colour for _, colour in image.convert("RGB").getcolors(1_000) or ()}
    assert set(PALETTES[theme].values()) <= drawn


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("days", [1, 7, 31])
@pytest.mark.parametrize("bars", [0, 1, 3, 10, 25])
def test_a_chart_is_a_small_png_and_the_same_again(theme: Theme, days: int, bars: int) -> None:
    """Wide enough for a sharp screen, small enough for a slow connection."""
    drawn = chart(
        [3600.0 + day for day in range(days)], *((name, 9_000.0, 8_000.0) for name in HUNDRED[:bars])
    )
    png = draw(drawn, theme)
    assert png == draw(drawn, theme)
    assert len(png) < 60_000
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        image.load()
        assert image.width == charts.WIDTH
        assert image.height <= 1_400


def test_the_words_hold_every_number_of_the_picture() -> None:
    """In all, the busiest day, and each bar with its limit; a name the font lacks comes with its place."""
    assert alt_text(WEEK) == (
        "Compute used, 17–23 November, by member · all channels. 5,380 s in all, "
        "most on 22 November: 2,300 s. "
        "ben: 2,840 s (142 % of 2,000 s, over). ada: 1,240 s (62 % of 2,000 s). "
        "mia: 0.4 s. No. 4, 日本: 0.1 s."
    )


@pytest.mark.parametrize(
    ("count", "last"), [(10, "name 9"), (11, "1 other"), (12, "2 others"), (25, "15 others")]
)
def test_ten_have_bars_and_the_others_are_summed(count: int, last: str) -> None:
    """Nobody's use is lost."""
    crowd = chart([9_000.0], *((name, 900.0 / (n + 1)) for n, name in enumerate(HUNDRED[:count])))
    assert crowd.rows[-1].label == last
    assert len(crowd.rows) == min(count, 11)
    assert sum(row.seconds for row in crowd.rows) == pytest.approx(sum(s.seconds for s in crowd.slices))


def test_words_that_are_too_long_are_cut_between_bars() -> None:
    """A bar is told whole or not at all, and how many are not told is said."""
    said = alt_text(chart([9_000.0], *((f"{n} {'x' * 300}", 900.0 - n, 500.0) for n in range(25))))
    assert len(said) <= charts.ALT_LIMIT
    told = len(re.findall(r"\(1\d\d % of 500 s, over\)\.", said))
    assert said.endswith(f" {11 - told} more are not listed.")
    assert told >= 4


def test_over_the_limit_is_written_too() -> None:
    """No meaning by colour alone."""
    layout = lay_out(WEEK)
    (note,) = [text for text in layout.texts if text.ink is Ink.OVER_TEXT]
    assert note.text == "142 % of 2,000 s, over"
    assert [box.ink for box in layout.boxes].count(Ink.OVER) == 1


@pytest.mark.parametrize("nothing", [chart([0.0, 0.0]), chart([0.0], ("ada", 0.0, 100.0))])
def test_days_without_use_say_so(nothing: UsageChart) -> None:
    """No axis of nothing."""
    layout = lay_out(nothing)
    assert layout.texts[-1].text == NOTHING
    assert not layout.boxes
    assert alt_text(nothing).endswith("all channels. Nothing was made in these days.")
    draw(nothing, Theme.LIGHT)


def test_a_day_without_use_leaves_a_thin_line() -> None:
    """It was a day, too; another colour than that of one with a little use."""
    columns = [box for box in lay_out(chart([1e6, 0, 0.01])).boxes if box.ink is not Ink.LINE]
    assert [box.ink for box in columns] == [Ink.BAR, Ink.TRACK, Ink.BAR]
    assert columns[1].height == columns[2].height < 6


@pytest.mark.parametrize(
    ("seconds", "beside", "said"),
    [
        (0, None, "0 s"),
        (1e-9, None, "under 0.01 s"),
        (0.01, None, "0.01 s"),
        (0.42, None, "0.42 s"),
        (9, None, "9 s"),
        (1_240, None, "1,240 s"),
        (7_199.4, None, "7,199 s"),
        (7_199.9, None, "120 min"),
        (9_000, None, "150 min"),
        (36_000, None, "10 h"),
        (9_000, 1e6, "2.5 h"),
        (12_800, 900, "12,800 s"),
        (43, 1e7, "43 s"),
        (1e7, None, "2,778 h"),
    ],
)
def test_amounts_are_as_precise_as_is_of_use(seconds: float, beside: float | None, said: str) -> None:
    """In a unit that they share with what they stand beside, unless they would vanish in it."""
    assert amount(seconds, beside=beside) == said


@pytest.mark.parametrize(
    ("seconds", "limit", "said"),
    [
        (0, 100, "0 % of 100 s"),
        (0.1, 100, "under 1 % of 100 s"),
        (99.9, 100, "99 % of 100 s"),
        (100, 100, "100 % of 100 s"),
        (100.1, 100, "101 % of 100 s"),
        (5_000, 100, "over 999 % of 100 s"),
        (5, 0, "of 0 s"),
    ],
)
def test_a_share_never_denies_what_is_left_or_over(seconds: float, limit: float, said: str) -> None:
    """100 % is said of what is used up exactly."""
    assert share(seconds, limit) == said


@given(most=st.floats(0.01, MOST))
@example(most=0.01)
@example(most=7_199.99)
def test_axes_are_round_and_hold_the_largest(most: float) -> None:
    """Four to six lines, evenly, in one unit, told apart, the top not far above the largest value."""
    scale = axis(most)
    assert most <= scale.top * (1 + 1e-6)
    assert most >= scale.top * 0.5
    assert 4 <= len(scale.ticks) <= 6
    labels = [label for _, label in scale.ticks]
    assert len(set(labels)) == len(labels)
    assert len({label.split()[-1] for label in labels[1:]}) == 1


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ada", "ada"),
        ("Zoë Łukasz", "Zoe Lukasz"),
        ("Zoe\u0308", "Zoe"),
        ("🦊 fox", "fox"),
        ("\uff41\uff44\uff41", "ada"),
        ("ad\u200ba\u202e\n\x07 b", "ada b"),
        ("日本 Tanaka", "Tanaka"),
        ("日本太郎", "No. 3"),
        ("Мария K", "No. 3"),
        ("عربى", "No. 3"),
        ("🦊🦊", "No. 3"),
        ("\u200b\ud800", "No. 3"),
        ("", "No. 3"),
    ],
)
def test_names_are_written_in_letters_that_the_font_has(name: str, written: str) -> None:
    """Without accents where it must be; by their place where most letters would be lost."""
    assert row_label(Row(place=3, label=name, seconds=1, limit=None)) == written


names = st.text(st.characters(), max_size=300) | st.sampled_from(
    ["日本語", "🦊🦊", "عربى", "e\u0301" * 250, "\u200b\u202e", "", "\n\t", "W" * 500, "שלום abc", "👩‍👩‍👧"]
)
amounts = st.floats(0, MOST) | st.sampled_from([0.0, 1e-300, 0.01, 7_200.0, 1e7, MOST])


@settings(max_examples=60, deadline=None)
@given(
    title=names,
    days=st.lists(amounts, min_size=1, max_size=31),
    slices=st.lists(st.tuples(names, amounts, st.none() | amounts), max_size=25),
)
def test_whatever_people_are_called_and_use_it_is_drawn(
    title: str, days: list[float], slices: list[tuple[str, float, float | None]]
) -> None:
    """All text stands inside the picture and on no other; words fit Discord; bars end before their values."""
    ordered = sorted(slices, key=lambda each: -each[1])
    base = chart(days, *ordered)
    drawn = UsageChart(title=title, subtitle=title, days=base.days, slices=base.slices)
    layout = lay_out(drawn)
    extents = [text.extent for text in layout.texts if text.text]
    for left, top, right, bottom in extents:
        assert MARGIN / 2 <= left <= right <= charts.WIDTH - MARGIN / 2
        assert 0 < top <= bottom < layout.height
    for one, other in combinations(extents, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for box in layout.boxes:
        assert box.left >= MARGIN
        assert box.left + box.width <= charts.WIDTH - MARGIN + 0.01
    assert len(alt_text(drawn)) <= charts.ALT_LIMIT
    assert len(draw(drawn, Theme.DARK)) < 60_000


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), 2 * MOST])
def test_what_is_no_amount_is_not_drawn(wrong: float) -> None:
    """A mistake of ours, found where it is made."""
    with pytest.raises(ValueError, match="seconds"):
        Day(day=FIRST, seconds=wrong)
    with pytest.raises(ValueError, match="seconds"):
        Slice(label="x", seconds=wrong)
    with pytest.raises(ValueError, match="limit"):
        Slice(label="x", seconds=1, limit=wrong)


def test_what_is_in_no_order_is_not_drawn() -> None:
    """The largest first, so that the ten drawn are the largest; days as they came, 1 to 31."""
    for days in (0, 32):
        with pytest.raises(ValueError, match="days"):
            chart([1.0] * days)
    with pytest.raises(ValueError, match="largest first"):
        chart([1.0], ("ada", 1), ("ben", 2))
    with pytest.raises(ValueError, match="oldest first"):
        UsageChart(title="", subtitle="", days=(Day(day=FIRST, seconds=1),) * 2, slices=())
