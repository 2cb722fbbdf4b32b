"""The whole recipe of the pocket model, run small: every stage, stopped and taken up again."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
import torch
from diffusers import StableDiffusionPipeline
from torch import nn
from transformers import CLIPModel, CLIPProcessor

from inference.pocket import clip, dataset, latents, tokenizer, unet, vae
from inference.pocket.crew import Crew, Effort, together
from inference.pocket.dataset import Dataset
from inference.pocket.package import package

SEED = 5


def _effort(samples: int, batch: int, processes: int = 1) -> Effort:
    return Effort(samples=samples, batch=batch, processes=processes, threads=2, seed=SEED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the recipe has run up to the latents."""
    place = tmp_path_factory.mktemp("pocket")
    splits: dict[dataset.Split, int] = {"test": 32, "train": 96, "wide": 8, "tall": 8}
    for split, count in splits.items():
        assert list(dataset.draw(place, split, count, seed=SEED, processes=1))[-1] == count
        dataset.word(place, split, count, seed=SEED)
    tokenizer.train(place, seed=SEED)
    together(_effort(4, 2, processes=2), vae.train, place)
    assert {bucket for bucket, _, _ in latents.encode(place, device="cpu")} == {
        "train",
        "half",
        "wide",
        "tall",
    }
    return place


def test_a_split_is_drawn_once_and_always_the_same(folder: Path, tmp_path: Path) -> None:
    """Drawing again leaves the file alone; drawing elsewhere gives the same pictures and captions."""
    before = (folder / "test-pictures.npy").stat().st_mtime_ns
    assert list(dataset.draw(folder, "test", 32, seed=SEED, processes=1)) == [32]
    assert (folder / "test-pictures.npy").stat().st_mtime_ns == before
    list(dataset.draw(tmp_path, "test", 32, seed=SEED, processes=1))
    dataset.word(tmp_path, "test", 32, seed=SEED)
    for name in ("test-pictures.npy", "test-captions.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_any_text_becomes_tokens_that_are_known(folder: Path) -> None:
    """Other scripts, emoji, nonsense: every byte has its token, and long text is cut."""
    words = tokenizer.load(folder)
    for text in ("a red house", "Ein Häuschen am Meer", "海边的红房子", "🦊🌲", "\x00 zzqx", "word " * 500):
        ids = words(text, truncation=True, max_length=tokenizer.LENGTH).input_ids
        assert 2 <= len(ids) <= tokenizer.LENGTH
        assert words.unk_token_id not in ids[1:-1]
    assert words.decode(words("a red house").input_ids, skip_special_tokens=True).strip() == "a red house"


def test_latents_have_unit_variance_and_survive_a_polished_decoder(folder: Path) -> None:
    """The scaling factor does it; only another encoder would mean encoding again."""
    rows = latents.load(folder, "train").float()
    assert rows.shape == (96, 4, 16, 16)
    assert 0.7 < float(rows.std()) < 1.4
    before = (folder / "train-latents.npy").stat().st_mtime_ns
    together(_effort(2, 2), vae.polish, folder)
    assert [done for _, done, _ in latents.encode(folder, device="cpu")] == [96, 96, 8, 8]
    assert (folder / "train-latents.npy").stat().st_mtime_ns == before


def test_a_resumed_training_goes_on_as_it_would_have(folder: Path, tmp_path: Path) -> None:
    """Stopped halfway and taken up again, the weights are those of a training that was never stopped."""
    weights = []
    for name, stops in (("whole", (24,)), ("halves", (8, 24))):
        place = tmp_path / name
        place.mkdir()
        for file in folder.iterdir():
            (place / file.name).symlink_to(file)
        (place / "pipeline").mkdir()
        for until in stops:
            _train_unet_to(place, until)
        weights.append(torch.load(place / "unet.pt", weights_only=True))
    whole, halves = weights
    assert whole["samples"] == halves["samples"] == 24
    for name, value in whole["models"]["unet"].items():
        torch.testing.assert_close(halves["models"]["unet"][name], value, msg=name)


def _train_unet_to(place: Path, until: int) -> None:
    """Trains towards 24 samples, and stops at `until` as an interrupted sitting does."""

    class Stopping(Crew):
        seen = 0

        def average(self, parameters: Sequence[nn.Parameter]) -> bool:
            self.seen += self.effort.batch
            return super().average(parameters) or self.seen >= until

    torch.manual_seed(SEED)
    unet.train(Stopping(_effort(24, 8), 0), place)


def test_the_tower_is_trained_and_the_package_loads_with_stock_libraries(
    folder: Path, tmp_path: Path
) -> None:
    """All stages end in a folder that diffusers and transformers load, of the promised size."""
    together(_effort(8, 8), unet.train, folder)
    together(_effort(32, 16), clip.train, folder)
    sizes = package(folder, tmp_path / "weights")
    assert sum(size for name, size in sizes.items() if not name.startswith("clip")) < 16_000_000
    assert sum(sizes.values()) < 24_000_000
    pipeline = StableDiffusionPipeline.from_pretrained(tmp_path / "weights", safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    image = pipeline.to(torch.float32)("a red house", num_inference_steps=1, width=128, height=128).images[0]
    assert image.size == (128, 128)
    tower = CLIPModel.from_pretrained(tmp_path / "weights" / "clip", dtype=torch.float32)
    inputs = CLIPProcessor.from_pretrained(tmp_path / "weights" / "clip")(
        text=["a red house", "the sea"], images=[image], return_tensors="pt", padding=True
    )
    assert tower(**inputs).logits_per_image.shape == (1, 2)
    text = dict(pipeline.text_encoder.named_parameters())
    for name, value in tower.text_model.named_parameters():
        torch.testing.assert_close(value, text[name], msg=name)


def test_an_interrupt_saves_and_leaves_in_good_order(folder: Path, tmp_path: Path) -> None:
    """SIGINT to the recipe ends it with success and a checkpoint, and no process stays behind."""
    for file in folder.iterdir():
        if not file.name.startswith(("vae", "decoder")):
            (tmp_path / file.name).symlink_to(file)
    recipe = subprocess.Popen(
        [
            *(sys.executable, "-m", "inference.pocket", "vae", "--folder", str(tmp_path)),
            *("--samples", "100000", "--batch", "2", "--processes", "2"),
        ],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        start_new_session=True,
    )
    assert recipe.stderr is not None
    for line in recipe.stderr:
        if line.startswith("vae: "):
            break
    family = psutil.Process(recipe.pid).children(recursive=True)
    recipe.send_signal(signal.SIGINT)
    recipe.communicate(timeout=60)
    assert recipe.returncode == 0
    assert 0 < torch.load(tmp_path / "vae.pt", weights_only=True)["samples"] < 100_000
    assert family
    _, left = psutil.wait_procs(family, timeout=10)
    assert not left


def test_a_missing_stage_is_named_in_one_line(tmp_path: Path) -> None:
    """Exit code 1, and no traceback."""
    ended = subprocess.run(
        [sys.executable, "-m", "inference.pocket", "tokenizer", "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "run the stage before this one first" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_pictures_not_drawn_yet_are_said_to_be_missing(tmp_path: Path) -> None:
    """Loading says which file."""
    with pytest.raises(FileNotFoundError, match="train"):
        Dataset.load(tmp_path, "train")
