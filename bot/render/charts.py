"""Usage as a picture: a column a day, and a bar for each who used some. Pure: values in, PNG out."""

import io
import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from PIL import Image, ImageDraw

from bot.render import lettering
from bot.render.chart_layout import WIDTH, Box, Ink, lay_out, row_label
from bot.render.chart_scale import amount, share
from bot.render.chart_values import LONGEST, SHOWN, Day, Row, Slice, UsageChart

__all__ = [
    "ALT_LIMIT", "LONGEST", "PALETTES", "SHOWN", "WIDTH", "Colour", "Day", "Palette", "Slice", "Theme",
    "UsageChart", "alt_text", "amount", "draw",
]  # fmt: skip

ALT_LIMIT: Final = 1_024
"""Characters that Discord takes for a picture's description."""
_SHADES: Final = 24
"""Steps between two colours that meet at an edge."""
_NEAR: Final = 8
"""Values of a channel by which a shade differs from every ink at least."""
_FINER: Final = 4
"""Pixels of a mask to one of the picture, across and down."""

Colour = tuple[int, int, int]
Palette = Mapping[Ink, Colour]


class Theme(StrEnum):
    """Discord's two looks."""

    DARK = "dark"
    LIGHT = "light"


def _colour(sign: str) -> Colour:
    red, green, blue = bytes.fromhex(sign)
    return red, green, blue


PALETTES: Final[Mapping[Theme, Palette]] = {
    Theme.DARK: {
        Ink.GROUND: _colour("2b2d33"),
        Ink.STRONG: _colour("f7f7fb"),
        Ink.TEXT: _colour("e6e7ee"),
        Ink.SOFT: _colour("a6abba"),
        Ink.LINE: _colour("3b3f49"),
        Ink.TRACK: _colour("454a57"),
        Ink.BAR: _colour("9d92fb"),
        Ink.OVER: _colour("f0707f"),
        Ink.OVER_TEXT: _colour("ff9aa5"),
    },
    Theme.LIGHT: {
        Ink.GROUND: _colour("ffffff"),
        Ink.STRONG: _colour("101119"),
        Ink.TEXT: _colour("23252f"),
        Ink.SOFT: _colour("5a5e6f"),
        Ink.LINE: _colour("e4e5ee"),
        Ink.TRACK: _colour("dcdde9"),
        Ink.BAR: _colour("5646d2"),
        Ink.OVER: _colour("c0303f"),
        Ink.OVER_TEXT: _colour("a8202f"),
    },
}
"""The playground page's colours on the ground of Discord's cards; text has a contrast of 4.5 : 1 or more."""


def draw(chart: UsageChart, theme: Theme) -> bytes:
    """The chart as a PNG: the same chart gives the same bytes.

    Args:
        chart: what it shows.
        theme: the look of the Discord that it is for.

    Returns:
        A PNG of 1,200 pixels' width, twice what it is shown at; the more bars, the higher.
    """
    palette, layout = PALETTES[theme], lay_out(chart)
    image = Image.new("RGB", (WIDTH, layout.height), palette[Ink.GROUND])
    for box in layout.boxes:
        _paint(image, box, palette[box.ink])
    pen = ImageDraw.Draw(image)
    for text in layout.texts:
        pen.text(
            (text.x, text.y),
            text.text,
            palette[text.ink],
            lettering.font(text.size),
            anchor=text.anchor,
            stroke_width=text.stroke,
        )
    out = io.BytesIO()
    image.quantize(palette=_few(palette), dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def alt_text(chart: UsageChart) -> str:
    """The picture in words for who does not see it: at most 1,024 characters, every number that is drawn.

    Rows that do not fit are left out whole, and the last words say how many those are.
    """
    title, subtitle = lettering.told(chart.title), lettering.told(chart.subtitle)
    if chart.empty:
        return f"{title}, {subtitle}. Nothing was made in these days."
    said = f"{title}, {subtitle}. {amount(chart.total)} in all"
    if len(chart.days) > 1 and chart.total:
        busiest = chart.busiest
        said += f", most on {busiest.day.day} {busiest.day:%B}: {amount(busiest.seconds, beside=chart.total)}"
    said += "."
    lines = [_words(row, chart.slices[0].seconds) for row in chart.rows]
    for number, line in enumerate(lines):
        rest = len(lines) - number
        # Room is kept for what would be said if the next one did not fit.
        after = f" {rest - 1} more are not listed." if rest > 1 else ""
        if len(said) + 1 + len(line) + len(after) > ALT_LIMIT:
            return f"{said} {rest} more {'is' if rest == 1 else 'are'} not listed."
        said += f" {line}"
    return said


def _words(row: Row, beside: float) -> str:
    drawn, name = row_label(row), lettering.told(row.label)
    if not lettering.writable(row.label):
        name = f"{drawn}, {name}" if name else drawn  # so that both can be told to be the same
    said = f"{name}: {amount(row.seconds, beside=beside)}"
    if row.limit is not None:
        said += f" ({share(row.seconds, row.limit, beside=beside)}{', over' if row.over else ''})"
    return f"{said}."


def _paint(image: Image.Image, box: Box, colour: Colour) -> None:
    """Fill a box; its edges may lie between pixels."""
    left, top = math.floor(box.left), math.floor(box.top)
    right, bottom = math.ceil(box.left + box.width), math.ceil(box.top + box.height)
    mask = Image.new("L", ((right - left) * _FINER, (bottom - top) * _FINER))
    # Pillow draws hard edges; drawn finer and made smaller they are soft.
    corner = ((box.left - left) * _FINER, (box.top - top) * _FINER)
    opposite = (corner[0] + box.width * _FINER - 1, corner[1] + box.height * _FINER - 1)
    ImageDraw.Draw(mask).rounded_rectangle(
        (*corner, *opposite), box.radius * _FINER, 255, corners=box.corners
    )
    image.paste(colour, (left, top), mask.reduce(_FINER))


def _few(palette: Palette) -> Image.Image:
    """The palette's colours and the shades between each and what it stands on: a PNG of a third the size."""
    pairs = [(palette[Ink.GROUND], ink) for ink in palette.values()]
    pairs.append((palette[Ink.TRACK], palette[Ink.BAR]))
    pairs.append((palette[Ink.TRACK], palette[Ink.OVER]))
    mixed = [_mix(one, other, part / _SHADES) for one, other in pairs for part in range(1, _SHADES)]
    pure = list(palette.values())
    # Pillow looks colours up in boxes a few values wide: a shade beside an ink would take its place.
    colours = pure + [one for one in dict.fromkeys(mixed) if all(_apart(one, ink) >= _NEAR for ink in pure)]
    few = Image.new("P", (1, 1))
    few.putpalette([value for colour in colours for value in colour])
    return few


def _apart(one: Colour, other: Colour) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _mix(one: Colour, other: Colour, part: float) -> Colour:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue
