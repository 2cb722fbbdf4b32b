"""Three ways to serve the same requests: each takes them as they arrive and gives their pictures."""

import asyncio
import io
from collections.abc import Sequence
from typing import Final, Protocol

import diffusers
import numpy as np
import torch
from PIL import Image

from inference import POCKET, SAMPLERS, Done, Engine, ImageRequest

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
    """The stock pipeline on the bundled weights, for one batch at a time."""

    def __init__(self, threads: int) -> None:
        torch.set_num_threads(threads)
        self._pipeline = diffusers.StableDiffusionPipeline.from_pretrained(POCKET.source, dtype=torch.float32)
        self._pipeline.set_progress_bar_config(disable=True)
        self._config = self._pipeline.scheduler.config

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


class EngineArm:
    """Easel's engine, with its queue, its worker process, previews and PNG files."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def picture(self, request: ImageRequest) -> Pixels:
        outcome = await self._engine.submit(request).outcome()
        if not isinstance(outcome, Done):
            raise TypeError(f"the engine failed: {outcome}")
        return np.asarray(Image.open(io.BytesIO(outcome.images[0].png)))
