"""Samplers whose arithmetic is not linear take their steps themselves, in the same lanes as the others."""

import asyncio
import io
import json
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import numpy.typing as npt
import pytest
import pytest_asyncio
import torch
from PIL import Image
from tiny_models import png

from inference import (
    POCKET,
    SAMPLERS,
    Catalogue,
    Done,
    Engine,
    ImageRequest,
    ImageResult,
    Preview,
    SourcePicture,
)

MakeRequest = Callable[..., ImageRequest]
Pixels = npt.NDArray[np.int16]

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # The stock samplers themselves warn, in a test's hands as in anybody's.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled model with a sampler that thresholds, as models that denoise pixels have it."""
    folder = Path(shutil.copytree(POCKET.source, tmp_path_factory.mktemp("thresholding") / "model"))
    config = folder / "scheduler" / "scheduler_config.json"
    said = {"_class_name": "SASolverScheduler", "thresholding": True, "sample_max_value": 1.5}
    config.write_text(json.dumps(json.loads(config.read_text()) | said))
    index = folder / "model_index.json"
    scheduler = {"scheduler": ["diffusers", "SASolverScheduler"]}
    index.write_text(json.dumps(json.loads(index.read_text()) | scheduler))
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[False, True], ids=["usual", "exact"])
async def engine(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Engine]:
    async with Engine(
        catalogue=Catalogue([replace(POCKET, source=str(folder))]),
        device="cpu",
        exact=request.param,
        preview_every=0.0,
        slots=6,
    ) as engine:
        await engine.ready()
        yield engine


def stock_picture(folder: Path, asked: ImageRequest, index: int) -> Pixels:
    torch.set_num_threads(1)  # the worker has the other core
    options: dict[str, Any] = {"width": asked.width, "height": asked.height}
    kind = diffusers.StableDiffusionPipeline
    if asked.source is not None and asked.source.mask is not None:
        kind = diffusers.StableDiffusionInpaintPipeline
        options |= {"image": opened(asked.source.png), "mask_image": opened(asked.source.mask)}
        options |= {"strength": asked.source.strength}
    pipeline = kind.from_pretrained(folder, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    sampler = SAMPLERS[asked.sampler]
    if sampler.diffusers_class:
        pipeline.scheduler = getattr(diffusers, sampler.diffusers_class).from_config(
            pipeline.scheduler.config, **sampler.options
        )
    made = pipeline(
        prompt=asked.prompt,
        num_inference_steps=asked.steps,
        guidance_scale=asked.guidance_scale,
        generator=torch.Generator().manual_seed(asked.seed + index),
        **options,
    )
    return np.asarray(made.images[0]).astype(np.int16)


def opened(file: bytes) -> Image.Image:
    return Image.open(io.BytesIO(file)).convert("RGB")


def pixels(image: ImageResult) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(image.png))).astype(np.int16)


async def test_a_model_whose_sampler_thresholds_makes_what_the_stock_pipeline_makes(
    engine: Engine, folder: Path, make_request: MakeRequest
) -> None:
    """Every sampler that the option reaches, several at once beside some that are traced; to one of 255."""
    asked = [
        make_request(sampler=sampler, steps=7, count=1 + (sampler == "own"))
        for sampler in ("own", "ddim", "ddpm", "dpmpp_2m", "unipc", "euler")
    ]
    outcomes = await asyncio.gather(*(engine.submit(one).outcome() for one in asked))
    for one, outcome in zip(asked, outcomes, strict=True):
        assert isinstance(outcome, Done), outcome
        for index, image in enumerate(outcome.images):
            difference = np.abs(pixels(image) - stock_picture(folder, one, index)).max()
            assert difference <= 1, (one.sampler, index)
    own = outcomes[0]
    assert isinstance(own, Done)
    assert "Sampler: SASolver," in Image.open(io.BytesIO(own.images[0].png)).info["parameters"]


async def test_it_begins_from_a_picture_and_is_seen_on_its_way(
    engine: Engine, folder: Path, make_request: MakeRequest
) -> None:
    """Parts that stay, parts that are painted anew, and previews: as with any other sampler."""
    drawing = np.random.default_rng(3).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    mask = np.zeros((128, 128), dtype=np.uint8)
    mask[32:, 48:] = 255
    source = SourcePicture(png=png(drawing), strength=0.7, mask=png(mask))
    asked = make_request(sampler="ddim", steps=8, source=source)
    job = engine.submit(asked)
    previews = [event async for event in job.events() if isinstance(event, Preview)]
    outcome = await job.outcome()
    assert isinstance(outcome, Done), outcome
    assert previews
    assert np.abs(pixels(outcome.images[0]) - stock_picture(folder, asked, 0)).max() <= 1
