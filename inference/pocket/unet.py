"""Stage 3: the text encoder and the U-Net, which learn together to take noise out of latents."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from inference.pocket import latents, tokenizer
from inference.pocket.checkpoint import Checkpoint, finished
from inference.pocket.crew import Average, Crew, pick
from inference.pocket.dataset import CAPTIONS, Dataset
from inference.pocket.latents import BUCKETS, Bucket
from inference.pocket.objectives import noised, velocity, without_captions
from inference.pocket.optimizer import Optimizer
from inference.pocket.report import Report

LEARNING_RATE: Final = 1e-3
WITHOUT_CAPTION: Final = 0.1
"""So many learn without their caption, for classifier-free guidance."""
SHARES: Final = (0.45, 0.2, 0.35)
"""Of shapes, portraits and scenes in a batch. Simple pictures come oftener: what they teach carries over."""
LATE_SHARES: Final = (0.38, 0.16, 0.46)
"""The same while the learning rate cools: scenes have the most to learn, and need the last touch most."""
LEVELS: Final = 2
"""So many noise levels of each picture are learnt at once: its caption is read once for all of them."""
TIMESTEPS: Final = 1000
_HALF_UNTIL: Final = 0.05
"""Pictures of half the size come first: cheaper, for learning what the words mean."""
_OTHER_SHAPES: Final = 0.08
"""So many batches are wide or tall."""
_COOL_FROM: Final = 0.75
_AVERAGED: Final = 25_600
"""Samples that the average looks back: fewer than are learnt from while the rate cools."""
_SAVE_EVERY: Final = 1000


def sampler() -> DDIMScheduler:
    """Stable Diffusion's noise schedule with zero terminal SNR and v-prediction (Lin et al. 2023)."""
    return DDIMScheduler(
        num_train_timesteps=TIMESTEPS,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        steps_offset=1,
    )


def text_encoder(words: CLIPTokenizer) -> CLIPTextModel:
    """An untrained CLIP text model of 0.8 million parameters."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=128,
            intermediate_size=512,
            num_hidden_layers=3,
            num_attention_heads=4,
            max_position_embeddings=tokenizer.LENGTH,
            projection_dim=128,
            bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
            attn_implementation="eager",
        )
    )


def denoiser() -> UNet2DConditionModel:
    """An untrained U-Net of 5.3 million parameters; it attends to the words at 8 × 8 and at 4 × 4."""
    unet = UNet2DConditionModel(
        sample_size=16,
        in_channels=4,
        out_channels=4,
        cross_attention_dim=128,
        attention_head_dim=4,
        norm_num_groups=16,
        block_out_channels=(48, 96, 128),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
    )
    # Written-out attention trains faster on a CPU than the fused one.
    unet.set_attn_processor(AttnProcessor())
    return unet


@dataclass(frozen=True, slots=True)
class _Bucket:
    latents: Tensor
    tokens: Tensor
    early: Tensor
    """How often each row is picked until the cooling,"""
    late: Tensor
    """and from then on."""


class Lessons:
    """Batches of latents and captions."""

    def __init__(self, folder: Path, words: CLIPTokenizer) -> None:
        tokens = {split: tokenizer.tokens(folder, split) for split in set(BUCKETS.values())}
        self._buckets = {bucket: _bucket(folder, bucket, tokens[split]) for bucket, split in BUCKETS.items()}
        empty = words("", padding="max_length", max_length=tokenizer.LENGTH).input_ids
        self._empty = torch.tensor(empty)

    def batch(self, count: int, along: float, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Latents (count, 4, height, width), float32, and tokens (count, LENGTH), int64."""
        bucket = self._buckets[self._which(along, rng)]
        rows = pick(count, len(bucket.latents), rng, bucket.early if along < _COOL_FROM else bucket.late)
        wording = torch.randint(CAPTIONS, (count,), generator=rng)
        tokens = bucket.tokens[rows, wording].long()
        draws = torch.rand(count, generator=rng)
        return bucket.latents[rows].float(), without_captions(
            tokens, self._empty, draws, share=WITHOUT_CAPTION
        )

    def _which(self, along: float, rng: torch.Generator) -> Bucket:
        draw = float(torch.rand((), generator=rng))
        if along < _HALF_UNTIL:
            return "half"
        return "wide" if draw < _OTHER_SHAPES / 2 else "tall" if draw < _OTHER_SHAPES else "train"


def _bucket(folder: Path, bucket: Bucket, tokens: Tensor) -> _Bucket:
    kinds = torch.from_numpy(Dataset.load(folder, BUCKETS[bucket]).kinds).long()
    each = 1 / kinds.bincount(minlength=3).clamp(min=1)
    early, late = ((torch.tensor(shares) * each)[kinds] for shares in (SHARES, LATE_SHARES))
    return _Bucket(latents.load(folder, bucket), tokens, early, late)


