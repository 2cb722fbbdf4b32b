"""The sheet everything is drawn on, and what one does with colours."""

import math
import random
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from inference.pocket.spec import Colour

Rgb = tuple[int, int, int]
Point = tuple[float, float]

SUPERSAMPLING: Final = 3
"""Drawn so many times as large and averaged down, for smooth edges."""

PALETTE: Final[dict[Colour, Rgb]] = {
    "red": (222, 42, 42),
    "orange": (246, 140, 30),
    "yellow": (250, 214, 50),
    "green": (48, 168, 72),
    "blue": (40, 96, 222),
    "purple": (136, 62, 184),
    "pink": (250, 142, 188),
    "white": (248, 248, 246),
    "black": (24, 24, 28),
    "gray": (136, 139, 143),
    "brown": (126, 78, 42),
    "turquoise": (40, 188, 184),
}
WHITE: Final[Rgb] = (255, 255, 255)
BLACK: Final[Rgb] = (0, 0, 0)


class Canvas:
    """A supersampled sheet.

    Attributes:
        width, height: in supersampled pixels, the unit of everything drawn.
        unit: the shorter side; sizes of things are fractions of it.
        pen: draws; a fourth colour component is opacity.
    """

    def __init__(self, width: int, height: int, stops: Sequence[Rgb]) -> None:
        """A sheet of `width` × `height` final pixels, filled with colours from top to bottom."""
        self.width, self.height = width * SUPERSAMPLING, height * SUPERSAMPLING
        self.unit = min(self.width, self.height)
        self._size = (width, height)
        rows = np.linspace(0, len(stops) - 1, self.height)
        column = np.stack([np.interp(rows, range(len(stops)), [c[i] for c in stops]) for i in range(3)], -1)
        filled = np.broadcast_to(column[:, None].astype(np.uint8), (self.height, self.width, 3))
        self._image = Image.fromarray(np.ascontiguousarray(filled))
        self.pen = ImageDraw.Draw(self._image, "RGBA")

    def finished(self) -> Image.Image:
        """The picture in its final size, RGB."""
        return self._image.resize(self._size, Image.Resampling.BOX)

    def disc(self, x: float, y: float, radius: float, colour: tuple[int, ...], *, flat: float = 1.0) -> None:
        """A filled circle, or an ellipse `flat` times as high as wide."""
        tall = radius * flat
        self.pen.ellipse((x - radius, y - tall, x + radius, y + tall), fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: tuple[int, ...]) -> None:
        """A filled rectangle."""
        self.pen.rectangle((left, top, right, bottom), fill=colour)

    def area(self, points: Sequence[Point], colour: tuple[int, ...]) -> None:
        """A filled polygon."""
        self.pen.polygon(list(points), fill=colour)

    def below(self, line: Sequence[Point], colour: tuple[int, ...]) -> None:
        """Everything under a line that runs from the left edge to the right."""
        self.area([*line, (self.width, self.height), (0, self.height)], colour)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of the other colour in the one."""
    red, green, blue = (int(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def lit(colour: Rgb, light: tuple[float, float, float]) -> Rgb:
    """The colour under a coloured light, (1, 1, 1) being plain day."""
    red, green, blue = (max(0, min(255, int(c * share))) for c, share in zip(colour, light, strict=True))
    return red, green, blue


def varied(rng: random.Random, colour: Rgb, spread: float = 8) -> Rgb:
    """The colour a little lighter or darker, as paint is."""
    shift = rng.uniform(-spread, spread)
    red, green, blue = (
        max(0, min(255, int(c + shift + rng.uniform(-spread / 2, spread / 2)))) for c in colour
    )
    return red, green, blue


def regular(x: float, y: float, radius: float, corners: int, turn: float) -> list[Point]:
    """The corners of a regular polygon, its first one at the angle `turn` in radians."""
    angles = (turn + 2 * math.pi * corner / corners for corner in range(corners))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def waves(canvas: Canvas, rng: random.Random, y: float, height: float, count: float = 1.5) -> list[Point]:
    """A rolling line from the left edge to the right, around `y`."""
    phase, other = rng.uniform(0, 2 * math.pi), rng.uniform(0, 2 * math.pi)
    turns = rng.uniform(0.7, 1.3) * count * 2 * math.pi * canvas.width / canvas.unit
    line = []
    for step in range(49):
        along = step / 48
        swing = math.sin(phase + turns * along) + 0.4 * math.sin(other + 2.3 * turns * along)
        line.append((canvas.width * along, y + height * swing))
    return line


def height_at(line: Sequence[Point], x: float) -> float:
    """The y of a line from the left edge to the right at `x`, straight between its points."""
    return float(np.interp(x, [px for px, _ in line], [py for _, py in line]))
