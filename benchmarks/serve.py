"""Serving many people: the stock pipeline, request-level batching and Easel's engine, side by side.

`python -m benchmarks.serve` sends every arm the same traces: lone requests, bursts, and Poisson arrivals of
mixed steps, samplers and owners at several rates; then it looks how fairly the engine shares. All arms have
the same weights, dtype and threads, and take turns. It writes `docs/benchmarks/serve.md` and its plot.
`--quick` sends less; `--json` prints one object and writes nothing; `--device cuda --shape sd15` measures a
model of that size with random weights, with the compiled stock pipeline as a fourth arm.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from benchmarks import report
from benchmarks.arms import Arm, EngineArm, OneByOne, RequestBatching, StockPipeline
from benchmarks.fairness import Shared, shared
from benchmarks.serving import PATIENCE, Served, agreement, cancel_ticks, goodput, lone, served
from benchmarks.shapes import Shape, model_of
from benchmarks.traces import poisson
from inference import Catalogue, Engine, ModelInfo
from inference.placement.local import default_threads

ARMS: Final = ("stock", "stock_compiled", "request_batching", "engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is sent.

    Attributes:
        count: requests in a trace.
        rates: of arrivals, times the stock pipeline's own pace; ascending.
        seeds: of the traces; figures are medians over them.
        repeats: lone requests of each arm.
    """

    count: int
    rates: tuple[float, ...]
    seeds: tuple[int, ...]
    repeats: int


QUICK: Final = Plan(count=8, rates=(0.6, 1.2), seeds=(1,), repeats=2)
FULL: Final = Plan(count=30, rates=(0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.2), seeds=(1, 2, 3), repeats=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one arm: pictures a second and waits in a burst, and the highest rate it kept up with, a second."""

    images_per_s: float
    goodput: float
    p50_s: float
    p95_s: float
    p99_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Of the engine's bursts.

    Attributes:
        queue_wait_s: from asking until the worker took it; the median.
        first_preview_s: from asking to the first preview; the median, None where there was none.
        at_once: jobs in the making at once, on average.
    """

    queue_wait_s: float
    first_preview_s: float | None
    at_once: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything that was measured, as `--json` prints it. An arm that does not pay on the device is null."""

    arms: dict[str, Figures | None]
    lone: dict[str, float]
    fairness: Shared
    cancel_ticks: int
    agreement: dict[str, float]
    inside: Inside
    slots: int


async def measure(model: ModelInfo, plan: Plan, *, device: str, threads: int) -> Result:
    """Runs every arm through everything, one after the other for each trace."""
    stock = StockPipeline(model, device=device, threads=threads)
    async with Engine(catalogue=Catalogue([model]), device=device, threads=threads) as engine:
        await engine.ready()
        arms: dict[str, Arm] = {"stock": OneByOne(stock)}
        if device != "cpu":  # compiling a U-Net for a CPU takes longer than a run and gains next to nothing
            arms["stock_compiled"] = OneByOne(
                StockPipeline(model, device=device, threads=threads, compiled=True)
            )
        ours = EngineArm(engine)
        arms |= {"request_batching": RequestBatching(stock), "engine": ours}
        waits = dict(zip(arms, await lone(tuple(arms.values()), model, plan.repeats), strict=True))
        ours.told.clear()
        bursts = await _bursts(arms, model, plan)
        inside = _inside(ours)
        pace = statistics.median(run.images_per_s for run in bursts["stock"])
        kept = await _kept(arms, model, plan, pace=pace, limit=PATIENCE * waits["stock"])
        return Result(
            arms={name: _figures(bursts[name], kept[name]) if name in arms else None for name in ARMS},
            lone={f"{name}_s": waits[name] for name in ("stock", "engine")},
            fairness=await shared(engine, model, rate=0.5 * pace, count=plan.count),
            cancel_ticks=await cancel_ticks(engine, model),
            agreement=agreement(bursts["stock"][0].pictures, bursts["engine"][0].pictures),
            inside=inside,
            slots=engine.slots,
        )


async def _bursts(arms: dict[str, Arm], model: ModelInfo, plan: Plan) -> dict[str, list[Served]]:
    """Everything at once, one run a seed."""
    bursts: dict[str, list[Served]] = {name: [] for name in arms}
    for seed in plan.seeds:
        trace = poisson(model, rate=0, count=plan.count, seed=seed)
        for name, arm in arms.items():
            bursts[name].append(await served(arm, trace))
    return bursts


async def _kept(
    arms: dict[str, Arm], model: ModelInfo, plan: Plan, *, pace: float, limit: float
) -> dict[str, list[float]]:
    """The highest rate that each arm kept up with, one a seed."""
    kept: dict[str, list[float]] = {name: [] for name in arms}
    for seed in plan.seeds:
        traces = {
            rate * pace: poisson(model, rate=rate * pace, count=plan.count, seed=seed) for rate in plan.rates
        }
        for name, arm in arms.items():
            kept[name].append(await goodput(arm, traces, limit=limit))
    return kept


def _figures(runs: Sequence[Served], kept: Sequence[float]) -> Figures:
    def median(percent: float) -> float:
        return statistics.median(run.percentile(percent) for run in runs)

    return Figures(
        images_per_s=statistics.median(run.images_per_s for run in runs),
        goodput=statistics.median(kept),
        p50_s=median(50),
        p95_s=median(95),
        p99_s=median(99),
    )


def _inside(arm: EngineArm) -> Inside:
    previews = [told.previewed - told.asked for told in arm.told if told.previewed is not None]
    busy = sum(told.over - told.began for told in arm.told)
    moments = sorted((at, change) for told in arm.told for at, change in ((told.began, 1), (told.over, -1)))
    jobs, since, some = 0, 0.0, 0.0
    for at, change in moments:
        some += at - since if jobs else 0.0
        jobs, since = jobs + change, at
    return Inside(
        queue_wait_s=statistics.median(told.began - told.asked for told in arm.told),
        first_preview_s=statistics.median(previews) if previews else None,
        at_once=busy / some,
    )


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="fewer requests and rates")
    arguments.add_argument("--json", action="store_true", help="print one JSON object, write nothing")
    arguments.add_argument("--device", default="cpu", help="cpu, cuda …")
    arguments.add_argument("--shape", choices=("pocket", "sd15", "sdxl"), default="pocket")
    arguments.add_argument("--threads", type=int, default=default_threads())
    options = arguments.parse_args()
    shape: Shape = options.shape
    plan = QUICK if options.quick else FULL
    with tempfile.TemporaryDirectory(prefix="easel-bench-") as folder:
        model = model_of(shape, Path(folder))
        result = asyncio.run(measure(model, plan, device=options.device, threads=options.threads))
    if options.json:
        json.dump(asdict(result), sys.stdout)
        print()
        return
    settings = report.Settings(
        model=model, device=options.device, threads=options.threads, count=plan.count, rates=plan.rates
    )
    print(report.write(asdict(result), settings))


if __name__ == "__main__":
    main()
