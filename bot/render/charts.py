"""Usage as a picture: a column a day, and a bar for each who used some. Pure: values in, PNG out."""

import io
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 1_200
MARGIN: Final = 56
SHOWN: Final = 10
"""Bars drawn; what the others used is one bar more."""
LONGEST: Final = 31
"""Days drawn at most."""
ALT_LIMIT: Final = 1_024
LABEL_LIMIT: Final = 60
"""Characters of a label that are looked at."""

_PLOT: Final = 260
_COLUMNS_TOP: Final = 180
_BAR: Final = 30
_ROW: Final = 58
_LABEL_WIDTH: Final = 250
_VALUE_WIDTH: Final = 210

Font = ImageFont.FreeTypeFont
Colour = tuple[int, int, int]


class Theme(StrEnum):
    """Discord's two looks."""

    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme; text is at least 4.5 : 1 against what it stands on (WCAG 2.2, 1.4.3)."""

    ground: Colour
    text: Colour
    quiet: Colour
    line: Colour
    track: Colour
    bar: Colour


PALETTES: Final = {
    Theme.DARK: Palette(
        ground=(0x2B, 0x2D, 0x31),
        text=(0xF2, 0xF3, 0xF5),
        quiet=(0xB5, 0xBA, 0xC1),
        line=(0x43, 0x46, 0x4D),
        track=(0x3A, 0x3D, 0x44),
        bar=(0x5B, 0x8D, 0xEF),
    ),
    Theme.LIGHT: Palette(
        ground=(0xFF, 0xFF, 0xFF),
        text=(0x1E, 0x1F, 0x22),
        quiet=(0x5C, 0x5F, 0x66),
        line=(0xDD, 0xDF, 0xE3),
        track=(0xEC, 0xEE, 0xF1),
        bar=(0x3F, 0x6F, 0xD9),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What one used.

    Attributes:
        label: a name, as it is.
        seconds: compute-seconds, finite, at least 0.

    Raises:
        ValueError: the number is out of range.
    """

    label: str
    seconds: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and self.seconds >= 0):
            raise ValueError(f"seconds must be a number of at least 0, not {self.seconds!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageChart:
    """What is drawn.

    Attributes:
        title: what it shows.
        subtitle: of whom, and how it is divided.
        days: each day with what was used on it, oldest first; 1 to 31.
        slices: who used how much, the most first.

    Raises:
        ValueError: there are no days, or too many, or a number is out of range.
    """

    title: str
    subtitle: str
    days: tuple[tuple[date, float], ...]
    slices: tuple[Slice, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.days) <= LONGEST:
            raise ValueError(f"1 to {LONGEST} days can be drawn, not {len(self.days)}")
        if not all(math.isfinite(seconds) and seconds >= 0 for _, seconds in self.days):
            raise ValueError("seconds must be numbers of at least 0")

    @property
    def total(self) -> float:
        """Compute-seconds of all days together."""
        return sum(seconds for _, seconds in self.days)

    @property
    def rows(self) -> tuple[Slice, ...]:
        """The bars: the largest, and one for all others."""
        if len(self.slices) <= SHOWN + 1:
            return self.slices
        rest = self.slices[SHOWN:]
        others = Slice(label=f"{len(rest)} others", seconds=sum(each.seconds for each in rest))
        return (*self.slices[:SHOWN], others)


def amount(seconds: float) -> str:
    """Compute-seconds as people compare them: 0 s, 4.2 s, 90 s, 12 min, 3.5 h, 1,200 h."""
    if seconds < 0.05:
        return "0 s"
    for unit, size, least in (("h", 3_600.0, 7_200.0), ("min", 60.0, 120.0)):
        if seconds >= least:
            value = seconds / size
            return f"{value:,.0f} {unit}" if value >= 10 else f"{value:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f}".removesuffix(".0") + " s"


def alt_text(chart: UsageChart) -> str:
    """The picture in words, every number of it that fits into 1,024 characters."""
    if not chart.total and not any(each.seconds for each in chart.slices):
        return f"{chart.title}: nothing was made in these days."
    busiest, most = max(chart.days, key=lambda day: day[1])
    said = f"{chart.title}, {chart.subtitle}. {amount(chart.total)} in all"
    if len(chart.days) > 1:
        said += f", most on {busiest:%d %B}: {amount(most)}"
    said += "."
    lines = [_row_words(each) for each in chart.rows]
    for number, line in enumerate(lines):
        rest = f" And {len(lines) - number} more."
        if len(said) + len(line) + 1 + len(rest) > ALT_LIMIT:
            return said + rest
        said += f" {line}"
    return said


def _row_words(row: Slice) -> str:
    told = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in row.label[:LABEL_LIMIT])
    return f"{' '.join(told.split())}: {amount(row.seconds)}."


