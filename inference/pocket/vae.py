"""Stage 2: the autoencoder, which turns 8 × 8 pixels into four numbers and back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from diffusers import AutoencoderKL
from diffusers.models.downsampling import Downsample2D
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.upsampling import Upsample2D
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn, optim
from torch.nn.functional import avg_pool2d

from inference.pocket.checkpoint import Checkpoint, finished
from inference.pocket.crew import Average, Crew, pick
from inference.pocket.dataset import Dataset
from inference.pocket.draw.picture import SIDE
from inference.pocket.objectives import kl_divergence, reconstruction_loss
from inference.pocket.report import Report

LEARNING_RATE: Final = 2e-3
BETA: Final = 2e-4
"""The weight of the KL divergence."""
SHARES: Final = (0.3, 1.0, 1.0)
"""How often a picture of shapes, a portrait or a scene is taken: plain shapes are soon learnt."""
_OFF: Final = 0.06
"""How far off the polished decoder's latents are in training, as a share of their spread."""
_SAVE_EVERY: Final = 500
_EXAMINED: Final = 64


def autoencoder() -> AutoencoderKL:
    """An untrained autoencoder of 1.6 million parameters that starts near the identity."""
    vae = AutoencoderKL(
        block_out_channels=(16, 32, 64, 96),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=4,
        sample_size=128,
        norm_num_groups=8,
        mid_block_add_attention=False,
    )
    _near_identity(vae)
    return vae


@torch.no_grad()
def _near_identity(vae: AutoencoderKL) -> None:
    """Residual branches begin small, shrinking averages, growing repeats: colours pass from the first step.

    With the usual start the first ten minutes go into finding that out.
    """
    for module in vae.modules():
        if isinstance(module, ResnetBlock2D):
            module.conv2.weight.mul_(0.05)
            module.conv2.bias.zero_()
            if module.conv_shortcut is not None:
                nn.init.orthogonal_(module.conv_shortcut.weight)
                module.conv_shortcut.bias.zero_()
        elif isinstance(module, Downsample2D | Upsample2D):
            weight = module.conv.weight
            own = torch.arange(len(weight))
            weight.mul_(0.05)
            module.conv.bias.zero_()
            if isinstance(module, Upsample2D):
                weight[own, own, 1, 1] += 1
            else:
                for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
                    weight[own, own, row, column] += 0.25
    # The second half of the encoder's output is the log-variance: begin nearly without noise.
    vae.quant_conv.bias[4:] = -6.0
    vae.quant_conv.weight[4:].mul_(0.1)


