"""Stage 6: the weights as they ship, in half precision and in Stable Diffusion's layout."""

import json
import shutil
from pathlib import Path
from typing import Final

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from transformers import CLIPModel

from inference.pocket import clip, tokenizer, unet
from inference.pocket.checkpoint import finished

LARGEST: Final = 16_000_000
"""Bytes of safetensors that the pipeline may have."""
LARGEST_WITH_CLIP: Final = 24_000_000


def package(folder: Path, target: Path, *, largest: int | None = None) -> dict[str, int]:
    """Writes the pipeline, and the CLIP model beside it in `clip/`; returns the bytes of each weight file.

    `target` is replaced as a whole: what was there stays until the new one is complete.

    Args:
        largest: bytes that all weights may have, and of them `LARGEST` without `clip/`; None for no bound.

    Raises:
        FileNotFoundError: a stage has not been run.
        ValueError: the weights are larger than they may be.
    """
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    pipeline = StableDiffusionPipeline.from_pretrained(
        finished(folder / "pipeline"),
        # The decoder may have been polished since the U-Net was saved.
        vae=AutoencoderKL.from_pretrained(finished(folder / "vae"), local_files_only=True),
        scheduler=unet.sampler(),
        safety_checker=None,
        local_files_only=True,
        requires_safety_checker=False,
    )
    pipeline.to(torch.float16).save_pretrained(part, safe_serialization=True)
    CLIPModel.from_pretrained(finished(folder / "clip"), local_files_only=True).half().save_pretrained(
        part / "clip"
    )
    tokenizer.load(folder).save_pretrained(part / "clip")
    clip.processor().save_pretrained(part / "clip")
    for settings in part.rglob("*.json"):
        _forget_origin(settings)
    sizes = {str(path.relative_to(part)): path.stat().st_size for path in sorted(part.rglob("*.safetensors"))}
    whole = sum(sizes.values())
    beside = sum(size for name, size in sizes.items() if name.startswith("clip"))
    if largest is not None and (whole - beside > LARGEST or whole > largest):
        raise ValueError(f"{whole - beside:,} bytes, {whole:,} with CLIP, are more than the model may have")
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    part.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return sizes


def _forget_origin(settings: Path) -> None:
    """Takes out the folder that a part was loaded from: it means nothing elsewhere."""
    values = json.loads(settings.read_text())
    if "_name_or_path" in values:
        del values["_name_or_path"]
        settings.write_text(json.dumps(values, indent=2) + "\n")
