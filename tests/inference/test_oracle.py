"""The engine against the oracle: one stock StableDiffusionPipeline run a picture."""

import io
from collections.abc import Callable
from functools import cache

import diffusers
import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from inference import POCKET, SAMPLERS, Done, Engine, ImageRequest, ImageResult, SourcePicture

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    # The stock samplers themselves warn, in the oracle's hands as in anybody's.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

Pixels = npt.NDArray[np.int16]


@cache
def stock_pipeline() -> tuple[diffusers.StableDiffusionPipeline, diffusers.SchedulerMixin]:
    """The stock pipeline on the bundled weights, in float32 as the engine runs them on a CPU."""
    torch.set_num_threads(1)  # the worker has the other core
    pipeline = diffusers.StableDiffusionPipeline.from_pretrained(POCKET.source, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline, pipeline.scheduler


def stock_picture(request: ImageRequest, index: int) -> Pixels:
    """What the stock pipeline makes alone, its generator seeded (seed + i)."""
    pipeline, own = stock_pipeline()
    options: dict[str, object] = {"width": request.width, "height": request.height}
    if request.source is not None:
        opened = Image.open(io.BytesIO(request.source.png)).convert("RGB")
        begun: dict[str, object] = {"image": opened, "strength": request.source.strength}
        if request.source.mask is None:
            pipeline, options = diffusers.StableDiffusionImg2ImgPipeline(**pipeline.components), begun
        else:
            pipeline = diffusers.StableDiffusionInpaintPipeline(**pipeline.components)
            options |= begun | {"mask_image": Image.open(io.BytesIO(request.source.mask))}
        pipeline.set_progress_bar_config(disable=True)
    sampler = SAMPLERS[request.sampler]
    pipeline.scheduler = getattr(diffusers, sampler.diffusers_class).from_config(
        own.config, **sampler.options
    )
    made = pipeline(
        **words(pipeline, request),
        **options,
        num_inference_steps=request.steps,
        guidance_scale=request.guidance_scale,
        generator=torch.Generator().manual_seed(request.seed + index),
        eta=0.3 if request.sampler == "tcd" else 0.0,  # the sampler's own default, which the pipeline hides
    )
    return np.asarray(made.images[0]).astype(np.int16)


def pixels(image: ImageResult) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(image.png))).astype(np.int16)


def words(pipeline: diffusers.StableDiffusionPipeline, request: ImageRequest) -> dict[str, object]:
    """The prompt as text; one longer than the text encoder reads as embeddings of its chunks, end to end."""
    room = pipeline.tokenizer.model_max_length - 2
    ids = pipeline.tokenizer(request.prompt, add_special_tokens=False).input_ids
    if len(ids) <= room:
        return {"prompt": request.prompt, "negative_prompt": request.negative_prompt or None}
    chunks = [ids[start : start + room] for start in range(0, len(ids), room)]
    return {
        "prompt_embeds": embedded(pipeline, chunks),
        "negative_prompt_embeds": embedded(pipeline, [[] for _ in chunks]),
    }


def embedded(pipeline: diffusers.StableDiffusionPipeline, chunks: list[list[int]]) -> torch.Tensor:
    start, end = pipeline.tokenizer.bos_token_id, pipeline.tokenizer.eos_token_id
    length = pipeline.tokenizer.model_max_length
    padded = [[start, *ids, *([end] * (length - 1 - len(ids)))] for ids in chunks]
    with torch.inference_mode():
        return pipeline.text_encoder(torch.tensor(padded))[0].flatten(0, 1)[None]  # type: ignore[no-any-return]


async def make(engine: Engine, request: ImageRequest) -> tuple[ImageResult, ...]:
    outcome = await engine.submit(request).outcome()
    assert isinstance(outcome, Done), outcome
    return outcome.images


