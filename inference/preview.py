"""Pictures of unfinished latents, at the price of a small matrix product instead of a VAE decode.

Latents of Stable Diffusion's VAEs are nearly a linear image of the colours below them. The map is fitted when
a model is loaded, by least squares on synthetic pictures, so it suits any VAE.
"""

import io
import math
from typing import Any, Final, Protocol

import torch
from PIL import Image
from torch.nn.functional import avg_pool2d, interpolate

MAX_SIDE: Final = 256
"""Pixels of a preview's longer side."""
FIRST_PREVIEW: Final = 0.15
"""The share of the steps after which there is something to see."""
_SAMPLES: Final = 12
_SIDE: Final = 128


def preview_is_due(step: int, steps: int, *, since: float | None, every: float) -> bool:
    """Whether a job shall show how it looks after a step.

    Args:
        step: how many are done.
        steps: of how many.
        since: compute-seconds since its last preview; None before the first.
        every: least compute-seconds between two.
    """
    return math.ceil(steps * FIRST_PREVIEW) <= step < steps and (since is None or since >= every)


class Encoder(Protocol):
    """What makes latents of pictures."""

    def encode_images(self, images: torch.Tensor) -> torch.Tensor:
        """Latents, (count, channels, height, width), of pictures in [-1, 1], (count, 3, height, width)."""
        ...


class Preview(Protocol):
    """Shows how unfinished pictures look."""

    def render(self, latents: torch.Tensor, *, width: int, height: int) -> tuple[bytes, ...]:
        """One WebP a picture, at most as large as the picture will be and at most `MAX_SIDE` a side.

        Args:
            latents: as the model denoises them, (count, channels, height, width).
            width: of the finished pictures, pixels.
            height: likewise.
        """
        ...


class TinyPreview:
    """A distilled decoder: sharper than a linear map, at a hundredth of a VAE's price (TAESD, O. B. Bohan).

    Args:
        vae: an `AutoencoderTiny`, on its device.
    """

    def __init__(self, vae: Any) -> None:  # noqa: ANN401 - untyped there
        self._vae = vae

    @torch.inference_mode()
    def render(self, latents: torch.Tensor, *, width: int, height: int) -> tuple[bytes, ...]:
        """See `Preview`."""
        scaled = latents.to(self._vae.device, self._vae.dtype) / self._vae.config.scaling_factor
        colours = torch.cat([self._vae.decode(each[None], return_dict=False)[0] for each in scaled])
        return shown(colours.float().clamp(-1, 1).cpu(), width=width, height=height)


class LatentPreview:
    """The linear map from one model's latents to colours."""

    def __init__(self, weights: torch.Tensor) -> None:
        """Args: weights: float32, (channels + 1, 3); the last row is what no latent adds to."""
        self._weights = weights

    @property
    def channels(self) -> int:
        """Of the latents."""
        return len(self._weights) - 1

    @classmethod
    @torch.inference_mode()
    def fit(cls, family: Encoder) -> "LatentPreview":
        """Least squares of downsampled colours on the latents of synthetic pictures."""
        pictures = _synthetic_pictures()
        latents = torch.cat([family.encode_images(picture[None]).cpu() for picture in pictures])
        colours = avg_pool2d(pictures, _SIDE // latents.shape[-1])
        rows = _with_one(latents.movedim(1, -1).flatten(0, 2))
        solution = torch.linalg.lstsq(rows, colours.movedim(1, -1).flatten(0, 2)).solution
        return cls(solution)

    def colours(self, latents: torch.Tensor) -> torch.Tensor:
        """Colours in [-1, 1] on the CPU, (count, 3, height, width), of latents as high and wide."""
        mapped = _with_one(latents.float().cpu().movedim(1, -1)) @ self._weights
        return mapped.movedim(-1, 1).clamp(-1, 1)

    @torch.inference_mode()
    def render(self, latents: torch.Tensor, *, width: int, height: int) -> tuple[bytes, ...]:
        """See `Preview`."""
        return shown(self.colours(latents), width=width, height=height)


def shown(colours: torch.Tensor, *, width: int, height: int) -> tuple[bytes, ...]:
    """One WebP a picture, at most as large as the picture will be and at most `MAX_SIDE` a side.

    Args:
        colours: in [-1, 1] on the CPU, (count, 3, height, width), of any height and width.
        width: of the finished picture, pixels.
        height: likewise.
    """
    scale = min(1.0, MAX_SIDE / max(width, height))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    smooth = interpolate(colours, size=size, mode="bicubic", align_corners=False)
    pixels = ((smooth.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).movedim(1, -1)
    return tuple(_webp(picture) for picture in pixels)


def _synthetic_pictures() -> torch.Tensor:
    """Soft fields of colour, some with hard edges: (samples, 3, side, side) in [-1, 1], always the same."""
    generator = torch.Generator().manual_seed(0)
    pictures = []
    for index in range(_SAMPLES):
        cells = 2 + index % 5
        coarse = torch.rand((1, 3, cells, cells), generator=generator) * 2 - 1
        mode = "nearest" if index % 3 == 2 else "bicubic"
        pictures.append(interpolate(coarse * 1.2, size=(_SIDE, _SIDE), mode=mode).clamp(-1, 1))
    return torch.cat(pictures)


def _with_one(rows: torch.Tensor) -> torch.Tensor:
    return torch.cat([rows, torch.ones_like(rows[..., :1])], dim=-1)


def _webp(pixels: torch.Tensor) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels.numpy()).save(file, format="WEBP", quality=80, method=2)
    return file.getvalue()
