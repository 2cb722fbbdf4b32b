"""Serving many people: the stock pipeline, request-level batching and Easel's engine, side by side.

`python -m benchmarks.serve` sends every arm the same traces: lone requests, bursts, and Poisson arrivals of
mixed steps, samplers and owners at several rates; then it looks how fairly the engine shares. All arms have
the same weights, dtype and threads, and take turns. It writes `docs/benchmarks/serve.md` and its plot.
`--quick` sends less, and less of each; `--json` prints one object; neither writes. With `--device cuda` and
`--shape sd15` it measures a model of that size with random weights. `--compile` has the engine compile its
U-Net, and adds the compiled stock pipeline as a fourth arm, which on a GPU is there anyway.
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

from benchmarks import memory, report
from benchmarks.arms import Arm, EngineArm, OneByOne, RequestBatching, StockPipeline
from benchmarks.fairness import Shared, shared
from benchmarks.serving import PATIENCE, Served, agreement, cancel_ticks, goodput, lone, served
from benchmarks.shapes import Shape, model_of
from benchmarks.traces import KINDS, Trace, poisson, request_of, shortened
from inference import Catalogue, Engine, ModelInfo
from inference.placement.local import default_threads

ARMS: Final = ("stock", "stock_compiled", "request_batching", "engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is sent.

    Attributes:
        count: requests in a trace.
        backlog: long requests without a pause, to see how the processor is shared.
        share: of the usual steps that every request takes.
        rates: of arrivals, times the stock pipeline's own pace; ascending.
        seeds: of the traces; figures are medians over them.
        repeats: lone requests of each arm.
    """

    count: int
    backlog: int
    share: float
    rates: tuple[float, ...]
    seeds: tuple[int, ...]
    repeats: int

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """Samplers and steps."""
        return shortened(KINDS, self.share)


COMPILED: Final = Path("data") / "compiled"
"""Where a bot started here keeps what it compiles, too."""
QUICK: Final = Plan(count=8, backlog=14, share=0.4, rates=(0.8, 1.3, 2.0), seeds=(1,), repeats=3)
FULL: Final = Plan(
    count=40,
    backlog=30,
    share=1,
    rates=tuple(round(0.4 + 0.1 * step, 1) for step in range(16)),
    seeds=(1, 2, 3),
    repeats=7,
)


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
        memory_mib: the most that the worker had of the device's memory, or on a CPU of the machine's.
        stock_memory_mib: likewise of the stock pipelines' process.
    """

    queue_wait_s: float
    first_preview_s: float | None
    at_once: float
    memory_mib: float | None
    stock_memory_mib: float | None


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


async def measure(
    model: ModelInfo, plan: Plan, *, device: str, threads: int, compile_into: Path | None = None
) -> Result:
    """Runs every arm through everything, one after the other for each trace.

    Args:
        model: with its weights in a folder.
        plan: how much is sent.
        device: a torch device's name.
        threads: of computation, for every arm.
        compile_into: where the engine keeps its compiled U-Net; None does not compile.
    """
    async with Engine(
        catalogue=Catalogue([model]), device=device, threads=threads, compile_into=compile_into
    ) as engine:
        stock = await asyncio.to_thread(StockPipeline, model, device=device, threads=threads)
        await engine.ready()
        arms: dict[str, Arm] = {"stock": OneByOne(stock)}
        if device != "cpu" or compile_into is not None:  # on a CPU it takes minutes
            arms["stock_compiled"] = OneByOne(
                StockPipeline(model, device=device, threads=threads, compiled=True)
            )
        ours = EngineArm(engine)
        arms |= {"request_batching": RequestBatching(stock), "engine": ours}
        first = request_of(model, 0, plan.kinds[0])
        stock_s, engine_s = await lone((arms["stock"], ours), first, plan.repeats)
        ours.told.clear()
        bursts = await _bursts(arms, model, plan)
        inside = _inside(ours, memory=(memory.of_process(engine.worker_pid, device), memory.of_us(device)))
        pace = statistics.median(run.images_per_s for run in bursts["stock"])
        kept = await _kept(arms, model, plan, pace=pace, limit=PATIENCE * stock_s)
        return Result(
            arms={name: _figures(bursts[name], kept[name]) if name in arms else None for name in ARMS},
            lone={"stock_s": stock_s, "engine_s": engine_s},
            fairness=await shared(
                engine, model, rate=0.7 * pace, count=plan.count, backlog=plan.backlog, share=plan.share
            ),
            cancel_ticks=await cancel_ticks(engine, model),
            agreement=agreement(bursts["stock"][0].pictures, bursts["engine"][0].pictures),
            inside=inside,
            slots=engine.slots,
        )


async def _bursts(arms: dict[str, Arm], model: ModelInfo, plan: Plan) -> dict[str, list[Served]]:
    """Everything at once, one run a seed."""
    bursts: dict[str, list[Served]] = {name: [] for name in arms}
    for seed in plan.seeds:
        trace = poisson(model, rate=0, count=plan.count, seed=seed, kinds=plan.kinds)
        for name, arm in arms.items():
            bursts[name].append(await served(arm, trace))
    return bursts


async def _kept(
    arms: dict[str, Arm], model: ModelInfo, plan: Plan, *, pace: float, limit: float
) -> dict[str, list[float]]:
    """The highest rate that each arm kept up with, one a seed."""
    kept: dict[str, list[float]] = {name: [] for name in arms}
    for seed in plan.seeds:

        def trace_at(rate: float, seed: int = seed) -> Trace:
            return poisson(model, rate=rate, count=plan.count, seed=seed, kinds=plan.kinds)

        rates = [rate * pace for rate in plan.rates]
        for name, arm in arms.items():
            kept[name].append(await goodput(arm, trace_at, rates, limit=limit))
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


def _inside(arm: EngineArm, *, memory: tuple[float | None, float | None]) -> Inside:
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
        memory_mib=memory[0],
        stock_memory_mib=memory[1],
    )


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="less of everything; writes nothing")
    arguments.add_argument("--json", action="store_true", help="print one JSON object; writes nothing")
    arguments.add_argument("--device", default="cpu", help="cpu, cuda …")
    arguments.add_argument("--shape", choices=("pocket", "sd15", "sdxl"), default="pocket")
    arguments.add_argument("--compile", action="store_true", help="compile U-Nets; takes minutes at first")
    arguments.add_argument("--threads", type=int, default=default_threads())
    options = arguments.parse_args()
    shape: Shape = options.shape
    plan = QUICK if options.quick else FULL
    with tempfile.TemporaryDirectory(prefix="easel-bench-") as folder:
        model = model_of(shape, Path(folder))
        result = asyncio.run(
            measure(
                model,
                plan,
                device=options.device,
                threads=options.threads,
                compile_into=COMPILED if options.compile else None,
            )
        )
    if options.json:
        json.dump(asdict(result), sys.stdout)
        print()
        return
    settings = report.Settings(
        model=model,
        device=options.device,
        threads=options.threads,
        count=plan.count,
        rates=plan.rates,
        compiled=options.compile,
    )
    print((report.table if options.quick else report.write)(asdict(result), settings))


if __name__ == "__main__":
    main()
