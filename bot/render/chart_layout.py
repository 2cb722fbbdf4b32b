"""Where everything of a usage chart stands: pure, in pixels, before anything is painted."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bot.render import lettering
from bot.render.chart_scale import amount, axis, share
from bot.render.chart_values import Row, UsageChart

WIDTH: Final = 1_200
"""Twice what Discord shows a picture as wide as, for sharp screens."""
MARGIN: Final = 56
NOTHING: Final = "Nothing was made in these days"

_PLOT_TOP: Final = 196
_PLOT: Final = 264
_ROWS_TOP: Final = _PLOT_TOP + _PLOT + 126
_ROW: Final = 56
_BAR: Final = 28
_LABEL: Final = 300
"""Pixels that names may have at most."""
_GAP: Final = 20
_ROUND: Final = 8
_BEYOND: Final = 2.5
"""How many times the largest use a limit may be and still be drawn; beyond, its track runs off the end."""
_THIN: Final = 4
"""Pixels of the line that a day without use leaves."""


class Ink(StrEnum):
    """What a colour is for; `charts.PALETTES` has the colours."""

    GROUND = "ground"
    STRONG = "strong"
    TEXT = "text"
    SOFT = "soft"
    LINE = "line"
    TRACK = "track"
    BAR = "bar"
    OVER = "over"
    OVER_TEXT = "over_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle: left, top, width, height; `corners` are rounded, from the upper left, clockwise."""

    left: float
    top: float
    width: float
    height: float
    ink: Ink
    radius: float = 0.0
    corners: tuple[bool, bool, bool, bool] = (True, True, True, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of text; `anchor` as Pillow has it, such as `lm` for its left end at middle height."""

    x: float
    y: float
    text: str
    size: int
    ink: Ink
    anchor: str
    stroke: float = 0.0

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The pixels it covers: left, top, right, bottom."""
        left, top, right, bottom = lettering.font(self.size).getbbox(
            self.text, anchor=self.anchor, stroke_width=self.stroke
        )
        return self.x + left, self.y + top, self.x + right, self.y + bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A chart of `WIDTH` × `height` pixels: boxes, and text above them."""

    height: int
    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]


def lay_out(chart: UsageChart) -> Layout:
    """Head, columns, bars, from top to bottom."""
    if chart.empty:
        nothing = Text(x=WIDTH / 2, y=286, text=NOTHING, size=34, ink=Ink.SOFT, anchor="mm")
        return Layout(height=420, boxes=(), texts=(*_head(chart, None), nothing))
    boxes, texts = _columns(chart)
    texts = [*_head(chart, f"{amount(chart.total)} in all"), *texts]
    rows = chart.rows
    if not rows:
        return Layout(height=_ROWS_TOP - 20, boxes=tuple(boxes), texts=tuple(texts))
    bars, labels = _bars(rows)
    height = _ROWS_TOP + _ROW * (len(rows) - 1) + _BAR + MARGIN
    rule = Box(left=MARGIN, top=_ROWS_TOP - 46, width=WIDTH - 2 * MARGIN, height=2, ink=Ink.LINE)
    return Layout(height=height, boxes=(*boxes, rule, *bars), texts=(*texts, *labels))


def row_label(row: Row) -> str:
    """The name as it can be written, or its place where the font has not its letters."""
    return lettering.writable(row.label) or f"No. {row.place}"


def _head(chart: UsageChart, total: str | None) -> list[Text]:
    right = WIDTH - MARGIN
    texts: list[Text] = []
    if total is not None:
        texts.append(Text(x=right, y=88, text=total, size=34, ink=Ink.STRONG, anchor="rs"))
        right -= round(lettering.font(34).getlength(total)) + 40
    title = lettering.fitted(lettering.writable(chart.title), 42, right - MARGIN)
    subtitle = lettering.fitted(lettering.writable(chart.subtitle), 26, WIDTH - 2 * MARGIN)
    return [
        Text(x=MARGIN, y=88, text=title, size=42, ink=Ink.STRONG, anchor="ls", stroke=0.6),
        Text(x=MARGIN, y=132, text=subtitle, size=26, ink=Ink.SOFT, anchor="ls"),
        *texts,
    ]


def _columns(chart: UsageChart) -> tuple[list[Box], list[Text]]:
    scale = axis(chart.busiest.seconds)
    bottom = _PLOT_TOP + _PLOT
    left = MARGIN + max(lettering.font(22).getlength(label) for _, label in scale.ticks) + 18
    boxes: list[Box] = []
    texts: list[Text] = []
    for seconds, label in scale.ticks:
        y = bottom - _PLOT * seconds / scale.top
        boxes.append(Box(left=left, top=y - 1, width=WIDTH - MARGIN - left, height=2, ink=Ink.LINE))
        texts.append(Text(x=left - 18, y=y, text=label, size=22, ink=Ink.SOFT, anchor="rm"))
    names = [_day(each.day, weekday=len(chart.days) <= 7) for each in chart.days]
    widest = max(_wide(name) for name in names)
    # Where columns are narrower than their dates, these must not hang over the ends of the lines.
    inset = max(0.0, (widest - (WIDTH - MARGIN - left) / len(names)) / 2)
    begin = left + inset
    slot = (WIDTH - MARGIN - inset - begin) / len(names)
    width = min(slot * 0.64, 96)
    for number, each in enumerate(chart.days):
        height = _PLOT * each.seconds / scale.top
        at = begin + slot * (number + 0.5) - width / 2
        if height < _THIN:
            ink = Ink.BAR if each.seconds else Ink.TRACK
            boxes.append(Box(left=at, top=bottom - _THIN, width=width, height=_THIN, ink=ink))
            continue
        radius = min(_ROUND, width / 2, height)
        upper = (True, True, False, False)
        boxes.append(
            Box(
                left=at,
                top=bottom - height,
                width=width,
                height=height,
                ink=Ink.BAR,
                radius=radius,
                corners=upper,
            )
        )
    every = math.ceil((widest + 18) / slot)
    for number in range(0, len(names), every):
        middle = begin + slot * (number + 0.5)
        texts.append(Text(x=middle, y=bottom + 34, text=names[number], size=22, ink=Ink.SOFT, anchor="mm"))
    return boxes, texts


def _wide(text: str) -> float:
    return lettering.font(22).getlength(text)


def _day(day: date, *, weekday: bool) -> str:
    return f"{day:%a} {day.day}" if weekday else f"{day.day} {day:%b}"


def _bars(rows: tuple[Row, ...]) -> tuple[list[Box], list[Text]]:
    names = [lettering.fitted(row_label(row), 26, _LABEL) for row in rows]
    left = MARGIN + max(lettering.font(26).getlength(name) for name in names) + 1.5 * _GAP
    notes = [_notes(row, rows[0].seconds) for row in rows]
    widest = max(sum(_room(note) for note in each) for each in notes)
    room = WIDTH - MARGIN - left - widest
    scale = _scale(rows)
    boxes: list[Box] = []
    texts: list[Text] = []
    for number, (row, said) in enumerate(zip(rows, notes, strict=True)):
        top = _ROWS_TOP + _ROW * number
        middle = top + _BAR / 2
        bar, end = _bar(row, left, top, room, room / scale)
        boxes += bar
        texts.append(Text(x=MARGIN, y=middle, text=names[number], size=26, ink=Ink.TEXT, anchor="lm"))
        x = min(end, left + room)
        for text, size, ink in said:
            texts.append(Text(x=x + _GAP, y=middle, text=text, size=size, ink=ink, anchor="lm"))
            x += _room((text, size, ink))
    return boxes, texts


def _bar(row: Row, left: float, top: float, room: float, pixels: float) -> tuple[list[Box], float]:
    """The boxes of a row, and where what they show ends; `pixels` are those of a compute-second."""
    length = max(row.seconds * pixels, _THIN if row.seconds else 0.0)
    end = left + max(length, _THIN)
    boxes: list[Box] = []
    if row.limit is not None:
        track = min(max(row.limit * pixels, _THIN), room)
        end = max(end, left + track)
        boxes.append(
            Box(left=left, top=top, width=track, height=_BAR, ink=Ink.TRACK, radius=min(_ROUND, track / 2))
        )
    elif not row.seconds:
        boxes.append(Box(left=left, top=top, width=_THIN, height=_BAR, ink=Ink.TRACK, radius=_THIN / 2))
    if length:
        ink = Ink.OVER if row.over else Ink.BAR
        boxes.append(
            Box(left=left, top=top, width=length, height=_BAR, ink=ink, radius=min(_ROUND, length / 2))
        )
    if row.limit is not None and row.limit * pixels <= room + 1e-6:
        at = left + max(row.limit * pixels, 2.0)
        # Ground on both sides keeps the mark apart from a bar that goes on beyond it.
        boxes.append(Box(left=at - 5, top=top, width=10, height=_BAR, ink=Ink.GROUND))
        boxes.append(Box(left=at - 2, top=top - 6, width=4, height=_BAR + 12, ink=Ink.TEXT, radius=2))
    return boxes, end


def _scale(rows: tuple[Row, ...]) -> float:
    """Compute-seconds at the right end of the bars: the largest use, or a limit not far above it."""
    used, allowed = (
        max(values) for values in zip(*((row.seconds, row.limit or 0.0) for row in rows), strict=True)
    )
    # Bars are to be compared with each other; a limit far beyond them would make dots of all.
    return max(used, min(allowed, _BEYOND * used) if used else allowed) or 1.0


Note = tuple[str, int, Ink]


def _notes(row: Row, beside: float) -> list[Note]:
    notes: list[Note] = [(amount(row.seconds, beside=beside), 26, Ink.TEXT)]
    if row.limit is not None:
        said = share(row.seconds, row.limit, beside=beside)
        notes.append((f"{said}, over", 22, Ink.OVER_TEXT) if row.over else (said, 22, Ink.SOFT))
    return notes


def _room(note: Note) -> float:
    text, size, _ = note
    return lettering.font(size).getlength(text) + _GAP
