"""The models a worker keeps loaded, warmed up and measured."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch

from inference.cost import megapixel_evaluations
from inference.denoise.knee import device_name, find_knee
from inference.denoise.lanes import Lanes
from inference.denoise.start import lanes_of
from inference.families.any_pipeline import AnyPipeline
from inference.families.compiled import default_compiler
from inference.families.opening import open_model
from inference.families.stable_diffusion import StableDiffusion
from inference.families.tiny_autoencoder import tiny_autoencoder
from inference.memory import ran_out, release
from inference.models import ModelInfo
from inference.preview import LatentPreview, Preview, TinyPreview
from inference.request import ImageRequest
from inference.samplers import OWN
from inference.solo.previewing import SoloPreview
from inference.solo.run import made_alone

log = logging.getLogger(__name__)

KEPT: Final = 2
"""Models in memory at once; the one not used for longest makes room."""
QUICK_SECONDS: Final = 1.0
"""A first run under this is repeated, since the first of all also pays for what is set up lazily."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmModel:
    """A loaded model, and what was measured of it.

    Attributes:
        device: what computes, by name.
        rate: seconds per megapixel-evaluation.
        knee: pictures at once past which pictures a second stop growing.
        knee_of: what the knee was measured for: device, model, precision and size, in one line.
    """

    rate: float
    knee: int
    knee_of: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmFamily(WarmModel):
    """A model whose pictures share forwards.

    Attributes:
        preview: shows unfinished pictures.
    """

    family: StableDiffusion
    preview: Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmPipeline(WarmModel):
    """A model that runs through its stock pipeline, one job at a time: its knee is 1.

    Attributes:
        preview: how to show unfinished pictures.
    """

    pipeline: AnyPipeline
    preview: SoloPreview


class WarmModels:
    """Loads on demand. Nothing is imported from a model's folder but numbers and words.

    Args:
        device: where they run.
        compiled: whether U-Nets are compiled for their native size, which takes minutes the first time.

    Attributes:
        knees: those known by what they were measured for; they are not measured again.
    """

    def __init__(self, device: torch.device, *, compiled: bool = False) -> None:
        self.device = device
        self._compiled = compiled
        self.knees: dict[str, int] = {}
        self._models: OrderedDict[ModelInfo, WarmModel] = OrderedDict()

    def get(self, model: ModelInfo) -> WarmModel | None:
        """A model that is already warm."""
        warm = self._models.get(model)
        if warm is not None:
            self._models.move_to_end(model)
        return warm

    def touch(self, warm: WarmModel) -> None:
        """A model that is still needed: another one makes room."""
        for model, each in tuple(self._models.items()):
            if each is warm:
                self._models.move_to_end(model)

    def load(self, model: ModelInfo) -> WarmModel:
        """Loads, fits the previews and measures one small run.

        Raises:
            ModelUnavailable: the detail says which file is wrong.
        """
        while len(self._models) >= KEPT:
            self._models.popitem(last=False)
            release(self.device)
        while True:
            warm = self._attempt(model)
            if not isinstance(warm, Exception):
                self._models[model] = warm
                return warm
            if not (ran_out(warm) and self._models):
                raise warm
            self._models.popitem(last=False)  # it did not fit beside those that are here
            release(self.device)

    def _attempt(self, model: ModelInfo) -> WarmModel | Exception:
        """The model, or what went wrong: without its traceback, which holds the tensors that did not fit."""
        try:
            opened = open_model(model, self.device)
            if isinstance(opened, AnyPipeline):
                return self._warm_pipeline(model, opened)
            return self._warm_family(model, opened)
        except Exception as error:  # noqa: BLE001 - raised again by whoever knows that nothing can make room
            return error.with_traceback(None)

    def _warm_family(self, model: ModelInfo, family: StableDiffusion) -> WarmFamily:
        knee_of = self._knee_of(model, family.precision)
        if knee_of not in self.knees:
            self.knees[knee_of] = find_knee(family, model.width, model.height)
        if self._compiled:
            for rows in family.compile(
                model.width, model.height, pictures=self.knees[knee_of], compiler=default_compiler
            ):
                log.info("%s is compiled for %d rows", model.name, rows)
        return WarmFamily(
            device=device_name(self.device),
            family=family,
            preview=self._preview(model, family),
            rate=_measure(model, "ddim", lambda request: _made(request, family)),
            knee=self.knees[knee_of],
            knee_of=knee_of,
        )

    def _preview(self, model: ModelInfo, family: StableDiffusion) -> Preview:
        if model.preview_vae is None:
            return LatentPreview.fit(family)
        channels, _, _ = family.latent_shape(model.width, model.height)
        return TinyPreview(tiny_autoencoder(model, self.device, channels=channels))

    def _warm_pipeline(self, model: ModelInfo, pipeline: AnyPipeline) -> WarmPipeline:
        return WarmPipeline(
            device=device_name(self.device),
            pipeline=pipeline,
            preview=SoloPreview(pipeline),
            # For one step some pipelines do something else: they take the model for a distilled one.
            rate=_measure(model, OWN, lambda request: made_alone(request, pipeline), steps=2),
            knee=1,
            knee_of=self._knee_of(model, pipeline.precision),
        )

    def _knee_of(self, model: ModelInfo, precision: str) -> str:
        device = device_name(self.device)
        return f"{device}, {model.source} at {model.revision}, {precision}, {model.width}x{model.height}"


def _measure(
    model: ModelInfo, sampler: str, make: Callable[[ImageRequest], object], *, steps: int = 1
) -> float:
    """Seconds per megapixel-evaluation of a step or two and one decode at the native size."""
    request = ImageRequest(
        prompt="warming up",
        owner="easel",
        model=model.name,
        width=model.width,
        height=model.height,
        steps=steps,
        guidance_scale=max(model.guidance_scale, 2.0),
        sampler=sampler,
        seed=0,
    )
    for _ in range(2):
        began = time.perf_counter()
        make(request)
        seconds = time.perf_counter() - began
        if seconds > QUICK_SECONDS:
            break
    return seconds / megapixel_evaluations(request)


def _made(request: ImageRequest, family: StableDiffusion) -> torch.Tensor:
    shape = family.latent_shape(request.width, request.height)
    (lane,), _ = lanes_of(request, family)
    lanes = Lanes(family, shape)
    lanes.join(lane)
    while not lane.done:
        lanes.tick()
    return family.decode(lanes.leave(lane)[None])
