"""How many pictures at once are worth it: past the knee a larger batch only makes everybody wait longer."""

import time
from typing import Final

import torch

from inference.denoise.lanes import Conditioning
from inference.families.stable_diffusion import StableDiffusion

MOST: Final = 16
"""Pictures at once; more would keep a newcomer waiting for long even where the device could take them."""
LEAST: Final = 4
"""One request's pictures fit in any case."""
WORTH: Final = 1.05
"""A doubled batch must make so many times the pictures a second."""
PATIENCE: Final = 1.5
"""Seconds for finding out; a device so slow that this is little is saturated by one request."""


@torch.inference_mode()
def find_knee(family: StableDiffusion, width: int, height: int) -> int:
    """Pictures of so many pixels at once, measured on guided forwards (two rows a picture)."""
    text, _, _ = family.conditionings("", None, width=width, height=height)
    shape = family.latent_shape(width, height)
    began, best, knee, pictures = time.perf_counter(), 0.0, LEAST, LEAST
    while pictures <= MOST and time.perf_counter() - began < PATIENCE:
        rate = pictures / min(_seconds(family, shape, [text] * 2 * pictures) for _ in range(2))
        if rate < WORTH * best:
            break
        best, knee, pictures = rate, pictures, 2 * pictures
    return knee


def device_name(device: torch.device) -> str:
    """What computes: the GPU by its name, a CPU with the number of threads it is given."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device} with {torch.get_num_threads()} threads" if device.type == "cpu" else str(device)


def _seconds(family: StableDiffusion, shape: tuple[int, int, int], texts: list[Conditioning]) -> float:
    latents = torch.zeros((len(texts), *shape), device=family.device)
    timesteps = torch.full((len(texts),), 500.0, device=family.device)
    _synchronise(family.device)
    began = time.perf_counter()
    family.forward(latents, timesteps, texts)
    _synchronise(family.device)
    return time.perf_counter() - began


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
