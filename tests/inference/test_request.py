"""Requests are valid once built, and say which field is not."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference import (
    MAX_COUNT,
    MAX_PROMPT,
    MAX_STEPS,
    POCKET,
    SAMPLERS,
    SEEDS,
    Catalogue,
    ImageRequest,
    InvalidRequest,
    SourcePicture,
    UpscaleRequest,
    Variation,
    png_size,
)

GOOD: dict[str, Any] = {
    "prompt": "a red house",
    "owner": "ada",
    "model": "pocket",
    "width": 128,
    "height": 128,
    "steps": 20,
    "guidance_scale": 3.5,
    "sampler": "ddim",
    "seed": 7,
}
HEADER = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (64).to_bytes(4) + (2_000).to_bytes(4) + b"\x08\x02\0\0\0"

requests = st.builds(
    ImageRequest,
    prompt=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(str.strip),
    negative_prompt=st.text(st.characters(codec="utf-8"), max_size=40),
    owner=st.just("ada"),
    model=st.just("pocket"),
    width=st.integers(8, 256).map(lambda side: side * 8),
    height=st.integers(8, 256).map(lambda side: side * 8),
    steps=st.integers(1, 50),
    guidance_scale=st.floats(0, 30),
    sampler=st.sampled_from(list(SAMPLERS)),
    seed=st.integers(0, SEEDS - 1),
    count=st.integers(1, MAX_COUNT),
    variations=st.lists(
        st.builds(Variation, seed=st.integers(0, SEEDS - 1), strength=st.floats(0, 1)), max_size=3
    ).map(tuple),
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", ""),
        ("prompt", " \n"),
        ("prompt", "x" * (MAX_PROMPT + 1)),
        ("prompt", "half a pair \ud800"),
        ("prompt", None),
        ("negative_prompt", "x" * (MAX_PROMPT + 1)),
        ("negative_prompt", 3),
        ("width", 0),
        ("width", 100),
        ("width", 4096),
        ("width", 128.0),
        ("height", -128),
        ("height", True),
        ("steps", 0),
        ("steps", MAX_STEPS + 1),
        ("steps", 2.5),
        ("guidance_scale", math.nan),
        ("guidance_scale", math.inf),
        ("guidance_scale", -1),
        ("guidance_scale", "3"),
        ("sampler", "banana"),
        ("seed", -1),
        ("seed", SEEDS),
        ("seed", 1.0),
        ("count", 0),
        ("count", 99),
        ("model", ""),
        ("owner", ""),
    ],
)
def test_a_bad_field_is_named(field: str, value: object) -> None:
    """Whatever is wrong, the error carries the field and what it held, and reads as one line."""
    with pytest.raises(InvalidRequest) as refused:
        ImageRequest(**(GOOD | {field: value}))
    assert refused.value.field == field
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(("seed", "strength"), [(-1, 0.5), (SEEDS, 0.5), (1, -0.1), (1, 1.1), (1, math.nan)])
def test_a_variation_is_valid_once_built(seed: int, strength: float) -> None:
    """Seeds and strengths out of range are refused."""
    with pytest.raises(InvalidRequest):
        Variation(seed=seed, strength=strength)


@given(requests, st.data())
def test_a_picture_alone_has_the_seed_it_had_among_its_siblings(
    request: ImageRequest, data: st.DataObject
) -> None:
    """`picture(i)` asks for one picture, with the seed that `seed_of(i)` names."""
    index = data.draw(st.integers(0, request.count - 1))
    alone = request.picture(index)
    assert alone.count == 1
    assert alone.seed_of(0) == request.seed_of(index)
    assert alone.picture(0) == alone


@given(requests, st.integers(0, SEEDS - 1), st.floats(0, 1), st.integers(1, MAX_COUNT))
def test_a_variation_starts_from_one_picture(
    request: ImageRequest, seed: int, strength: float, count: int
) -> None:
    """`vary` adds one step to what picture 0 was, and its pictures are told apart by the step's seed."""
    varied = request.vary(0, seed=seed, strength=strength, count=count)
    assert varied.seed == request.picture(0).seed
    assert varied.variations[:-1] == request.picture(0).variations
    assert [varied.seed_of(i) for i in range(count)] == [(seed + i) % SEEDS for i in range(count)]
    assert varied.reroll(5).variations == ()


def test_seeds_wrap_around() -> None:
    """The last seed is followed by 0."""
    assert ImageRequest(**(GOOD | {"seed": SEEDS - 1, "count": 2})).seed_of(1) == 0


@pytest.mark.parametrize(
    ("image", "factor", "field"),
    [(HEADER, 3, "factor"), (HEADER, 4, "factor"), (b"", 2, "image"), (b"GIF89a" + bytes(40), 2, "image")],
)
def test_an_enlargement_is_valid_once_built(image: bytes, factor: int, field: str) -> None:
    """Only PNG, only ×2 and ×4, and no side of more than 4,096 pixels."""
    with pytest.raises(InvalidRequest) as refused:
        UpscaleRequest(image=image, factor=factor, owner="ada")
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"png": b"GIF89a" + bytes(40)}, "image"),
        ({"strength": 0}, "strength"),
        ({"strength": 1.01}, "strength"),
        ({"strength": math.nan}, "strength"),
        ({"strength": True}, "strength"),
        ({"mask": b""}, "mask"),
        ({"mask": HEADER.replace((64).to_bytes(4), (72).to_bytes(4))}, "mask"),
    ],
)
def test_a_source_picture_is_valid_once_built(said: dict[str, Any], field: str) -> None:
    """PNG files alone, a mask as large as the picture, and a strength above 0 and up to 1."""
    whole: dict[str, Any] = {"png": HEADER, "strength": 0.5}
    with pytest.raises(InvalidRequest) as refused:
        SourcePicture(**(whole | said))
    assert refused.value.field == field


def test_a_source_picture_is_as_large_as_what_is_made_of_it() -> None:
    """Nothing is stretched in silence; and the strength leaves one step at least."""
    source = SourcePicture(png=HEADER, strength=0.1)
    with pytest.raises(InvalidRequest, match="image must be of 128 × 128 pixels"):
        ImageRequest(**GOOD, source=source)
    fitting = GOOD | {"width": 64, "height": 2_000}
    assert ImageRequest(**fitting, source=source).steps_taken == 2
    with pytest.raises(InvalidRequest, match="steps must be at most 50 with LCM"):
        ImageRequest(**(GOOD | {"sampler": "lcm", "steps": 51}))
    with pytest.raises(InvalidRequest, match=r"strength must be at least 0\.2 with 5 steps"):
        ImageRequest(**(fitting | {"steps": 5}), source=source)
    assert ImageRequest(**GOOD).steps_taken == 20


def test_the_size_of_a_png_is_read_from_its_header() -> None:
    """Nothing is decoded for it."""
    assert png_size(HEADER) == (64, 2_000)
    assert UpscaleRequest(image=HEADER, factor=2, owner="ada").factor == 2
    assert png_size(HEADER[:20]) is None


def test_an_unknown_model_is_answered_with_those_there_are() -> None:
    """The refusal helps."""
    with pytest.raises(InvalidRequest, match="one of pocket"):
        Catalogue([POCKET]).require("dall-e")
