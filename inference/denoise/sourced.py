"""A source picture as the denoiser has it: latents, and the mask over them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from inference import images
from inference.families.stable_diffusion import Seen, StableDiffusion
from inference.source import MASK_LIGHT, SourcePicture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sourced:
    """A source picture, encoded once for all pictures that begin from it.

    Attributes:
        seen: what the VAE sees in it.
        mask: float32, (1, height, width) of the latents, 1 where it is painted anew; None for everywhere.
        from_noise: nothing of it but what the mask keeps is to be left.
    """

    seen: Seen
    mask: torch.Tensor | None
    from_noise: bool

    def latents(self, posterior: torch.Tensor) -> torch.Tensor:
        """Its clean latents, picked by standard normal numbers of their shape."""
        return self.seen.sample(posterior)


def sourced(source: SourcePicture, family: StableDiffusion, shape: Sequence[int]) -> Sourced:
    """Reads and encodes a source picture.

    Args:
        source: as large as the picture to be made.
        family: the model.
        shape: of the latents: channels, height, width.

    Raises:
        InvalidRequest: a file is damaged.
    """
    pixels = torch.from_numpy(np.array(images.decode_png(source.png))).movedim(-1, 0)
    mask = None
    if source.mask is not None:
        grey = torch.from_numpy(np.array(images.decode_png(source.mask, field="mask").convert("L")))
        binary = (grey >= MASK_LIGHT).float()[None, None]
        mask = torch.nn.functional.interpolate(binary, size=tuple(shape[1:]))[0].to(family.device)
    return Sourced(seen=family.see(pixels), mask=mask, from_noise=source.strength == 1)
