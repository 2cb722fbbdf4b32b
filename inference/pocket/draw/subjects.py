"""Who and what can stand in a picture."""

from collections.abc import Callable
from typing import Final

from inference.pocket.draw import buildings, creatures, plants, vehicles
from inference.pocket.draw.canvas import Canvas
from inference.pocket.draw.stand import Stand
from inference.pocket.spec import Subject

SUBJECT_DRAWINGS: Final[dict[Subject, Callable[[Canvas, Stand], None]]] = {
    "house": buildings.house,
    "castle": buildings.castle,
    "lighthouse": buildings.lighthouse,
    "cat": creatures.cat,
    "dog": creatures.dog,
    "fish": creatures.fish,
    "robot": creatures.robot,
    "snowman": creatures.snowman,
    "tree": plants.tree,
    "cactus": plants.cactus,
    "mushroom": plants.mushroom,
    "flower": plants.flower,
    "boat": vehicles.boat,
    "rocket": vehicles.rocket,
    "car": vehicles.car,
    "balloon": vehicles.balloon,
}
"""How each subject is drawn."""


def draw_subject(canvas: Canvas, subject: Subject, stand: Stand) -> None:
    """A subject where it stands."""
    SUBJECT_DRAWINGS[subject](canvas, stand)
