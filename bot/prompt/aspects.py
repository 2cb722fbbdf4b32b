"""The shapes that are offered by name, and the shape that a size in pixels has."""

from typing import Final

from bot.prompt.order import Aspect
from inference.models import ModelInfo

ASPECTS: Final = {
    "1:1": "square",
    "3:2": "landscape, a photograph",
    "4:3": "landscape, a screen",
    "16:9": "wide, a film",
    "2:1": "wide, a banner",
    "2:3": "portrait, a photograph",
    "3:4": "portrait",
    "9:16": "tall, a phone",
}
"""Each with what it is good for; any other may be typed."""


def aspect_of(width: int, height: int, model: ModelInfo) -> Aspect:
    """The shape of a picture of this size in pixels: the one offered that has this size, else its own.

    Asked of the same model, a shape that is its own gives the same size or one that is nearly it.
    """
    for name in ASPECTS:
        aspect = Aspect.parse(name)
        if aspect.size(model) == (width, height):
            return aspect
    # Rounding to multiples of 8 can make a side a little longer than the longest shape allows.
    return Aspect.near(width, height)
