"""From what a picture shows to the picture."""

import random
from typing import Final

from PIL import Image

from inference.pocket.draw.air import air_of
from inference.pocket.draw.canvas import BLACK, PALETTE, WHITE, Canvas, Point, mix, varied
from inference.pocket.draw.places import draw_lights, draw_place
from inference.pocket.draw.shapes import draw_shape
from inference.pocket.draw.sky import draw_sky
from inference.pocket.draw.stand import Stand
from inference.pocket.draw.style import styled
from inference.pocket.draw.subjects import draw_subject
from inference.pocket.draw.weather import draw_weather
from inference.pocket.spec import Portrait, Position, Relation, Scene, Shapes, Spec, Subject

SIDE: Final = 128
"""Pixels of the model's own picture, which is square."""

_POSITIONS: Final[dict[Position, Point]] = {
    "left": (0.27, 0.5),
    "right": (0.73, 0.5),
    "top": (0.5, 0.27),
    "bottom": (0.5, 0.73),
    "top left": (0.27, 0.27),
    "top right": (0.73, 0.27),
    "bottom left": (0.27, 0.73),
    "bottom right": (0.73, 0.73),
    "center": (0.5, 0.5),
}
_PAIRS: Final[dict[Relation, tuple[Point, Point]]] = {
    "left": ((0.28, 0.5), (0.72, 0.5)),
    "right": ((0.72, 0.5), (0.28, 0.5)),
    "above": ((0.5, 0.27), (0.5, 0.73)),
    "below": ((0.5, 0.73), (0.5, 0.27)),
}
_GROUPS: Final[dict[int, tuple[tuple[Point, ...], ...]]] = {
    2: (((0.28, 0.5), (0.72, 0.5)),),
    3: (((0.19, 0.5), (0.5, 0.5), (0.81, 0.5)), ((0.5, 0.28), (0.27, 0.68), (0.73, 0.68))),
    4: (((0.28, 0.28), (0.72, 0.28), (0.28, 0.72), (0.72, 0.72)),),
    5: (((0.24, 0.24), (0.76, 0.24), (0.5, 0.5), (0.24, 0.76), (0.76, 0.76)),),
}
_GROUP_RADIUS: Final = {2: 0.17, 3: 0.13, 4: 0.155, 5: 0.12}
_FLOATING: Final[frozenset[Subject]] = frozenset(("balloon", "fish", "rocket"))
_SCALE: Final[dict[Subject, float]] = {
    "cat": 0.95, "dog": 0.95, "robot": 0.98, "flower": 0.95, "mushroom": 0.9, "snowman": 0.9, "car": 0.85,
    "fish": 0.8, "boat": 1.05, "lighthouse": 1.2, "castle": 1.1, "tree": 1.1,
}  # fmt: skip


def picture(spec: Spec, rng: random.Random, *, width: int = SIDE, height: int = SIDE) -> Image.Image:
    """The picture of `spec`, RGB, `width` × `height` pixels; `rng` chooses what the spec leaves open."""
    if isinstance(spec, Shapes):
        return _shapes(spec, rng, width, height)
    if isinstance(spec, Portrait):
        return _portrait(spec, rng, width, height)
    return _scene(spec, rng, width, height)


def _shapes(spec: Shapes, rng: random.Random, width: int, height: int) -> Image.Image:
    ground, shade = varied(rng, PALETTE[spec.background]), rng.uniform(0, 0.08)
    canvas = Canvas(width, height, (mix(ground, WHITE, shade), mix(ground, BLACK, shade * 0.6)))

    things = [spec.first] * spec.count
    places: tuple[Point, ...] = ((0.5, 0.5),)
    radius, shake = rng.uniform(0.22, 0.28), 0.03
    if spec.second is not None and spec.relation is not None:
        things, places = [spec.first, spec.second], _PAIRS[spec.relation]
        radius = rng.uniform(0.155, 0.195)
    elif spec.count > 1:
        places, radius = rng.choice(_GROUPS[spec.count]), _GROUP_RADIUS[spec.count] * rng.uniform(0.92, 1.08)
        shake = 0.02
    elif spec.position is not None:
        places, radius = (_POSITIONS[spec.position],), rng.uniform(0.16, 0.2)
    elif spec.size is not None:
        radius = {"small": 0.12, "big": 0.36}[spec.size] * rng.uniform(0.94, 1.06)

    for thing, (right, down) in zip(things, places, strict=True):
        x = canvas.width * right + canvas.unit * rng.uniform(-shake, shake)
        y = canvas.height * down + canvas.unit * rng.uniform(-shake, shake)
        draw_shape(canvas, thing.shape, x, y, canvas.unit * radius, varied(rng, PALETTE[thing.colour]))
    return canvas.finished()


def _portrait(spec: Portrait, rng: random.Random, width: int, height: int) -> Image.Image:
    ground = varied(rng, PALETTE[spec.background])
    canvas = Canvas(width, height, (mix(ground, WHITE, 0.07), mix(ground, BLACK, 0.05)))
    share = {"small": 0.36, "big": 0.74}[spec.size] if spec.size else rng.uniform(0.52, 0.62)
    tall = canvas.unit * share
    x, y = canvas.width * 0.5 + canvas.unit * rng.uniform(-0.04, 0.04), canvas.height * 0.5 + tall * 0.5
    if spec.subject == "rocket":
        y -= tall * 0.1
    if spec.subject not in _FLOATING:
        canvas.disc(x, y, tall * 0.46, (0, 0, 0, 40), flat=0.13)
    stand = Stand(x=x, y=y, height=tall, colour=varied(rng, PALETTE[spec.colour]))
    draw_subject(canvas, spec.subject, stand)
    return styled(canvas.finished(), spec.style)


def _scene(spec: Scene, rng: random.Random, width: int, height: int) -> Image.Image:
    air = air_of(spec, rng)
    canvas = Canvas(width, height, air.sky)
    horizon = canvas.height * rng.uniform(0.56, 0.64)
    glare = draw_sky(canvas, spec, air, horizon, rng)
    x = canvas.width * {"left": 0.27, "right": 0.73}.get(spec.position or "", rng.uniform(0.34, 0.66))
    y = draw_place(canvas, spec, air, horizon, x, glare, rng)
    if spec.glow:
        draw_lights(canvas, horizon, rng)
    if spec.subject is not None and spec.colour is not None:
        tall = canvas.unit * rng.uniform(0.33, 0.4) * _SCALE.get(spec.subject, 1.0)
        tall *= {"small": 0.64, "big": 1.35}[spec.size] if spec.size else 1.0
        if spec.subject == "balloon":
            y = canvas.height * rng.uniform(0.42, 0.55)
        elif spec.subject == "rocket":
            y = canvas.height * rng.uniform(0.52, 0.68)
        elif spec.place == "space":
            y = canvas.height * 0.7
        stand = Stand(
            x=x,
            y=y,
            height=tall,
            colour=varied(rng, PALETTE[spec.colour]),
            light=air.subject_light,
            night=air.night,
        )
        draw_subject(canvas, spec.subject, stand)
    draw_weather(canvas, spec, air, rng)
    return styled(canvas.finished(), spec.style)
