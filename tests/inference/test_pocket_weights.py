"""The bundled model keeps what its card says: held-out prompts, sizes, any text, the image tower."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import CLIPModel, CLIPProcessor

from inference.models import POCKET_FOLDER
from inference.pocket.captions import plain_caption
from inference.pocket.draw.picture import picture
from inference.pocket.exam import Result, StockPainter, sit
from inference.pocket.package import LARGEST, LARGEST_WITH_CLIP
from inference.pocket.spec import sample

FLOORS: Final = {
    "background": 0.98,
    "colour": 0.95,
    "shape": 0.95,
    "count": 0.80,
    "relation": 0.85,
    "time": 0.87,
    "weather": 0.87,
    "place": 0.83,
    "black and white": 0.83,
    "subject": 0.80,
}
"""What the bundled weights reach on this examination, less two or three of its 24 (12 in black and white):
with so few, and another processor's rounding, what is 95 % of the card's 64 comes out so low now and then."""


@contextmanager
def _two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def result() -> Result:
    """The examination, somewhat shorter than the card's."""
    with _two_threads():
        return sit(POCKET_FOLDER, 24, seed=2)


@pytest.mark.parametrize("name", FLOORS)
def test_the_bundled_model_draws_what_it_is_asked(result: Result, name: str) -> None:
    """On more than a hundred prompts none of whose combinations it was trained on."""
    assert result.prompts >= 100
    assert result.figures[name].share >= FLOORS[name], result.as_table()


def test_the_examiner_can_be_trusted(result: Result) -> None:
    """Drawn originals get nearly full marks: a bad mark is the model's. Of 24 each may miss three."""
    for name, figure in result.originals.items():
        assert figure.share >= 0.85, f"{name}\n{result.as_table()}"


def test_seeds_negative_prompts_and_guidance_do_what_they_promise(result: Result) -> None:
    """A seed repeats, another differs, the negative prompt “night, dark” brightens, guidance follows."""
    conduct = result.conduct
    assert conduct.repeats
    assert conduct.rerolled > 5
    assert conduct.without_night >= 0.75
    assert conduct.guided > 0


def test_matching_captions_score_above_others() -> None:
    """Among 32 captions the image tower finds a held-out picture's own, four times of five."""
    clip = CLIPModel.from_pretrained(POCKET_FOLDER / "clip", dtype=torch.float32).eval()
    processor = CLIPProcessor.from_pretrained(POCKET_FOLDER / "clip")
    rng, found = random.Random("tower"), 0
    for _ in range(4):
        specs = [sample(rng, held_out=True) for _ in range(32)]
        captions, pictures = [plain_caption(spec) for spec in specs], [picture(spec, rng) for spec in specs]
        inputs = processor(text=captions, images=pictures, return_tensors="pt", padding=True, truncation=True)
        with torch.inference_mode():
            best = clip(**inputs).logits_per_image.argmax(dim=1)
        # Two specs can have one wording; finding either is right.
        found += sum(captions[int(row)] == caption for row, caption in zip(best, captions, strict=True))
    assert found / 128 >= 0.8


def test_the_weights_are_no_larger_than_promised() -> None:
    """16 MB of safetensors, 24 with the image tower."""
    sizes = {path: path.stat().st_size for path in POCKET_FOLDER.rglob("*.safetensors")}
    beside = sum(size for path, size in sizes.items() if "clip" in path.parts)
    assert 0 < beside < sum(sizes.values()) <= LARGEST_WITH_CLIP
    assert sum(sizes.values()) - beside <= LARGEST


@pytest.mark.parametrize(("width", "height"), [(160, 96), (96, 160), (256, 256), (64, 64), (184, 88)])
def test_other_sizes_and_shapes_do_not_break(width: int, height: int) -> None:
    """A wide, tall, larger or smaller picture is a picture: bright and dark parts, no noise."""
    pixels = np.asarray(_painted("a red house by the sea", width=width, height=height), np.float64)
    assert pixels.shape == (height, width, 3)
    assert pixels.std() > 10
    assert np.abs(np.diff(pixels, axis=1)).mean() < 20


@pytest.mark.parametrize("text", ["", "海边的红房子", "🦊 in the 🌲", "zzqx vlorp", "a red house, " * 60])
def test_any_text_gives_a_picture(text: str) -> None:
    """Whatever is typed: nothing, other scripts, nonsense, far too much."""
    assert np.asarray(_painted(text)).std() > 2


def _painted(prompt: str, *, width: int = 128, height: int = 128) -> Image.Image:
    painter = StockPainter(POCKET_FOLDER)
    return painter([prompt], seed=1, width=width, height=height)[0]
