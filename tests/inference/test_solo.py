"""Models of other kinds run through their stock pipelines, with the same face as any other."""

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
from tiny_pipelines import save_if, save_pixart

from inference import (
    POCKET,
    Cancelled,
    Catalogue,
    Done,
    Engine,
    Failed,
    FailureCode,
    ImageRequest,
    ModelInfo,
    Preview,
    Progress,
    SourcePicture,
    Variation,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # The stock samplers themselves warn, in a test's hands as in anybody's.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two whole models of other kinds, and some that are spoilt."""
    root = tmp_path_factory.mktemp("pipelines")
    save_if(root / "if")
    save_pixart(root / "pixart")

    def copy(name: str) -> Path:
        return Path(shutil.copytree(root / "pixart", root / name))

    def say(folder: Path, **settings: object) -> None:
        index = folder / "model_index.json"
        index.write_text(json.dumps(json.loads(index.read_text()) | settings))

    say(copy("own code"), _class_name=["pipeline", "MyPipeline"])
    say(copy("unknown"), _class_name="NobodyPipeline")
    say(copy("strange part"), transformer=["os", "system"])
    say(copy("no pictures"), _class_name="AudioLDMPipeline")
    (copy("no weights") / "transformer" / "diffusion_pytorch_model.safetensors").unlink()
    return {folder.name: folder for folder in root.iterdir()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(folders: dict[str, Path]) -> AsyncIterator[Engine]:
    models = [
        ModelInfo(
            name=name,
            title=name,
            source=str(folder),
            about="tiny",
            width=64,
            height=64,
            precision="float32",
            sampler="own",
        )
        for name, folder in folders.items()
    ]
    async with Engine(
        catalogue=Catalogue([POCKET, *models]), device="cpu", preload=None, preview_every=0.0
    ) as engine:
        yield engine


def request(model: str, **said: Any) -> ImageRequest:  # noqa: ANN401 - any setting

    settings: dict[str, Any] = {
        "prompt": "a red house by the sea",
        "owner": "ada",
        "model": model,
        "width": 64,
        "height": 64,
        "steps": 5,
        "guidance_scale": 4.0,
        "sampler": "own",
        "seed": 7,
    }
    return ImageRequest(**(settings | said))


def stock_picture(folder: Path, asked: ImageRequest, index: int) -> npt.NDArray[np.int16]:
    torch.set_num_threads(1)  # the worker has the other core
    pipeline = diffusers.DiffusionPipeline.from_pretrained(folder, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    options = {} if folder.name == "if" else {"use_resolution_binning": False}
    made = pipeline(
        prompt=asked.prompt,
        **({"negative_prompt": asked.negative_prompt} if asked.negative_prompt else {}),
        width=asked.width,
        height=asked.height,
        num_inference_steps=asked.steps,
        guidance_scale=asked.guidance_scale,
        generator=torch.Generator().manual_seed(asked.seed + index),
        clean_caption=False,
        **options,
    )
    return np.asarray(made.images[0]).astype(np.int16)


@pytest.mark.parametrize("model", ["if", "pixart"])
async def test_the_engine_makes_what_the_stock_pipeline_makes(
    engine: Engine, folders: dict[str, Path], model: str
) -> None:
    """In pixel space and in latent space, every picture of a job, guided and not, to one level of 255."""
    for said in ({"count": 2}, {"negative_prompt": "a boat"}, {"guidance_scale": 1.0}):
        asked = request(model, **said)
        job = engine.submit(asked)
        steps, previews = [], 0
        async for event in job.events():
            if isinstance(event, Progress):
                steps.append(event.step)
                assert event.steps == asked.steps
            previews += isinstance(event, Preview)
        outcome = await job.outcome()
        assert isinstance(outcome, Done), outcome
        assert steps == sorted(steps)
        assert steps[-1] == asked.steps
        assert previews > 0
        assert outcome.compute_seconds > 0
        for index, image in enumerate(outcome.images):
            made = np.asarray(Image.open(io.BytesIO(image.png))).astype(np.int16)
            assert np.abs(made - stock_picture(folders[model], asked, index)).max() <= 1


@pytest.mark.parametrize("model", ["if", "pixart"])
async def test_a_variation_differs_as_much_as_it_is_asked_to(engine: Engine, model: str) -> None:
    """A little strength stays near, much goes farther; the same again is the same."""
    pictures = []
    for strength in (None, 0.1, 0.6, 0.6):
        variations = () if strength is None else (Variation(seed=3, strength=strength),)
        outcome = await engine.submit(request(model, variations=variations)).outcome()
        assert isinstance(outcome, Done), outcome
        pictures.append(np.asarray(Image.open(io.BytesIO(outcome.images[0].png))).astype(np.int16))
    near, far = (float(np.abs(picture - pictures[0]).mean()) for picture in pictures[1:3])
    assert 0 < near < far
    assert np.array_equal(pictures[2], pictures[3])


@pytest.mark.parametrize("model", ["if", "pixart"])
async def test_a_cancelled_job_stops_within_two_steps(engine: Engine, model: str) -> None:
    """At its next step boundary; what was computed is told, and the next job is none the worse."""
    job, cancelled_at, last = engine.submit(request(model, steps=120)), 0, 0
    async for event in job.events():
        if isinstance(event, Progress):
            last = event.step
            if event.step >= 3 and not cancelled_at:
                cancelled_at = event.step
                job.cancel()
    outcome = await job.outcome()
    assert isinstance(outcome, Cancelled)
    assert outcome.compute_seconds > 0
    assert last - cancelled_at <= 2
    assert isinstance(await engine.submit(request(model)).outcome(), Done)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"sampler": "heun", "model": "if"}, "sampler"),
        ({"width": 72, "model": "pixart"}, "size"),
    ],
)
async def test_what_a_pipeline_cannot_do_is_refused_with_the_reason(
    engine: Engine, said: dict[str, Any], field: str
) -> None:
    """Before anything is computed."""
    outcome = await engine.submit(request(**said)).outcome()
    assert isinstance(outcome, Failed)
    assert outcome.code is FailureCode.INVALID
    assert field in outcome.detail


async def test_a_source_picture_is_refused(engine: Engine) -> None:
    """These pipelines begin from words alone, and say so."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, format="PNG")
    source = SourcePicture(png=file.getvalue(), strength=0.5)
    outcome = await engine.submit(request("pixart", source=source)).outcome()
    assert isinstance(outcome, Failed)
    assert "begins from words alone" in outcome.detail


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("own code", "asks for code of its own"),
        ("unknown", "names NobodyPipeline"),
        ("strange part", "no part that Easel loads"),
        ("no pictures", "AudioLDMPipeline"),
        ("no weights", "transformer/diffusion_pytorch_model.safetensors is missing"),
    ],
)
async def test_what_cannot_be_run_is_refused_by_name(engine: Engine, model: str, words: str) -> None:
    """One line; no code of a folder runs, nothing pickled is opened."""
    outcome = await engine.submit(request(model)).outcome()
    assert isinstance(outcome, Failed)
    assert outcome.code is FailureCode.MODEL_UNAVAILABLE
    assert words in outcome.detail
    assert "\n" not in outcome.detail


async def test_the_bundled_model_still_shares_its_forwards(engine: Engine) -> None:
    """Beside the others, in the same worker."""
    outcome = await engine.submit(request("pocket", sampler="ddim")).outcome()
    assert isinstance(outcome, Done)
