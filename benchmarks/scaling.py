"""How many more pictures a second come of denoising more of them at once.

`python -m benchmarks.scaling` measures guided steps and decoding for 1 to 32 pictures at once, beside what
the device's matrix products reach, and writes `docs/benchmarks/scaling.md` and its plot. With `--device cuda`
and `--shape sd15` it measures a model of that size with random weights; `--json` prints one object and writes
nothing.
"""

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from matplotlib.figure import Figure
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.report import FOLDER
from benchmarks.shapes import Shape, model_of
from benchmarks.traces import request_of
from inference import ModelInfo
from inference.denoise.knee import device_name
from inference.denoise.lanes import Lanes
from inference.denoise.start import lanes_of
from inference.families.compiled import default_compiler
from inference.families.opening import open_model
from inference.families.stable_diffusion import StableDiffusion
from inference.placement.local import default_threads

SIZES: Final = (1, 2, 4, 6, 8, 12, 16, 24, 32)
STEPS: Final = 20
TRIES: Final = 5
"""Ticks that are timed, each; the median counts."""
MATRIX: Final = {"cpu": 1024, "cuda": 8192}
"""The side of the square matrices that are multiplied to see what the device reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """So many pictures at once.

    Attributes:
        tick_s: one guided step of all of them.
        decode_s: the decoding of one.
        images_per_s: of pictures of `STEPS` steps, decoded.
        tflops: useful arithmetic a second, in 10¹² operations.
    """

    pictures: int
    tick_s: float
    decode_s: float
    images_per_s: float
    tflops: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What was measured, and on what."""

    model: str
    device: str
    precision: str
    compiled: bool
    tflop_a_picture: float
    matrix_tflops: float
    points: tuple[Point, ...]


def measure(model: ModelInfo, device: torch.device, *, compiled: bool) -> Curve:
    """The curve of one model on one device."""
    family = open_model(model, device)
    if not isinstance(family, StableDiffusion):
        raise TypeError(f"{model.name} shares no forwards")
    if compiled:
        for rows in family.compile(
            model.width, model.height, pictures=SIZES[-1] // 2, compiler=default_compiler
        ):
            print(f"compiled for {rows} rows", file=sys.stderr)
    work = _tflop_a_picture(family, model)
    points = []
    for pictures in SIZES:
        tick, decode = _once(family, model, pictures)
        each = STEPS * tick / pictures + decode
        points.append(
            Point(
                pictures=pictures,
                tick_s=tick,
                decode_s=decode,
                images_per_s=1 / each,
                tflops=work / each,
            )
        )
    return Curve(
        model=model.title,
        device=device_name(device),
        precision=family.precision,
        compiled=compiled,
        tflop_a_picture=work,
        matrix_tflops=_matrix_tflops(device, family.precision),
        points=tuple(points),
    )


@torch.inference_mode()
def _tflop_a_picture(family: StableDiffusion, model: ModelInfo) -> float:
    """10¹² operations of `STEPS` guided steps and decoding."""
    lanes = _lanes(family, model, 1)
    with FlopCounterMode(display=False) as step:
        lanes.tick()
    latents = torch.zeros((1, *family.latent_shape(model.width, model.height)), device=family.device)
    with FlopCounterMode(display=False) as decoding:
        family.decode(latents)
    return float(STEPS * step.get_total_flops() + decoding.get_total_flops()) / 1e12


def _lanes(family: StableDiffusion, model: ModelInfo, pictures: int) -> Lanes:
    """So many pictures, none of which is done before it is timed often enough."""
    lanes = Lanes(family, family.latent_shape(model.width, model.height))
    for number in range(pictures):
        (lane,), _ = lanes_of(request_of(model, number, ("ddim", TRIES + 2)), family)
        lanes.join(lane)
    return lanes


@torch.inference_mode()
def _once(family: StableDiffusion, model: ModelInfo, pictures: int) -> tuple[float, float]:
    """Seconds of a guided step of so many pictures, and of decoding one of them."""
    lanes = _lanes(family, model, pictures)
    lanes.tick()
    tick = _median(lanes.tick, family.device)
    at_once = min(pictures, family.decodes_at_once(model.width, model.height))
    shape = family.latent_shape(model.width, model.height)
    latents = torch.zeros((at_once, *shape), device=family.device)
    return tick, _median(lambda: family.decode(latents), family.device) / at_once


