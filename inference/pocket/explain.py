"""The pictures of `docs/pocket.md`, made by the model they explain."""

import random
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from diffusers.models.attention_processor import Attention
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torch.nn.functional import interpolate

from inference.pocket.captions import plain_caption
from inference.pocket.draw.picture import SIDE, picture
from inference.pocket.evaluate import Sheet
from inference.pocket.exam import GUIDANCE, STEPS, grid
from inference.pocket.objectives import noised
from inference.pocket.spec import sample
from inference.pocket.vae import as_tensor, sheet

PROMPT: Final = "a red boat on the sea at sunset"
_SEED: Final = 7
_SHOWN: Final = 8
_LABEL: Final = 18
"""Pixels of a line of writing."""
_LETTERS: Final = 19
"""So many fit below a picture."""
_UNPICKED: Final = 8
"""Of each kind of prompt."""


class Explainer:
    """A packaged model, opened up."""

    def __init__(self, weights: Path) -> None:
        """Raises: OSError: there is no model in the folder."""
        self._pipeline = StableDiffusionPipeline.from_pretrained(
            weights, dtype=torch.float32, safety_checker=None, requires_safety_checker=False
        )
        self._pipeline.set_progress_bar_config(disable=True)

    def draw(self, target: Path) -> list[Path]:
        """Writes every picture into `target` and returns their paths."""
        target.mkdir(parents=True, exist_ok=True)
        pictures = {
            "drawn": self.drawn(),
            "autoencoder": self.reconstructions(),
            "noising": self.noising(),
            "denoising": self.denoising(),
            "guidance": self.guidance(),
            "attention": self.attention(),
            "unpicked": self.unpicked(),
        }
        paths = []
        for name, image in pictures.items():
            paths.append(target / f"{name}.webp")
            image.save(paths[-1], quality=90, method=6)
        return paths

    def drawn(self) -> Image.Image:
        """What it learns from: pictures drawn by the recipe."""
        rng = random.Random(_SEED)
        return grid([picture(sample(rng), rng) for _ in range(_SHOWN)], columns=_SHOWN)

    @torch.inference_mode()
    def reconstructions(self) -> Image.Image:
        """Drawn pictures above, what is left of them after 16 × 16 × 4 numbers below."""
        rng = random.Random(_SEED)
        pictures = [picture(sample(rng, held_out=True), rng) for _ in range(_SHOWN)]
        pixels = torch.cat([_pixels(one) for one in pictures])
        back = self._pipeline.vae.decode(self._pipeline.vae.encode(pixels).latent_dist.mean).sample
        return sheet(torch.cat((pixels, back.clamp(-1, 1))), columns=_SHOWN)

    @torch.inference_mode()
    def noising(self) -> Image.Image:
        """One picture's latents on their way to pure noise, decoded."""
        rng = random.Random(_SEED + 3)
        clean = self._encoded(_pixels(picture(sample(rng), rng)))
        noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(_SEED))
        times = torch.linspace(0, 999, _SHOWN).long()
        bars = self._pipeline.scheduler.alphas_cumprod[times]
        rows = torch.cat([noised(clean, noise, bar[None]) for bar in bars])
        return _labelled(self._decoded(rows), [f"timestep {int(time)}" for time in times])

    @torch.inference_mode()
    def denoising(self) -> Image.Image:
        """The latents at some of the steps, decoded."""
        kept: list[Tensor] = []

        def keep(_: object, __: int, ___: object, values: dict[str, Any]) -> dict[str, Any]:
            kept.append(values["latents"].clone())
            return values

        self._paint(PROMPT, callback=keep)
        steps = torch.linspace(0, STEPS - 1, _SHOWN).round().long().tolist()
        pictures = self._decoded(torch.cat([kept[step] for step in steps]))
        return _labelled(pictures, [f"step {step + 1}" for step in steps])

    def guidance(self) -> Image.Image:
        """One prompt and seed at rising guidance scales."""
        scales = (1.0, 2.0, 3.5, 5.0, 7.5, 10.0, 15.0, 20.0)
        pictures = [self._paint(PROMPT, guidance=scale) for scale in scales]
        return _labelled(pictures, [f"scale {scale:g}" for scale in scales])

    def attention(self) -> Image.Image:
        """Where each word of the prompt is looked up, over all steps: bright is much."""
        watcher = _Watcher()
        usual = self._pipeline.unet.attn_processors
        self._pipeline.unet.set_attn_processor(
            {name: watcher if "attn2" in name else processor for name, processor in usual.items()}
        )
        try:
            painted = self._paint(PROMPT)
        finally:
            self._pipeline.unet.set_attn_processor(usual)
        words = [word.removesuffix("</w>") for word in self._pipeline.tokenizer.tokenize(PROMPT)]
        maps = watcher.maps()[1 : len(words) + 1]
        heat = interpolate(maps[None], size=(SIDE, SIDE), mode="bicubic", align_corners=False)[0].clamp(min=0)
        overlays = [_overlaid(painted, one / one.max()) for one in heat]
        return _labelled([painted, *overlays], ["the picture", *words])

    def unpicked(self) -> Image.Image:
        """Held-out prompts of every kind the examination asks, one seed each, nothing chosen."""
        specs = list(Sheet.of(_UNPICKED, seed=1))
        prompts = [plain_caption(spec) for spec in specs]
        rows = [
            _labelled([self._paint(prompt, seed=start + i) for i, prompt in enumerate(some)], some, lines=4)
            for start in range(0, len(prompts), _SHOWN)
            if (some := prompts[start : start + _SHOWN])
        ]
        whole = Image.new("RGB", (rows[0].width, sum(row.height for row in rows)), "white")
        for number, row in enumerate(rows):
            whole.paste(row, (0, number * rows[0].height))
        return whole

    def _paint(
        self,
        prompt: str,
        *,
        seed: int = _SEED,
        guidance: float = GUIDANCE,
        callback: Any = None,  # noqa: ANN401 - diffusers' own type
    ) -> Image.Image:
        output = self._pipeline(
            prompt,
            num_inference_steps=STEPS,
            guidance_scale=guidance,
            generator=torch.Generator().manual_seed(seed),
            width=SIDE,
            height=SIDE,
            callback_on_step_end=callback,
        )
        painted: Image.Image = output.images[0]
        return painted

    def _encoded(self, pixels: Tensor) -> Tensor:
        mean: Tensor = self._pipeline.vae.encode(pixels).latent_dist.mean
        return mean * float(self._pipeline.vae.config.scaling_factor)

    def _decoded(self, latents: Tensor) -> list[Image.Image]:
        pixels = self._pipeline.vae.decode(latents / self._pipeline.vae.config.scaling_factor).sample
        return [sheet(one[None].clamp(-1, 1), columns=1) for one in pixels]


