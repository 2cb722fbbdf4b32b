"""Models are loaded from what is safe and whole, or refused with the file that is not."""

import pickle
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from safetensors.torch import load_file, save_file

from inference import POCKET, Catalogue, Done, Engine, Failed, FailureCode, ImageRequest, ModelUnavailable
from inference.models import POCKET_FOLDER

MakeRequest = Callable[..., ImageRequest]

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Canary:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.file,)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders that each lack or spoil something."""
    root = tmp_path_factory.mktemp("models")

    def copy(name: str) -> Path:
        folder = root / name
        shutil.copytree(POCKET_FOLDER, folder)
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)
        return folder

    broken = {
        name: copy(name)
        for name in ("whole", "pickled", "cut", "words", "config", "empty", "lacking", "other")
    }
    (broken["pickled"] / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    (broken["pickled"] / "unet" / "diffusion_pytorch_model.bin").write_bytes(
        pickle.dumps(Canary(root / "it ran"))
    )
    weights = broken["cut"] / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100_000])
    (broken["words"] / "text_encoder" / "model.safetensors").write_bytes(b"not weights at all")
    (broken["config"] / "scheduler" / "scheduler_config.json").write_text("{")
    shutil.rmtree(broken["empty"])
    broken["empty"].mkdir()
    tensors = load_file(unet := broken["lacking"] / "unet" / "diffusion_pytorch_model.safetensors")
    del tensors["conv_in.bias"]
    save_file(tensors, unet, metadata={"format": "pt"})
    config = broken["other"] / "unet" / "config.json"
    config.write_text(config.read_text().replace('"layers_per_block": 1', '"layers_per_block": 2'))
    return {**broken, "canary": root / "it ran", "missing": root / "nowhere"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def picky(models: dict[str, Path]) -> AsyncIterator[Engine]:
    """An engine whose default model cannot be loaded."""
    infos = [
        replace(POCKET, name=name, source=str(models[name]))
        for name in ("missing", "pickled", "cut", "words", "config", "empty", "lacking", "other", "whole")
    ]
    async with Engine(catalogue=Catalogue(infos), device="cpu") as engine:
        yield engine


async def test_a_default_model_that_is_missing_is_said_to_whoever_waits(picky: Engine) -> None:
    """`ready()` raises instead of waiting forever, naming the folder."""
    with pytest.raises(ModelUnavailable, match=r"there is no folder .*nowhere"):
        await picky.ready()
    assert picky.status.state == "failed"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing", "there is no folder"),
        ("pickled", "unet/diffusion_pytorch_model.safetensors is missing"),
        ("cut", "vae/diffusion_pytorch_model.safetensors is damaged"),
        ("words", "text_encoder/model.safetensors is damaged"),
        ("config", "scheduler/scheduler_config.json is damaged"),
        ("empty", "scheduler/scheduler_config.json is missing"),
        ("lacking", "unet lacks the weights conv_in.bias"),
        ("other", "unet does not fit its config.json"),
    ],
)
async def test_a_model_that_is_not_whole_fails_its_job_alone(
    picky: Engine, make_request: MakeRequest, models: dict[str, Path], name: str, words: str
) -> None:
    """The job says which file is wrong, in one line; nothing pickled is ever opened."""
    outcome = await picky.submit(make_request(model=name)).outcome()
    assert isinstance(outcome, Failed)
    assert outcome.code is FailureCode.MODEL_UNAVAILABLE
    assert words in outcome.detail
    assert "\n" not in outcome.detail
    assert not models["canary"].exists()


async def test_another_model_still_works(picky: Engine, make_request: MakeRequest) -> None:
    """A broken neighbour is no reason to fail."""
    assert isinstance(await picky.submit(make_request(model="whole")).outcome(), Done)
    assert picky.status.state == "ready"
    assert picky.status.model == "whole"
