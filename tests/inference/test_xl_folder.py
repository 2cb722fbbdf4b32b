"""Stable Diffusion XL from a folder: through the engine as through the stock pipeline, or refused by name."""

import io
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import numpy.typing as npt
import pytest
import pytest_asyncio
import torch
from PIL import Image
from tiny_models import SIDE, tiny_components, tiny_family

from inference import (
    SAMPLERS,
    Catalogue,
    Done,
    Engine,
    Failed,
    ImageRequest,
    ModelInfo,
)
from inference.families.components import ComponentsXL
from inference.families.stable_diffusion_xl import StableDiffusionXL

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # The stock samplers themselves warn, in a test's hands as in anybody's.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

LONG = "a red house by the sea at night, " * 12
"""Longer than one chunk of the pocket tokenizer, which stands in here."""


def parts() -> ComponentsXL:
    found = tiny_components("sd-xl")
    assert isinstance(found, ComponentsXL)
    return found


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """As the stock pipeline saves it: one whole, one that gives an empty text its words, others spoilt."""
    root = tmp_path_factory.mktemp("xl")
    own = parts()
    diffusers.StableDiffusionXLPipeline(
        tokenizer=own.tokenizer,
        text_encoder=own.text_encoder,
        tokenizer_2=own.tokenizer_2,
        text_encoder_2=own.text_encoder_2,
        unet=own.unet,
        vae=own.vae,
        scheduler=diffusers.EulerDiscreteScheduler.from_config(own.sampler_config),
        add_watermarker=False,
    ).save_pretrained(root / "whole")

    def copy(name: str) -> Path:
        return Path(shutil.copytree(root / "whole", root / name))

    def say(file: Path, **settings: object) -> None:
        file.write_text(json.dumps(json.loads(file.read_text()) | settings))

    say(copy("wordy") / "model_index.json", force_zeros_for_empty_prompt=False)
    (copy("one encoder") / "text_encoder_2" / "model.safetensors").unlink()
    shutil.rmtree(copy("refiner") / "text_encoder")
    say(copy("five sizes") / "unet" / "config.json", projection_class_embeddings_input_dim=5 * 8 + 24)
    shutil.rmtree(copy("one tokenizer") / "tokenizer_2")
    say(copy("lengths") / "tokenizer_2" / "tokenizer_config.json", model_max_length=20)
    return {folder.name: folder for folder in root.iterdir()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(folders: dict[str, Path]) -> AsyncIterator[Engine]:
    models = [
        ModelInfo(
            name=name,
            title=name,
            source=str(folder),
            about="tiny",
            width=SIDE,
            height=SIDE,
            precision="float32",
        )
        for name, folder in sorted(folders.items(), key=lambda item: item[0] != "whole")
    ]
    async with Engine(catalogue=Catalogue(models), device="cpu") as engine:
        await engine.ready()
        yield engine


def request(**said: Any) -> ImageRequest:  # noqa: ANN401 - any setting
    settings: dict[str, Any] = {
        "prompt": "a boat",
        "owner": "ada",
        "model": "whole",
        "width": SIDE,
        "height": SIDE + 32,
        "steps": 6,
        "guidance_scale": 5.0,
        "sampler": "euler",
        "seed": 7,
    }
    return ImageRequest(**(settings | said))


@pytest.mark.parametrize("model", ["whole", "wordy"])
@pytest.mark.parametrize("negative", ["", "a sun"])
async def test_the_engine_makes_what_the_stock_pipeline_makes(
    engine: Engine, folders: dict[str, Path], model: str, negative: str
) -> None:
    """Loaded from the same folder, of no square size; to one level of 255."""
    for sampler in ("euler", "dpmpp_2m_karras"):
        asked = request(model=model, negative_prompt=negative, sampler=sampler, count=2)
        outcome = await engine.submit(asked).outcome()
        assert isinstance(outcome, Done), outcome
        for index, image in enumerate(outcome.images):
            made = np.asarray(Image.open(io.BytesIO(image.png))).astype(np.int16)
            assert np.abs(made - stock_picture(folders[model], asked, index)).max() <= 1


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("one encoder", "text_encoder_2/model.safetensors is missing"),
        ("refiner", "an XL refiner cannot begin a picture"),
        ("five sizes", "a refiner is no model of its own"),
        ("one tokenizer", "tokenizer_2/vocab.json is missing"),
        ("lengths", "read different numbers of tokens"),
    ],
)
async def test_what_is_no_whole_base_model_is_refused_by_name(engine: Engine, model: str, words: str) -> None:
    """The job says in one line what the folder lacks or is instead."""
    outcome = await engine.submit(request(model=model)).outcome()
    assert isinstance(outcome, Failed)
    assert words in outcome.detail
    assert "\n" not in outcome.detail


async def test_long_texts_are_read_in_chunks_by_both_encoders() -> None:
    """Side by side for each token; the whole is the first chunk's, and a short negative becomes as long."""
    family = tiny_family("sd-xl")
    assert isinstance(family, StableDiffusionXL)
    prompt, negative, notes = family.conditionings(LONG, "a sun", width=SIDE, height=96)
    room = parts().tokenizer.model_max_length
    assert notes == ()
    assert negative is not None
    assert prompt.hidden.shape == negative.hidden.shape
    assert len(prompt.hidden) % room == 0
    assert len(prompt.hidden) > 2 * room
    assert prompt.size_ids is not None
    assert prompt.size_ids.tolist() == [96, SIDE, 0, 0, 96, SIDE]
    ids = parts().tokenizer_2(LONG, add_special_tokens=False).input_ids[: room - 2]
    start, end = parts().tokenizer_2.bos_token_id, parts().tokenizer_2.eos_token_id
    with torch.inference_mode():
        said = parts().text_encoder_2(torch.tensor([[start, *ids, end]]), output_hidden_states=True)
    assert prompt.pooled is not None
    torch.testing.assert_close(prompt.pooled, said.text_embeds[0])
    torch.testing.assert_close(prompt.hidden[:room, 32:], said.hidden_states[-2][0])


def stock_picture(folder: Path, asked: ImageRequest, index: int) -> npt.NDArray[np.int16]:
    torch.set_num_threads(1)  # the worker has the other core
    pipeline = diffusers.StableDiffusionXLPipeline.from_pretrained(
        folder, dtype=torch.float32, add_watermarker=False
    )
    pipeline.set_progress_bar_config(disable=True)
    sampler = SAMPLERS[asked.sampler]
    pipeline.scheduler = getattr(diffusers, sampler.diffusers_class).from_config(
        pipeline.scheduler.config, **sampler.options
    )
    made = pipeline(
        prompt=asked.prompt,
        negative_prompt=asked.negative_prompt or None,
        width=asked.width,
        height=asked.height,
        num_inference_steps=asked.steps,
        guidance_scale=asked.guidance_scale,
        generator=torch.Generator().manual_seed(asked.seed + index),
    )
    return np.asarray(made.images[0]).astype(np.int16)