@pytest.mark.parametrize(
    "said",
    [
        {"sampler": "lms", "steps": 20, "count": 3},
        {"sampler": "ddim", "steps": 12, "count": 2, "guidance_scale": 1.0},
        {"sampler": "ddim", "steps": 10, "guidance_scale": 0.0},
        {"sampler": "euler", "steps": 9, "negative_prompt": "a yellow sun"},
        {"sampler": "euler_a", "steps": 10, "count": 2},
        {"sampler": "dpmpp_2m", "steps": 8, "guidance_scale": 7.5},
        {"sampler": "dpmpp_2m_karras", "steps": 10, "count": 2},
        {"sampler": "heun", "steps": 6},
        {"sampler": "pndm", "steps": 21},
        {"sampler": "unipc", "steps": 8},
        {"sampler": "ddpm", "steps": 8, "count": 2},
        {"sampler": "lms_karras", "steps": 8},
        {"sampler": "euler_beta", "steps": 7},
        {"sampler": "dpmpp_2m_exponential", "steps": 8},
        {"sampler": "dpmpp_2m_sde_karras", "steps": 9, "count": 2},
        {"sampler": "dpmpp_2s", "steps": 7},
        {"sampler": "dpm2_karras", "steps": 5},
        {"sampler": "dpm2_a_karras", "steps": 6, "count": 2},
        {"sampler": "deis", "steps": 7},
        {"sampler": "lcm", "steps": 4, "guidance_scale": 1.0},
        {"sampler": "tcd", "steps": 5, "guidance_scale": 1.0},
        {
            "sampler": "ddim",
            "steps": 6,
            "width": 200,
            "height": 104,
            "prompt": "a red house by the sea at night",
        },
        {"sampler": "ddim", "steps": 4, "prompt": "a red house " * 30},
        {"sampler": "lms", "steps": 1},
    ],
    ids=lambda said: " ".join(f"{value}"[:20] for value in said.values()),
)
async def test_every_picture_is_the_stock_pipelines(
    engine: Engine, make_request: Callable[..., ImageRequest], said: dict[str, object]
) -> None:
    """Same seed, same settings: pixels within 1/255, every picture of a request."""
    request = make_request(**said)
    images = await make(engine, request)
    assert [image.seed for image in images] == [request.seed + i for i in range(request.count)]
    for image in images:
        difference = np.abs(pixels(image) - stock_picture(request, image.index))
        assert difference.max() <= 1


def drawing(mode: str, colour: object) -> bytes:
    """A square on a flat ground, as a PNG file."""
    picture = Image.new(mode, (128, 128))
    picture.paste(colour, (30, 30, 100, 100))  # type: ignore[arg-type]
    file = io.BytesIO()
    picture.save(file, format="PNG")
    return file.getvalue()


@pytest.mark.parametrize("mask", [None, drawing("L", 255)], ids=["whole", "masked"])
@pytest.mark.parametrize("sampler", ["dpmpp_2m_karras", "euler_a"])
async def test_pictures_from_a_picture_are_the_stock_pipelines(
    engine: Engine, make_request: Callable[..., ImageRequest], sampler: str, mask: bytes | None
) -> None:
    """Whole or in parts, every picture of a request: pixels within 1/255 of the stock pipeline's."""
    source = SourcePicture(png=drawing("RGB", (200, 30, 30)), strength=0.7, mask=mask)
    request = make_request(sampler=sampler, steps=10, count=2, source=source)
    for image in await make(engine, request):
        difference = np.abs(pixels(image) - stock_picture(request, image.index))
        assert difference.max() <= 1
        said = Image.open(io.BytesIO(image.png)).info["parameters"]
        assert "Denoising strength: 0.7" in said
        assert ("Mask SHA-256" in said) is (mask is not None)


@pytest.mark.parametrize("sampler", SAMPLERS)
async def test_every_sampler_follows_the_prompt(
    engine: Engine, make_request: Callable[..., ImageRequest], sampler: str
) -> None:
    """At its fewest steps already, the sky is blue and the field green: none falls apart on this model."""
    (image,) = await make(engine, make_request(sampler=sampler, steps=max(4, SAMPLERS[sampler].fewest_steps)))
    picture = pixels(image)
    sky, field = picture[10:40].mean(axis=(0, 1)), picture[100:].mean(axis=(0, 1))
    assert sky.argmax() == 2
    assert field.argmax() == 1
    assert picture.std() > 10


async def test_settings_act(engine: Engine, make_request: Callable[..., ImageRequest]) -> None:
    """Seed, negative prompt, guidance and steps each change the picture; who asks does not."""
    (base,) = await make(engine, make_request())
    (same,) = await make(engine, make_request(owner="ben"))
    assert same.png == base.png
    changes: list[dict[str, object]] = [
        {"seed": 8},
        {"negative_prompt": "a sun"},
        {"guidance_scale": 6},
        {"steps": 7},
    ]
    for said in changes:
        (other,) = await make(engine, make_request(**said))
        assert (pixels(other) != pixels(base)).any(), said
