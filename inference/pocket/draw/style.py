"""The look of a whole picture."""

from typing import Final

import numpy as np
from PIL import Image

from inference.pocket.spec import Style

_LUMA: Final = np.array((0.299, 0.587, 0.114), np.float32)
"""Weights of red, green and blue in brightness (ITU-R BT.601)."""
_NEON: Final = np.array(((0.07, 0.02, 0.18), (0.95, 0.1, 0.65), (0.35, 0.98, 1.0)), np.float32)
"""What dark, middle and bright become."""


def styled(picture: Image.Image, style: Style | None) -> Image.Image:
    """The picture in a style, or as it is."""
    if style is None:
        return picture
    colours = np.asarray(picture, np.float32) / 255
    bright = colours @ _LUMA
    if style == "bw":
        colours = np.repeat(bright[..., None], 3, axis=-1)
    elif style == "sepia":
        colours = bright[..., None] * np.array((1.05, 0.86, 0.62)) + np.array((0.06, 0.04, 0.02))
    elif style == "pastel":
        colours = colours * 0.5 + 0.48
    else:
        curve = [np.interp(bright * 1.25, (0, 0.5, 1), _NEON[:, channel]) for channel in range(3)]
        colours = np.stack(curve, axis=-1)
    return Image.fromarray((colours.clip(0, 1) * 255).astype(np.uint8))
