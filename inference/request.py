"""What is asked of the engine: frozen values, valid once built."""

import math
from dataclasses import dataclass, replace
from typing import Final

from inference.errors import InvalidRequest
from inference.png import png_size
from inference.samplers import SAMPLERS
from inference.source import SourcePicture

SEEDS: Final = 2**32
"""Seeds are integers in [0, SEEDS)."""
MAX_PROMPT: Final = 4_000
"""Characters in a prompt or a negative prompt."""
MAX_COUNT: Final = 10
MAX_STEPS: Final = 150
MAX_GUIDANCE: Final = 30.0
MIN_SIDE: Final = 64
MAX_SIDE: Final = 2_048
SIDE_MULTIPLE: Final = 8
UPSCALE_FACTORS: Final = (2, 4)
MAX_UPSCALED_SIDE: Final = 4_096
"""Pixels a side of an enlarged picture may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """A step on the sphere of initial noise from where one is towards the noise of another seed.

    Attributes:
        seed: the seed whose noise lies at the other end, in [0, 2³²).
        strength: how far to go, in [0, 1]; 0 stays, 1 arrives.
    """

    seed: int
    strength: float

    def __post_init__(self) -> None:
        _require_seed("variation_seed", self.seed)
        if not (_is_number(self.strength) and 0 <= self.strength <= 1):
            raise InvalidRequest("variation_strength", self.strength, "a number from 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """Pictures from words.

    Attributes:
        prompt: what to show, 1–4,000 characters that are not all space.
        negative_prompt: what to keep away, up to 4,000 characters; empty for nothing.
        width: pixels, a multiple of 8 in [64, 2048].
        height: pixels, likewise.
        steps: denoising steps, 1–150.
        guidance_scale: classifier-free guidance (Ho & Salimans 2022), 0–30; at most 1 means none.
        sampler: a name in `inference.SAMPLERS`.
        seed: in [0, 2³²). Picture i draws from its own generator seeded (seed + i) mod 2³², so that any
            picture can be made again alone; with variations, see there.
        count: pictures, 1–10.
        model: a name in the catalogue.
        owner: whose turn it takes in the fair queue; an opaque, non-empty string.
        variations: steps on the noise sphere, applied in order to the noise of `seed`. With any, every
            picture starts from the noise of `seed` itself, and picture i takes the *last* step towards
            (last seed + i) mod 2³².
        source: a picture to begin from, of this width and height; None to begin from noise alone.

    Raises:
        InvalidRequest: naming the first field that is wrong.
    """

    prompt: str
    owner: str
    model: str
    width: int
    height: int
    steps: int
    guidance_scale: float
    sampler: str
    seed: int
    count: int = 1
    negative_prompt: str = ""
    variations: tuple[Variation, ...] = ()
    source: SourcePicture | None = None

    def __post_init__(self) -> None:
        self._require_words()
        self._require_shape()
        self._require_settings()

    def _require_words(self) -> None:
        for field, text in (("prompt", self.prompt), ("negative_prompt", self.negative_prompt)):
            if not _is_text(text):
                raise InvalidRequest(field, text, "text")
            if len(text) > MAX_PROMPT:
                raise InvalidRequest(field, f"{len(text):,} characters", f"at most {MAX_PROMPT:,} characters")
        if not self.prompt.strip():
            raise InvalidRequest("prompt", self.prompt, "some words that say what to show")
        for field, name in (("model", self.model), ("owner", self.owner)):
            if not (_is_text(name) and name):
                raise InvalidRequest(field, name, "a name")

    def _require_shape(self) -> None:
        for field, side in (("width", self.width), ("height", self.height)):
            if not (_is_integer(side) and MIN_SIDE <= side <= MAX_SIDE and side % SIDE_MULTIPLE == 0):
                raise InvalidRequest(
                    field, side, f"a multiple of {SIDE_MULTIPLE} from {MIN_SIDE} to {MAX_SIDE} pixels"
                )
        if not (_is_integer(self.count) and 1 <= self.count <= MAX_COUNT):
            raise InvalidRequest("count", self.count, f"a whole number from 1 to {MAX_COUNT}")

    def _require_settings(self) -> None:
        if not (_is_integer(self.steps) and 1 <= self.steps <= MAX_STEPS):
            raise InvalidRequest("steps", self.steps, f"a whole number from 1 to {MAX_STEPS}")
        if not (_is_number(self.guidance_scale) and 0 <= self.guidance_scale <= MAX_GUIDANCE):
            raise InvalidRequest(
                "guidance_scale", self.guidance_scale, f"a number from 0 to {MAX_GUIDANCE:g}"
            )
        if self.sampler not in SAMPLERS:
            raise InvalidRequest("sampler", self.sampler, f"one of {', '.join(SAMPLERS)}")
        sampler = SAMPLERS[self.sampler]
        if sampler.most_steps is not None and self.steps > sampler.most_steps:
            raise InvalidRequest("steps", self.steps, f"at most {sampler.most_steps} with {sampler.title}")
        _require_seed("seed", self.seed)
        self._require_source()

    def _require_source(self) -> None:
        if self.source is None:
            return
        if self.source.size != (self.width, self.height):
            raise InvalidRequest("image", self.source.size, f"of {self.width} × {self.height} pixels")
        if self.steps_taken < 1:
            least = f"at least {1 / self.steps:.2g} with {self.steps} steps: one of them must be taken"
            raise InvalidRequest("strength", self.source.strength, least)

    @property
    def steps_taken(self) -> int:
        """Of the steps, those that are really taken: from a source picture on, the last ones alone."""
        if self.source is None:
            return self.steps
        return min(int(self.steps * self.source.strength), self.steps)  # as the stock pipelines round it

    def seed_of(self, index: int) -> int:
        """The seed that tells picture `index` from its siblings: its own, or its last variation's."""
        first = self.variations[-1].seed if self.variations else self.seed
        return (first + index) % SEEDS

    def picture(self, index: int) -> "ImageRequest":
        """A request for picture `index` alone."""
        if not 0 <= index < self.count:
            raise InvalidRequest("picture", index, f"a whole number from 0 to {self.count - 1}")
        if not self.variations:
            return replace(self, seed=self.seed_of(index), count=1)
        *earlier, last = self.variations
        return replace(self, variations=(*earlier, replace(last, seed=self.seed_of(index))), count=1)

    def reroll(self, seed: int) -> "ImageRequest":
        """The same words and settings from fresh noise."""
        return replace(self, seed=seed, variations=())

    def vary(self, index: int, *, seed: int, strength: float, count: int) -> "ImageRequest":
        """`count` pictures near picture `index`, on the noise sphere towards `seed`, `seed` + 1 and so on."""
        alone = self.picture(index)
        step = Variation(seed=seed, strength=strength)
        return replace(alone, variations=(*alone.variations, step), count=count)

    def asked_by(self, owner: str) -> "ImageRequest":
        """The same request in another owner's turn: who presses a button pays."""
        return replace(self, owner=owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscaleRequest:
    """One finished picture, larger and faithful: Lanczos resampling, nothing invented.

    Attributes:
        image: the picture, PNG bytes as the engine delivered them.
        factor: 2 or 4, of each side; neither side may pass 4,096 pixels.
        owner: whose turn it takes.

    Raises:
        InvalidRequest: naming the first field that is wrong; whether the file is whole shows when it is read.
    """

    image: bytes
    factor: int
    owner: str

    def __post_init__(self) -> None:
        if self.factor not in UPSCALE_FACTORS:
            raise InvalidRequest("factor", self.factor, "2 or 4")
        size = png_size(self.image)
        if size is None:
            raise InvalidRequest("image", self.image[:16], "a PNG picture")
        if not all(0 < side * self.factor <= MAX_UPSCALED_SIDE for side in size):
            raise InvalidRequest(
                "factor", self.factor, f"small enough that no side passes {MAX_UPSCALED_SIDE:,} pixels"
            )
        if not self.owner:
            raise InvalidRequest("owner", self.owner, "a name")


def _is_text(value: object) -> bool:
    """A string that UTF-8 can carry: half a surrogate pair, which JSON lets through, cannot be stored."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _require_seed(field: str, seed: object) -> None:
    if not (isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < SEEDS):
        raise InvalidRequest(field, seed, f"a whole number from 0 to {SEEDS - 1}")
