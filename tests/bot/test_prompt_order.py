from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from bot.config import LimitsSettings
from bot.prompt import Aspect, ImageOrder, resolve
from inference.errors import InvalidRequest
from inference.images import encode_png
from inference.models import POCKET, Catalogue, ModelInfo
from inference.request import ImageRequest
from inference.source import DEFAULT_STRENGTH, MASKED_STRENGTH, SourcePicture

WIDE = ModelInfo(
    name="wide", title="Wide", source="/models/wide", about="", width=768, height=512, max_pixels=768 * 512
)
CATALOGUE = Catalogue([POCKET, WIDE])
LIMITS = LimitsSettings()


def resolved(order: ImageOrder) -> ImageRequest:
    return resolve(order, catalogue=CATALOGUE, owner="1:2", fresh_seed=99, limits=LIMITS)


def test_what_was_not_said_suits_the_model() -> None:
    """Gaps are filled with the model's own settings, a fresh seed and the usual count."""
    request = resolved(ImageOrder(prompt="a house"))
    assert request == ImageRequest(
        prompt="a house",
        owner="1:2",
        model="pocket",
        width=128,
        height=128,
        steps=20,
        guidance_scale=2.0,
        sampler="dpmpp_2m_karras",
        seed=99,
        count=4,
    )


def test_what_was_said_counts() -> None:
    """Nothing that was said is replaced, zero included."""
    order = ImageOrder(
        prompt="a house", negative="text", count=1, seed=0, steps=3, guidance=0.0, sampler="lms", model="wide"
    )
    request = resolved(order)
    assert (request.seed, request.guidance_scale, request.count, request.steps) == (0, 0.0, 1, 3)
    assert (request.width, request.height, request.sampler) == (768, 512, "lms")
    assert request.negative_prompt == "text"


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (ImageOrder(prompt=" "), "prompt"),
        (ImageOrder(prompt="x" * 1001), "prompt"),
        (ImageOrder(prompt="a", negative="x" * 1001), "negative_prompt"),
        (ImageOrder(prompt="a", count=5), "count"),
        (ImageOrder(prompt="a", count=0), "count"),
        (ImageOrder(prompt="a", steps=61), "steps"),
        (ImageOrder(prompt="a", seed=-1), "seed"),
        (ImageOrder(prompt="a", guidance=float("nan")), "guidance_scale"),
        (ImageOrder(prompt="a", sampler="zz"), "sampler"),
        (ImageOrder(prompt="a", model="zz"), "model"),
    ],
)
def test_what_no_model_or_house_can_do_is_refused_by_name(order: ImageOrder, field: str) -> None:
    """The first thing that is wrong is named."""
    with pytest.raises(InvalidRequest) as caught:
        resolved(order)
    assert caught.value.field == field


def test_one_order_lies_over_another() -> None:
    """What the upper one says wins, zero included; the lower one fills the gaps."""
    flags = ImageOrder(prompt="a house", seed=0, steps=3)
    options = ImageOrder(prompt="", seed=7, count=2)
    assert flags.over(options) == ImageOrder(prompt="a house", seed=0, steps=3, count=2)


@pytest.mark.parametrize(
    "text", ["0:1", "1:0", "banana", "5:1", "1:5", "", "3", "-3:2", "3:2:1", "nan:1", "3.5:2"]
)
def test_impossible_shapes_are_refused(text: str) -> None:
    """A shape has two whole numbers and is at most four times as long as wide."""
    with pytest.raises(InvalidRequest, match="aspect must be a shape"):
        Aspect.parse(text)


def test_the_native_shape_is_the_native_size() -> None:
    """Asking for the shape a model has anyway changes nothing."""
    assert Aspect.parse("1:1").size(POCKET) == (128, 128)
    assert Aspect.parse("3:2").size(WIDE) == (768, 512)


