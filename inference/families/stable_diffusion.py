"""Stable Diffusion 1.x and 2.x (Rombach et al. 2022): what its parts do with tensors."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import torch

from inference.denoise.lanes import Conditioning
from inference.families.components import Components
from inference.request import ImageRequest

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

    def encode_prompts(self, request: ImageRequest) -> tuple[torch.Tensor, tuple[str, ...]]:
        """Text embeddings for a forward, and what had to be left out, a sentence each.

        Returns:
            (count, tokens, width), or with guidance (2 · count, tokens, width), the negative prompt first.
        """
        texts = {"prompt": request.prompt}
        if guides(request.guidance_scale):
            texts = {"negative prompt": request.negative_prompt, **texts}
        notes = tuple(note for field, text in texts.items() for note in self._left_out(field, text))
        embeddings = [self._encode(text).expand(request.count, -1, -1) for text in texts.values()]
        return torch.cat(embeddings), notes

    def predict(
        self,
        model_input: torch.Tensor,
        timestep: torch.Tensor,
        embeddings: torch.Tensor,
        *,
        guidance_scale: float,
    ) -> torch.Tensor:
        """What the U-Net says, guided (Ho & Salimans 2022), in float32.

        Args:
            model_input: (count, channels, height, width), scaled by the sampler.
            timestep: a scalar.
            embeddings: of `encode_prompts`.
            guidance_scale: at most 1 means one entry a picture, without guidance.
        """
        guided = guides(guidance_scale)
        batch = torch.cat([model_input] * 2) if guided else model_input
        output: torch.Tensor = self._unet(
            batch.to(self._unet.dtype), timestep, encoder_hidden_states=embeddings, return_dict=False
        )[0]
        output = output.float()
        if not guided:
            return output
        without, with_prompt = output.chunk(2)
        return without + guidance_scale * (with_prompt - without)

    def forward(
        self, latents: torch.Tensor, timesteps: torch.Tensor, texts: Sequence[Conditioning]
    ) -> torch.Tensor:
        """What the U-Net says of each row; see `lanes.Denoiser`."""
        hidden = torch.stack([text.hidden for text in texts])
        output: torch.Tensor = self._unet(
            latents.to(self._unet.dtype), timesteps, encoder_hidden_states=hidden, return_dict=False
        )[0]
        return output.float()

    def conditioning(self, text: str) -> Conditioning:
        """What a text says to this model's U-Net."""
        return Conditioning(hidden=self._encode(text)[0])

    def decode(self, latents: torch.Tensor) -> Iterator[torch.Tensor]:
        """Pictures from clean latents, uint8 RGB on the CPU, (chunk, height, width, 3)."""
        pixels = latents.shape[-1] * latents.shape[-2] * self._factor**2
        for chunk in torch.split(latents, max(1, DECODE_PIXELS // pixels)):
            scaled = (chunk / self._vae.config.scaling_factor).to(self._vae.dtype)
            image = self._vae.decode(scaled, return_dict=False)[0].float()
            # As diffusers' image processor: to [0, 1], then rounded to the nearest of 256 levels.
            image = (image * 0.5 + 0.5).clamp(0, 1).permute(0, 2, 3, 1) * 255
            yield image.round().to("cpu", torch.uint8)

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
