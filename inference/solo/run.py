"""One picture on its way through a stock pipeline."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch
from PIL import Image

from inference.denoise.noise import generator_for
from inference.denoise.samplers import clean_guess
from inference.errors import InvalidRequest, NumbersLost
from inference.families.any_pipeline import AnyPipeline
from inference.families.folder import one_line
from inference.request import ImageRequest
from inference.solo.paced import Paced
from inference.solo.varying import varied


class Run:
    """A picture in the making: `go_on` takes it as far as the end of its next step.

    It stops after its words are read, after every step, and has ended when it is decoded. Its pipeline is
    its own, sharing the weights alone; its generator is its own too, so it is what the stock pipeline makes
    of it alone, whoever else takes steps between its own.

    Args:
        model: what makes it.
        request: for this one picture.
    """

    def __init__(self, model: AnyPipeline, request: ImageRequest) -> None:
        self._model = model
        self._request = request
        self._pipeline = model.copy(request.sampler)
        self._forwards = 0
        self._steps = 0
        self._seen: tuple[int, torch.Tensor, torch.Tensor] | None = None
        self._paced: Paced[Image.Image] = Paced(self._made, name="solo")
        self.done = False
        self.stops = 0
        """How often it went on."""

    @property
    def steps_done(self) -> int:
        """Of the request's steps: a sampler that asks the model twice a step counts once."""
        if self.done:
            return self._request.steps
        total = len(self._pipeline.scheduler.timesteps) if self._forwards else 0
        taken = self._request.steps * self._forwards // total if total else self._steps
        return min(taken, self._request.steps)

    @property
    def picture(self) -> Image.Image:
        """The finished picture, RGB; there is none before it is done."""
        return self._paced.result

    @property
    def clean(self) -> torch.Tensor | None:
        """The model's latest guess of the finished latents, or picture, as its sampler has them.

        None before the first step, and where the sampler says nothing of it.
        """
        if self._seen is None:
            return None
        index, seen, said = self._seen
        of_input, of_output = clean_guess(self._pipeline.scheduler, index)
        # A model that also says how far it may be off does so in channels behind the others.
        return of_input * seen.float() + of_output * said[:, : seen.shape[1]].float()

    def go_on(self) -> None:
        """One step, or what comes before the first or after the last.

        Raises:
            InvalidRequest: the pipeline cannot make such a picture.
            NumbersLost: what it made is no picture.
            Exception: whatever else the pipeline raises.
        """
        self.stops += 1
        try:
            self.done = self._paced.go_on()
        except FloatingPointError as error:
            raise NumbersLost from error
        except ValueError as error:
            words = one_line(error)
            if self._steps or not ("height" in words or "width" in words):
                raise
            size = f"{self._request.width} × {self._request.height}"
            raise InvalidRequest("size", size, f"one that the model can make: {words}") from error
        finally:
            if self._model.device.type == "cuda":
                torch.cuda.synchronize(self._model.device)  # a step is over when it is computed

    def leave(self) -> None:
        """Nobody wants it any more; what it remembers of its last step goes at once, not some time later."""
        self._paced.leave()
        self._seen = None

    def _made(self, stop: Callable[[], None]) -> Image.Image:
        pipeline = self._pipeline
        for name in ("prepare_latents", "prepare_intermediate_images"):
            if self._request.variations and hasattr(pipeline, name):
                setattr(pipeline, name, varied(getattr(pipeline, name), self._request.variations))
        if hasattr(pipeline, "encode_prompt"):
            pipeline.encode_prompt = _then(pipeline.encode_prompt, stop)
        pipeline.scheduler.step = self._watched(pipeline.scheduler)
        generator = generator_for(self._request.seed)
        said = pipeline(
            **self._model.arguments(self._request),
            **self._model.telling(lambda latents: self._stepped(latents, stop), stop),
            generator=generator,
        )
        return self._checked(said.images[0])

    def _stepped(self, latents: torch.Tensor | None, stop: Callable[[], None]) -> None:
        """What the pipeline calls after every step."""
        self._steps += 1
        if latents is not None and not latents.isfinite().all():
            raise NumbersLost
        if self.steps_done >= self._request.steps:
            np.seterr(invalid="raise")  # of this thread: a NaN shall not become a colour
        stop()

    def _watched(self, sampler: Any) -> Callable[..., Any]:  # noqa: ANN401 - a stock sampler
        """`sampler.step`, remembering what the model saw and said."""
        step = sampler.step

        @wraps(step)  # pipelines ask which options it takes
        def watched(model_output: Any, timestep: Any, sample: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401
            scale = getattr(sampler, "scale_model_input", None)
            self._seen = (self._forwards, scale(sample, timestep) if scale else sample, model_output)
            self._forwards += 1
            return step(model_output, timestep, sample, *rest, **more)

        return watched

    def _checked(self, made: object) -> Image.Image:
        if not isinstance(made, Image.Image):
            raise TypeError(f"{type(self._pipeline).__name__} made no picture but a {type(made).__name__}")
        if made.size != (self._request.width, self._request.height):
            raise InvalidRequest(
                "size",
                f"{self._request.width} × {self._request.height}",
                f"one that the model can make, such as {made.width} × {made.height}",
            )
        return made.convert("RGB")


def _then(act: Callable[..., Any], stop: Callable[[], None]) -> Callable[..., Any]:
    @wraps(act)
    def acted(*said: Any, **more: Any) -> Any:  # noqa: ANN401
        done = act(*said, **more)
        stop()
        return done

    return acted


def made_alone(request: ImageRequest, model: AnyPipeline) -> Image.Image:
    """The request's first picture, made without a stop.

    Raises:
        InvalidRequest: the pipeline cannot make it.
        NumbersLost: what it made is no picture.
    """
    alone = request.picture(0)
    model.require_possible(alone)
    run = Run(model, alone)
    while not run.done:
        run.go_on()
    return run.picture