class _Watcher:
    """An attention processor that computes as usual and remembers where each token was looked up.

    After Hertz et al. 2022 (https://arxiv.org/abs/2208.01626), section 3: the maps of cross-attention say
    which word shapes which part of the picture.
    """

    def __init__(self) -> None:
        self._seen: list[Tensor] = []

    def __call__(
        self,
        attn: Attention,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor,
        attention_mask: Tensor | None = None,
    ) -> Tensor:
        query = attn.head_to_batch_dim(attn.to_q(hidden_states))
        key = attn.head_to_batch_dim(attn.to_k(encoder_hidden_states))
        value = attn.head_to_batch_dim(attn.to_v(encoder_hidden_states))
        scores = attn.get_attention_scores(query, key, attention_mask)
        # With guidance the second half of the batch is the prompt's; heads come innermost.
        half = scores[scores.shape[0] // 2 :] if hidden_states.shape[0] > 1 else scores
        if half.shape[1] == (SIDE // 16) ** 2:
            self._seen.append(half.mean(dim=0).detach())
        mixed: Tensor = attn.to_out[1](attn.to_out[0](attn.batch_to_head_dim(torch.bmm(scores, value))))
        return mixed

    def maps(self) -> Tensor:
        """(tokens, side, side), the mean over steps and layers."""
        mean = torch.stack(self._seen).mean(dim=0)
        side = round(mean.shape[0] ** 0.5)
        return mean.T.reshape(-1, side, side)


def _pixels(one: Image.Image) -> Tensor:
    return as_tensor(np.asarray(one)[None])


def _overlaid(painted: Image.Image, heat: Tensor) -> Image.Image:
    """The picture dimmed where the heat in [0, 1] is low."""
    mask = Image.fromarray((heat * 255).to(torch.uint8).numpy())
    return Image.composite(painted, painted.point(lambda value: value // 5), mask)


def _labelled(pictures: Sequence[Image.Image], labels: Sequence[str], *, lines: int = 1) -> Image.Image:
    """Pictures in a row with words under each, on so many lines."""
    row = grid(pictures, columns=len(pictures))
    whole = Image.new("RGB", (row.width, row.height + lines * _LABEL), "white")
    whole.paste(row, (0, 0))
    pen, font = ImageDraw.Draw(whole), ImageFont.load_default(size=12)
    step = pictures[0].width + 2
    for number, label in enumerate(labels):
        middle = number * step + pictures[0].width / 2
        for line, words in enumerate(wrap(label, _LETTERS)[:lines]):
            place = (middle, row.height + (line + 0.5) * _LABEL)
            pen.text(place, words, fill=(60, 60, 60), font=font, anchor="mm")
    return whole
