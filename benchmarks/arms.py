"""Ways to serve the same requests: each takes them as they arrive and gives their pictures."""

import asyncio
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

import diffusers
import numpy as np
import torch
from PIL import Image

from benchmarks.checker import Entry
from inference import SAMPLERS, Done, Engine, ImageRequest, ModelInfo, Paused, Preview, Progress, Started
from inference.families import components

WINDOW: Final = 0.05
"""Seconds that request-level batching waits for others of the same kind."""
MOST: Final = 8
"""Requests in one of its batches."""

Pixels = np.typing.NDArray[np.uint8]


class Arm(Protocol):
    """A way to serve."""

    async def picture(self, request: ImageRequest) -> Pixels:
        """The picture of a request for one, (height, width, 3); returns when it is there."""
        ...


class StockPipeline:
    """The stock pipeline on a model's own weights, for one batch at a time.

    Args:
        model: whose folder is loaded.
        device: a torch device's name.
        threads: of computation.
        compiled: the U-Net is compiled, as diffusers' documentation on speed advises.
    """

    def __init__(self, model: ModelInfo, *, device: str, threads: int, compiled: bool = False) -> None:
        torch.set_num_threads(threads)
        dtype = components.precision(model, torch.device(device))
        self._pipeline = diffusers.DiffusionPipeline.from_pretrained(model.source, dtype=dtype).to(device)
        self._pipeline.set_progress_bar_config(disable=True)
        self._config = self._pipeline.scheduler.config
        if compiled:
            self._pipeline.unet.to(memory_format=torch.channels_last)
            self._pipeline.unet = torch.compile(self._pipeline.unet, mode="max-autotune", fullgraph=True)

    def pictures(self, requests: Sequence[ImageRequest]) -> list[Pixels]:
        """One picture for each; all have the same steps, sampler, guidance and size."""
        first = requests[0]
        sampler = SAMPLERS[first.sampler]
        kind = getattr(diffusers, sampler.diffusers_class)
        self._pipeline.scheduler = kind.from_config(self._config, **sampler.options)
        made = self._pipeline(
            [request.prompt for request in requests],
            width=first.width,
            height=first.height,
            num_inference_steps=first.steps,
            guidance_scale=first.guidance_scale,
            generator=[torch.Generator().manual_seed(request.seed) for request in requests],
        )
        return [np.asarray(image) for image in made.images]


class OneByOne:
    """First come, first served, one request after the other: what most bots do."""

    def __init__(self, stock: StockPipeline) -> None:
        self._stock = stock
        self._turn = asyncio.Lock()

    async def picture(self, request: ImageRequest) -> Pixels:
        async with self._turn:
            (picture,) = await asyncio.to_thread(self._stock.pictures, [request])
        return picture


class RequestBatching:
    """Requests of the same steps, sampler and guidance that wait together are made together."""

    def __init__(self, stock: StockPipeline) -> None:
        self._stock = stock
        self._turn = asyncio.Lock()
        self._waiting: list[tuple[ImageRequest, asyncio.Future[Pixels]]] = []

    async def picture(self, request: ImageRequest) -> Pixels:
        promise: asyncio.Future[Pixels] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, promise))
        await asyncio.sleep(WINDOW)
        while not promise.done():
            async with self._turn:
                if not promise.done():
                    await self._serve()
        return promise.result()

    async def _serve(self) -> None:
        """The batch of whoever waits longest."""
        kind = _kind(self._waiting[0][0])
        batch = [pair for pair in self._waiting if _kind(pair[0]) == kind][:MOST]
        self._waiting = [pair for pair in self._waiting if pair not in batch]
        made = await asyncio.to_thread(self._stock.pictures, [request for request, _ in batch])
        for (_, promise), picture in zip(batch, made, strict=True):
            promise.set_result(picture)


def _kind(request: ImageRequest) -> tuple[object, ...]:
    return request.steps, request.sampler, request.guidance_scale, request.width, request.height


@dataclass(slots=True, kw_only=True)
class Told:
    """What one job's events said, with the seconds of a clock at which they came.

    Attributes:
        asked: when it was submitted.
        began: when the worker took it first.
        previewed: when its first preview came; None without one.
        steps: when each step was told, and how many of all were done then.
        turns: when each of its turns began, and when it was parked.
        over: when it was done.
        compute_seconds: what it cost.
    """

    owner: str
    job: str
    asked: float
    began: float = 0.0
    previewed: float | None = None
    steps: list[tuple[float, float]] = field(default_factory=list)
    turns: list[tuple[float, Literal["began", "parked"]]] = field(default_factory=list)
    over: float = 0.0
    compute_seconds: float = 0.0

    def entries(self) -> list[Entry]:
        """Its lines in the log; its cost is spread evenly over its steps."""
        lines = [Entry(at=self.asked, owner=self.owner, job=self.job, kind="asked")]
        lines += [Entry(at=at, owner=self.owner, job=self.job, kind=kind) for at, kind in self.turns]
        share = 0.0
        for at, done in self.steps:
            seconds = (done - share) * self.compute_seconds
            lines.append(Entry(at=at, owner=self.owner, job=self.job, kind="served", seconds=seconds))
            share = done
        rest = (1 - share) * self.compute_seconds
        return [*lines, Entry(at=self.over, owner=self.owner, job=self.job, kind="over", seconds=rest)]


class EngineArm:
    """Easel's engine, with its queue, its worker process, previews and PNG files.

    Attributes:
        told: what the events of every job said so far.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.told: list[Told] = []

    async def picture(self, request: ImageRequest) -> Pixels:
        job = self._engine.submit(request)
        told = Told(owner=request.owner, job=job.id, asked=time.perf_counter())
        async for event in job.events():
            told.over = time.perf_counter()
            match event:
                case Started():
                    told.began = told.over
                    told.turns.append((told.over, "began"))
                case Paused() if told.turns[-1][1] == "began":
                    told.turns.append((told.over, "parked"))
                case Progress(step=step, steps=steps):
                    if told.turns[-1][1] == "parked":
                        told.turns.append((told.over, "began"))
                    told.steps.append((told.over, step / steps))
                case Preview():
                    told.previewed = told.previewed or told.over
        outcome = await job.outcome()
        if not isinstance(outcome, Done):
            raise TypeError(f"the engine failed: {outcome}")
        told.compute_seconds = outcome.compute_seconds
        self.told.append(told)
        return np.asarray(Image.open(io.BytesIO(outcome.images[0].png)))
