"""A lane whose numbers are lost takes nobody else along."""

import asyncio
import io
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPTokenizer

from inference import POCKET, Catalogue, Done, Engine, Failed, FailureCode, ImageRequest

MakeRequest = Callable[..., ImageRequest]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[0.0, 1e9], ids=["previews", "none"])
async def poisoned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Engine]:
    """The bundled model, but what it knows of boats is no number; with previews all the time, or never."""
    folder = tmp_path_factory.mktemp("poisoned") / "model"
    shutil.copytree(POCKET.source, folder)
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
    weights = folder / "text_encoder" / "model.safetensors"
    tensors = load_file(weights)
    table = next(name for name in tensors if name.endswith("token_embedding.weight"))
    for token in tokenizer("boat", add_special_tokens=False).input_ids:
        tensors[table][token] = float("nan")
    save_file(tensors, weights, metadata={"format": "pt"})
    model = replace(POCKET, source=str(folder))
    async with Engine(
        catalogue=Catalogue([model]), device="cpu", preview_every=request.param, slots=4
    ) as engine:
        await engine.ready()
        yield engine


def pixels(done: Done) -> "np.typing.NDArray[np.int16]":
    return np.asarray(Image.open(io.BytesIO(done.images[0].png))).astype(np.int16)


async def test_only_the_job_whose_numbers_are_lost_fails(poisoned: Engine, make_request: MakeRequest) -> None:
    """It says why; those in the same ticks get the pictures they get alone, and the worker goes on."""
    worker = poisoned.worker_pid
    alone = await poisoned.submit(make_request(steps=12)).outcome()
    assert isinstance(alone, Done)
    jobs = [
        poisoned.submit(make_request(steps=12, prompt=prompt, owner=owner))
        for owner, prompt in (("ada", make_request().prompt), ("ben", "a red boat"), ("mia", "a red boat"))
    ]
    first, second, third = await asyncio.gather(*(job.outcome() for job in jobs))
    assert isinstance(first, Done)
    assert np.abs(pixels(first) - pixels(alone)).max() <= 1
    for failed in (second, third):
        assert isinstance(failed, Failed)
        assert failed.code is FailureCode.NUMBERS_LOST
        assert failed.compute_seconds > 0
        assert "NaN" in failed.detail
    assert poisoned.worker_pid == worker
    assert poisoned.queue() == ()
    assert isinstance(await poisoned.submit(make_request()).outcome(), Done)
