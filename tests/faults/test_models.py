"""A model that is missing or not whole: whoever asks for it is told and pays nothing, and all others work.

What is wrong with a folder of a model, file by file, is in `tests/inference/test_models_on_disk.py`.
"""

import json
import logging
import shutil
from pathlib import Path

import pytest
from house import PICTURES, opened

from inference.models import POCKET_FOLDER

WEIGHTS = "unet/diffusion_pytorch_model.safetensors"


def spoilt(folder: Path, how: str) -> Path:
    """A copy of the bundled model with something wrong with it."""
    copy = folder / how
    if how == "missing":
        return copy
    shutil.copytree(POCKET_FOLDER, copy)
    weights = copy / WEIGHTS
    content = weights.read_bytes()
    weights.chmod(0o644)
    weights.write_bytes(content[: len(content) // 2])
    return copy


@pytest.mark.parametrize("how", ["missing", "truncated"])
async def test_a_model_that_is_not_there_costs_nobody_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """Its job is refunded with words, the log names the file, and the next one with another model is made."""
    added = json.dumps([{"name": how, "source": str(spoilt(tmp_path, how))}])
    with caplog.at_level(logging.WARNING):
        async with opened(tmp_path / "storage", EASEL_MODELS__ADD=added) as house:
            ada = house.person("ada")
            told = await ada.command("imagine", prompt="a star", model=how, count=1, steps=4)
            await house.discord.until(house.says(told, "could not be loaded"), timeout=PICTURES)
            await house.settled()
            assert "Nothing was charged" in told.text
            assert house.spent(ada) == 0
            await house.pictures(await ada.command("imagine", prompt="a star", count=1, steps=4))
            assert house.states() == ["failed", "delivered"]
    assert (str(tmp_path / how) if how == "missing" else WEIGHTS) in caplog.text


async def test_a_default_model_that_is_missing_keeps_nobody_from_others(tmp_path: Path) -> None:
    """The bot stays up, whoever asks without saying which is told, and other models are there."""
    added = json.dumps([{"name": "gone", "source": str(spoilt(tmp_path, "missing"))}])
    async with opened(tmp_path / "storage", EASEL_MODELS__ADD=added, EASEL_MODELS__DEFAULT="gone") as house:
        ada = house.person("ada")
        told = await ada.command("imagine", prompt="a star", count=1, steps=4)
        await house.discord.until(house.says(told, "could not be loaded"), timeout=PICTURES)
        await house.pictures(await ada.command("imagine", prompt="a star", model="pocket", count=1, steps=4))
        assert house.states() == ["failed", "delivered"]