def noise_levels(count: int, rng: torch.Generator) -> Tensor:
    """Timesteps of 0–999, (count,), int64: every other one anywhere, the others mostly in the middle.

    What a picture is of is decided in the middle of the way, so that is learnt oftener (logit-normal, Esser
    et al. 2024, https://arxiv.org/abs/2403.03206, section 3.1). The even half keeps the ends, pure noise
    among them, in training.
    """
    anywhere = torch.rand(count, generator=rng)
    middle = torch.sigmoid(0.4 + 0.8 * torch.randn(count, generator=rng))
    share = torch.where(torch.arange(count) % 2 == 0, anywhere, middle)
    return (share * TIMESTEPS).long().clamp(max=TIMESTEPS - 1)


class Pupil:
    """The two models in training, their average and their optimizer."""

    def __init__(self, crew: Crew, folder: Path) -> None:
        self.words = tokenizer.load(folder)
        self.text_encoder = text_encoder(self.words).to(crew.device).train()
        self.unet = denoiser().to(crew.device).train()
        self.parameters = [*self.unet.parameters(), *self.text_encoder.parameters()]
        self.optimizer = Optimizer(
            [(self.unet, LEARNING_RATE), (self.text_encoder, LEARNING_RATE / 2)], weight_decay=0.01
        )
        self.average = Average(self.parameters, horizon=_AVERAGED / crew.effort.batch)
        self.checkpoint = Checkpoint(
            folder / "unet.pt",
            {"unet": self.unet, "text_encoder": self.text_encoder},
            self.optimizer,
            self.average,
        )
        self._alpha_bars = sampler().alphas_cumprod

    def error(self, clean: Tensor, tokens: Tensor, rng: torch.Generator) -> Tensor:
        """The mean squared error of the predicted velocity, each picture at `LEVELS` of `noise_levels`."""
        device = self.unet.device
        clean = clean.repeat_interleave(LEVELS, dim=0)
        timesteps = noise_levels(len(clean), rng)
        noise = torch.randn(clean.shape, generator=rng)
        alpha_bar = self._alpha_bars[timesteps]
        noisy, target = noised(clean, noise, alpha_bar), velocity(clean, noise, alpha_bar)
        with torch.autocast(device.type, torch.bfloat16):
            hidden = self.text_encoder(tokens.to(device)).last_hidden_state.repeat_interleave(LEVELS, dim=0)
            output = self.unet(noisy.to(device), timesteps.to(device), encoder_hidden_states=hidden).sample
        return mse_loss(output.float(), target.to(device))

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Meanwhile the models hold their averaged weights and are not in training."""
        self.average.swap()
        self.unet.eval()
        self.text_encoder.eval()
        try:
            yield
        finally:
            self.unet.train()
            self.text_encoder.train()
            self.average.swap()


def train(crew: Crew, folder: Path) -> None:
    """Trains until the samples or the minutes of the sitting are used up; saves a pipeline now and then."""
    pupil = Pupil(crew, folder)
    lessons = Lessons(folder, pupil.words)
    progress = pupil.checkpoint.load()
    with Report("unet", crew.effort.samples, done=progress.samples, silent=not crew.leads) as report:
        over = False
        while progress.samples < crew.effort.samples and not over:
            along = progress.samples / crew.effort.samples
            rng = crew.randomness(progress.step)
            clean, tokens = lessons.batch(max(1, crew.share // LEVELS), along, rng)
            pupil.optimizer.set_pace(_pace(progress.step, along))
            pupil.optimizer.zero_grad()
            error = pupil.error(clean, tokens, rng)
            torch.autograd.backward(error)
            over = crew.average(pupil.parameters)
            nn.utils.clip_grad_norm_(pupil.parameters, 1.0)
            pupil.optimizer.step()
            progress.step += 1
            progress.samples += crew.effort.batch
            pupil.average.update(progress.step)
            report.update(progress.samples, error=error.item())
            if crew.leads and progress.step % _SAVE_EVERY == 0:
                pupil.checkpoint.save(progress)
                _export(pupil, folder)
        if crew.leads:
            pupil.checkpoint.save(progress)
            _export(pupil, folder)


def _pace(step: int, along: float) -> float:
    """The learning rate's share: up over 200 steps, level, and down to nothing over the last quarter.

    A level rate can be prolonged: give more samples, and the cooling comes later (Hu et al. 2024,
    https://arxiv.org/abs/2404.06395, section 4).
    """
    cooling = max(0.0, (along - _COOL_FROM) / (1 - _COOL_FROM))
    return min(1.0, (step + 1) / 200) * max(0.01, 1 - cooling)


def _export(pupil: Pupil, folder: Path) -> None:
    """Saves the averaged models as a pipeline that stock diffusers loads."""
    with pupil.averaged():
        StableDiffusionPipeline(
            vae=AutoencoderKL.from_pretrained(finished(folder / "vae"), local_files_only=True),
            text_encoder=pupil.text_encoder,
            tokenizer=pupil.words,
            unet=pupil.unet,
            scheduler=sampler(),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        ).save_pretrained(folder / "pipeline")
