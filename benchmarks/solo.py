"""Easel's engine beside the stock pipeline: how long four pictures take on an otherwise idle machine.

`python -m benchmarks.solo` runs both in turn, in one run, on the same weights, dtype and number of threads,
and writes `docs/benchmarks/solo.md`. The stock pipeline makes the pictures one by one, as most bots do; the
engine makes them as one request, through its queue and its worker process, with files and previews.
"""

import argparse
import asyncio
import platform
import statistics
import time
from pathlib import Path
from typing import Final

import diffusers
import torch

from inference import POCKET, SAMPLERS, Catalogue, Done, Engine, ImageRequest
from inference.placement.local import default_threads

PICTURES: Final = 4
REPORT: Final = Path(__file__).parents[1] / "docs" / "benchmarks" / "solo.md"


def request_for(prompt: str, seed: int) -> ImageRequest:
    """Four pictures with the settings that suit the bundled model."""
    return ImageRequest(
        prompt=prompt,
        owner="benchmark",
        model=POCKET.name,
        width=POCKET.width,
        height=POCKET.height,
        steps=POCKET.steps,
        guidance_scale=POCKET.guidance_scale,
        sampler=POCKET.sampler,
        seed=seed,
        count=PICTURES,
    )


class StockPipeline:
    """The stock pipeline, one picture after the other."""

    def __init__(self, threads: int) -> None:
        torch.set_num_threads(threads)
        self._pipeline = diffusers.StableDiffusionPipeline.from_pretrained(POCKET.source, dtype=torch.float32)
        self._pipeline.set_progress_bar_config(disable=True)
        sampler = SAMPLERS[POCKET.sampler]
        self._pipeline.scheduler = getattr(diffusers, sampler.diffusers_class).from_config(
            self._pipeline.scheduler.config, **sampler.options
        )

    def seconds(self, request: ImageRequest) -> float:
        """Seconds for every picture of a request."""
        began = time.perf_counter()
        for index in range(request.count):
            self._pipeline(
                request.prompt,
                width=request.width,
                height=request.height,
                num_inference_steps=request.steps,
                guidance_scale=request.guidance_scale,
                generator=torch.Generator().manual_seed(request.seed_of(index)),
            )
        return time.perf_counter() - began


async def engine_seconds(engine: Engine, request: ImageRequest) -> float:
    """Seconds from `submit` to the files."""
    began = time.perf_counter()
    outcome = await engine.submit(request).outcome()
    if not isinstance(outcome, Done):
        failed = f"the engine failed: {outcome}"
        raise RuntimeError(failed)  # noqa: TRY004 — an outcome is no bad argument
    return time.perf_counter() - began


async def measure(repeats: int, threads: int) -> tuple[list[float], list[float]]:
    """Seconds of the engine and of the stock pipeline, a pair a repeat, after one pair to warm up."""
    stock, ours, theirs = StockPipeline(threads), [], []
    async with Engine(catalogue=Catalogue([POCKET]), device="cpu", threads=threads) as engine:
        await engine.ready()
        for repeat in range(repeats + 1):
            request = request_for("a red house by the sea at night", seed=repeat * PICTURES)
            ours.append(await engine_seconds(engine, request))
            theirs.append(await asyncio.to_thread(stock.seconds, request))
    return ours[1:], theirs[1:]


def report(ours: list[float], theirs: list[float], threads: int) -> str:
    """The table, in Markdown."""
    ratio = statistics.median(other / own for own, other in zip(ours, theirs, strict=True))
    rows = [
        ("Easel's engine, one request", ours),
        ("stock pipeline, one by one", theirs),
    ]
    table = "\n".join(
        f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f} | {max(seconds):.2f} |"
        for name, seconds in rows
    )
    machine = f"{platform.machine()}, torch {torch.__version__}, diffusers {diffusers.__version__}"
    return f"""# Four pictures, alone on the machine

{PICTURES} pictures of {POCKET.width} × {POCKET.height} pixels with the bundled model: {POCKET.steps} steps of
{SAMPLERS[POCKET.sampler].title}, guidance {POCKET.guidance_scale:g}, float32, threads: {threads}, {machine};
{len(ours)} interleaved repeats after a warm-up.

| | median seconds | least | most |
| --- | --- | --- | --- |
{table}

The stock pipeline takes **{ratio:.2f} times** as long (median of the pairs). The engine's seconds hold the
queue, the way to the worker and back, previews and PNG files; the stock pipeline's end with pictures in
memory.

Made by `python -m benchmarks.solo`.
"""


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.solo")
    arguments.add_argument("--repeats", type=int, default=5)
    arguments.add_argument("--threads", type=int, default=default_threads())
    options = arguments.parse_args()
    ours, theirs = asyncio.run(measure(options.repeats, options.threads))
    text = report(ours, theirs, options.threads)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
