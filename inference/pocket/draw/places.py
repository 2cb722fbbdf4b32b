"""Where a scene plays: each place draws its ground and says where a subject stands."""

import random
from typing import Final

from inference.pocket.draw import land, shore
from inference.pocket.draw.air import Air
from inference.pocket.draw.canvas import WHITE, Canvas, Rgb, mix, varied
from inference.pocket.draw.sky import draw_glow
from inference.pocket.spec import Scene

_LAND: Final = {
    "mountains": land.mountains,
    "hills": land.hills,
    "forest": land.forest,
    "desert": land.desert,
    "meadow": land.meadow,
    "winter": land.winter,
}
_SHORE: Final = {"sea": shore.sea, "beach": shore.beach}
_TOWERS: Final[tuple[Rgb, ...]] = ((120, 130, 160), (90, 98, 130), (60, 66, 95))
_LIGHTS: Final[tuple[Rgb, ...]] = ((80, 255, 220), (120, 255, 150), (90, 200, 255), (220, 130, 255))


def draw_place(
    canvas: Canvas,
    scene: Scene,
    air: Air,
    horizon: float,
    x: float,
    glare: float | None,
    rng: random.Random,
) -> float:
    """The ground of a scene; returns the y on which a subject at `x` stands, in supersampled pixels."""
    if scene.place in _LAND:
        return _LAND[scene.place](canvas, scene, air, horizon, x, rng)
    if scene.place in _SHORE:
        return _SHORE[scene.place](canvas, scene, air, horizon, x, glare, rng)
    if scene.place == "city":
        return _city(canvas, scene, air, rng)
    return canvas.height * 0.7


def draw_lights(canvas: Canvas, horizon: float, rng: random.Random) -> None:
    """Glowing plants, fireflies, magic: small lamps with a halo on the ground."""
    for _ in range(round(9 * canvas.width / canvas.unit)):
        x = rng.uniform(0, canvas.width)
        y = rng.uniform(horizon + canvas.unit * 0.06, canvas.height)
        colour, size = rng.choice(_LIGHTS), canvas.unit * 0.019 * (0.5 + y / canvas.height)
        draw_glow(canvas, x, y - size * 3, size * 1.6, colour, opacity=34)
        canvas.box(x - size * 0.3, y - size * 3, x + size * 0.3, y, colour)
        canvas.disc(x, y - size * 3, size, mix(colour, WHITE, 0.35))


def _city(canvas: Canvas, scene: Scene, air: Air, rng: random.Random) -> float:
    """Three rows of houses with lit windows, and a street."""
    unit, street = canvas.unit, canvas.height * 0.84
    for row, tower in enumerate(_TOWERS):
        colour, x = air.far(rng, tower, 0.45 - 0.2 * row), -unit * 0.02
        while x < canvas.width:
            wide = unit * rng.uniform(0.11, 0.17)
            top = street - unit * rng.uniform(0.22, 0.52 - 0.1 * row)
            house = varied(rng, colour, 7)
            canvas.box(x, top, x + wide, canvas.height, house)
            if row:
                glass = (255, 215, 110) if scene.time in ("night", "sunset") else mix(house, WHITE, 0.4)
                _windows(canvas, x, x + wide, top, street, glass, rng)
            x += wide + unit * rng.uniform(-0.01, 0.01)
    canvas.box(0, street, canvas.width, canvas.height, air.far(rng, (85, 88, 98), 0))
    canvas.box(0, street, canvas.width, street + unit * 0.022, air.far(rng, (130, 132, 140), 0))
    for dash in range(round(5 * canvas.width / unit)):
        left = unit * (0.03 + dash * 0.21)
        line = air.far(rng, (235, 225, 170), 0)
        canvas.box(left, canvas.height * 0.93, left + unit * 0.11, canvas.height * 0.93 + unit * 0.02, line)
    return canvas.height * 0.93


def _windows(
    canvas: Canvas, left: float, right: float, top: float, bottom: float, glass: Rgb, rng: random.Random
) -> None:
    unit = canvas.unit
    wide, step = unit * 0.026, unit * 0.062
    columns = max(1, int((right - left - unit * 0.02) / (unit * 0.048)))
    gap = (right - left - columns * wide) / (columns + 1)
    y = top + unit * 0.03
    while y + step < bottom:
        for column in range(columns):
            if rng.random() < 0.62:
                x = left + gap + column * (wide + gap)
                canvas.box(x, y, x + wide, y + unit * 0.034, glass)
        y += step
