"""Stable Diffusion 1.x and 2.x (Rombach et al. 2022): what its parts do with tensors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch.nn.utils.rnn import pad_sequence

from inference.denoise.lanes import Conditioning
from inference.denoise.sending import sent
from inference.families.compiled import CompiledUNet, Compiler
from inference.families.components import Components
from inference.families.text import Embedded, TextReader

DECODE_PIXELS: Final = 512 * 512
"""Pixels decoded at once: the VAE's memory peaks far above the U-Net's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What the VAE sees in a picture: a normal distribution over latents (Kingma & Welling 2014).

    Attributes:
        mean: float32, (channels, height, width), scaled as the U-Net's latents are.
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
        self._readers = [TextReader(components.tokenizer, components.text_encoder, dtype=self._unet.dtype)]
        self._vae = components.vae
        self.device = device
        self.sampler_config: Mapping[str, object] = components.sampler_config
        self._factor = 2 ** (len(self._vae.config.block_out_channels) - 1)
        self._compiled: CompiledUNet | None = None
        said = self._vae.config
        self._scaling = said.scaling_factor
        # Newer VAEs say where the middle of their latents lies, and how far they spread, by channel.
        self._mean, self._spread = (
            torch.tensor(said.get(name) or [usual], device=device)[:, None, None]
            for name, usual in (("latents_mean", 0.0), ("latents_std", 1.0))
        )

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
            mask = sent(mask, self.device)
        about = None
        if texts[0].pooled is not None:
            about = {
                "text_embeds": _stacked([text.pooled for text in texts]),
                "time_ids": _stacked([text.size_ids for text in texts]),
            }
        inputs = {
            "sample": latents.to(self._unet.dtype),
            "timestep": timesteps,
            "encoder_hidden_states": pad_sequence([text.hidden for text in texts], batch_first=True),
            "encoder_attention_mask": mask,
            "added_cond_kwargs": about,
        }
        if self._compiled is not None and self._compiled.suits(inputs):
            return self._compiled(inputs).float()
        output: torch.Tensor = self._unet(**inputs, return_dict=False)[0]
        return output.float()

    @torch.inference_mode()
    def compile(self, width: int, height: int, *, pictures: int, compiler: Compiler) -> Iterator[int]:
        """Makes forwards fast for pictures of so many pixels, up to so many at once, with texts of one chunk.

        Yields each number of rows it is ready for: each takes a while. Other sizes and longer texts go
        on as before.
        """
        text, _, _ = self.conditionings("", None, width=width, height=height)
        about = None
        if text.pooled is not None and text.size_ids is not None:
            about = {"text_embeds": text.pooled[None], "time_ids": text.size_ids[None]}
        latents = torch.zeros((1, *self.latent_shape(width, height)), device=self.device)
        inputs = {
            "sample": latents.to(self._unet.dtype),
            "timestep": torch.full((1,), 500.0, device=self.device),
            "encoder_hidden_states": text.hidden[None],
            "added_cond_kwargs": about,
        }
        self._compiled = CompiledUNet(self._unet, compiler)
        yield from self._compiled.warm_up(inputs, most=2 * pictures)

    def conditionings(
        self,
        prompt: str,
        negative: str | None,
        *,
        width: int,  # noqa: ARG002 - of Stable Diffusion XL
        height: int,  # noqa: ARG002
    ) -> tuple[Conditioning, Conditioning | None, tuple[str, ...]]:
        """What a prompt and, where there is guidance, its negative say; what was left out, a sentence each.

        Both are made equally long with empty chunks, as the stock pipelines want it of long prompts.

        Args:
            prompt: what the picture shall show.
            negative: what it shall not; "" for nothing in particular, None without guidance.
            width: of the picture, pixels. Stable Diffusion XL alone is told of sizes.
            height: likewise.
        """
        texts, notes = embedded(self._readers, prompt, negative)
        prompted, *unwanted = (Conditioning(hidden=each.hidden) for (each,) in texts)
        return prompted, unwanted[0] if unwanted else None, notes

    def decodes_at_once(self, width: int, height: int) -> int:
        """Pictures of so many pixels that `decode` should be given at once: the VAE's memory peaks high."""
        return max(1, DECODE_PIXELS // (width * height))

    @torch.inference_mode()
    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """Pictures from clean latents, uint8 RGB on the CPU, (count, height, width, 3)."""
        scaled = (latents * self._spread / self._scaling + self._mean).to(self._vae.dtype)
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
        return Seen(
            mean=(seen.mean[0].float() - self._mean) * self._scaling / self._spread,
            deviation=seen.std[0].float() * self._scaling / self._spread,
        )

    def encode_images(self, images: torch.Tensor) -> torch.Tensor:
        """Latents of pictures in [-1, 1], (count, 3, height, width): the mean of what the VAE sees."""
        seen = self._vae.encode(images.to(self.device, self._vae.dtype)).latent_dist.mode()
        latents: torch.Tensor = (seen.float() - self._mean) * self._scaling / self._spread
        return latents


def embedded(
    readers: Sequence[TextReader], prompt: str, negative: str | None
) -> tuple[list[list[Embedded]], tuple[str, ...]]:
    """What each reader makes of a prompt and, unless it is None, of its negative; what was left out.

    All are made equally long with empty chunks. The first reader says what was left out: all read the same.
    """
    said = {"prompt": prompt} if negative is None else {"prompt": prompt, "negative prompt": negative}
    read = {field: [reader.read(field, text) for reader in readers] for field, text in said.items()}
    longest = max(len(chunks) for each in read.values() for chunks, _ in each)
    texts = [
        [
            reader.embed(chunks + (reader.empty(),) * (longest - len(chunks)))
            for reader, (chunks, _) in zip(readers, each, strict=True)
        ]
        for each in read.values()
    ]
    return texts, tuple(note for each in reversed(read.values()) for note in each[0][1])


def _stacked(vectors: Sequence[torch.Tensor | None]) -> torch.Tensor:
    return torch.stack([vector for vector in vectors if vector is not None])


def guides(guidance_scale: float) -> bool:
    """Whether a guidance scale asks for a second evaluation."""
    return guidance_scale > 1
