"""Serving many people: stock pipeline, request-level batching and Easel's engine, side by side in one run.

`python -m benchmarks.serve` sends every arm the same traces of requests with mixed steps, samplers and
owners, as Poisson arrivals at several rates, and writes `docs/benchmarks/serve.md`. `--quick` sends less;
`--json` prints one object and writes nothing. All arms have the same weights, dtype and threads, and take
turns. The compiled arm is null: on a CPU, compiling a model this small does not pay within a run.
"""

import argparse
import asyncio
import json
import platform
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import diffusers
import numpy as np
import torch

from benchmarks.arms import Arm, EngineArm, OneByOne, Pixels, RequestBatching, StockPipeline
from inference import POCKET, Cancelled, Catalogue, Engine, ImageRequest, Progress
from inference.placement.local import default_threads

REPORT: Final = Path(__file__).parents[1] / "docs" / "benchmarks" / "serve.md"
KINDS: Final = (("dpmpp_2m_karras", 20), ("euler_a", 20), ("ddim", 12), ("dpmpp_2m", 8), ("euler", 30))
PROMPTS: Final = (
    "a red house by the sea",
    "a green field under a blue sky",
    "a yellow star",
    "a desert at noon",
)
RATES: Final = (0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.2)
PATIENCE: Final = 3.0
"""An arm keeps up while its p95 stays within so many times the stock pipeline's time for a lone request."""


def request_of(number: int, kind: tuple[str, int], owner: str = "ada") -> ImageRequest:
    """A request for one picture."""
    return ImageRequest(
        prompt=PROMPTS[number % len(PROMPTS)],
        owner=owner,
        model=POCKET.name,
        width=POCKET.width,
        height=POCKET.height,
        steps=kind[1],
        guidance_scale=POCKET.guidance_scale,
        sampler=kind[0],
        seed=number,
    )


@dataclass(frozen=True, slots=True)
class Trace:
    """Requests with the seconds at which they arrive."""

    arrivals: tuple[tuple[float, ImageRequest], ...]

    @classmethod
    def poisson(cls, *, rate: float, count: int, seed: int) -> "Trace":
        """`count` requests, `rate` of them a second on average, of mixed kinds and six owners."""
        chance, now, arrivals = random.Random(seed), 0.0, []  # noqa: S311 - a trace, no secret
        for number in range(count):
            arrivals.append((now, request_of(number, chance.choice(KINDS), f"owner {chance.randrange(6)}")))
            now += chance.expovariate(rate) if rate else 0.0
        return cls(tuple(arrivals))


@dataclass(frozen=True, slots=True)
class Served:
    """Seconds from arrival to picture of each request, and of all of them together."""

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
    return Served(tuple(waits), time.perf_counter() - began, tuple(pictures))


async def lone(arms: Sequence[Arm], repeats: int) -> list[float]:
    """Median seconds of each arm for a lone request; repeats interleaved, after one to warm up."""
    request = request_of(0, KINDS[0])
    waits: list[list[float]] = [[] for _ in arms]
    for _ in range(repeats + 1):
        for own, arm in zip(waits, arms, strict=True):
            own.extend((await served(arm, Trace(((0.0, request),)))).waits)
    return [statistics.median(own[1:]) for own in waits]


async def cancel_ticks(engine: Engine) -> int:
    """Steps that a job still takes after it was cancelled, as its own progress says."""
    job, cancelled_at, last = engine.submit(request_of(1, ("ddim", 150))), 0, 0
    async for event in job.events():
        if isinstance(event, Progress):
            last = event.step
            if event.step >= 5 and not cancelled_at:
                cancelled_at = event.step
                job.cancel()
    if not isinstance(await job.outcome(), Cancelled):
        raise TypeError("a cancelled job was made all the same")
    return last - cancelled_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one arm: the burst, and the highest rate it kept up with, in requests a second."""

    images_per_s: float
    goodput: float
    p50_s: float
    p95_s: float
    p99_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything that was measured, as `--json` prints it."""

    arms: dict[str, Figures | None]
    lone: dict[str, float]
    cancel_ticks: int
    agreement: dict[str, float]
    slots: int
    requests: int
    rates: tuple[float, ...]


