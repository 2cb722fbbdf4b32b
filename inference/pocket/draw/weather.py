"""What falls or hangs between the eye and the scene."""

import random

from inference.pocket.draw.air import Air
from inference.pocket.draw.canvas import Canvas, waves
from inference.pocket.spec import Scene


def draw_weather(canvas: Canvas, scene: Scene, air: Air, rng: random.Random) -> None:
    """Snow, rain or fog, over everything else."""
    if scene.weather == "snow":
        _snow(canvas, rng)
    elif scene.weather in ("rain", "storm"):
        _rain(canvas, rng)
    elif scene.weather == "fog":
        _fog(canvas, air, rng)


def _snow(canvas: Canvas, rng: random.Random) -> None:
    for _ in range(round(46 * canvas.width * canvas.height / canvas.unit**2)):
        x, y = rng.uniform(0, canvas.width), rng.uniform(0, canvas.height)
        canvas.disc(x, y, canvas.unit * rng.choice((0.011, 0.014, 0.017)), (255, 255, 255))


def _rain(canvas: Canvas, rng: random.Random) -> None:
    for _ in range(round(46 * canvas.width * canvas.height / canvas.unit**2)):
        x, y = rng.uniform(0, canvas.width * 1.1), rng.uniform(-0.05, 1) * canvas.height
        long = canvas.unit * rng.uniform(0.06, 0.09)
        width = round(canvas.unit * 0.0105)
        canvas.pen.line([(x, y), (x - long * 0.3, y + long)], fill=(205, 220, 240, 170), width=width)


def _fog(canvas: Canvas, air: Air, rng: random.Random) -> None:
    colour = (90, 100, 125) if air.night else (225, 230, 234)
    for band in range(4):
        line = waves(canvas, rng, canvas.height * (0.42 + 0.13 * band), canvas.unit * 0.02)
        lower = [(x, y + canvas.unit * 0.17) for x, y in reversed(line)]
        canvas.area([*line, *lower], (*colour, 84))
