"""What things would cost, before anybody asks for them: estimates by what is known now."""

import contextlib
from dataclasses import dataclass, replace
from typing import Final

from bot.ask import Ask
from bot.config import LimitsSettings
from bot.prompt.order import ImageOrder, resolve
from bot.quota import left
from bot.store import JobKind, JobRecord, Store
from inference import Catalogue, Engine, ImageRequest, InvalidRequest, UpscaleRequest
from inference.png import png_size

VARIATION_STRENGTH: Final = 0.45
"""How far a variation walks on the noise sphere: clearly a sibling, clearly another picture."""
SMALL: Final = 512
"""Pixels of the longer side up to which a picture is made four times as large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What the buttons under finished pictures would cost, in compute-seconds; None where there is none.

    Attributes:
        again: the same once more, from fresh noise.
        vary: variations of one picture.
        upscale: one picture, larger.
    """

    again: float | None = None
    vary: float | None = None
    upscale: float | None = None


class Pricing:
    """Knows what a job would cost."""

    def __init__(self, *, store: Store, engine: Engine, catalogue: Catalogue, limits: LimitsSettings) -> None:
        self._store = store
        self._engine = engine
        self._catalogue = catalogue
        self._limits = limits

    def of_buttons(self, record: JobRecord, image: bytes | None) -> Prices:
        """What the buttons under a finished job would cost, by what is known now.

        Args:
            image: one of its pictures, PNG; None where there is none.
        """
        request, seed = within(self._limits, record.request), record.request.seed
        vary = request.vary(0, seed=seed, strength=VARIATION_STRENGTH, count=default_count(self._limits))
        if record.kind is JobKind.UPSCALE:
            return Prices(vary=self._engine.estimate(vary))
        upscale = None
        if image is not None:
            with contextlib.suppress(InvalidRequest):  # it is as large as pictures get
                upscale = self._engine.estimate(larger(image, request.owner))
        return Prices(again=self._engine.estimate(request), vary=self._engine.estimate(vary), upscale=upscale)

    async def of_editing(self, ask: Ask, request: ImageRequest) -> tuple[float, float | None]:
        """What the same once more would cost this person, and what they have left; None for no limit."""
        books = await self._store.books(ask.asker, ask.asked_at)
        own = books.bounds.own_budget.value
        free = left(own, books.usage.own, ask.asked_at)
        given = sum(credit.left for credit in books.usage.given(ask.asked_at))
        return self._engine.estimate(within(self._limits, request)), free + given if own.limited else None

    def usual(self) -> float:
        """Compute-seconds of one picture as people get it who say nothing but words; an estimate."""
        request = resolve(
            ImageOrder(prompt="a picture"),
            catalogue=self._catalogue,
            owner="0:0",
            fresh_seed=0,
            limits=self._limits,
        )
        return self._engine.estimate(request) / request.count


def default_count(limits: LimitsSettings) -> int:
    """How many pictures come back when nobody says."""
    return min(limits.default_count, limits.max_count)


def within(limits: LimitsSettings, request: ImageRequest) -> ImageRequest:
    """The request within the limits as they are now; they may have been lowered since."""
    return replace(
        request, count=min(request.count, limits.max_count), steps=min(request.steps, limits.max_steps)
    )


def larger(image: bytes, owner: str) -> UpscaleRequest:
    """A picture four times as large, or twice where that is large enough."""
    width, height = png_size(image) or (0, 0)
    return UpscaleRequest(image=image, factor=4 if max(width, height) <= SMALL else 2, owner=owner)
