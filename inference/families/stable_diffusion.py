"""Stable Diffusion 1.x and 2.x (Rombach et al. 2022): what its parts do with tensors."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch

from inference.denoise.lanes import Conditioning
from inference.families.components import Components

DECODE_PIXELS: Final = 512 * 512
"""Pixels decoded at once: the VAE's memory peaks far above the U-Net's."""


class StableDiffusion:
    """A loaded model. Nothing here keeps state between calls.

    Attributes:
        device: where it computes.
        sampler_config: what its `scheduler_config.json` says.
    """

    def __init__(self, components: Components, *, device: torch.device) -> None:
        self._tokenizer = components.tokenizer
        self._text_encoder = components.text_encoder
        self._unet = components.unet
        self._vae = components.vae
        self.device = device
        self.sampler_config: Mapping[str, object] = components.sampler_config
        self._factor = 2 ** (len(self._vae.config.block_out_channels) - 1)

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        """Channels, height and width of the latents of one picture of so many pixels."""
        return self._unet.config.in_channels, height // self._factor, width // self._factor

    def forward(
        self, latents: torch.Tensor, timesteps: torch.Tensor, texts: Sequence[Conditioning]
    ) -> torch.Tensor:
        """What the U-Net says of each row; see `lanes.Denoiser`."""
        hidden = torch.stack([text.hidden for text in texts])
        output: torch.Tensor = self._unet(
            latents.to(self._unet.dtype), timesteps, encoder_hidden_states=hidden, return_dict=False
        )[0]
        return output.float()

    def conditioning(self, field: str, text: str) -> tuple[Conditioning, tuple[str, ...]]:
        """What a text says to this model's U-Net, and what of `field` had to be left out, a sentence."""
        return Conditioning(hidden=self._encode(text)[0]), self._left_out(field, text)

    def decodes_at_once(self, width: int, height: int) -> int:
        """Pictures of so many pixels that `decode` should be given at once: the VAE's memory peaks high."""
        return max(1, DECODE_PIXELS // (width * height))

    @torch.inference_mode()
    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """Pictures from clean latents, uint8 RGB on the CPU, (count, height, width, 3)."""
        scaled = (latents / self._vae.config.scaling_factor).to(self._vae.dtype)
        image = self._vae.decode(scaled, return_dict=False)[0].float()
        # As diffusers' image processor: to [0, 1], then rounded to the nearest of 256 levels.
        image = (image * 0.5 + 0.5).clamp(0, 1).permute(0, 2, 3, 1) * 255
        rounded: torch.Tensor = image.round().to("cpu", torch.uint8)
        return rounded

    def encode_images(self, images: torch.Tensor) -> torch.Tensor:
        """Latents of pictures in [-1, 1], (count, 3, height, width): the mean of what the VAE sees."""
        seen = self._vae.encode(images.to(self.device, self._vae.dtype)).latent_dist.mode()
        latents: torch.Tensor = seen.float() * self._vae.config.scaling_factor
        return latents

    def _encode(self, text: str) -> torch.Tensor:
        """Text embeddings, (1, tokens, width)."""
        tokens = self._tokenizer(
            text,
            padding="max_length",
            max_length=self._tokenizer.model_max_length,
            truncation=True,
            return_tensors="pt",
        )
        wants_mask = getattr(self._text_encoder.config, "use_attention_mask", False)
        mask = tokens.attention_mask.to(self.device) if wants_mask else None
        embedding: Any = self._text_encoder(tokens.input_ids.to(self.device), attention_mask=mask)[0]
        return embedding.to(self._unet.dtype)  # type: ignore[no-any-return]

    def _left_out(self, field: str, text: str) -> tuple[str, ...]:
        fits = self._tokenizer.model_max_length - 2  # a start and an end token are always there
        tokens = self._tokenizer(text, add_special_tokens=False).input_ids
        if len(tokens) <= fits:
            return ()
        lost = self._tokenizer.decode(tokens[fits:]).strip()
        shown = lost if len(lost) <= 80 else f"{lost[:79]}…"
        return (f"The {field} was cut after {fits} tokens, all this model reads; it left out “{shown}”.",)


def guides(guidance_scale: float) -> bool:
    """Whether a guidance scale asks for a second evaluation."""
    return guidance_scale > 1
