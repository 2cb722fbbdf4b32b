"""Previews of pictures that a stock pipeline makes, where what it denoises can be shown."""

import logging

import torch

from inference.families.any_pipeline import AnyPipeline
from inference.preview import LatentPreview, shown

log = logging.getLogger(__name__)


class SoloPreview:
    """Shows a model's guess of a finished picture: the guess itself, or its latents through a fitted map.

    Args:
        model: whose.
    """

    def __init__(self, model: AnyPipeline) -> None:
        self._model = model
        self._map: LatentPreview | None = None
        if model.vae is not None:
            try:
                self._map = LatentPreview.fit(_Encoder(model))
            except Exception as error:  # noqa: BLE001 - a VAE of another kind: pictures come without previews
                log.info("no previews of %s: %s", model.name, error)

    @torch.no_grad()
    def render(self, guess: torch.Tensor, *, width: int, height: int) -> bytes | None:
        """One WebP; None where such a guess cannot be shown.

        Args:
            guess: as the pipeline's sampler has it, one picture's.
            width: of the picture, pixels.
            height: likewise.
        """
        if self._model.vae is None:
            pixels = guess.float().cpu()
            return shown(pixels.clamp(-1, 1), width=width, height=height)[0] if _is_image(pixels, 3) else None
        latents = self._model.unpacked(guess, width=width, height=height)
        if self._map is None or not _is_image(latents, self._map.channels):
            return None
        return self._map.render(latents, width=width, height=height)[0]


class _Encoder:
    """A stock VAE, or what a pipeline has in its place."""

    def __init__(self, model: AnyPipeline) -> None:
        self._model = model

    def encode_images(self, images: torch.Tensor) -> torch.Tensor:
        """Latents as the pipeline denoises them, float32."""
        vae = self._model.vae
        seen = vae.encode(images.to(self._model.device, vae.dtype))
        if hasattr(seen, "latent_dist"):
            raw = seen.latent_dist.mode()
        else:
            raw = seen.latents if hasattr(seen, "latents") else seen.latent
        said = vae.config
        latents: torch.Tensor = raw.float()
        mean = said.get("latents_mean") or [said.get("shift_factor") or 0.0]
        spread = said.get("latents_std") or [1.0]
        middle, width = (torch.tensor(each, device=raw.device)[:, None, None] for each in (mean, spread))
        return (latents - middle) / width * (said.get("scaling_factor") or 1.0)


def _is_image(tensor: torch.Tensor, channels: int) -> bool:
    return tensor.ndim == 4 and tensor.shape[1] == channels
