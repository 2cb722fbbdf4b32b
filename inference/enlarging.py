"""One picture enlarged."""

import time

from inference import images
from inference.job import ImageResult
from inference.messages import Finished
from inference.request import UpscaleRequest


def enlarged(job_id: str, request: UpscaleRequest) -> Finished:
    """Does it, and says what it took.

    Raises:
        InvalidRequest: the file is not a whole picture.
    """
    began = time.perf_counter()
    picture, text = images.upscale(request)
    png = images.encode_png(picture, text)
    result = ImageResult(index=0, seed=0, width=picture.width, height=picture.height, png=png)
    return Finished(job_id=job_id, images=(result,), compute_seconds=time.perf_counter() - began, notes=())