def draw(chart: UsageChart, theme: Theme) -> bytes:
    """The chart as a PNG, 1,200 pixels wide: the same chart gives the same bytes."""
    colours = PALETTES[theme]
    rows = chart.rows
    empty = not chart.total and not any(row.seconds for row in rows)
    height = 420 if empty else _COLUMNS_TOP + _PLOT + 90 + _ROW * len(rows) + MARGIN - (_ROW - _BAR)
    image = Image.new("RGB", (WIDTH, height), colours.ground)
    pen = ImageDraw.Draw(image)
    pen.text((MARGIN, 44), _fitted(_clean(chart.title), _font(40), WIDTH - 420), colours.text, _font(40))
    pen.text(
        (MARGIN, 98), _fitted(_clean(chart.subtitle), _font(25), WIDTH - 2 * MARGIN), colours.quiet, _font(25)
    )
    if empty:
        pen.text((WIDTH // 2, 270), "Nothing was made in these days", colours.quiet, _font(32), anchor="mm")
    else:
        total = f"{amount(chart.total)} in all"
        pen.text((WIDTH - MARGIN, 66), total, colours.text, _font(32), anchor="rm")
        _columns(pen, chart, colours)
        _bars(pen, rows, colours, _COLUMNS_TOP + _PLOT + 90)
    out = io.BytesIO()
    image.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def _columns(pen: ImageDraw.ImageDraw, chart: UsageChart, colours: Palette) -> None:
    top = _ceiling(max(seconds for _, seconds in chart.days))
    bottom, left, right = _COLUMNS_TOP + _PLOT, MARGIN + 110, WIDTH - MARGIN
    for part in range(5):
        y = bottom - _PLOT * part // 4
        pen.line((left, y, right, y), colours.line, 2)
        pen.text((left - 16, y), amount(top * part / 4), colours.quiet, _font(22), anchor="rm")
    slot = (right - left) / len(chart.days)
    width = min(slot * 0.62, 90)
    every = max(1, math.ceil(len(chart.days) / 10))
    for number, (day, seconds) in enumerate(chart.days):
        middle = left + slot * (number + 0.5)
        height = _PLOT * seconds / top if top else 0.0
        if height >= 1:
            box = (middle - width / 2, bottom - height, middle + width / 2, bottom)
            radius = min(8, width / 2, height)
            pen.rounded_rectangle(box, radius, colours.bar, corners=(True, True, False, False))
        if number % every == 0:
            name = f"{day:%a} {day.day}" if len(chart.days) <= 10 else f"{day.day} {day:%b}"
            pen.text((middle, bottom + 26), name, colours.quiet, _font(22), anchor="mm")


def _bars(pen: ImageDraw.ImageDraw, rows: Sequence[Slice], colours: Palette, top: int) -> None:
    left, right = MARGIN + _LABEL_WIDTH, WIDTH - MARGIN - _VALUE_WIDTH
    largest = max((row.seconds for row in rows), default=0.0) or 1.0
    total = sum(row.seconds for row in rows) or 1.0
    for number, row in enumerate(rows):
        y = top + _ROW * number
        middle = y + _BAR / 2
        label = _fitted(_clean(row.label) or f"{number + 1}.", _font(26), _LABEL_WIDTH - 30)
        pen.text((left - 24, middle), label, colours.text, _font(26), anchor="rm")
        pen.rounded_rectangle((left, y, right, y + _BAR), 8, colours.track)
        length = (right - left) * row.seconds / largest
        if length >= 2:
            pen.rounded_rectangle((left, y, left + length, y + _BAR), min(8, length / 2), colours.bar)
        pen.text((right + 20, middle), amount(row.seconds), colours.text, _font(24), anchor="lm")
        share = f"{row.seconds / total:.0%}"
        pen.text((WIDTH - MARGIN, middle), share, colours.quiet, _font(22), anchor="rm")


def _ceiling(most: float) -> float:
    """The first round number of its unit that is not below `most`, so that quarters of it are readable."""
    if most <= 0:
        return 0.0
    unit = 3_600.0 if most >= 7_200 else 60.0 if most >= 120 else 1.0
    value = most / unit
    power = 10.0 ** math.floor(math.log10(value))
    nice = next(step for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 4.8, 6, 8, 10) if step * power >= value - 1e-9)
    return nice * power * unit


@lru_cache
def _font(size: int) -> Font:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):  # Pillow was built without FreeType
        raise TypeError("Pillow needs FreeType to write on charts")
    return font


def _clean(label: str) -> str:
    """Letters as they can be drawn: control signs and what the font lacks are left out."""
    known = unicodedata.normalize("NFKC", label)[:LABEL_LIMIT].replace("–", "-")
    font = _font(26)
    return " ".join("".join(sign if _drawable(font, sign) else " " for sign in known).split())


@lru_cache(4_096)
def _drawable(font: Font, sign: str) -> bool:
    if unicodedata.category(sign)[0] in "CM":
        return False
    if sign.isspace():
        return False
    missing = font.getmask("\U0010fffd")
    drawn = font.getmask(sign)
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


def _fitted(text: str, font: Font, width: float) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
