"""What the worker does for one job, a step at a time, so that it can be told to stop between two."""

import math
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Protocol

import torch
from PIL import Image

from inference import images
from inference.denoise.batch import Batch
from inference.families.stable_diffusion import StableDiffusion
from inference.job import ImageResult
from inference.messages import Finished, FromWorker, Previewed, Stepped
from inference.preview import LatentPreview
from inference.request import ImageRequest, UpscaleRequest

FIRST_PREVIEW: Final = 0.15
"""The share of the steps after which there is something to see."""

Say = Callable[[FromWorker], None]


class Stopwatch:
    """Compute-seconds: the time spent inside its `with` blocks, the running one included."""

    def __init__(self) -> None:
        self._before = 0.0
        self._began: float | None = None

    @property
    def seconds(self) -> float:
        running = 0.0 if self._began is None else time.perf_counter() - self._began
        return self._before + running

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._before, self._began = self.seconds, None


class Work(Protocol):
    """One job in the worker."""

    job_id: str
    stopwatch: Stopwatch

    def step(self) -> bool:
        """Does a little and says what came of it. True when the job is finished and has said so."""


class PictureWork:
    """Pictures from words: prepare, one denoising step after the other, then decode a few at a time."""

    def __init__(
        self,
        job_id: str,
        request: ImageRequest,
        *,
        family: StableDiffusion,
        preview: LatentPreview,
        preview_every: float,
        say: Say,
    ) -> None:
        self.job_id = job_id
        self.stopwatch = Stopwatch()
        self._request = request
        self._family = family
        self._preview = preview
        self._preview_every = preview_every
        self._say = say
        self._batch: Batch | None = None
        self._decoding: Iterator[torch.Tensor] | None = None
        self._finished: list[ImageResult] = []
        self._steps_said = 0
        self._previewed_at: float | None = None

    def step(self) -> bool:
        with self.stopwatch:
            if self._batch is None:
                self._batch = Batch.prepare(self._request, self._family)
            elif not self._batch.done:
                self._batch.step()
                self._tell_progress(self._batch)
            elif not self._decode_some(self._batch):
                self._say(
                    Finished(
                        job_id=self.job_id,
                        images=tuple(self._finished),
                        compute_seconds=self.stopwatch.seconds,
                        notes=self._batch.notes,
                    )
                )
                return True
        return False

    def _tell_progress(self, batch: Batch) -> None:
        if batch.steps_done == self._steps_said:
            return  # between the two evaluations of one step
        self._steps_said = step = batch.steps_done
        steps = self._request.steps
        self._say(Stepped(job_id=self.job_id, step=step, steps=steps, compute_seconds=self.stopwatch.seconds))
        if self._preview_is_due(step) and batch.clean is not None:
            self._previewed_at = self.stopwatch.seconds
            shown = self._preview.render(batch.clean, width=self._request.width, height=self._request.height)
            self._say(Previewed(job_id=self.job_id, step=step, steps=steps, images=shown))

    def _preview_is_due(self, step: int) -> bool:
        if not math.ceil(self._request.steps * FIRST_PREVIEW) <= step < self._request.steps:
            return False
        before = self._previewed_at
        return before is None or self.stopwatch.seconds - before >= self._preview_every

    def _decode_some(self, batch: Batch) -> bool:
        """Turns the next few latents into files; False when none are left."""
        if self._decoding is None:
            self._decoding = batch.finish()
        chunk = next(self._decoding, None)
        if chunk is None:
            return False
        for pixels in chunk:
            index = len(self._finished)
            picture = Image.fromarray(pixels.numpy())
            self._finished.append(
                ImageResult(
                    index=index,
                    seed=self._request.seed_of(index),
                    width=picture.width,
                    height=picture.height,
                    png=images.encode_png(picture, images.parameters(self._request, index)),
                )
            )
        return True


class UpscaleWork:
    """One picture enlarged, in a single step."""

    def __init__(self, job_id: str, request: UpscaleRequest, *, say: Say) -> None:
        self.job_id = job_id
        self.stopwatch = Stopwatch()
        self._request = request
        self._say = say

    def step(self) -> bool:
        with self.stopwatch:
            picture, text = images.upscale(self._request)
            png = images.encode_png(picture, text)
            result = ImageResult(index=0, seed=0, width=picture.width, height=picture.height, png=png)
            self._say(
                Finished(
                    job_id=self.job_id, images=(result,), compute_seconds=self.stopwatch.seconds, notes=()
                )
            )
        return True
