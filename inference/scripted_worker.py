"""A worker that speaks the real one's protocol and computes nothing: for tests and soaks. No torch here.

`INFERENCE_WORKER=scripted` in the environment has `inference.worker_process` run it in the real one's place;
`INFERENCE_STEP_SECONDS` is how long a step of all jobs together takes. Its pictures are whole PNG files with
their settings inside, and a function of seed and place, so that a picture made twice is the same file.
"""

import hashlib
import io
import os
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from inference import images
from inference.enlarging import enlarged
from inference.errors import InvalidRequest
from inference.job import FailureCode, ImageResult
from inference.messages import (
    Admit,
    Awake,
    Began,
    Cancel,
    Finished,
    FromWorker,
    Load,
    Loading,
    NotParked,
    Park,
    Parked,
    Previewed,
    Ready,
    Refused,
    Resume,
    Stepped,
    Stopped,
    ToWorker,
)
from inference.models import ModelInfo
from inference.request import ImageRequest, UpscaleRequest

STEP_SECONDS: Final = "INFERENCE_STEP_SECONDS"
"""The variable that says how long a step takes, in seconds."""
DEFAULT_STEP: Final = 0.01
RATE: Final = 0.05
"""Seconds per megapixel-evaluation that it claims to take."""
KNEE: Final = 8
"""Pictures at once that it claims to be worth it."""
MADE_BY: Final = images.Circumstances(
    device="none", precision="none", batch="1", versions="scripted", own_sampler="none"
)


@dataclass(slots=True, kw_only=True)
class Making:
    """One job's pictures, as far as they are."""

    request: ImageRequest
    step: int = 0
    seconds: float = 0.0
    previewed_at: float | None = None
    parked: bool = False


class ScriptedWorker:
    """Answers as `inference.worker.Worker` does.

    Args:
        step_seconds: how long a step of all jobs together takes.
        preview_every: least seconds between two previews of a job.
        inbox: what the engine says.
        say: how to answer it.
    """

    def __init__(
        self,
        *,
        step_seconds: float,
        preview_every: float,
        inbox: "queue.SimpleQueue[ToWorker]",
        say: Callable[[FromWorker], None],
    ) -> None:
        self._step_seconds = step_seconds
        self._preview_every = preview_every
        self._inbox = inbox
        self._say = say
        self._makings: dict[str, Making] = {}

    def serve_forever(self) -> None:
        """Never returns: the process leaves when its pipe closes."""
        self._say(Awake(device="cpu"))
        while True:
            self._admit()
            self._tick()

    def _admit(self) -> None:
        while True:
            busy = any(not making.parked for making in self._makings.values())
            try:
                message = self._inbox.get(block=not busy)
            except queue.Empty:
                return
            match message:
                case Load(model=model):
                    self._load(model)
                case Admit(job_id=job_id, request=request):
                    self._begin(job_id, request)
                case Park(job_id=job_id):
                    self._park(job_id)
                case Resume(job_id=job_id) if job_id in self._makings:
                    self._makings[job_id].parked = False
                case Cancel(job_id=job_id):
                    self._cancel(job_id)

    def _load(self, model: ModelInfo) -> None:
        self._say(Loading(model=model.name, device="cpu"))
        self._say(
            Ready(model=model.name, device="cpu", rate=RATE, knee=KNEE, knee_of=f"scripted {model.name}")
        )

    def _begin(self, job_id: str, request: ImageRequest | UpscaleRequest) -> None:
        self._say(Began(job_id=job_id))
        if isinstance(request, ImageRequest):
            self._makings[job_id] = Making(request=request)
            return
        try:
            self._say(enlarged(job_id, request))
        except InvalidRequest as error:
            self._say(
                Refused(job_id=job_id, code=FailureCode.INVALID, detail=str(error), compute_seconds=0.0)
            )

    def _park(self, job_id: str) -> None:
        making = self._makings.get(job_id)
        if making is None:
            self._say(NotParked(job_id=job_id))
            return
        making.parked = True
        steps = making.request.steps_taken
        self._say(Parked(job_id=job_id, step=making.step, steps=steps, compute_seconds=making.seconds))

    def _cancel(self, job_id: str) -> None:
        making = self._makings.pop(job_id, None)
        if making is not None and not making.parked:
            self._say(Stopped(job_id=job_id, compute_seconds=making.seconds))

    def _tick(self) -> None:
        """One step of whatever is not parked; who has taken the last one is finished."""
        running = {name: making for name, making in self._makings.items() if not making.parked}
        if not running:
            return
        began = time.perf_counter()
        time.sleep(self._step_seconds)
        share = (time.perf_counter() - began) / len(running)
        for job_id, making in running.items():
            making.step += 1
            making.seconds += share
            self._tell(job_id, making)
            if making.step >= making.request.steps_taken:
                del self._makings[job_id]
                self._finish(job_id, making)

    def _tell(self, job_id: str, making: Making) -> None:
        step, steps, now = making.step, making.request.steps_taken, time.monotonic()
        self._say(Stepped(job_id=job_id, step=step, steps=steps, compute_seconds=making.seconds))
        if making.previewed_at is None or now - making.previewed_at >= self._preview_every:
            making.previewed_at = now
            seen = tuple(_webp(picture(making.request, index)) for index in range(making.request.count))
            self._say(Previewed(job_id=job_id, step=step, steps=steps, images=seen))

    def _finish(self, job_id: str, making: Making) -> None:
        finished = tuple(result(making.request, index) for index in range(making.request.count))
        self._say(Finished(job_id=job_id, images=finished, compute_seconds=making.seconds, notes=()))


def picture(request: ImageRequest, index: int) -> Image.Image:
    """What picture `index` looks like, RGB of the request's size: a disc whose colours its seed chose."""
    shades = hashlib.sha256(f"{request.seed_of(index)} {index}".encode()).digest()
    image = Image.new("RGB", (request.width, request.height), (shades[0], shades[1], shades[2]))
    inset = min(image.size) // 8
    box = (inset, inset, image.width - inset, image.height - inset)
    ImageDraw.Draw(image).ellipse(box, fill=(shades[3], shades[4], shades[5]))
    return image


def result(request: ImageRequest, index: int) -> ImageResult:
    """Picture `index` as the engine delivers it."""
    return ImageResult(
        index=index,
        seed=request.seed_of(index),
        width=request.width,
        height=request.height,
        png=images.encode_png(picture(request, index), images.parameters(request, index, MADE_BY)),
    )


def _webp(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.resize((64, 64)).save(file, format="WEBP", quality=50)
    return file.getvalue()


def work_forever(
    *,
    preview_every: float,
    inbox: "queue.SimpleQueue[ToWorker]",
    say: Callable[[FromWorker], None],
    **_unneeded: object,
) -> None:
    """Serves. What the real worker is told of devices and threads concerns nothing here.

    Args:
        preview_every: least seconds between two previews of a job.
        inbox: what the engine says.
        say: how to answer it.
    """
    step_seconds = float(os.environ.get(STEP_SECONDS, DEFAULT_STEP))
    ScriptedWorker(
        step_seconds=step_seconds, preview_every=preview_every, inbox=inbox, say=say
    ).serve_forever()
