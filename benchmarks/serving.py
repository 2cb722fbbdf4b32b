"""Sends a trace to an arm, and says how long everybody waited."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.arms import Arm, Pixels
from benchmarks.traces import Trace, request_of
from inference import Cancelled, Engine, ImageRequest, ModelInfo, Progress

PATIENCE: Final = 3.0
"""An arm keeps up while its p95 stays within so many times the stock pipeline's time for a lone request."""


@dataclass(frozen=True, slots=True)
class Served:
    """Seconds from arrival to picture of each request of a trace, and of all of them together."""

    trace: Trace
    waits: tuple[float, ...]
    seconds: float
    pictures: tuple[Pixels, ...]

    @property
    def images_per_s(self) -> float:
        return len(self.waits) / self.seconds

    def percentile(self, percent: float) -> float:
        return float(np.percentile(self.waits, percent))


async def served(arm: Arm, trace: Trace) -> Served:
    """Open loop: requests arrive when the trace says, whether or not the arm keeps up."""
    began = time.perf_counter()

    async def one(at: float, request: ImageRequest) -> tuple[float, Pixels]:
        await asyncio.sleep(began + at - time.perf_counter())
        picture = await arm.picture(request)
        return time.perf_counter() - began - at, picture

    done = await asyncio.gather(*(one(at, request) for at, request in trace.arrivals))
    waits, pictures = zip(*done, strict=True)
    return Served(trace, tuple(waits), time.perf_counter() - began, tuple(pictures))


async def lone(arms: Sequence[Arm], request: ImageRequest, repeats: int) -> list[float]:
    """Median seconds of each arm for a lone request; repeats interleaved, after one to warm up."""
    trace = Trace(((0.0, request),))
    waits: list[list[float]] = [[] for _ in arms]
    for _ in range(repeats + 1):
        for own, arm in zip(waits, arms, strict=True):
            own.extend((await served(arm, trace)).waits)
    return [statistics.median(own[1:]) for own in waits]


async def goodput(
    arm: Arm, trace_at: Callable[[float], Trace], rates: Sequence[float], *, limit: float
) -> float:
    """The highest of the ascending rates at which the p95 stays within `limit` seconds; 0 where none is.

    It is found by bisection: who keeps up with a rate is taken to keep up with all lower ones.
    """
    kept, lost = -1, len(rates)
    while lost - kept > 1:
        middle = (kept + lost) // 2
        if (await served(arm, trace_at(rates[middle]))).percentile(95) <= limit:
            kept = middle
        else:
            lost = middle
    return rates[kept] if kept >= 0 else 0.0


async def cancel_ticks(engine: Engine, model: ModelInfo) -> int:
    """Steps that a job still takes after it was cancelled, as its own progress says."""
    job, cancelled_at, last = engine.submit(request_of(model, 1, ("ddim", 150))), 0, 0
    async for event in job.events():
        if isinstance(event, Progress):
            last = event.step
            if event.step >= 5 and not cancelled_at:
                cancelled_at = event.step
                job.cancel()
    if not isinstance(await job.outcome(), Cancelled):
        raise TypeError("a cancelled job was made all the same")
    return last - cancelled_at


def agreement(ours: Sequence[Pixels], theirs: Sequence[Pixels]) -> dict[str, float]:
    """Between pictures of the same requests: the largest difference of 255, and the least PSNR in dB."""
    differences = [
        np.abs(one.astype(np.float64) - other.astype(np.float64))
        for one, other in zip(ours, theirs, strict=True)
    ]
    worst = max(float((difference**2).mean()) for difference in differences)
    largest = max(float(difference.max()) for difference in differences)
    return {"max_abs": largest, "psnr_db": float(10 * np.log10(255**2 / max(worst, 1e-9)))}
