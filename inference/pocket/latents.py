"""The pictures as the autoencoder sees them: encoded once, learnt from many times."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor
from torch.nn.functional import avg_pool2d

from inference.pocket.checkpoint import finished
from inference.pocket.dataset import Dataset, Split
from inference.pocket.vae import as_tensor

Bucket = Literal["train", "half", "wide", "tall"]

BUCKETS: Final[dict[Bucket, Split]] = {"train": "train", "half": "train", "wide": "wide", "tall": "tall"}
"""Which pictures a bucket holds; `half` are those of `train` at half their width and height."""
_BATCH: Final = 64


def encode(folder: Path, *, device: str) -> Iterator[tuple[Bucket, int, int]]:
    """Encodes every bucket with the trained autoencoder; yields (bucket, done, total).

    Buckets of these very pictures, encoded with this very autoencoder, are left as they are.
    """
    vae = AutoencoderKL.from_pretrained(finished(folder / "vae"), local_files_only=True).to(device).eval()
    encoder = _digest(folder)
    for bucket, split in BUCKETS.items():
        data = Dataset.load(folder, split)
        stamp = f"{encoder} {data.digest()}"
        made = folder / f"{bucket}-latents.txt"
        if made.exists() and made.read_text() == stamp:
            yield bucket, len(data), len(data)
            continue
        rows = []
        for start in range(0, len(data), _BATCH):
            rows.append(_encoded(vae, data.pictures[start : start + _BATCH], halved=bucket == "half"))
            yield bucket, min(start + _BATCH, len(data)), len(data)
        np.save(folder / f"{bucket}-latents.npy", np.concatenate(rows))
        made.write_text(stamp)


def load(folder: Path, bucket: Bucket) -> Tensor:
    """float16, (count, 4, height / 8, width / 8), of unit variance."""
    return torch.from_numpy(np.load(folder / f"{bucket}-latents.npy"))


@torch.no_grad()
def _encoded(vae: AutoencoderKL, pictures: NDArray[np.uint8], *, halved: bool) -> NDArray[np.float16]:
    pixels = as_tensor(pictures).to(vae.device)
    pixels = avg_pool2d(pixels, 2) if halved else pixels
    with torch.autocast(vae.device.type, torch.bfloat16):
        mean = vae.encode(pixels).latent_dist.mean
    scaled: NDArray[np.float16] = (mean.float() * vae.config.scaling_factor).cpu().numpy().astype(np.float16)
    return scaled


def _digest(folder: Path) -> str:
    """A digest of the encoder's weights: a polished decoder leaves the latents as they are."""
    digest = hashlib.sha256()
    with safe_open(folder / "vae" / "diffusion_pytorch_model.safetensors", framework="pt") as weights:
        for name in sorted(weights.keys()):
            if name.startswith(("encoder.", "quant_conv.")):
                digest.update(weights.get_tensor(name).numpy().tobytes())
    return digest.hexdigest()
