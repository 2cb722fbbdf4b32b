"""Reads a picture of shapes without a model: its background and its things, with their colour and shape.

An examiner that knows nothing of the prompt. On drawn originals it is right nearly always, and `evaluate`
says how often, so that its own mistakes are not taken for the model's.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from inference.pocket.draw.canvas import PALETTE, Canvas
from inference.pocket.draw.shapes import draw_shape
from inference.pocket.spec import COLOURS, SHAPES, Colour, Shape

Mask = NDArray[np.bool_]
Pixels = NDArray[np.float64]

_APART: Final = 42.0
"""Distance in RGB from the background at which a pixel belongs to a thing."""
_SMALLEST: Final = 60
"""Pixels of the smallest thing; less is a blot."""
_BRIDGE: Final = 2
"""Twice so many pixels across, and a part joins nothing: what a person still counts as two is two."""
_SIDE: Final = 32
"""Masks are compared at this size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A thing found in a picture.

    Attributes:
        colour: the nearest of the palette to its median colour.
        shape: whose outline covers it best.
        x, y: the middle of its pixels, from the left and from the top.
        area: in pixels.
    """

    colour: Colour
    shape: Shape
    x: float
    y: float
    area: int


def background_of(picture: Image.Image) -> Colour:
    """The palette's name for the colour along the edges."""
    pixels = np.asarray(picture.convert("RGB"), np.float64)
    rim = (pixels[:4], pixels[-4:], pixels[:, :4], pixels[:, -4:])
    return nearest(np.median(np.concatenate([side.reshape(-1, 3) for side in rim]), axis=0))


def things_in(picture: Image.Image) -> list[Seen]:
    """What stands out from the background, the largest first."""
    pixels = np.asarray(picture.convert("RGB"), np.float64)
    # The background grows darker downwards: each row is compared with its own edges.
    edges = np.median(np.concatenate((pixels[:, :4], pixels[:, -4:]), axis=1), axis=1)[:, None]
    standing_out = np.linalg.norm(pixels - edges, axis=-1) > _APART
    masks = [part for whole in _pieces(standing_out) for part in _cut(whole)]
    return sorted((_seen(pixels, mask) for mask in masks), key=lambda thing: -thing.area)


def nearest(colour: Pixels) -> Colour:
    """The palette's colour nearest to (red, green, blue) in 0 to 255."""
    return min(COLOURS, key=lambda name: float(np.square(colour - np.array(PALETTE[name])).sum()))


def _pieces(mask: Mask) -> list[Mask]:
    """The connected pieces that are large enough to be things."""
    labels, count = ndimage.label(mask)
    pieces = [labels == number for number in range(1, count + 1)]
    return [piece for piece in pieces if piece.sum() >= _SMALLEST]


def _cut(mask: Mask) -> list[Mask]:
    """A piece, cut where only a thin bridge holds it together."""
    cores = _pieces(ndimage.binary_opening(mask, iterations=_BRIDGE))
    if len(cores) < 2:
        return [mask]
    distances = np.stack([ndimage.distance_transform_edt(~core) for core in cores])
    nearest_core = distances.argmin(axis=0)
    return [mask & (nearest_core == number) for number in range(len(cores))]


def _seen(pixels: Pixels, mask: Mask) -> Seen:
    rows, columns = np.nonzero(mask)
    # The rim of a thing is a mixture of two colours: its inside tells its own.
    inside = ndimage.binary_erosion(mask, iterations=2)
    colour = nearest(np.median(pixels[inside if inside.any() else mask], axis=0))
    return Seen(
        colour=colour,
        shape=_shape_of(mask),
        x=float(columns.mean()),
        y=float(rows.mean()),
        area=int(mask.sum()),
    )


def _shape_of(mask: Mask) -> Shape:
    """The shape with the greatest overlap (intersection over union), both fitted into a square."""
    fitted, tall = _fitted(mask)
    return max(SHAPES, key=lambda shape: _overlap(fitted, tall, *_originals()[shape]))


def _overlap(fitted: Pixels, tall: float, original: Pixels, original_tall: float) -> float:
    both = float(np.minimum(fitted, original).sum())
    either = float(np.maximum(fitted, original).sum())
    # Fitting hides proportions, and a diamond is a square on its corner but for those.
    proportion: float = min(tall / original_tall, original_tall / tall)
    return both / either * math.sqrt(proportion)


def _fitted(mask: Mask) -> tuple[Pixels, float]:
    """The mask's bounding box at `_SIDE` × `_SIDE`, in [0, 1], and how tall it is for its width."""
    rows, columns = np.nonzero(mask)
    box = mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    image = Image.fromarray((box * 255).astype(np.uint8))
    resized = np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.BOX), np.float64) / 255
    return resized, box.shape[0] / box.shape[1]


@cache
def _originals() -> dict[Shape, tuple[Pixels, float]]:
    originals = {}
    for shape in SHAPES:
        canvas = Canvas(128, 128, ((0, 0, 0), (0, 0, 0)))
        draw_shape(canvas, shape, canvas.width / 2, canvas.height / 2, canvas.unit * 0.3, (255, 255, 255))
        originals[shape] = _fitted(np.asarray(canvas.finished().convert("L")) > 127)
    return originals
