"""Finished pictures become files, in threads: the next step need not wait for them."""

from typing import Final

import diffusers
import torch
from PIL import Image

from inference import images
from inference.job import ImageResult
from inference.request import ImageRequest

VERSIONS: Final = f"torch {torch.__version__}; diffusers {diffusers.__version__}"
"""Of the libraries that compute pictures, as their files name them."""


def written(
    request: ImageRequest, index: int, picture: Image.Image, made: images.Circumstances
) -> ImageResult:
    """Picture `index` of a request as a PNG file with its settings inside.

    Args:
        request: what was asked for.
        index: the picture's place in it, from 0.
        picture: RGB.
        made: what computed it.
    """
    return ImageResult(
        index=index,
        seed=request.seed_of(index),
        width=picture.width,
        height=picture.height,
        png=images.encode_png(picture, images.parameters(request, index, made)),
    )
