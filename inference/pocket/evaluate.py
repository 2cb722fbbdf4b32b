"""Stage 7: the examination. Prompts whose combinations were never trained on, and what was drawn for them."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

import numpy as np
from PIL import Image

from inference.pocket.captions import plain_caption
from inference.pocket.draw.picture import picture
from inference.pocket.examiner import Examiner
from inference.pocket.judge import background_of, things_in
from inference.pocket.spec import Portrait, Relation, Scene, Shapes, Spec, sample

_S = TypeVar("_S", bound=Spec)

WANTED: Final[Mapping[str, float]] = {
    "background": 0.98,
    "colour": 0.98,
    "shape": 0.90,
    "count": 0.85,
    "relation": 0.75,
    "time": 0.95,
    "weather": 0.95,
    "place": 0.95,
    "black and white": 0.95,
    "subject": 0.70,
}
"""What each figure should be at least, as a share of the prompts."""
_GRAY: Final = 10.0
"""Mean spread of red, green and blue, of 255, below which a picture counts as black and white."""


class Painter(Protocol):
    """Makes one picture a prompt; picture i has seed + i."""

    def __call__(
        self, prompts: Sequence[str], *, seed: int, guidance_scale: float = ..., negative_prompt: str = ...
    ) -> list[Image.Image]: ...


@dataclass(slots=True)
class Figure:
    """How often something was right."""

    right: int = 0
    asked: int = 0

    def count(self, right: bool) -> None:
        """One more answer."""
        self.right += right
        self.asked += 1

    @property
    def share(self) -> float:
        """In [0, 1]."""
        return self.right / max(1, self.asked)


@dataclass(slots=True)
class Marks:
    """Every figure by its name."""

    figures: dict[str, Figure] = field(default_factory=dict)

    def count(self, name: str, right: bool) -> None:
        """One more answer to the question `name`."""
        self.figures.setdefault(name, Figure()).count(right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is asked: held-out specs of each kind, always the same for one seed and size."""

    singles: tuple[Shapes, ...]
    groups: tuple[Shapes, ...]
    pairs: tuple[Shapes, ...]
    portraits: tuple[Portrait, ...]
    scenes: tuple[Scene, ...]
    gray: tuple[Scene, ...]

    @classmethod
    def of(cls, each: int, *, seed: int) -> "Sheet":
        """`each` questions of each kind."""
        rng = random.Random(f"examination/{seed}")
        return cls(
            singles=_some(rng, each, Shapes, _single),
            groups=_some(rng, each, Shapes, lambda spec: spec.count > 1),
            pairs=_some(rng, each, Shapes, _tellable_pair),
            portraits=_some(rng, each, Portrait, lambda spec: spec.style is None and spec.size is None),
            scenes=_some(rng, each, Scene, lambda spec: spec.style is None),
            gray=_some(rng, each // 2, Scene, lambda spec: spec.style == "bw"),
        )

    def __iter__(self) -> Iterator[Spec]:
        for kind in (self.singles, self.groups, self.pairs, self.portraits, self.scenes, self.gray):
            yield from kind


def examined(sheet: Sheet, pictures: Sequence[Image.Image], examiner: Examiner) -> Marks:
    """Marks the pictures, one for each spec of the sheet in its order."""
    marks = Marks()
    answers = list(zip(sheet, pictures, strict=True))
    for spec, answer in answers:
        if isinstance(spec, Shapes):
            _mark_shapes(marks, spec, answer)
        elif isinstance(spec, Portrait):
            marks.count("background", background_of(answer) == spec.background)
            marks.count("subject", examiner.subject(spec, answer) == spec.subject)
        elif spec.style == "bw":
            pixels = np.asarray(answer.convert("RGB"), np.float64)
            marks.count("black and white", float((pixels.max(-1) - pixels.min(-1)).mean()) < _GRAY)
    scenes = [(spec, answer) for spec, answer in answers if isinstance(spec, Scene) and spec.style is None]
    for attribute in ("place", "time", "weather"):
        _mark_read(marks, examiner, attribute, scenes)
    return marks


def originals(sheet: Sheet, *, seed: int) -> list[Image.Image]:
    """The sheet as the recipe draws it: what the examiner itself makes of perfect answers is its margin."""
    rng = random.Random(f"originals/{seed}")
    return [picture(spec, rng) for spec in sheet]


def answers(sheet: Sheet, painter: Painter, *, seed: int) -> list[Image.Image]:
    """The sheet as the model paints it."""
    return painter([plain_caption(spec) for spec in sheet], seed=seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """Whether the model does what the buttons promise.

    Attributes:
        repeats: the same seed gave the very same picture.
        rerolled: mean difference of two seeds' pictures, of 255.
        without_night: share of prompts whose picture is brighter, by more than 1 of 255, with the negative
            prompt "night, dark".
        guided: mean similarity to the prompt at the painter's usual guidance, less that at guidance 1.
    """

    repeats: bool
    rerolled: float
    without_night: float
    guided: float


def conduct(painter: Painter, examiner: Examiner, *, seed: int) -> Conduct:
    """Tries seeds, negative prompts and guidance."""
    prompts = [
        "a house",
        "a city",
        "the mountains",
        "a castle",
        "a boat on the sea",
        "a forest",
        "a desert",
        "a cat",
    ]
    once, again = painter(prompts, seed=seed), painter(prompts, seed=seed)
    other, bright = (
        painter(prompts, seed=seed + 1000),
        painter(prompts, seed=seed, negative_prompt="night, dark"),
    )
    loose = painter(prompts, seed=seed, guidance_scale=1.0)
    similar = examiner.similarity(once, prompts) - examiner.similarity(loose, prompts)
    return Conduct(
        repeats=all(np.array_equal(_array(a), _array(b)) for a, b in zip(once, again, strict=True)),
        rerolled=float(
            np.mean([np.abs(_array(a) - _array(b)).mean() for a, b in zip(once, other, strict=True)])
        ),
        without_night=float(
            np.mean([_array(b).mean() > _array(a).mean() + 1 for a, b in zip(once, bright, strict=True)])
        ),
        guided=float(similar.mean()),
    )


def _array(image: Image.Image) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    return np.asarray(image.convert("RGB"), np.float64)


def _some(rng: random.Random, count: int, kind: type[_S], wanted: Callable[[_S], bool]) -> tuple[_S, ...]:
    found: list[_S] = []
    while len(found) < count:
        spec = sample(rng, held_out=True)
        if isinstance(spec, kind) and wanted(spec):
            found.append(spec)
    return tuple(found)


def _single(spec: Shapes) -> bool:
    return spec.count == 1 and spec.second is None and spec.position is None and spec.size is None


def _tellable_pair(spec: Shapes) -> bool:
    """Two colours, so that each thing can be found again by its own."""
    return spec.second is not None and spec.second.colour != spec.first.colour


def _mark_shapes(marks: Marks, spec: Shapes, answer: Image.Image) -> None:
    things = things_in(answer)
    if spec.count > 1:
        marks.count("count", len(things) == spec.count)
    if spec.second is not None and spec.relation is not None:
        first = next((thing for thing in things if thing.colour == spec.first.colour), None)
        second = next((thing for thing in things if thing.colour == spec.second.colour), None)
        marks.count(
            "relation",
            first is not None
            and second is not None
            and _stand(spec.relation, first.x - second.x, first.y - second.y),
        )
    elif spec.count == 1:
        marks.count("background", background_of(answer) == spec.background)
        marks.count("colour", bool(things) and things[0].colour == spec.first.colour)
        marks.count("shape", bool(things) and things[0].shape == spec.first.shape)


def _stand(relation: Relation, right: float, down: float) -> bool:
    """Whether a thing so far to the right of another and below it stands in this relation to it."""
    apart = 15
    return {"left": right < -apart, "right": right > apart, "above": down < -apart, "below": down > apart}[
        relation
    ]


def _mark_read(
    marks: Marks, examiner: Examiner, attribute: str, asked: Sequence[tuple[Spec, Image.Image]]
) -> None:
    read = examiner.read(attribute, [answer for _, answer in asked])
    for (spec, _), value in zip(asked, read, strict=True):
        marks.count(attribute, value == getattr(spec, attribute))
