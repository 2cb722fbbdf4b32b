"""What a request costs: learned seconds per megapixel-evaluation, per model. Pure.

One evaluation is one entry of the U-Net's batch; with guidance a step has two. Decoding counts as a few.
"""

import math
from collections.abc import Mapping
from typing import Final

from inference.png import png_size
from inference.request import ImageRequest, UpscaleRequest
from inference.samplers import SAMPLERS

DECODE_EVALUATIONS: Final = 3.0
"""A VAE decode in U-Net evaluations of the same picture (Stable Diffusion 1.5 at 512²: 2.5 to 0.8 TFLOP)."""
ENCODE_EVALUATIONS: Final = 1.5
"""A source picture's way through the VAE, likewise (1.1 TFLOP)."""
CAUTIOUS_RATE: Final = 5.0
"""Seconds per megapixel-evaluation while nothing was measured: a model of this size on a slow CPU."""
UPSCALE: Final = "upscale"
"""The name under which enlarging learns its rate, in seconds per megapixel made."""
UPSCALE_RATE: Final = 1.0
LEARNING: Final = 0.3
"""The weight of the newest measurement."""
FIRST_SPREAD: Final = 0.4
"""How far estimates are taken to be off while nothing was measured: a factor of 1.5 either way."""
MEGAPIXEL: Final = 1_000_000


def megapixel_evaluations(request: ImageRequest) -> float:
    """How much work a request is, whatever the model: pictures · megapixels · evaluations."""
    a_step, besides = SAMPLERS[request.sampler].evaluations
    forwards = max(1, request.steps_taken * a_step + besides)
    entries = 2 if request.guidance_scale > 1 else 1
    pixels = request.count * request.width * request.height
    encoding = 0.0 if request.source is None else ENCODE_EVALUATIONS / request.count  # once for all
    return pixels / MEGAPIXEL * (forwards * entries + DECODE_EVALUATIONS + encoding)


ANOTHER_DEVICE = 3.0
"""A warm-up that differs by more than this factor was not measured where the remembered rate was."""


class CostModel:
    """Estimates compute-seconds from what requests of the same model took."""

    def __init__(self, rates: Mapping[str, float] | None = None) -> None:
        self._rates = {name: rate for name, rate in (rates or {}).items() if rate > 0}
        self._spread = FIRST_SPREAD

    @property
    def rates(self) -> Mapping[str, float]:
        """Seconds per megapixel-evaluation by model, to be kept between runs."""
        return dict(self._rates)

    def rate(self, model: str) -> float:
        """Seconds per megapixel-evaluation of a model; a cautious guess before anything was measured."""
        return self._rates.get(model, CAUTIOUS_RATE)

    def knows(self, request: ImageRequest | UpscaleRequest) -> bool:
        """Whether anything of the kind was measured."""
        return _name(request) in self._rates

    def estimate(self, request: ImageRequest | UpscaleRequest) -> float:
        """Compute-seconds, more than 0."""
        cautious = CAUTIOUS_RATE if isinstance(request, ImageRequest) else UPSCALE_RATE
        return max(1e-3, self._rates.get(_name(request), cautious) * _amount(request))

    def bounds(self, seconds: float) -> tuple[float, float]:
        """Between which an estimate of so many seconds turns out: twice as far off as they are on average."""
        factor = math.exp(2 * self._spread)
        return seconds / factor, seconds * factor

    def seed(self, model: str, rate: float) -> None:
        """A warm-up's measurement. What real requests taught weighs more, unless it was another device's."""
        known = self._rates.get(model)
        if rate > 0 and (known is None or not known / ANOTHER_DEVICE < rate < known * ANOTHER_DEVICE):
            self._rates[model] = rate

    def learn(self, request: ImageRequest | UpscaleRequest, compute_seconds: float) -> None:
        """A finished request and what it took."""
        name, measured = _name(request), compute_seconds / _amount(request)
        if measured > 0:
            before = self._rates.get(name, measured)
            self._spread += LEARNING * (abs(math.log(measured / before)) - self._spread)
            self._rates[name] = before + LEARNING * (measured - before)


def _name(request: ImageRequest | UpscaleRequest) -> str:
    return request.model if isinstance(request, ImageRequest) else UPSCALE


def _amount(request: ImageRequest | UpscaleRequest) -> float:
    if isinstance(request, ImageRequest):
        return megapixel_evaluations(request)
    width, height = png_size(request.image) or (1, 1)
    return width * height * request.factor**2 / MEGAPIXEL