def _median(act: Callable[[], object], device: torch.device) -> float:
    """Seconds of one call."""
    seconds = []
    for _ in range(TRIES):
        _wait(device)
        began = time.perf_counter()
        act()
        _wait(device)
        seconds.append(time.perf_counter() - began)
    return sorted(seconds)[TRIES // 2]


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _matrix_tflops(device: torch.device, precision: str) -> float:
    side = MATRIX.get(device.type, MATRIX["cpu"])
    one, other = (torch.randn(side, side, device=device, dtype=getattr(torch, precision)) for _ in range(2))
    best = min(_median(lambda: one @ other, device) for _ in range(3))
    return 2 * side**3 / best / 1e12


def table(curve: Curve) -> str:
    """The curve in Markdown."""
    lone = curve.points[0].images_per_s
    rows = "\n".join(
        f"| {each.pictures} | {1e3 * each.tick_s:.1f} | {1e3 * each.decode_s:.1f} | {each.images_per_s:.3g} |"
        f" {each.images_per_s / lone:.2f} | {each.tflops / curve.matrix_tflops:.0%} |"
        for each in curve.points
    )
    return f"""# More pictures at once

Guided steps of “{curve.model}” in {curve.precision}{", compiled," if curve.compiled else ""} on {
        curve.device
    }
({platform.machine()}), torch {torch.__version__}. A picture of {STEPS} steps, decoded, takes {
        curve.tflop_a_picture:.3g} · 10¹²
operations; the device's own matrix products reach {curve.matrix_tflops:.3g} · 10¹² a second.

![Pictures a second by pictures at once]({_name(curve)}.png)

| pictures at once | a step, ms | decoding one, ms | pictures/s | times one | of the matrix products' pace |
| --- | --- | --- | --- | --- | --- |
{rows}

Made by `python -m benchmarks.scaling`; the median of {TRIES} steps each.
"""


def plot(curve: Curve, file: Path) -> None:
    """Pictures a second, and what they would be if a batch cost no more than one."""
    figure = Figure(figsize=(6, 2.6), layout="constrained", dpi=110)
    axes = figure.subplots()
    sizes = [each.pictures for each in curve.points]
    axes.plot(sizes, [each.images_per_s for each in curve.points], "o-", color="#6a55d9")
    ceiling = curve.matrix_tflops / curve.tflop_a_picture
    axes.axhline(ceiling, color="#9aa0b4", linestyle="--", linewidth=1)
    axes.annotate("at the pace of matrix products", (sizes[-1], ceiling), ha="right", va="bottom", fontsize=8)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.set_ylim(0, 1.15 * max(ceiling, *(each.images_per_s for each in curve.points)))
    axes.set_xlabel("pictures at once", fontsize=9)
    axes.set_title("pictures a second", loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file)


def _name(curve: Curve) -> str:
    usual = curve.model == "Pocket" and curve.device.startswith("cpu")
    name = "scaling" if usual else f"scaling-{'-'.join(f'{curve.model} {curve.device}'.lower().split())}"
    return f"{name}-compiled" if curve.compiled else name


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    arguments.add_argument("--json", action="store_true", help="print one JSON object, write nothing")
    arguments.add_argument("--device", default="cpu", help="cpu, cuda …")
    arguments.add_argument("--shape", choices=("pocket", "sd15", "sdxl"), default="pocket")
    arguments.add_argument("--threads", type=int, default=default_threads())
    arguments.add_argument("--compile", action="store_true", help="compile the U-Net; takes minutes at first")
    options = arguments.parse_args()
    shape: Shape = options.shape
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory(prefix="easel-bench-") as folder:
        curve = measure(model_of(shape, Path(folder)), torch.device(options.device), compiled=options.compile)
    if options.json:
        print(json.dumps(asdict(curve)))
        return
    text = table(curve)
    (FOLDER / f"{_name(curve)}.md").write_text(text, encoding="utf-8")
    plot(curve, FOLDER / f"{_name(curve)}.png")
    print(text)


if __name__ == "__main__":
    main()
