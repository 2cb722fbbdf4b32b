"""How many pictures at once are worth it: past the knee a larger batch only makes everybody wait longer."""

import math
import time
from itertools import cycle
from typing import Final

import torch

from inference.denoise.lanes import Conditioning
from inference.families.stable_diffusion import StableDiffusion
from inference.memory import ran_out, release

SIZES: Final = (4, 6, 8, 12, 16)
"""Pictures at once that are tried: one request's fit in any case, and more than the most would keep a
newcomer waiting for long even where the device could take them."""
WORTH: Final = 0.95
"""The knee makes this share of the most pictures a second; past it everybody waits longer for little."""
PATIENCE: Final = 1.5
"""Seconds for finding out; a device so slow that this is little is saturated by one request."""


@torch.inference_mode()
def find_knee(family: StableDiffusion, width: int, height: int) -> int:
    """Pictures of so many pixels at once, measured on guided forwards (two rows a picture).

    All sizes are tried in turn, again and again while there is time, and the best try of each counts: what
    else the machine does at the moment hits all of them alike.
    """
    text, _, _ = family.conditionings("", None, width=width, height=height)
    shape = family.latent_shape(width, height)
    ends = time.perf_counter() + PATIENCE
    best: dict[int, float] = {}
    sizes = list(SIZES)
    for pictures in cycle(SIZES):
        if pictures not in sizes:
            continue
        seconds = _seconds(family, shape, [text] * 2 * pictures)
        if seconds is None:
            release(family.device)
            sizes = [size for size in sizes if size < pictures]
        else:
            best[pictures] = min(seconds / pictures, best.get(pictures, math.inf))
        if not sizes or time.perf_counter() > ends:
            break
    best = {size: seconds for size, seconds in best.items() if size in sizes} or {1: 0.0}
    return min(pictures for pictures, seconds in best.items() if min(best.values()) >= WORTH * seconds)


def device_name(device: torch.device) -> str:
    """What computes: the GPU by its name, a CPU with the number of threads it is given."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device} with {torch.get_num_threads()} threads" if device.type == "cpu" else str(device)


def _seconds(family: StableDiffusion, shape: tuple[int, int, int], texts: list[Conditioning]) -> float | None:
    """Of one forward; None where it does not fit into the memory."""
    latents = torch.zeros((len(texts), *shape), device=family.device)
    timesteps = torch.full((len(texts),), 500.0, device=family.device)
    _synchronise(family.device)
    began = time.perf_counter()
    try:
        family.forward(latents, timesteps, texts)
    except Exception as error:
        if not ran_out(error):
            raise
        return None
    _synchronise(family.device)
    return time.perf_counter() - began


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
