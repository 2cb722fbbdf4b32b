"""The eight shapes."""

import math
from collections.abc import Callable
from typing import Final

from inference.pocket.draw.canvas import Canvas, Rgb, regular
from inference.pocket.spec import Shape

_Drawing = Callable[[Canvas, float, float, float, Rgb], None]


def draw_shape(canvas: Canvas, shape: Shape, x: float, y: float, radius: float, colour: Rgb) -> None:
    """A shape around (x, y); `radius` in supersampled pixels."""
    SHAPE_DRAWINGS[shape](canvas, x, y, radius, colour)


def _circle(canvas: Canvas, x: float, y: float, radius: float, colour: Rgb) -> None:
    canvas.disc(x, y, radius, colour)


def _square(canvas: Canvas, x: float, y: float, radius: float, colour: Rgb) -> None:
    half = radius * 0.86
    canvas.box(x - half, y - half, x + half, y + half, colour)


def _triangle(canvas: Canvas, x: float, y: float, radius: float, colour: Rgb) -> None:
    canvas.area(regular(x, y + radius * 0.2, radius * 1.22, 3, -math.pi / 2), colour)


def _star(canvas: Canvas, x: float, y: float, radius: float, colour: Rgb) -> None:
    outer = regular(x, y, radius * 1.2, 5, -math.pi / 2)
    inner = regular(x, y, radius * 0.5, 5, -math.pi / 2 + math.pi / 5)
    canvas.area([corner for pair in zip(outer, inner, strict=True) for corner in pair], colour)


def _heart(canvas: Canvas, x: float, y: float, radius: float, colour: Rgb) -> None:
    outline = []
    for step in range(60):
        turn = step / 60 * 2 * math.pi
        up = 13 * math.cos(turn) - 5 * math.cos(2 * turn) - 2 * math.cos(3 * turn) - math.cos(4 * turn)
        outline.append((x + radius * 1.1 * math.sin(turn) ** 3, y - radius * 1.1 * up / 16))
    canvas.area(outline, colour)


def _diamond(canvas: Canvas, x: float, y: float, radius: float, colour: Rgb) -> None:
    tall, wide = radius * 1.2, radius * 0.8
    canvas.area(((x - wide, y), (x, y - tall), (x + wide, y), (x, y + tall)), colour)


def _ring(canvas: Canvas, x: float, y: float, radius: float, colour: Rgb) -> None:
    box = (x - radius, y - radius, x + radius, y + radius)
    canvas.pen.ellipse(box, outline=colour, width=round(radius * 0.42))


def _cross(canvas: Canvas, x: float, y: float, radius: float, colour: Rgb) -> None:
    bar = radius * 0.38
    canvas.box(x - bar, y - radius, x + bar, y + radius, colour)
    canvas.box(x - radius, y - bar, x + radius, y + bar, colour)


SHAPE_DRAWINGS: Final[dict[Shape, _Drawing]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "heart": _heart,
    "diamond": _diamond,
    "ring": _ring,
    "cross": _cross,
}
"""How each shape is drawn."""
