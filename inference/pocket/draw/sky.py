"""What stands in the sky: stars, sun, moon, aurora, clouds, a rainbow, lightning."""

import random
from typing import Final

from inference.pocket.draw.air import Air
from inference.pocket.draw.canvas import PALETTE, WHITE, Canvas, Rgb, mix, varied, waves
from inference.pocket.spec import Colour, Scene

_AURORA: Final[tuple[Rgb, ...]] = ((80, 255, 170), (90, 220, 255), (170, 120, 255))
_RAINBOW: Final[tuple[Colour, ...]] = ("red", "orange", "yellow", "green", "blue", "purple")
_PLANETS: Final[tuple[Colour, ...]] = ("orange", "purple", "blue", "pink", "turquoise", "brown")
_PUFFS: Final = ((-1.2, 0.25, 0.65), (0.0, 0.0, 1.0), (1.1, 0.22, 0.72), (0.2, 0.35, 0.9))


def draw_sky(canvas: Canvas, scene: Scene, air: Air, horizon: float, rng: random.Random) -> float | None:
    """Everything above the ground; returns the x of the sun or moon, whose light lies on water."""
    space = scene.place == "space"
    _stars(canvas, scene, canvas.height if space else horizon, rng)
    if scene.aurora:
        _aurora(canvas, rng)
    glare = None
    if scene.sun:
        glare = _sun(canvas, scene, horizon, rng)
    if scene.moon:
        glare = _moon(canvas, scene, air, rng)
    if space:
        _planets(canvas, rng)
    if scene.weather == "rainbow":
        _rainbow(canvas, horizon, rng)
    if scene.clouds:
        _clouds(canvas, scene, air, rng)
    if scene.weather == "storm":
        _lightning(canvas, rng)
    return glare


def draw_glow(
    canvas: Canvas, x: float, y: float, radius: float, colour: Rgb, *, rings: int = 4, opacity: int = 26
) -> None:
    """A soft halo."""
    for ring in range(rings, 0, -1):
        canvas.disc(x, y, radius * (1 + ring * 0.34), (*colour, opacity))


def _stars(canvas: Canvas, scene: Scene, lowest: float, rng: random.Random) -> None:
    if scene.place == "space":
        count = 40
    elif scene.starry:
        count = rng.randint(38, 52)
    else:
        count = rng.randint(5, 10) if scene.time == "night" and scene.weather == "clear" else 0
    for _ in range(round(count * canvas.width / canvas.unit)):
        x, y = rng.uniform(0, canvas.width), rng.uniform(0, lowest)
        canvas.disc(x, y, canvas.unit * rng.choice((0.0065, 0.008, 0.0115)), (255, 250, 225))


def _aurora(canvas: Canvas, rng: random.Random) -> None:
    for band in range(3):
        line = waves(canvas, rng, canvas.height * (0.14 + 0.12 * band), canvas.unit * 0.05, 1.1)
        lower = [(x, y + canvas.unit * 0.16) for x, y in reversed(line)]
        canvas.area([*line, *lower], (*rng.choice(_AURORA), 82))


def _sun(canvas: Canvas, scene: Scene, horizon: float, rng: random.Random) -> float:
    unit, x = canvas.unit, canvas.width * rng.uniform(0.18, 0.82)
    if scene.time == "day":
        y, radius, colour = canvas.height * rng.uniform(0.13, 0.25), unit * 0.08, (255, 222, 80)
    elif scene.time == "dawn":
        y, radius, colour = horizon - unit * rng.uniform(0.02, 0.13), unit * 0.085, (255, 238, 190)
    else:
        y, radius, colour = horizon - unit * rng.uniform(0.03, 0.12), unit * 0.115, (255, 225, 120)
    draw_glow(canvas, x, y, radius, colour)
    canvas.disc(x, y, radius, colour)
    return x


def _moon(canvas: Canvas, scene: Scene, air: Air, rng: random.Random) -> float:
    x, y = canvas.width * rng.uniform(0.15, 0.85), canvas.height * rng.uniform(0.14, 0.27)
    radius, colour = canvas.unit * rng.uniform(0.07, 0.09), (248, 244, 215)
    if scene.moon == "crescent":
        canvas.disc(x, y, radius, colour)
        canvas.disc(x + radius * 0.5, y - radius * 0.2, radius * 0.9, mix(air.sky[0], air.sky[1], 0.35))
    else:
        draw_glow(canvas, x, y, radius, colour, opacity=16)
        canvas.disc(x, y, radius, colour)
    return x


def _planets(canvas: Canvas, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 2)):
        colour = varied(rng, PALETTE[rng.choice(_PLANETS)])
        x, y = canvas.width * rng.uniform(0.1, 0.9), canvas.height * rng.uniform(0.1, 0.9)
        radius = canvas.unit * rng.uniform(0.09, 0.16)
        canvas.disc(x, y, radius, colour)
        canvas.disc(x - radius * 0.2, y - radius * 0.22, radius * 0.68, mix(colour, WHITE, 0.18))
        if rng.random() < 0.5:
            box = (x - radius * 1.8, y - radius * 0.5, x + radius * 1.8, y + radius * 0.5)
            canvas.pen.arc(box, -25, 205, fill=mix(colour, WHITE, 0.5), width=round(canvas.unit * 0.024))


def _rainbow(canvas: Canvas, horizon: float, rng: random.Random) -> None:
    unit = canvas.unit
    x, outer = canvas.width * rng.uniform(0.35, 0.65), unit * rng.uniform(0.44, 0.5)
    for band, colour in enumerate(_RAINBOW):
        radius, y = outer - band * unit * 0.027, horizon + unit * 0.05
        box = (x - radius, y - radius, x + radius, y + radius)
        canvas.pen.arc(box, 180, 360, fill=(*PALETTE[colour], 190), width=round(unit * 0.029))


def _clouds(canvas: Canvas, scene: Scene, air: Air, rng: random.Random) -> None:
    colour = (70, 80, 120) if air.night else mix(WHITE, air.sky[1], 0.2)
    if scene.time == "sunset":
        colour = (255, 165, 140)
    if scene.weather in ("rain", "storm"):
        colour = mix(air.sky[0], (60, 62, 75), 0.5)
    for _ in range(rng.randint(2, 3)):
        x, y = canvas.width * rng.uniform(0.08, 0.92), canvas.height * rng.uniform(0.09, 0.32)
        size = canvas.unit * rng.uniform(0.06, 0.09)
        for right, down, share in _PUFFS:
            canvas.disc(x + size * right, y + size * down, size * share * 1.15, colour, flat=0.57)


def _lightning(canvas: Canvas, rng: random.Random) -> None:
    x, y = canvas.width * rng.uniform(0.25, 0.75), canvas.height * 0.1
    bolt = [(x, y)]
    for step in range(4):
        x += canvas.unit * rng.uniform(0.03, 0.08) * (1 if step % 2 else -1)
        y += canvas.height * 0.11
        bolt.append((x, y))
    canvas.pen.line(bolt, fill=(255, 250, 190), width=round(canvas.unit * 0.024), joint="curve")
