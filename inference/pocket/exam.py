"""Sits the examination with a packaged model, as stock diffusers runs it."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from transformers import CLIPModel, CLIPProcessor

from inference.pocket.draw.picture import SIDE
from inference.pocket.evaluate import WANTED, Conduct, Figure, Sheet, answers, conduct, examined, originals
from inference.pocket.examiner import Examiner
from inference.pocket.report import Report

STEPS: Final = 20
GUIDANCE: Final = 2.0
_BATCH: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out.

    Attributes:
        figures: the model's marks.
        originals: the same examiner's marks for drawn originals: more than that cannot be reached.
        conduct: what seeds, negative prompts and guidance do.
        seconds: a picture alone, the fastest of three.
        prompts: asked in all.
    """

    figures: dict[str, Figure]
    originals: dict[str, Figure]
    conduct: Conduct
    seconds: float
    prompts: int

    @property
    def missed(self) -> list[str]:
        """The figures that are less than wanted."""
        return [name for name, least in WANTED.items() if self.figures[name].share < least]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "prompts": self.prompts,
            "seconds_per_picture": round(self.seconds, 3),
            "figures": {
                name: {
                    "share": round(figure.share, 4),
                    "of": figure.asked,
                    "wanted": WANTED[name],
                    "originals": round(self.originals[name].share, 4),
                }
                for name, figure in self.figures.items()
            },
            "conduct": asdict(self.conduct),
        }

    def as_table(self) -> str:
        """Lines for a person."""
        lines = [f"{'':<18}{'reached':>9}{'wanted':>9}{'drawn originals':>18}{'asked':>7}"]
        for name, figure in sorted(self.figures.items(), key=lambda item: list(WANTED).index(item[0])):
            mark = " " if figure.share >= WANTED[name] else "✗"
            lines.append(
                f"{name:<18}{figure.share:>9.1%}{WANTED[name]:>9.0%}"
                f"{self.originals[name].share:>18.1%}{figure.asked:>7} {mark}"
            )
        how = self.conduct
        lines += [
            "",
            f"same seed, same picture: {'yes' if how.repeats else 'NO'}",
            f"another seed differs by {how.rerolled:.1f} of 255",
            f"brighter without “night, dark”: {how.without_night:.0%}",
            f"guidance brings pictures nearer to their prompts by {how.guided:+.3f}",
            f"{self.seconds:.2f} s a picture at {STEPS} guided steps, {torch.get_num_threads()} threads",
        ]
        return "\n".join(lines)


class StockPainter:
    """A packaged model in the stock pipeline."""

    def __init__(self, weights: Path) -> None:
        """Raises: OSError: there is no model in the folder."""
        self._pipeline = StableDiffusionPipeline.from_pretrained(
            weights, dtype=torch.float32, safety_checker=None, requires_safety_checker=False
        )
        self._pipeline.set_progress_bar_config(disable=True)

    def __call__(
        self,
        prompts: Sequence[str],
        *,
        seed: int,
        guidance_scale: float = GUIDANCE,
        negative_prompt: str = "",
        width: int = SIDE,
        height: int = SIDE,
    ) -> list[Image.Image]:
        """One picture a prompt; picture i has seed + i."""
        pictures: list[Image.Image] = []
        with Report("evaluate", len(prompts), unit="pictures", silent=len(prompts) < 2 * _BATCH) as report:
            for start in range(0, len(prompts), _BATCH):
                some = list(prompts[start : start + _BATCH])
                seeds = range(seed + start, seed + start + len(some))
                output = self._pipeline(
                    some,
                    negative_prompt=[negative_prompt] * len(some),
                    num_inference_steps=STEPS,
                    guidance_scale=guidance_scale,
                    generator=[torch.Generator().manual_seed(number) for number in seeds],
                    width=width,
                    height=height,
                )
                pictures += output.images
                report.update(len(pictures))
        return pictures


def sit(weights: Path, each: int, *, seed: int, grids: Path | None = None) -> Result:
    """Paints `each` held-out prompts of each kind and has them examined; optionally saves all of them."""
    painter = StockPainter(weights)
    clip = CLIPModel.from_pretrained(weights / "clip", dtype=torch.float32).eval()
    examiner = Examiner(clip, CLIPProcessor.from_pretrained(weights / "clip"), seed=seed)
    sheet = Sheet.of(each, seed=seed)
    painted, drawn = answers(sheet, painter, seed=seed), originals(sheet, seed=seed)
    if grids is not None:
        grids.mkdir(parents=True, exist_ok=True)
        grid(painted).save(grids / "painted.png")
        grid(drawn).save(grids / "drawn.png")
    return Result(
        figures=examined(sheet, painted, examiner).figures,
        originals=examined(sheet, drawn, examiner).figures,
        conduct=conduct(painter, examiner, seed=seed),
        seconds=min(_seconds(painter) for _ in range(3)),
        prompts=len(painted),
    )


def grid(pictures: Sequence[Image.Image], *, columns: int = 16) -> Image.Image:
    """All of them on one sheet, two pixels apart."""
    width, height = pictures[0].size
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * (width + 2) - 2, rows * (height + 2) - 2), "white")
    for number, one in enumerate(pictures):
        whole.paste(one, (number % columns * (width + 2), number // columns * (height + 2)))
    return whole


def _seconds(painter: StockPainter) -> float:
    began = time.perf_counter()
    painter(["a red circle on a blue background"], seed=1)
    return time.perf_counter() - began
