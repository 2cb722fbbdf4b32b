"""A folder of any stock pipeline, looked through and loaded part by part. No code of a folder is ever run."""

import inspect
from pathlib import Path
from typing import Any, Final

import diffusers
import torch
import transformers
from diffusers import DiffusionPipeline, ModelMixin, SchedulerMixin
from transformers import PreTrainedModel, PreTrainedTokenizerBase, ProcessorMixin
from transformers.feature_extraction_utils import FeatureExtractionMixin
from transformers.image_processing_base import ImageProcessingMixin

from inference.families.any_pipeline import AnyPipeline, settings
from inference.families.components import precision, weights
from inference.families.folder import Folder, found, one_line
from inference.models import ModelInfo

INDEX: Final = "model_index.json"
_STEMS: Final[dict[type, str]] = {ModelMixin: "diffusion_pytorch_model", PreTrainedModel: "model"}
"""What has weights, and the stem of the file that holds them."""
_WORDS: Final = (
    SchedulerMixin,
    PreTrainedTokenizerBase,
    ProcessorMixin,
    ImageProcessingMixin,
    FeatureExtractionMixin,
)
"""What has none."""
_SMALL: Final = ("*.json", "*.txt", "*.model", "*.jinja")
"""Files beside the weights: configs, vocabularies, sentencepiece models."""
_RENAMED: Final = {"CLIPFeatureExtractor": "CLIPImageProcessor"}


class PipelineFolder(Folder):
    """A folder whose `model_index.json` names a stock pipeline, whole as far as can be seen.

    Attributes:
        made: the pipeline's class.
        parts: the class of each part that the folder holds.
    """

    def __init__(self, model: ModelInfo, path: Path) -> None:
        """Looks it through.

        Args:
            model: whose.
            path: where its `model_index.json` is; what else it needs is fetched where the model is a hub's.

        Raises:
            ModelUnavailable: the detail names what is missing, damaged, unknown or no safetensors.
        """
        super().__init__(model, path)
        self._says = self.json(INDEX)
        self.made = self._known_pipeline()
        takes = inspect.signature(self.made.__init__).parameters
        self.parts: dict[str, type] = {}
        for name, what in self._says.items():
            if name in takes and isinstance(what, list) and what != [None, None]:
                self.parts[name] = self._known_part(name, what)
        for name, parameter in takes.items():
            if name not in ("self", *self._says) and parameter.default is inspect.Parameter.empty:
                raise self.unavailable(f"{INDEX} names no {name}, which {self.made.__name__} needs")
        self.path = found(model, self._wanted())
        for name, kind in self.parts.items():
            self._require_part(name, kind)

    def load(self, device: torch.device) -> AnyPipeline:
        """The pipeline, its weights on the device.

        Raises:
            ModelUnavailable: a part does not fit its config, or lacks weights; the detail names it.
        """
        dtype = precision(self.model, device)
        takes = inspect.signature(self.made.__init__).parameters
        parts: dict[str, Any] = {
            name: None for name, what in self._says.items() if what == [None, None] and name in takes
        }
        for name, kind in self.parts.items():
            if _stem(kind) is not None:
                parts[name] = weights(kind.from_pretrained, self, name, dtype, device)  # type: ignore[attr-defined]
            else:
                parts[name] = self._small(name, kind)
        try:
            pipeline = self.made(**parts, **settings(self.made, self._says))
        except (ValueError, TypeError, KeyError, AttributeError, ImportError) as error:
            raise self.unavailable(f"{self.made.__name__} cannot be built: {one_line(error)}") from error
        return AnyPipeline(pipeline, device=device, dtype=dtype)

    def _known_pipeline(self) -> type[Any]:
        name = self._says.get("_class_name")
        if not isinstance(name, str):
            raise self.unavailable(f"{INDEX} asks for code of its own, which Easel never runs")
        made = getattr(diffusers, name, None)
        if not (isinstance(made, type) and issubclass(made, DiffusionPipeline)):
            raise self.unavailable(f"{INDEX} names {name}, which diffusers {diffusers.__version__} has not")
        takes = inspect.signature(made.__call__).parameters
        needs = {"prompt", "num_inference_steps", "width", "height", "generator"} - set(takes)
        besides = [
            each.name
            for each in takes.values()
            if each.default is each.empty
            and each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
            and each.name not in ("self", "prompt")
        ]
        if needs or besides or "num_frames" in takes or "video_length" in takes:
            raise self.unavailable(f"{name} makes no pictures from words alone")
        if not ("callback_on_step_end" in takes or {"callback", "callback_steps"} <= set(takes)):
            raise self.unavailable(f"{name} cannot be stopped between its steps")
        return made

    def _known_part(self, name: str, what: list[object]) -> type:
        """The class of a part, if it is one of diffusers or transformers of a kind that holds no code."""
        library, called = (str(each) for each in what) if len(what) == 2 else ("", "")
        home: object = {"diffusers": diffusers, "transformers": transformers}.get(library)
        home = home or getattr(diffusers.pipelines, library, None)
        kind = None
        for each in (called, _RENAMED.get(called, ""), called.removesuffix("Fast")):
            kind = kind or getattr(home, each, None) if each else kind
        if not (isinstance(kind, type) and issubclass(kind, (*_STEMS, *_WORDS))):
            raise self.unavailable(
                f"{INDEX} wants {library}.{called} as its {name}, which is no part that Easel loads"
            )
        return kind

    def _wanted(self) -> list[str]:
        wanted = [INDEX]
        for name, kind in self.parts.items():
            wanted += [f"{name}/{each}" for each in _SMALL]
            if (stem := _stem(kind)) is not None:
                wanted += [f"{name}/{stem}.safetensors", f"{name}/{stem}-*-of-*.safetensors"]
        return wanted

    def _require_part(self, name: str, kind: type) -> None:
        if not (self.path / name).is_dir():
            raise self.unavailable(f"{name} is missing in {self.path}")
        if (stem := _stem(kind)) is not None:
            self.require(f"{name}/config.json")
            self.require_plain_config(f"{name}/config.json")
            self.require_weights(name, stem)

    def _small(self, name: str, kind: Any) -> Any:  # noqa: ANN401 - a stock class and one of it
        try:
            return kind.from_pretrained(self.path / name, local_files_only=True)
        except Exception as error:  # each library has errors of its own
            raise self.unavailable(f"{name} is damaged: {one_line(error)}") from error


def _stem(kind: type) -> str | None:
    return next((stem for base, stem in _STEMS.items() if issubclass(kind, base)), None)


def load(model: ModelInfo, path: Path, device: torch.device) -> AnyPipeline:
    """The pipeline of a folder.

    Args:
        model: what it is called and how precise it shall be.
        path: where its `model_index.json` is.
        device: where it shall compute.

    Raises:
        ModelUnavailable: see `PipelineFolder`.
    """
    return PipelineFolder(model, path).load(device)