def as_tensor(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 (batch, height, width, 3) to float32 (batch, 3, height, width) in [-1, 1]."""
    return torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def train(crew: Crew, folder: Path) -> None:
    """Trains until the samples or the minutes of the sitting are used up, and saves what `unet` needs.

    A sample is a whole picture here; sixteen pieces of a quarter of its width and height count as one.
    """
    vae = autoencoder().to(crew.device)
    _train(crew, folder, vae, list(vae.parameters()), Course(name="vae", crops=True))


def polish(crew: Crew, folder: Path) -> None:
    """Trains the decoder alone, on whole pictures: sharper, while the latents and thus the U-Net stay valid.

    The decoder also learns to put up with latents that are a little off, as those of a U-Net are.
    """
    vae = AutoencoderKL.from_pretrained(finished(folder / "vae"), local_files_only=True).to(crew.device)
    vae.requires_grad_(False)
    parameters = [*vae.decoder.parameters(), *vae.post_quant_conv.parameters()]
    for parameter in parameters:
        parameter.requires_grad_(True)
    _train(crew, folder, vae, parameters, Course(name="decoder", crops=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is trained, and on what.

    Attributes:
        name: of the stage; "vae" is all of it, "decoder" the decoder with the encoder as it is.
        crops: whether small pieces of pictures come before whole ones.
    """

    name: str
    crops: bool


def _train(
    crew: Crew, folder: Path, vae: AutoencoderKL, parameters: list[nn.Parameter], course: Course
) -> None:
    data = Dataset.load(folder, "train")
    weights = torch.tensor(SHARES)[torch.from_numpy(data.kinds).long()]
    rate = LEARNING_RATE if course.crops else LEARNING_RATE / 2
    optimizer = optim.AdamW(parameters, lr=rate, betas=(0.9, 0.98), weight_decay=1e-3, fused=True)
    average = Average(parameters, horizon=400)
    models = {"vae": vae} if course.crops else {"decoder": vae.decoder, "latents": vae.post_quant_conv}
    checkpoint = Checkpoint(folder / f"{course.name}.pt", models, optimizer, average)
    progress = checkpoint.load()
    before = progress.step
    vae.train()
    with Report(course.name, crew.effort.samples, done=progress.samples, silent=not crew.leads) as report:
        over = False
        while progress.samples < crew.effort.samples and not over:
            along = progress.samples / crew.effort.samples
            rng = crew.randomness(progress.step)
            pictures = _batch(data, weights, crew.share, along if course.crops else 1.0, rng)
            for group in optimizer.param_groups:
                group["lr"] = rate * _pace(progress.step, along)
            optimizer.zero_grad()
            loss, error = _loss(vae, pictures.to(crew.device), rng, course, along)
            torch.autograd.backward(loss)
            over = crew.average(parameters)
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            progress.step += 1
            progress.samples += crew.effort.processes * len(pictures) * pictures.shape[-1] ** 2 // SIDE**2
            average.update(progress.step)
            report.update(progress.samples, error=error.item())
            last = over or progress.samples >= crew.effort.samples
            if crew.leads and (last or progress.step % _SAVE_EVERY == 0):
                checkpoint.save(progress)
                report.note(f"{course.name}: {_examined(vae, average, folder):.2f} dB on unseen pictures")
        if crew.leads and progress.step > before:
            _finish(vae, average, data, folder)
            if course.crops:
                # A polished decoder belongs to the encoder of before.
                (folder / "decoder.pt").unlink(missing_ok=True)


def _loss(
    vae: AutoencoderKL, pictures: Tensor, rng: torch.Generator, course: Course, along: float
) -> tuple[Tensor, Tensor]:
    """The loss, and the reconstruction's part of it."""
    edges = 0.1 if course.crops and along < 0.25 else 0.4
    with torch.autocast(pictures.device.type, torch.bfloat16):
        latents = vae.encode(pictures).latent_dist
        noise = torch.randn(latents.mean.shape, generator=rng).to(pictures.device)
        spread = latents.std if course.crops else _OFF * float(latents.mean.std())
        output = vae.decode(latents.mean + spread * noise).sample
    error = reconstruction_loss(output.float(), pictures, edges=edges)
    return error + BETA * kl_divergence(latents.mean.float(), latents.logvar.float()), error


def _pace(step: int, along: float) -> float:
    """The learning rate's share: up over 50 steps, then down along a straight line over the last 70 %."""
    return min(1.0, (step + 1) / 50) * min(1.0, (1 - along) / 0.7 + 0.01)


def _batch(data: Dataset, weights: Tensor, count: int, along: float, rng: torch.Generator) -> Tensor:
    """Many small pieces of pictures at first, fewer and larger ones later, whole ones last."""
    side, many = (32, 8) if along < 0.25 else (64, 2) if along < 0.6 else (SIDE, 1)
    rows = pick(count * many, len(data), rng, weights).sort().values
    pictures = as_tensor(data.pictures[rows.numpy()])
    if side == 32 and torch.rand((), generator=rng) < 0.5:
        pictures = avg_pool2d(pictures, 2)
    top, left = torch.randint(pictures.shape[-1] - side + 1, (2,), generator=rng).tolist()
    pictures = pictures[:, :, top : top + side, left : left + side]
    return pictures.flip(-1) if torch.rand((), generator=rng) < 0.5 else pictures.contiguous()


@torch.no_grad()
def _examined(vae: AutoencoderKL, average: Average, folder: Path) -> float:
    """Peak signal-to-noise ratio in dB on held-out pictures, and a sheet of them beside their originals."""
    average.swap()
    vae.eval()
    pictures = as_tensor(Dataset.load(folder, "test").pictures[:_EXAMINED]).to(vae.device)
    output = vae.decode(vae.encode(pictures).latent_dist.mean).sample.clamp(-1, 1)
    vae.train()
    average.swap()
    pairs = torch.stack((pictures[:16], output[:16]), dim=1).flatten(0, 1)
    sheet(pairs, columns=8).save(folder / "vae.png")
    return float((10 * torch.log10(4 / (output - pictures).square().mean((1, 2, 3)))).mean())


def sheet(pictures: Tensor, *, columns: int) -> Image.Image:
    """Pictures (count, 3, height, width) in [-1, 1] side by side, two pixels apart."""
    pixels = ((pictures.cpu() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
    height, width = pixels.shape[1:3]
    rows = -(-len(pixels) // columns)
    whole = Image.new("RGB", (columns * (width + 2) - 2, rows * (height + 2) - 2), "white")
    for number, picture in enumerate(pixels):
        place = (number % columns * (width + 2), number // columns * (height + 2))
        whole.paste(Image.fromarray(picture), place)
    return whole


@torch.no_grad()
def _finish(vae: AutoencoderKL, average: Average, data: Dataset, folder: Path) -> None:
    """Saves the averaged weights, with the factor that brings latents to unit variance."""
    average.swap()
    vae.eval()
    rows = pick(256, len(data), torch.Generator().manual_seed(0)).sort().values.numpy()
    latents = vae.encode(as_tensor(data.pictures[rows]).to(vae.device)).latent_dist.mean
    vae.register_to_config(scaling_factor=round(1 / float(latents.std()), 5))
    vae.save_pretrained(folder / "vae")
    average.swap()
