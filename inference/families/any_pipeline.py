"""Any other model: its stock diffusers pipeline, and what can be asked of it."""

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

import diffusers
import torch
from diffusers import DiffusionPipeline, SchedulerMixin

from inference.denoise import samplers
from inference.errors import InvalidRequest
from inference.request import ImageRequest
from inference.samplers import OWN, SAMPLERS

_BINS: Final = (32, 64, 128, 256)
"""Sample sizes for which PixArt and its kin know the shapes they were trained on."""


class AnyPipeline:
    """A loaded pipeline that makes pictures from words, one at a time.

    Attributes:
        name: of its class, such as "IFPipeline".
        device: where it computes.
        precision: of the weights while they run, such as "float32".
        sampler: the class of its own sampler, without what all their names end with, such as "DDPM".
    """

    def __init__(self, pipeline: Any, *, device: torch.device, dtype: torch.dtype) -> None:  # noqa: ANN401
        self._pipeline = pipeline
        self._takes = inspect.signature(type(pipeline).__call__).parameters
        self.name = type(pipeline).__name__
        self.device = device
        self.precision = str(dtype).removeprefix("torch.")
        self.sampler = type(pipeline.scheduler).__name__.removesuffix("Scheduler")

    @property
    def vae(self) -> Any:  # noqa: ANN401 - one of diffusers' kinds
        """What makes pixels of latents; None where the pictures themselves are denoised."""
        parts = self._pipeline.components
        return next((parts[name] for name in ("vae", "movq", "vqgan") if parts.get(name) is not None), None)

    @property
    def samplers(self) -> tuple[str, ...]:
        """The samplers it can be run with, its own first."""
        return (OWN, *(name for name in SAMPLERS if name != OWN and self._suits(name)))

    @property
    def multiple(self) -> int:
        """Of how many pixels its sides are multiples."""
        pixels = int(getattr(self._pipeline, "vae_scale_factor", 8))
        transformer = self._pipeline.components.get("transformer")
        if transformer is None or self.vae is None:
            return max(8, pixels)
        said = transformer.config
        patch = said.get("patch_size") or 1
        packed = said.get("in_channels") == 4 * self.vae.config.get("latent_channels", 0)
        return max(8, pixels * max(int(patch) if isinstance(patch, int) else 1, 2 if packed else 1))

    def require_possible(self, request: ImageRequest) -> None:
        """Looks through a request before anything of it is computed.

        Raises:
            InvalidRequest: it wants what this pipeline cannot do; the first such field.
        """
        if request.source is not None:
            field, held = ("image", "a picture") if request.source.mask is None else ("mask", "a mask")
            raise InvalidRequest(field, held, f"left out: {request.model} begins from words alone")
        if request.sampler not in self.samplers:
            these = f"one of {', '.join(self.samplers)} with {request.model}"
            raise InvalidRequest("sampler", request.sampler, these)
        sides = (request.width, request.height)
        if any(side % self.multiple for side in sides):
            size = f"{request.width} × {request.height}"
            raise InvalidRequest("size", size, f"of sides that {self.multiple} divides with {request.model}")
        if request.variations and not self._begins_from_noise:
            raise InvalidRequest(
                "variations", len(request.variations), f"left out: {request.model} lets no noise be varied"
            )

    def notes(self, request: ImageRequest) -> tuple[str, ...]:
        """What of a request it cannot follow, a sentence each."""
        if request.negative_prompt and not self._reads_negatives:
            return ("The negative prompt was left out; this model reads none.",)
        return ()

    def copy(self, sampler: str) -> Any:  # noqa: ANN401 - the pipeline's own class
        """A pipeline over the same weights whose sampler and settings are its own.

        Args:
            sampler: a name in `samplers`.
        """
        parts = {
            name: copy.deepcopy(part) if isinstance(part, SchedulerMixin) else part
            for name, part in self._pipeline.components.items()
        }
        if sampler != OWN:
            parts["scheduler"] = samplers.build(sampler, self._pipeline.scheduler.config)
        made = type(self._pipeline)(**parts, **settings(type(self._pipeline), self._pipeline.config))
        made.set_progress_bar_config(disable=True)
        return made

    def arguments(self, request: ImageRequest) -> dict[str, Any]:
        """What its call is told of a request."""
        said: dict[str, Any] = {
            "prompt": request.prompt,
            "num_inference_steps": request.steps,
            "width": request.width,
            "height": request.height,
        }
        if "guidance_scale" in self._takes:
            said["guidance_scale"] = request.guidance_scale
        if self._guides_truly:  # its own guidance_scale is for distilled models
            said.pop("guidance_scale", None)
            said |= {"true_cfg_scale": request.guidance_scale, "negative_prompt": " "}
        if request.negative_prompt and self._reads_negatives:
            said["negative_prompt"] = request.negative_prompt
        if "clean_caption" in self._takes:
            said["clean_caption"] = False  # it would take two libraries more to undo HTML nobody types
        if "use_resolution_binning" in self._takes:
            size = self._pipeline.transformer.config.get("sample_size")
            said["use_resolution_binning"] = size in _BINS and self._takes["use_resolution_binning"].default
        return said

    def telling(
        self, stepped: Callable[[torch.Tensor | None], None], rested: Callable[[], None]
    ) -> dict[str, Any]:
        """What makes its call tell of its steps.

        Args:
            stepped: hears after each the latents, where the pipeline shows them.
            rested: hears of steps that come before the first that counts.
        """
        if "callback_on_step_end" not in self._takes:
            return {"callback": lambda _step, _timestep, latents: stepped(latents), "callback_steps": 1}

        def ended(_pipeline: Any, _step: int, _timestep: Any, seen: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
            stepped(seen.get("latents"))
            return seen

        def prior_ended(_pipeline: Any, _step: int, _timestep: Any, seen: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
            rested()
            return seen

        told: dict[str, Any] = {"callback_on_step_end": ended}
        if "prior_callback_on_step_end" in self._takes:
            told["prior_callback_on_step_end"] = prior_ended
        return told

    def unpacked(self, latents: torch.Tensor, *, width: int, height: int) -> torch.Tensor:
        """Latents as an image of them, (1, channels, height, width), where the pipeline keeps them in a row.

        Args:
            latents: as its sampler has them.
            width: of the picture, pixels.
            height: likewise.
        """
        unpack = getattr(self._pipeline, "_unpack_latents", None)
        if latents.ndim != 3 or unpack is None:
            return latents
        unpacked: torch.Tensor = unpack(latents, height, width, self._pipeline.vae_scale_factor)
        return unpacked

    @property
    def _guides_truly(self) -> bool:
        scale = self._takes.get("guidance_scale")
        return "true_cfg_scale" in self._takes and (scale is None or scale.default is None)

    @property
    def _reads_negatives(self) -> bool:
        """Some take one, but guide by it only with a second scale that is off."""
        return "negative_prompt" in self._takes and (
            "true_cfg_scale" not in self._takes or self._guides_truly
        )

    @property
    def _begins_from_noise(self) -> bool:
        return any(
            hasattr(self._pipeline, name) for name in ("prepare_latents", "prepare_intermediate_images")
        )

    def _suits(self, name: str) -> bool:
        """Whether the pipeline's arithmetic is that of a sampler built from its own sampler's config."""
        own, wanted = self._pipeline.scheduler, getattr(diffusers, SAMPLERS[name].diffusers_class)
        if not hasattr(self._pipeline, "prepare_extra_step_kwargs"):
            return False  # it hands its own sampler what others would not take
        if wanted not in own.compatibles:
            return False
        learned = str(own.config.get("variance_type", "")).startswith("learned")
        return not learned or "variance_type" in inspect.signature(wanted.__init__).parameters


def settings(made: type[DiffusionPipeline], said: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a `model_index.json` says, the pipeline's settings: what is no part of it."""
    takes = inspect.signature(made.__init__).parameters
    return {
        name: value
        for name, value in said.items()
        if name in takes and not isinstance(value, list | tuple) and value is not None
    }
