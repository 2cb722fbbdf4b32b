"""What somebody asked for, before the house fills in what they did not say."""

import math
import re
from dataclasses import dataclass, field, fields, replace
from typing import Final

from bot.config import LimitsSettings
from inference.errors import InvalidRequest
from inference.images import fitted, is_black
from inference.models import Catalogue, ModelInfo
from inference.png import png_size
from inference.request import MAX_SIDE, MIN_SIDE, SIDE_MULTIPLE, ImageRequest
from inference.source import DEFAULT_STRENGTH, MASKED_STRENGTH, SourcePicture

LONGEST_SHAPE: Final = 4
"""A picture is at most this many times as wide as high, or as high as wide."""
MASK_ALONE: Final = "attached together with the image whose parts it marks"
SHAPES_DIFFER: Final = 0.02
"""By more than this share a mask is another shape than its image; less comes of rounding to pixels."""
_SHAPE: Final = f"a shape W:H like 3:2, from 1:{LONGEST_SHAPE} to {LONGEST_SHAPE}:1"
_ASPECT: Final = re.compile(r"([0-9]{1,5}) ?[:/x\u00d7] ?([0-9]{1,5})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """A picture's shape, width to height, from 1:4 to 4:1.

    Raises:
        InvalidRequest: either number is not positive, or the shape is longer than 1:4 or 4:1.
    """

    width: int
    height: int

    def __post_init__(self) -> None:
        shortest = min(self.width, self.height)
        if shortest < 1 or max(self.width, self.height) > LONGEST_SHAPE * shortest:
            raise InvalidRequest("aspect", str(self), _SHAPE)

    def __str__(self) -> str:
        return f"{self.width}:{self.height}"

    @classmethod
    def parse(cls, text: str) -> "Aspect":
        """Read "3:2"; "3/2" and "3x2" will do as well."""
        match = _ASPECT.fullmatch(text.strip())
        if match is None:
            raise InvalidRequest("aspect", text, _SHAPE)
        return cls(width=int(match[1]), height=int(match[2]))

    @classmethod
    def near(cls, width: int, height: int) -> "Aspect":
        """The shape of something of this size in pixels, or the nearest that is allowed."""
        long, short = max(width, height), max(1, min(width, height))
        long = min(long, LONGEST_SHAPE * short)
        width, height = (long, short) if width >= height else (short, long)
        divisor = math.gcd(width, height)
        return cls(width=width // divisor, height=height // divisor)

    def size(self, model: ModelInfo) -> tuple[int, int]:
        """Width and height in pixels that suit `model`: its native area in this shape.

        Both are multiples of 8 from 64 to 2048. The area grows where the short side would fall below 64,
        and shrinks where the model's `max_pixels` or the longest side wants it.
        """
        ratio = self.width / self.height
        area = max(model.width * model.height, MIN_SIDE**2 * max(ratio, 1 / ratio))
        area = min(area, model.max_pixels, MAX_SIDE**2 / max(ratio, 1 / ratio))
        width, height = _side(math.sqrt(area * ratio)), _side(math.sqrt(area / ratio))
        while width * height > model.max_pixels and max(width, height) > MIN_SIDE:
            if width >= height:
                width -= SIDE_MULTIPLE
            else:
                height -= SIDE_MULTIPLE
        return width, height


def _side(pixels: float) -> int:
    return min(max(round(pixels / SIDE_MULTIPLE) * SIDE_MULTIPLE, MIN_SIDE), MAX_SIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOrder:
    """A prompt and whatever else was said; None is what was not.

    Attributes:
        prompt: the words, without flags, spaces normalised; "" where there were only flags.
        negative: what to keep away.
        aspect: the shape.
        count: how many pictures.
        seed: of the first picture.
        steps: denoising steps.
        guidance: the guidance scale.
        sampler: a name in `inference.SAMPLERS`.
        model: a name in the catalogue.
        image: a picture to begin from, a PNG file of our own making.
        mask: likewise, white where that picture is to be painted anew and black where it stays.
        strength: how far to go from it, in (0, 1].
    """

    prompt: str
    negative: str | None = None
    aspect: Aspect | None = None
    count: int | None = None
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str | None = None
    model: str | None = None
    image: bytes | None = field(default=None, repr=False)
    mask: bytes | None = field(default=None, repr=False)
    strength: float | None = None

    def over(self, other: "ImageOrder") -> "ImageOrder":
        """This order laid over another: what this one says wins, the other fills the gaps."""
        said = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if getattr(self, each.name) not in (None, "")
        }
        return replace(other, **said)


def resolve(
    order: ImageOrder, *, catalogue: Catalogue, owner: str, fresh_seed: int, limits: LimitsSettings
) -> ImageRequest:
    """The request that an order stands for, gaps filled with what suits its model.

    With a picture to begin from this takes a while: it is cut to the request's size.

    Args:
        order: what was said.
        catalogue: the models on offer; its first is taken where none was named.
        owner: whose turn it takes in the fair queue.
        fresh_seed: taken where no seed was said, in [0, 2³²).
        limits: what one request may ask for here.

    Raises:
        InvalidRequest: naming the first thing that is wrong.
    """
    for name, text in (("prompt", order.prompt), ("negative_prompt", order.negative or "")):
        if len(text) > limits.max_prompt:
            raise InvalidRequest(
                name, f"{len(text):,} characters", f"at most {limits.max_prompt:,} characters"
            )
    for name, said, most in (
        ("count", order.count, limits.max_count),
        ("steps", order.steps, limits.max_steps),
    ):
        if said is not None and said > most:
            raise InvalidRequest(name, said, f"a whole number from 1 to {most}")
    model = catalogue.default if order.model is None else catalogue.require(order.model)
    aspect = order.aspect
    if aspect is None and order.image is not None:
        aspect = Aspect.near(*(png_size(order.image) or (1, 1)))
    width, height = (model.width, model.height) if aspect is None else aspect.size(model)
    return ImageRequest(
        prompt=order.prompt,
        negative_prompt=order.negative or "",
        owner=owner,
        model=model.name,
        width=width,
        height=height,
        steps=min(model.steps, limits.max_steps) if order.steps is None else order.steps,
        guidance_scale=model.guidance_scale if order.guidance is None else order.guidance,
        sampler=model.sampler if order.sampler is None else order.sampler,
        seed=fresh_seed if order.seed is None else order.seed,
        count=min(limits.default_count, limits.max_count) if order.count is None else order.count,
        source=_source(order, width, height),
    )


def _source(order: ImageOrder, width: int, height: int) -> SourcePicture | None:
    if order.image is None:
        if order.mask is not None:
            raise InvalidRequest("mask", "a picture", MASK_ALONE)
        if order.strength is not None:
            raise InvalidRequest("strength", order.strength, "said together with a picture to begin from")
        return None
    usual = DEFAULT_STRENGTH if order.mask is None else MASKED_STRENGTH
    return SourcePicture(
        png=fitted(order.image, width, height),
        strength=usual if order.strength is None else order.strength,
        mask=None if order.mask is None else _mask(order.mask, order.image, width, height),
    )


def _mask(mask: bytes, image: bytes, width: int, height: int) -> bytes:
    """The mask cut as the picture is.

    Raises:
        InvalidRequest: it does not lie over the picture, or is black all over.
    """
    over, under = (png_size(file) or (1, 1) for file in (mask, image))
    if not math.isclose(over[0] * under[1], over[1] * under[0], rel_tol=SHAPES_DIFFER):
        raise InvalidRequest(
            "mask", "×".join(map(str, over)), f"shaped like the image, {under[0]}×{under[1]}"
        )
    cut = fitted(mask, width, height, mask=True)
    if is_black(cut):
        raise InvalidRequest("mask", "all black", "white or erased where the picture is to be painted anew")
    return cut
