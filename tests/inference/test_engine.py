"""What a job tells, and how it ends, while the worker is well."""

import asyncio
import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from inference import (
    POCKET,
    Cancelled,
    Catalogue,
    Done,
    Engine,
    EngineClosed,
    EngineStatus,
    Failed,
    FailureCode,
    ImageRequest,
    InvalidRequest,
    JobEvent,
    Preview,
    Progress,
    Queued,
    Started,
    UpscaleRequest,
    Variation,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

MakeRequest = Callable[..., ImageRequest]


async def make(engine: Engine, request: ImageRequest | UpscaleRequest) -> Done:
    outcome = await engine.submit(request).outcome()
    assert isinstance(outcome, Done), outcome
    return outcome


async def test_a_job_tells_its_story_in_order(engine: Engine, make_request: MakeRequest) -> None:
    """Started, then steps one by one with previews between, then the pictures, and nothing after."""
    job = engine.submit(make_request(steps=20, count=2))
    events: list[JobEvent] = [event async for event in job.events()]
    kinds = [type(event) for event in events if not isinstance(event, Queued)]
    assert kinds[0] is Started
    assert kinds[-1] is Done
    steps = [event.step for event in events if isinstance(event, Progress)]
    assert steps == sorted(set(steps))
    assert steps[-1] == 20
    previews = [event for event in events if isinstance(event, Preview)]
    assert previews[0].step <= 5
    assert previews[-1].step < 20
    assert all(len(event.images) == 2 for event in previews)
    done = events[-1]
    assert isinstance(done, Done)
    assert done.compute_seconds > 0
    assert [image.index for image in done.images] == [0, 1]


async def test_a_late_listener_hears_what_still_counts(engine: Engine, make_request: MakeRequest) -> None:
    """Who listens after the end hears the start and the outcome, and is not left waiting."""
    job = engine.submit(make_request())
    outcome = await job.outcome()
    events = [event async for event in job.events()]
    assert any(isinstance(event, Started) for event in events)
    assert events[-1] is outcome
    assert await job.outcome() is outcome


async def test_previews_resemble_the_picture(engine: Engine, make_request: MakeRequest) -> None:
    """The last preview has the colours of the finished picture, region by region."""
    job = engine.submit(make_request(steps=20))
    events = [event async for event in job.events()]
    preview = [event for event in events if isinstance(event, Preview)][-1]
    done = events[-1]
    assert isinstance(done, Done)
    shown, final = (
        np.asarray(Image.open(io.BytesIO(file)).convert("RGB").resize((4, 4), Image.Resampling.BOX)).astype(
            float
        )
        for file in (preview.images[0], done.images[0].png)
    )
    assert np.corrcoef(shown.ravel(), final.ravel())[0, 1] > 0.9
    assert np.abs(shown - final).mean() < 30


async def test_the_same_request_gives_the_same_file_with_its_settings_inside(
    engine: Engine, make_request: MakeRequest
) -> None:
    """Tools that read the settings of a picture find them."""
    request = make_request(negative_prompt="ein Mädchen, 猫", count=2)
    first, second = await make(engine, request), await make(engine, request)
    assert [image.png for image in first.images] == [image.png for image in second.images]
    text = Image.open(io.BytesIO(first.images[1].png)).info["parameters"]
    prompt, negative, settings = text.splitlines()
    assert (prompt, negative) == ("a green field under a blue sky", "Negative prompt: ein Mädchen, 猫")
    assert settings.startswith(
        "Steps: 6, Sampler: DDIM, CFG scale: 3.5, Seed: 8, Size: 128x128, Model: pocket, Device: "
    )
    assert settings.endswith(", Version: Easel")


async def test_a_variation_goes_from_one_picture_to_another(
    engine: Engine, make_request: MakeRequest
) -> None:
    """Strength 0 is the picture itself, 1 is the other seed's, between lies something else."""
    base = make_request(sampler="dpmpp_2m")
    other = base.reroll(99)

    async def varied(strength: float) -> bytes:
        request = base.vary(0, seed=99, strength=strength, count=1)
        return flat((await make(engine, request)).images[0].png)

    assert await varied(0.0) == flat((await make(engine, base)).images[0].png)
    assert await varied(1.0) == flat((await make(engine, other)).images[0].png)
    assert await varied(0.3) not in {await varied(0.0), await varied(1.0)}


async def test_every_variation_can_be_made_again_alone(engine: Engine, make_request: MakeRequest) -> None:
    """Picture i among its siblings is `request.picture(i)`, within 1/255, noise of the steps included."""
    request = make_request(
        sampler="euler_a",
        count=3,
        variations=(Variation(seed=50, strength=0.4), Variation(seed=60, strength=0.2)),
    )
    together = (await make(engine, request)).images
    assert [image.seed for image in together] == [60, 61, 62]
    for image in together:
        (alone,) = (await make(engine, request.picture(image.index))).images
        ours, theirs = (np.frombuffer(flat(file), np.uint8).astype(int) for file in (image.png, alone.png))
        assert np.abs(ours - theirs).max() <= 1


def flat(png: bytes) -> bytes:
    return Image.open(io.BytesIO(png)).tobytes()


async def test_a_prompt_too_long_is_cut_and_says_so(engine: Engine, make_request: MakeRequest) -> None:
    """A page is read whole; beyond that the note names how many tokens fit and what was left out."""
    assert (await make(engine, make_request(prompt="a red house by the sea " * 12))).notes == ()
    done = await make(engine, make_request(prompt="ж" * 900 + " by the very last lighthouse"))
    (note,) = done.notes
    assert "304 tokens" in note
    assert (await make(engine, make_request(steps=2, sampler="heun"))).notes != ()
    assert (await make(engine, make_request())).notes == ()


async def test_a_running_job_stops_within_two_steps(engine: Engine, make_request: MakeRequest) -> None:
    """It is charged for what it used."""
    job = engine.submit(make_request(steps=100))
    last = 0
    async for event in job.events():
        if isinstance(event, Progress):
            if last == 0:
                job.cancel()
                last = event.step + 2
            assert event.step <= last + 1  # one more may have been on its way
    outcome = await job.outcome()
    assert isinstance(outcome, Cancelled)
    assert 0 < outcome.compute_seconds < engine.estimate(job.request)


async def test_what_cannot_be_done_is_refused_at_once(engine: Engine, make_request: MakeRequest) -> None:
    """Unknown models, too many pixels and a name that is taken never reach the queue."""
    with pytest.raises(InvalidRequest, match="one of pocket"):
        engine.submit(make_request(model="dall-e"))
    with pytest.raises(InvalidRequest, match="65,536 pixels"):
        engine.submit(make_request(width=512, height=512))
    job = engine.submit(make_request(), job_id="mine")
    with pytest.raises(ValueError, match="already"):
        engine.submit(make_request(), job_id="mine")
    assert isinstance(await job.outcome(), Done)
    assert isinstance(await engine.submit(make_request(), job_id="mine").outcome(), Done)


async def test_an_enlargement_is_faithful(engine: Engine, make_request: MakeRequest) -> None:
    """Twice or four times as large; made small again it is the picture, whose settings it keeps."""
    (source,) = (await make(engine, make_request(steps=12))).images
    for factor in (2, 4):
        (large,) = (await make(engine, UpscaleRequest(image=source.png, factor=factor, owner="ada"))).images
        assert (large.width, large.height, large.seed) == (128 * factor, 128 * factor, 0)
        picture = Image.open(io.BytesIO(large.png))
        assert picture.size == (large.width, large.height)
        assert "Seed: 7" in picture.info["parameters"]
        small = np.asarray(picture.resize((128, 128), Image.Resampling.BOX)).astype(int)
        original = np.asarray(Image.open(io.BytesIO(source.png))).astype(int)
        assert np.abs(small - original).mean() < 2


async def test_a_damaged_picture_cannot_be_enlarged(engine: Engine, make_request: MakeRequest) -> None:
    """The job fails as invalid, and the next one is done."""
    (source,) = (await make(engine, make_request())).images
    outcome = await engine.submit(UpscaleRequest(image=source.png[:2000], factor=2, owner="ada")).outcome()
    assert isinstance(outcome, Failed)
    assert outcome.code is FailureCode.INVALID
    await make(engine, make_request())


async def test_a_closed_engine_ends_its_jobs(make_request: MakeRequest) -> None:
    """Nobody is left waiting: all fail as closed, also before the worker was ever ready."""
    engine = Engine(catalogue=Catalogue([POCKET]), device="cpu")
    await engine.start()
    assert engine.status == EngineStatus(state="starting")
    jobs = [engine.submit(make_request(seed=seed)) for seed in range(2)]
    waiting = asyncio.create_task(engine.ready())
    await asyncio.sleep(0)
    await engine.close()
    await engine.close()
    for job in jobs:
        outcome = await job.outcome()
        assert isinstance(outcome, Failed)
        assert outcome.code is FailureCode.CLOSED
    with pytest.raises(EngineClosed):
        await waiting
    with pytest.raises(EngineClosed):
        engine.submit(make_request())
    assert engine.status == EngineStatus(state="closed")
    assert engine.worker_pid is None
