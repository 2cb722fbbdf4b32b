"""Dry ground: mountains, hills, meadows, woods, deserts, snow."""

import random
from collections.abc import Sequence
from typing import Final

from inference.pocket.draw.air import Air
from inference.pocket.draw.canvas import BLACK, PALETTE, Canvas, Point, Rgb, height_at, lit, mix, waves
from inference.pocket.draw.plants import fir
from inference.pocket.draw.stand import Stand
from inference.pocket.draw.subjects import draw_subject
from inference.pocket.spec import Colour, Scene

_FIR: Final[Rgb] = (42, 92, 62)
_ROCKS: Final[tuple[Rgb, ...]] = ((110, 118, 150), (120, 110, 130), (95, 115, 140))
_BLOSSOMS: Final[tuple[Colour, ...]] = ("red", "yellow", "pink", "white", "purple")


def draw_firs(
    canvas: Canvas, rng: random.Random, line: Sequence[Point], count: int, height: float, colour: Rgb
) -> None:
    """A row of firs along a line, about evenly spaced."""
    many = max(2, round(count * canvas.width / canvas.unit))
    for number in range(many):
        x = canvas.width * (number + rng.uniform(0.1, 0.9)) / many
        stand = Stand(
            x=x,
            y=height_at(line, x) + canvas.unit * 0.012,
            height=height * rng.uniform(0.8, 1.2),
            colour=colour,
        )
        fir(canvas, stand)


def mountains(canvas: Canvas, scene: Scene, air: Air, horizon: float, x: float, rng: random.Random) -> float:
    """Snow-capped peaks behind a wooded slope; returns the y on which a subject at `x` stands."""
    del scene
    rock = rng.choice(_ROCKS)
    for row, (distance, lowest, tallest) in enumerate(((0.48, 0.3, 0.4), (0.2, 0.2, 0.3))):
        colour, snow = air.far(rng, rock, distance), air.far(rng, (250, 250, 255), distance * 0.4)
        count = max(2, round((2.5 - 0.5 * row) * canvas.width / canvas.unit))
        for number in range(count):
            middle = canvas.width * ((number + 0.5) / count + rng.uniform(-0.12, 0.12))
            _peak(canvas, middle, horizon, canvas.unit * rng.uniform(lowest, tallest), colour, snow)
    slope = waves(canvas, rng, horizon + canvas.unit * 0.03, canvas.unit * 0.018)
    canvas.below(slope, air.far(rng, (80, 140, 85), 0.15))
    draw_firs(canvas, rng, slope, 7, canvas.unit * 0.13, air.far(rng, _FIR, 0.12))
    front = waves(canvas, rng, horizon + canvas.unit * 0.17, canvas.unit * 0.018)
    canvas.below(front, air.far(rng, (88, 160, 80), 0))
    return height_at(front, x) + canvas.unit * 0.09


def _peak(canvas: Canvas, x: float, horizon: float, tall: float, colour: Rgb, snow: Rgb) -> None:
    foot, top, wide = horizon + canvas.unit * 0.04, horizon + canvas.unit * 0.04 - tall, tall * 0.92
    canvas.area(((x - wide, foot), (x, top), (x + wide, foot)), colour)
    canvas.area(((x, top), (x + wide, foot), (x + wide * 0.2, foot)), mix(colour, BLACK, 0.12))
    edge = top + tall * 0.32
    cap = (
        (x, top),
        (x + wide * 0.32, edge),
        (x + wide * 0.13, edge - tall * 0.06),
        (x, edge + tall * 0.05),
        (x - wide * 0.14, edge - tall * 0.06),
        (x - wide * 0.32, edge),
    )
    canvas.area(cap, snow)


def hills(canvas: Canvas, scene: Scene, air: Air, horizon: float, x: float, rng: random.Random) -> float:
    """Three green hills, one behind the other."""
    del scene
    return _rolling(canvas, air, horizon, x, rng, ground=(104, 178, 84), rows=3, swing=0.042)


