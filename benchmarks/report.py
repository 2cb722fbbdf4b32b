"""The table and the plot of `benchmarks.serve`."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import diffusers
import torch
from matplotlib.figure import Figure

from benchmarks.serving import PATIENCE
from inference import ModelInfo

FOLDER: Final = Path(__file__).parents[1] / "docs" / "benchmarks"
TITLES: Final = {
    "stock": "stock pipeline, one by one",
    "stock_compiled": "the same, compiled",
    "request_batching": "request-level batching",
    "engine": "Easel's engine",
}
_COLOURS: Final = ("#9aa0b4", "#7d849b", "#5b8def", "#6a55d9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was measured, and on what."""

    model: ModelInfo
    device: str
    threads: int
    count: int
    rates: tuple[float, ...]
    compiled: bool

    @property
    def name(self) -> str:
        """Of the files: the bundled model on a CPU is the usual run."""
        usual = self.model.name == "pocket" and self.device == "cpu"
        name = "serve" if usual else f"serve-{self.model.name}-{self.device}"
        return f"{name}-compiled" if self.compiled else name

    @property
    def options(self) -> str:
        """What was typed to measure it."""
        typed = "" if self.device == "cpu" else f" --device {self.device}"
        typed += "" if self.model.name == "pocket" else f" --shape {self.model.name}"
        return typed + (" --compile" if self.compiled else "")

    @property
    def machine(self) -> str:
        """What computed."""
        if self.device.startswith("cuda"):
            return torch.cuda.get_device_name(self.device)
        return f"{platform.machine()} with {os.cpu_count()} cores, threads: {self.threads}"


def write(result: dict[str, Any], settings: Settings) -> str:
    """Writes the table and the plot; returns the table."""
    text = table(result, settings)
    (FOLDER / f"{settings.name}.md").write_text(text, encoding="utf-8")
    plot(result, FOLDER / f"{settings.name}.png")
    return text


def table(result: dict[str, Any], settings: Settings) -> str:
    """Everything that was measured, in Markdown."""
    model = settings.model
    rows = "\n".join(
        f"| {TITLES[name]} | {each['images_per_s']:.2f} | {each['goodput']:.2f} | {each['p50_s']:.1f} |"
        f" {each['p95_s']:.1f} | {each['p99_s']:.1f} |"
        for name, each in _measured(result).items()
    )
    stock_s, engine_s = result["lone"]["stock_s"], result["lone"]["engine_s"]
    stock, engine = result["arms"]["stock"], result["arms"]["engine"]
    fairness, inside = result["fairness"], result["inside"]
    jain = "not measured" if fairness["jain"] is None else f"{fairness['jain']:.3f}"
    preview = inside["first_preview_s"]
    return f"""# Serving many people

{settings.count} requests a trace for one picture of {model.width} × {model.height} pixels with the model
“{model.title}”, of mixed samplers, 8 to 30 steps and six owners, on {settings.machine};
torch {torch.__version__}, diffusers {diffusers.__version__}. The engine made {
        result["slots"]
    } pictures at once at most{", with a compiled U-Net" if settings.compiled else ""}.

![Pictures a second and goodput of each arm]({settings.name}.png)

| | images/s, all at once | goodput, requests/s | p50 seconds, all at once | p95 | p99 |
| --- | --- | --- | --- | --- | --- |
{rows}

Goodput is the highest rate at which 95 % of the requests are done within {
        PATIENCE:g} times the stock pipeline's
time for a lone one, found by bisection between {settings.rates[0]:g} and {
        settings.rates[-1]:g} times the stock pipeline's pace in steps of
{
        settings.rates[1]
        - settings.rates[0]:.2g}; 0.00 where it was none. Against the stock pipeline the engine makes **{
        engine["images_per_s"] / stock["images_per_s"]:.2f} times** the pictures a second, with **{
        engine["goodput"] / stock["goodput"] if stock["goodput"] else float("nan"):.2f} times** the goodput.

A lone request takes the stock pipeline {stock_s:.2f} s and the engine {engine_s:.2f} s, **{
        engine_s / stock_s:.2f} times** as long; its seconds hold the queue, the way to the worker and back,
previews and the PNG file.

Beside one heavy user: the largest difference of compute-seconds between two who both waited was {
        fairness["gap_s"]:.2f} s, with a bound of {fairness["bound_s"]:.2f} s; Jain's index {
        jain
    }; the others' p95 was
{fairness["victim_p95_s"]:.2f} s, alone {
        fairness["victim_alone_p95_s"]:.2f} s. All of it is recomputed from the
events of the jobs (`benchmarks/checker.py`).

In the engine's bursts a job waited {inside["queue_wait_s"]:.2f} s for its first step (median){
        "" if preview is None else f" and {preview:.2f} s for its first preview"
    }, with {inside["at_once"]:.1f} jobs in the making at once on average. A cancelled job took {
        result["cancel_ticks"]
    } more steps. Pictures made in shared steps differ from the stock pipeline's by {
        result["agreement"]["max_abs"]:g} of 255 at most ({
        result["agreement"]["psnr_db"]:.0f} dB). The worker had {
        _mebibytes(inside["memory_mib"])
    } of memory at most, the process of the stock pipelines {_mebibytes(inside["stock_memory_mib"])}.

Made by `python -m benchmarks.serve{settings.options}`.
"""


def plot(result: dict[str, Any], file: Path) -> None:
    """Pictures a second and goodput as bars, the stock pipeline first."""
    arms = _measured(result)
    figure = Figure(figsize=(8, 2.4), layout="constrained", dpi=110)
    for axes, (key, title) in zip(
        figure.subplots(1, 2, sharey=True),
        (("images_per_s", "pictures a second, all at once"), ("goodput", "goodput, requests a second")),
        strict=True,
    ):
        values = [each[key] for each in arms.values()]
        colours = [_COLOURS[list(TITLES).index(name)] for name in arms]
        bars = axes.barh([TITLES[name] for name in arms], values, color=colours)
        axes.bar_label(bars, fmt="%.2f", padding=4)
        axes.set_title(title, loc="left", fontsize=10)
        axes.set_xlim(0, max(values) * 1.18 or 1)
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        axes.tick_params(left=False, bottom=False, labelbottom=False)
    axes.invert_yaxis()  # both share it
    figure.savefig(file)


def _mebibytes(value: float | None) -> str:
    return "an unknown amount" if value is None else f"{value:,.0f} MiB"


def _measured(result: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {name: result["arms"][name] for name in TITLES if result["arms"][name] is not None}
