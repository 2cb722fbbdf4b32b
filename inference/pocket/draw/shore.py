"""Water and what borders it: the open sea, the beach."""

import math
import random
from typing import Final

from inference.pocket.draw.air import Air
from inference.pocket.draw.canvas import WHITE, Canvas, height_at, mix, waves
from inference.pocket.spec import Scene, Subject

_AFLOAT: Final[frozenset[Subject | None]] = frozenset((None, "boat", "fish", "balloon"))
_WATER_BANDS: Final = 16


def sea(
    canvas: Canvas, scene: Scene, air: Air, horizon: float, x: float, glare: float | None, rng: random.Random
) -> float:
    """Open water; what does not float stands on a rock or on a green shore. Returns the y to stand on."""
    _water(canvas, air, horizon, glare, rng)
    unit = canvas.unit
    if scene.subject in _AFLOAT:
        return canvas.height * rng.uniform(0.76, 0.84)
    if scene.subject == "lighthouse":
        y = canvas.height * rng.uniform(0.8, 0.85)
        canvas.disc(x, y + unit * 0.035, unit * 0.21, air.far(rng, (105, 98, 95), 0), flat=0.36)
        return y
    shore = waves(canvas, rng, canvas.height * 0.82, unit * 0.014, 0.8)
    canvas.below([(px, py - unit * 0.016) for px, py in shore], air.far(rng, (250, 252, 250), 0.1))
    canvas.below(shore, air.far(rng, (112, 172, 88), 0))
    return height_at(shore, x) + unit * 0.07


def beach(
    canvas: Canvas, scene: Scene, air: Air, horizon: float, x: float, glare: float | None, rng: random.Random
) -> float:
    """Sand before the sea, and now and then a palm."""
    _water(canvas, air, horizon, glare, rng)
    unit = canvas.unit
    sand = waves(canvas, rng, canvas.height * 0.78, unit * 0.016, 0.9)
    canvas.below([(px, py - unit * 0.018) for px, py in sand], air.far(rng, (250, 252, 250), 0.1))
    canvas.below(sand, air.far(rng, (240, 212, 150), 0))
    if rng.random() < 0.5:
        side = -1 if (scene.position == "right" or (scene.position is None and rng.random() < 0.5)) else 1
        _palm(canvas, air, canvas.width * (0.5 + 0.38 * side), -side, rng)
    return canvas.height * 0.74 if scene.subject == "boat" else height_at(sand, x) + unit * 0.11


def _water(canvas: Canvas, air: Air, horizon: float, glare: float | None, rng: random.Random) -> None:
    unit, top = canvas.unit, horizon - canvas.unit * 0.04
    near, far = air.far(rng, (22, 84, 150), 0), air.far(rng, (70, 165, 205), 0.25)
    deep = (canvas.height - top) / _WATER_BANDS
    for band in range(_WATER_BANDS):
        y = top + deep * band
        canvas.box(0, y, canvas.width, y + deep + 1, mix(far, near, band / _WATER_BANDS))
    if glare is not None:
        light = (240, 240, 220) if air.night else (255, 225, 140)
        for streak in range(7):
            y = top + (canvas.height - top) * (streak + 0.3) / 7
            half = unit * rng.uniform(0.03, 0.09)
            canvas.box(glare - half, y, glare + half, y + unit * 0.016, (*light, 165))
    for _ in range(round(9 * canvas.width / unit)):
        x, y = rng.uniform(0, canvas.width), rng.uniform(top + unit * 0.05, canvas.height)
        half = unit * rng.uniform(0.04, 0.08)
        canvas.box(x - half, y, x + half, y + unit * 0.012, (*mix(far, WHITE, 0.4), 120))


def _palm(canvas: Canvas, air: Air, x: float, lean: int, rng: random.Random) -> None:
    unit, foot = canvas.unit, canvas.height * 0.97
    trunk, leaf = air.far(rng, (130, 90, 55), 0), air.far(rng, (50, 140, 70), 0)
    top = (x + lean * unit * 0.07, foot - unit * 0.47)
    canvas.pen.line(
        [(x, foot), (x + lean * unit * 0.02, foot - unit * 0.25), top], trunk, round(unit * 0.036)
    )
    for angle in (160, 200, 245, 295, 340, 20):
        turn = math.radians(angle)
        end = (top[0] + unit * 0.14 * math.cos(turn), top[1] + unit * (0.1 * math.sin(turn) + 0.02))
        canvas.pen.line([top, end], leaf, round(unit * 0.04))