def winter(canvas: Canvas, scene: Scene, air: Air, horizon: float, x: float, rng: random.Random) -> float:
    """Snow-covered hills with firs."""
    del scene
    return _rolling(canvas, air, horizon, x, rng, ground=(236, 242, 250), rows=3, swing=0.024, firs=True)


def meadow(canvas: Canvas, scene: Scene, air: Air, horizon: float, x: float, rng: random.Random) -> float:
    """A field of flowers."""
    del scene
    y = _rolling(canvas, air, horizon + canvas.unit * 0.03, x, rng, ground=(124, 194, 88), rows=2, swing=0.02)
    first, last = horizon + canvas.unit * 0.15, canvas.height
    for _ in range(round(24 * canvas.width / canvas.unit)):
        down = rng.random()
        size = canvas.unit * (0.009 + 0.013 * down)
        colour = lit(PALETTE[rng.choice(_BLOSSOMS)], air.light)
        canvas.disc(rng.uniform(0, canvas.width), first + (last - first) * down, size, colour)
    return y


def _rolling(
    canvas: Canvas,
    air: Air,
    horizon: float,
    x: float,
    rng: random.Random,
    *,
    ground: Rgb,
    rows: int,
    swing: float,
    firs: bool = False,
) -> float:
    line: Sequence[Point] = ()
    for row in range(rows):
        line = waves(canvas, rng, horizon + canvas.unit * (0.13 * row - 0.06), canvas.unit * swing)
        canvas.below(line, air.far(rng, mix(ground, BLACK, 0.06 * row), 0.38 - 0.19 * row))
        if firs and row < rows - 1:
            colour = air.far(rng, (62, 105, 92), 0.25 - 0.15 * row)
            draw_firs(canvas, rng, line, 6 - 2 * row, canvas.unit * (0.12 + 0.05 * row), colour)
    return height_at(line, x) + canvas.unit * 0.1


def forest(canvas: Canvas, scene: Scene, air: Air, horizon: float, x: float, rng: random.Random) -> float:
    """Three rows of firs and a clearing in front."""
    del scene
    for row in range(3):
        y = horizon - canvas.unit * 0.02 + canvas.unit * 0.1 * row
        colour = air.far(rng, (44, 104, 64), 0.5 - 0.22 * row)
        undergrowth = mix(colour, air.far(rng, (70, 120, 62), 0.3 - 0.15 * row), 0.6)
        canvas.box(0, y - canvas.unit * 0.01, canvas.width, canvas.height, undergrowth)
        line = ((0.0, y + canvas.unit * 0.03), (float(canvas.width), y + canvas.unit * 0.03))
        draw_firs(canvas, rng, line, 8 - 2 * row, canvas.unit * (0.26 + 0.1 * row), colour)
    clearing = waves(canvas, rng, canvas.height * 0.81, canvas.unit * 0.014)
    canvas.below(clearing, air.far(rng, (72, 128, 62), 0))
    return height_at(clearing, x) + canvas.unit * 0.07


def desert(canvas: Canvas, scene: Scene, air: Air, horizon: float, x: float, rng: random.Random) -> float:
    """Three dunes, and now and then a cactus on one side."""
    line: Sequence[Point] = ()
    for row in range(3):
        line = waves(canvas, rng, horizon + canvas.unit * (0.13 * row - 0.03), canvas.unit * 0.034, 0.9)
        sand = mix((238, 196, 120), (190, 120, 60), 0.22 * row)
        canvas.below(line, air.far(rng, sand, 0.3 - 0.15 * row))
    if scene.subject is None and rng.random() < 0.5:
        side = canvas.width * rng.choice((0.13, 0.87))
        stand = Stand(
            x=side,
            y=height_at(line, side) + canvas.unit * 0.05,
            height=canvas.unit * 0.2,
            colour=PALETTE["green"],
            light=air.subject_light,
            night=air.night,
        )
        draw_subject(canvas, "cactus", stand)
    return height_at(line, x) + canvas.unit * 0.1
