"""Previews by a tiny autoencoder, where one is configured."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
import torch
from diffusers import AutoencoderTiny
from PIL import Image

from inference import POCKET, Catalogue, Done, Engine, Failed, FailureCode, ImageRequest, ModelInfo, Preview
from inference.preview import TinyPreview

pytestmark = pytest.mark.asyncio(loop_scope="module")


def tiny(*, channels: int = 4) -> AutoencoderTiny:
    torch.manual_seed(3)
    return AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(1, 1, 1, 1),
        latent_channels=channels,
    ).eval()


def model(name: str, folder: Path) -> ModelInfo:
    return replace(POCKET, name=name, preview_vae=str(folder))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One that suits the bundled model, and some that do not."""
    root = tmp_path_factory.mktemp("tiny")
    for name, channels in (("good", 4), ("other", 16), ("cut", 4), ("vae", 4)):
        tiny(channels=channels).save_pretrained(root / name)
    weights = root / "cut" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1_000])
    config = root / "vae" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"_class_name": "AutoencoderKL"}))
    return {name: root / name for name in ("good", "other", "cut", "vae", "missing")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(folders: dict[str, Path]) -> AsyncIterator[Engine]:
    catalogue = Catalogue([model(name, folder) for name, folder in folders.items()])
    async with Engine(catalogue=catalogue, device="cpu", preload=None, preview_every=0.0) as engine:
        yield engine


def request(model: str) -> ImageRequest:
    return ImageRequest(
        prompt="a boat",
        owner="ada",
        model=model,
        width=128,
        height=96,
        steps=6,
        guidance_scale=2.0,
        sampler="ddim",
        seed=1,
        count=2,
    )


async def test_previews_come_from_it(engine: Engine) -> None:
    """One a picture, in the shape of the picture."""
    job = engine.submit(request("good"))
    shown = [event async for event in job.events() if isinstance(event, Preview)]
    assert isinstance(await job.outcome(), Done)
    assert shown
    for preview in shown:
        assert len(preview.images) == 2
        for file in preview.images:
            with Image.open(io.BytesIO(file)) as image:
                assert (image.format, image.size) == ("WEBP", (128, 96))


async def test_what_it_shows_is_what_the_autoencoder_decodes() -> None:
    """To the loss of WebP: as diffusers takes latents to pixels with it."""
    vae = tiny()
    latents = torch.randn(1, 4, 12, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        wanted = (vae.decode(latents / vae.config.scaling_factor).sample.clamp(-1, 1) + 1) * 127.5
    (file,) = TinyPreview(vae).render(latents, width=128, height=96)
    with Image.open(io.BytesIO(file)) as image:
        got = torch.frombuffer(bytearray(image.convert("RGB").tobytes()), dtype=torch.uint8)
    difference = got.view(96, 128, 3).movedim(-1, 0).float() - wanted[0]
    assert difference.abs().mean() < 8


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("other", "reads latents of 16 channels, and the model has 4"),
        ("cut", "diffusion_pytorch_model.safetensors is damaged"),
        ("vae", "is no tiny autoencoder, but AutoencoderKL"),
        ("missing", "there is no folder"),
    ],
)
async def test_one_that_does_not_suit_is_refused(engine: Engine, name: str, said: str) -> None:
    """With the reason, not with previews of nothing."""
    outcome = await engine.submit(request(name)).outcome()
    assert isinstance(outcome, Failed)
    assert outcome.code is FailureCode.MODEL_UNAVAILABLE
    assert said in outcome.detail