@given(
    width=st.integers(1, 400),
    height=st.integers(1, 400),
    native=st.sampled_from([64, 128, 256, 512, 1024]),
    most=st.sampled_from([1.0, 1.5, 4.0]),
)
def test_every_shape_has_a_size_that_suits(width: int, height: int, native: int, most: float) -> None:
    """Sides are multiples of 8 in [64, 2048], within max_pixels, near the shape, near the native area."""
    assume(max(width, height) <= 4 * min(width, height))
    area = native * native
    model = replace(POCKET, width=native, height=native, max_pixels=max(int(area * most), 64 * 256))
    wide, high = Aspect(width=width, height=height).size(model)
    ImageRequest(
        prompt="a",
        owner="o",
        model="pocket",
        width=wide,
        height=high,
        steps=1,
        guidance_scale=1,
        sampler="ddim",
        seed=0,
    )
    assert wide * high <= model.max_pixels
    assert wide / high == pytest.approx(width / height, rel=0.2)
    if native >= 256:
        assert wide * high == pytest.approx(area, rel=0.15)


def drawn(width: int, height: int) -> bytes:
    return encode_png(Image.new("RGB", (width, height), (200, 30, 30)), "")


def test_a_picture_to_begin_from_gives_its_shape() -> None:
    """What is made of it is as near its shape as pictures can be; a shape that is said cuts it."""
    for size, made in (((300, 200), (160, 104)), ((90, 1_000), (64, 256)), ((50, 50), (128, 128))):
        request = resolved(ImageOrder(prompt="a", image=drawn(*size)))
        assert (request.width, request.height) == made
        assert request.source == SourcePicture(png=drawn(*made), strength=DEFAULT_STRENGTH)
    square = resolved(
        ImageOrder(prompt="a", image=drawn(300, 200), aspect=Aspect(width=1, height=1), strength=0.9)
    )
    assert square.source == SourcePicture(png=drawn(128, 128), strength=0.9)


def drawn_mask(width: int, height: int, *, light: int = 255) -> bytes:
    """Light on the left half."""
    mask = Image.new("RGB", (width, height))
    mask.paste((light, light, light), (0, 0, width // 2, height))
    return encode_png(mask, "")


def test_a_mask_is_cut_as_its_picture_is() -> None:
    """What it marks is painted from nothing, unless a strength is said; rounding is no other shape."""
    order = ImageOrder(prompt="a", image=drawn(300, 200), mask=drawn_mask(602, 400))
    request = resolved(order)
    assert request.source is not None
    assert request.source.mask is not None
    assert request.source.strength == MASKED_STRENGTH
    with Image.open(BytesIO(request.source.mask)) as mask:
        assert mask.size == (160, 104)
        assert (mask.convert("L").getpixel((40, 50)), mask.convert("L").getpixel((120, 50))) == (255, 0)
    near = resolved(replace(order, strength=0.4))
    assert near.source == replace(request.source, strength=0.4)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (ImageOrder(prompt="a", mask=drawn_mask(64, 64)), "attached together with the image"),
        (
            ImageOrder(prompt="a", image=drawn(300, 200), mask=drawn_mask(200, 200)),
            "mask must be shaped like the image, 300×200",
        ),
        (
            ImageOrder(prompt="a", image=drawn(64, 64), mask=drawn_mask(64, 64, light=127)),
            "mask must be white or erased where",
        ),
    ],
    ids=["alone", "another shape", "black"],
)
def test_a_mask_that_marks_nothing_of_its_picture_is_refused(order: ImageOrder, said: str) -> None:
    """Before anything is computed, with what to do."""
    with pytest.raises(InvalidRequest, match=said):
        resolved(order)


def test_strength_alone_means_nothing() -> None:
    """It is refused where there is no picture, and where it leaves no step to take."""
    with pytest.raises(InvalidRequest, match="strength must be said together with a picture"):
        resolved(ImageOrder(prompt="a", strength=0.5))
    with pytest.raises(InvalidRequest, match="strength must be at least"):
        resolved(ImageOrder(prompt="a", image=drawn(64, 64), strength=0.1, steps=4))
