"""Stage 4: the image tower, which puts pictures where their captions already are."""

from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn, optim
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPTextModel, CLIPVisionConfig

from inference.pocket import tokenizer
from inference.pocket.checkpoint import Checkpoint
from inference.pocket.crew import Average, Crew, pick
from inference.pocket.dataset import CAPTIONS, Dataset
from inference.pocket.draw.picture import SIDE
from inference.pocket.objectives import contrastive_loss
from inference.pocket.report import Report
from inference.pocket.vae import as_tensor

LEARNING_RATE: Final = 1e-3
AMONG: Final = 32
"""The examination: find the caption of each picture among so many."""
_HOTTEST: Final = 100.0
"""The contrast is not sharpened beyond this factor (Radford et al. 2021, section 2.5)."""
_SAVE_EVERY: Final = 200
_EXAMINED: Final = 512


def model(text_encoder: CLIPTextModel) -> CLIPModel:
    """A CLIP model with this text encoder, frozen, and an untrained image tower of 1.9 million parameters.

    The tower is a vision transformer (Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929) on 64
    patches of 16 × 16 pixels. The text encoder stays the one that the U-Net listens to; tuning one tower
    towards a finished other works as well as tuning both (Zhai et al. 2022, https://arxiv.org/abs/2111.07991).
    """
    vision = CLIPVisionConfig(
        hidden_size=192,
        intermediate_size=768,
        num_hidden_layers=4,
        num_attention_heads=4,
        image_size=SIDE,
        patch_size=16,
        projection_dim=128,
    )
    text = text_encoder.config.to_dict()
    clip = CLIPModel(CLIPConfig(text_config=text, vision_config=vision.to_dict(), projection_dim=128))
    clip.text_model.load_state_dict(text_encoder.state_dict())
    clip.text_model.requires_grad_(False)
    return clip


def processor() -> CLIPImageProcessorPil:
    """What brings any picture to the tower's 128 × 128 pixels in [-1, 1]."""
    return CLIPImageProcessorPil(
        size={"shortest_edge": SIDE},
        crop_size={"height": SIDE, "width": SIDE},
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
    )


def train(crew: Crew, folder: Path) -> None:
    """Trains until the samples or the minutes of the sitting are used up, and saves the model."""
    words = tokenizer.load(folder)
    data, tokens = Dataset.load(folder, "train"), tokenizer.tokens(folder, "train")
    text_encoder = CLIPTextModel.from_pretrained(folder / "pipeline" / "text_encoder", dtype=torch.float32)
    clip = model(text_encoder).to(crew.device).train()
    parameters = [parameter for parameter in clip.parameters() if parameter.requires_grad]
    optimizer = optim.AdamW(parameters, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.05, fused=True)
    average = Average(parameters, horizon=200)
    checkpoint = Checkpoint(folder / "clip.pt", {"clip": clip}, optimizer, average)
    progress = checkpoint.load()
    with Report("clip", crew.effort.samples, done=progress.samples, silent=not crew.leads) as report:
        over = False
        while progress.samples < crew.effort.samples and not over:
            rng = crew.randomness(progress.step)
            rows = pick(crew.share, len(data), rng).sort().values
            wording = torch.randint(CAPTIONS, (crew.share,), generator=rng)
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * _pace(progress.step, progress.samples / crew.effort.samples)
            optimizer.zero_grad()
            loss = _loss(clip, as_tensor(data.pictures[rows.numpy()]), tokens[rows, wording].long())
            torch.autograd.backward(loss)
            over = crew.average(parameters)
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            with torch.no_grad():
                clip.logit_scale.clamp_(max=torch.tensor(_HOTTEST).log())
            progress.step += 1
            progress.samples += crew.effort.batch
            average.update(progress.step)
            report.update(progress.samples, loss=loss.item())
            last = over or progress.samples >= crew.effort.samples
            if crew.leads and (last or progress.step % _SAVE_EVERY == 0):
                checkpoint.save(progress)
                average.swap()
                clip.eval().save_pretrained(folder / "clip")
                report.note(f"clip: {found_among(clip, folder):.1%} find their caption among {AMONG}")
                clip.train()
                average.swap()
    if crew.leads:
        words.save_pretrained(folder / "clip")
        processor().save_pretrained(folder / "clip")


def _pace(step: int, along: float) -> float:
    """The learning rate's share: up over 200 steps, then down along a cosine."""
    cosine = 0.5 * (1 + torch.cos(torch.tensor(torch.pi * along)))
    return min(1.0, (step + 1) / 200) * max(0.01, float(cosine))


def _loss(clip: CLIPModel, pictures: Tensor, tokens: Tensor) -> Tensor:
    device = clip.device
    with torch.autocast(device.type, torch.bfloat16):
        images = clip.get_image_features(pixel_values=pictures.to(device)).pooler_output
        texts = clip.get_text_features(input_ids=tokens.to(device)).pooler_output
    return contrastive_loss(images.float(), texts.float(), clip.logit_scale)


@torch.no_grad()
def found_among(clip: CLIPModel, folder: Path) -> float:
    """The share of held-out pictures that find their own caption among `AMONG`."""
    data, tokens = Dataset.load(folder, "test"), tokenizer.tokens(folder, "test")
    asked, found = min(_EXAMINED, len(data) // AMONG * AMONG), 0
    for start in range(0, asked, AMONG):
        pictures = as_tensor(data.pictures[start : start + AMONG]).to(clip.device)
        images = clip.get_image_features(pixel_values=pictures).pooler_output
        words = tokens[start : start + AMONG, 0].long().to(clip.device)
        texts = nn.functional.normalize(clip.get_text_features(input_ids=words).pooler_output, dim=-1)
        found += int(((images @ texts.T).argmax(dim=1).cpu() == torch.arange(len(pictures))).sum())
    return found / asked
