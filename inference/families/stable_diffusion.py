"""Stable Diffusion 1.x and 2.x (Rombach et al. 2022): what its parts do with tensors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch.nn.utils.rnn import pad_sequence

from inference.denoise.lanes import Conditioning
from inference.families.components import Components
from inference.families.text import TextReader

DECODE_PIXELS: Final = 512 * 512
"""Pixels decoded at once: the VAE's memory peaks far above the U-Net's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What the VAE sees in a picture: a normal distribution over latents (Kingma & Welling 2014).

    Attributes:
        mean: float32, (channels, height, width), times the VAE's scaling factor, as all latents are.
        deviation: likewise.
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def sample(self, normal: torch.Tensor) -> torch.Tensor:
        """The latents that standard normal numbers of their shape pick."""
        return self.mean + self.deviation * normal.to(self.mean)


class StableDiffusion:
    """A loaded model. Nothing here keeps state between calls but what was read lately.

    Attributes:
        device: where it computes.
        sampler_config: what its `scheduler_config.json` says.
    """

    def __init__(self, components: Components, *, device: torch.device) -> None:
        self._unet = components.unet
        self._reader = TextReader(components.tokenizer, components.text_encoder, dtype=self._unet.dtype)
        self._vae = components.vae
        self.device = device
        self.sampler_config: Mapping[str, object] = components.sampler_config
        self._factor = 2 ** (len(self._vae.config.block_out_channels) - 1)

    @property
    def precision(self) -> str:
        """Of the weights while they run, such as "float32"."""
        return str(self._unet.dtype).removeprefix("torch.")

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        """Channels, height and width of the latents of one picture of so many pixels."""
        return self._unet.config.in_channels, height // self._factor, width // self._factor

    def forward(
        self, latents: torch.Tensor, timesteps: torch.Tensor, texts: Sequence[Conditioning]
    ) -> torch.Tensor:
        """What the U-Net says of each row; see `lanes.Denoiser`."""
        lengths = [len(text.hidden) for text in texts]
        mask = None
        if len(set(lengths)) > 1:  # the shorter texts' missing tokens must not be looked at
            mask = torch.arange(max(lengths))[None] < torch.tensor(lengths)[:, None]
            mask = mask.to(self.device)
        output: torch.Tensor = self._unet(
            latents.to(self._unet.dtype),
            timesteps,
            encoder_hidden_states=pad_sequence([text.hidden for text in texts], batch_first=True),
            encoder_attention_mask=mask,
            return_dict=False,
        )[0]
        return output.float()

    def conditionings(
        self, prompt: str, negative: str | None
    ) -> tuple[Conditioning, Conditioning | None, tuple[str, ...]]:
        """What a prompt and, where there is guidance, its negative say; what was left out, a sentence each.

        Both are made equally long with empty chunks, as the stock pipelines want it of long prompts.
        """
        chunks, notes = self._reader.read("prompt", prompt)
        if negative is None:
            return Conditioning(hidden=self._reader.embed(chunks)), None, notes
        against, more = self._reader.read("negative prompt", negative)
        longest = max(len(chunks), len(against))
        prompted, unwanted = (
            Conditioning(hidden=self._reader.embed(each + (self._reader.empty(),) * (longest - len(each))))
            for each in (chunks, against)
        )
        return prompted, unwanted, (*more, *notes)

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

    @torch.inference_mode()
    def see(self, picture: torch.Tensor) -> Seen:
        """What the VAE sees in a picture, uint8 RGB, (3, height, width)."""
        # As diffusers' image processor: to [0, 1], then to [-1, 1].
        pixels = 2 * (picture[None].to(self.device, torch.float32) / 255) - 1
        seen = self._vae.encode(pixels.to(self._vae.dtype)).latent_dist
        factor = self._vae.config.scaling_factor
        return Seen(mean=seen.mean[0].float() * factor, deviation=seen.std[0].float() * factor)

    def encode_images(self, images: torch.Tensor) -> torch.Tensor:
        """Latents of pictures in [-1, 1], (count, 3, height, width): the mean of what the VAE sees."""
        seen = self._vae.encode(images.to(self.device, self._vae.dtype)).latent_dist.mode()
        latents: torch.Tensor = seen.float() * self._vae.config.scaling_factor
        return latents


def guides(guidance_scale: float) -> bool:
    """Whether a guidance scale asks for a second evaluation."""
    return guidance_scale > 1