async def measure(*, count: int, rates: tuple[float, ...], repeats: int, threads: int) -> Result:
    """Bursts of `count` requests, then traces at `rates` times the stock pipeline's own pace."""
    stock = StockPipeline(threads)
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", threads=threads) as engine:
        await engine.ready()
        arms: dict[str, Arm] = {
            "stock": OneByOne(stock),
            "request_batching": RequestBatching(stock),
            "engine": EngineArm(engine),
        }
        stock_s, _, engine_s = await lone(tuple(arms.values()), repeats)
        burst = Trace.poisson(rate=0, count=count, seed=1)
        full = {name: await served(arm, burst) for name, arm in arms.items()}
        pace = full["stock"].images_per_s
        traces = {rate * pace: Trace.poisson(rate=rate * pace, count=count, seed=2) for rate in rates}
        figures: dict[str, Figures | None] = {"stock_compiled": None}
        for name, arm in arms.items():
            figures[name] = Figures(
                images_per_s=full[name].images_per_s,
                goodput=await goodput(arm, traces, limit=PATIENCE * stock_s),
                p50_s=full[name].percentile(50),
                p95_s=full[name].percentile(95),
                p99_s=full[name].percentile(99),
            )
        return Result(
            arms=figures,
            lone={"stock_s": stock_s, "engine_s": engine_s},
            cancel_ticks=await cancel_ticks(engine),
            agreement=agreement(full["stock"].pictures, full["engine"].pictures),
            slots=engine.slots,
            requests=count,
            rates=rates,
        )


async def goodput(arm: Arm, traces: Mapping[float, Trace], *, limit: float) -> float:
    """The highest rate up to which the p95 stays within `limit` seconds; rates ascend."""
    kept = 0.0
    for rate, trace in traces.items():
        if (await served(arm, trace)).percentile(95) > limit:
            break
        kept = rate
    return kept


def agreement(ours: Sequence[Pixels], theirs: Sequence[Pixels]) -> dict[str, float]:
    """Between pictures of the same requests: the largest difference of 255, and the least PSNR in dB."""
    differences = [
        np.abs(one.astype(np.float64) - other.astype(np.float64))
        for one, other in zip(ours, theirs, strict=True)
    ]
    worst = max(float((difference**2).mean()) for difference in differences)
    largest = max(float(difference.max()) for difference in differences)
    return {"max_abs": largest, "psnr_db": float(10 * np.log10(255**2 / max(worst, 1e-9)))}


def report(result: Result, threads: int) -> str:
    """The table, in Markdown."""
    names = {
        "stock": "stock pipeline, one by one",
        "request_batching": "request-level batching",
        "engine": "Easel's engine",
    }
    rows = {title: figures for name, title in names.items() if (figures := result.arms[name]) is not None}
    table = "\n".join(
        f"| {title} | {each.images_per_s:.2f} | {each.goodput:.2f} | {each.p50_s:.1f} | {each.p95_s:.1f} |"
        for title, each in rows.items()
    )
    stock_s, engine_s = result.lone["stock_s"], result.lone["engine_s"]
    return f"""# Serving many people

{result.requests} requests for one picture of {POCKET.width} × {POCKET.height} pixels with the bundled model,
of mixed samplers, 8 to 30 steps and six owners, float32, threads: {threads}, {platform.machine()},
torch {torch.__version__}, diffusers {diffusers.__version__}.
The engine makes {result.slots} pictures at once at most.

| | images/s, all at once | goodput, requests/s | p50 seconds, all at once | p95 |
| --- | --- | --- | --- | --- |
{table}

Goodput is the highest of the rates tried ({", ".join(f"{rate:g}" for rate in result.rates)} times the stock
pipeline's pace) at which 95 % of the requests are done within {PATIENCE:g} times the stock pipeline's time
for a lone one; 0.00 where it was none. A lone request takes the stock pipeline {stock_s:.2f} s and the
engine {engine_s:.2f} s, **{engine_s / stock_s:.2f} times** as long; its seconds hold the queue, the way to
the worker and back, previews and the PNG file. A cancelled job took {result.cancel_ticks} more steps.
Pictures made in shared steps differ from the stock pipeline's by {result.agreement["max_abs"]:g} of 255 at
most ({result.agreement["psnr_db"]:.0f} dB).

Made by `python -m benchmarks.serve`.
"""


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.serve")
    arguments.add_argument("--quick", action="store_true", help="fewer requests and rates")
    arguments.add_argument("--json", action="store_true", help="print one JSON object, write nothing")
    arguments.add_argument("--threads", type=int, default=default_threads())
    options = arguments.parse_args()
    count, repeats, rates = (12, 2, (0.4, 0.8, 1.2)) if options.quick else (40, 5, RATES)
    result = asyncio.run(measure(count=count, rates=rates, repeats=repeats, threads=options.threads))
    if options.json:
        print(json.dumps(asdict(result)))
        return
    text = report(result, options.threads)
    REPORT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
