"""A model's folder in diffusers layout, found or fetched, and looked through before any weight is read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from huggingface_hub import snapshot_download
from safetensors import SafetensorError, safe_open

from inference.errors import ModelUnavailable
from inference.models import ModelInfo

_ONE_ENCODER: Final = {
    "text_encoder": "model",
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
}
_TWO_ENCODERS: Final = {"text_encoder": "model", "text_encoder_2": "model"} | _ONE_ENCODER
"""The components with weights, and the stem of the file that holds them."""
_FROM_HUB: Final = [
    "model_index.json",
    "tokenizer*/*.json",
    "tokenizer*/merges.txt",
    "scheduler/scheduler_config.json",
    *(
        f"{part}/{name}"
        for part, stem in _TWO_ENCODERS.items()
        for name in (
            "config.json",
            f"{stem}.safetensors",
            f"{stem}-*-of-*.safetensors",
            f"{stem}.safetensors.index.json",
        )
    ),
]
_SIZE_IDS: Final = 6
"""Numbers that Stable Diffusion XL is told of a picture's size; its refiner is told five."""


class Folder:
    """A model's folder.

    Attributes:
        model: whose.
        path: where.
    """

    def __init__(self, model: ModelInfo, path: Path) -> None:
        self.model = model
        self.path = path

    def unavailable(self, detail: str) -> ModelUnavailable:
        """An error about this model, to raise."""
        return ModelUnavailable(self.model.name, detail)

    def json(self, name: str) -> dict[str, object]:
        """What a file in it says, an object.

        Raises:
            ModelUnavailable: it is damaged.
        """
        try:
            value = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise self.unavailable(f"{name} is damaged: {one_line(error)}") from error
        if not isinstance(value, dict):
            raise self.unavailable(f"{name} is damaged: it holds no object")
        return value

    def require(self, *names: str) -> None:
        """Refuses a folder without these files.

        Raises:
            ModelUnavailable: naming the first that is missing.
        """
        for name in names:
            if not (self.path / name).is_file():
                raise self.unavailable(f"{name} is missing in {self.path}")

    def require_weights(self, part: str, stem: str) -> None:
        """Refuses a part without weights as safetensors, in one file or several.

        Raises:
            ModelUnavailable: naming the file that is missing or damaged.
        """
        folder = self.path / part
        files = [folder / f"{stem}.safetensors", *folder.glob(f"{stem}-*-of-*.safetensors")]
        there = [file for file in files if file.is_file()]
        if not there:
            raise self.unavailable(f"{part}/{stem}.safetensors is missing in {self.path}")
        for file in there:
            self._require_readable(file)
        self._require_plain_index(f"{part}/{stem}.safetensors.index.json")

    def _require_plain_index(self, name: str) -> None:
        """Refuses an index that leads to files that are no safetensors, or that are elsewhere or missing."""
        if not (self.path / name).is_file():
            return
        shards = self.json(name).get("weight_map")
        named = set(shards.values()) if isinstance(shards, dict) else {None}
        for shard in named:
            plain = isinstance(shard, str) and Path(shard).name == shard and shard.endswith(".safetensors")
            if not plain:
                raise self.unavailable(f"{name} names {shard}, which is no safetensors file beside it")
            self.require(str(Path(name).parent / str(shard)))

    def require_plain_config(self, name: str) -> None:
        """Refuses a part's config that asks for code from elsewhere.

        Raises:
            ModelUnavailable: it is damaged, or names such code.
        """
        if _asks_for_code(self.json(name)):
            raise self.unavailable(f"{name} asks for code from elsewhere, which Easel never runs")

    def _require_readable(self, file: Path) -> None:
        try:
            with safe_open(file, framework="pt"):
                pass  # opening checks the header against the file's length
        except (SafetensorError, OSError) as error:
            name = file.relative_to(self.path)
            raise self.unavailable(f"{name} is damaged: {one_line(error)}") from error


class ModelFolder(Folder):
    """A folder of Stable Diffusion, whole as far as can be seen without reading its weights.

    Attributes:
        is_xl: whether its U-Net wants what Stable Diffusion XL gives it: two encoders' words, and sizes.
    """

    def __init__(self, model: ModelInfo) -> None:
        """Finds it, or fetches it from the hub.

        Raises:
            ModelUnavailable: a folder or file is missing, damaged or not what it should be; the detail names
                it.
        """
        super().__init__(model, found(model, _FROM_HUB))
        self.require("scheduler/scheduler_config.json", "unet/config.json")
        unet = self.json("unet/config.json")
        self.is_xl = unet.get("addition_embed_type") == "text_time"
        self._require_whole(_TWO_ENCODERS if self.is_xl else _ONE_ENCODER)
        self._require_known(unet)

    def _require_whole(self, weights: Mapping[str, str]) -> None:
        if self.is_xl and not (self.path / "text_encoder").is_dir():
            raise self.unavailable(
                "text_encoder is missing: an XL refiner cannot begin a picture; offer its base"
            )
        self.require(*(f"{part}/config.json" for part in weights))
        for part in weights:
            self.require_plain_config(f"{part}/config.json")
        for tokenizer in ("tokenizer", "tokenizer_2") if self.is_xl else ("tokenizer",):
            if not any((self.path / tokenizer / name).is_file() for name in ("tokenizer.json", "vocab.json")):
                raise self.unavailable(f"{tokenizer}/vocab.json is missing in {self.path}")
        for part, stem in weights.items():
            self.require_weights(part, stem)

    def _require_known(self, unet: Mapping[str, object]) -> None:
        """Refuses a U-Net that must be told more than Easel knows to tell it."""
        unknown = {"time_cond_proj_dim", "class_embed_type"} | (
            set() if self.is_xl else {"addition_embed_type"}
        )
        if any(unet.get(key) is not None for key in unknown):
            raise self.unavailable(
                "unet/config.json asks for more conditioning than Stable Diffusion 1.x, 2.x and XL have"
            )
        if unet.get("in_channels", 4) != 4:
            raise self.unavailable(
                f"unet/config.json takes {unet['in_channels']} channels; text to image needs 4"
            )
        if self.is_xl:
            self._require_sizes(unet)

    def _require_sizes(self, unet: Mapping[str, object]) -> None:
        each, pooled = (
            unet.get("addition_time_embed_dim"),
            self.json("text_encoder_2/config.json").get("projection_dim", 512),
        )
        if not (isinstance(each, int) and isinstance(pooled, int)):
            raise self.unavailable("unet/config.json does not say how sizes are embedded")
        wanted = unet.get("projection_class_embeddings_input_dim")
        if wanted != _SIZE_IDS * each + pooled:
            raise self.unavailable(
                f"unet/config.json takes {wanted} numbers of text and size, and Stable Diffusion XL's base "
                f"gives {_SIZE_IDS * each + pooled}; a refiner is no model of its own"
            )


def _asks_for_code(said: object) -> bool:
    """Whether a config names attention kernels of the hub, as transformers would fetch them."""
    if isinstance(said, dict):
        return any(
            (key.endswith("attn_implementation") and "/" in str(value)) or _asks_for_code(value)
            for key, value in said.items()
        )
    return isinstance(said, list) and any(_asks_for_code(each) for each in said)


def one_line(error: BaseException) -> str:
    """What an exception says, at most 300 characters."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 300 else f"{words[:299]}…"


def found(model: ModelInfo, wanted: list[str]) -> Path:
    """Where a model's folder is; of a hub's model these files are fetched first, as far as there are such.

    Raises:
        ModelUnavailable: there is none, or the hub does not give it.
    """
    local = Path(model.source).expanduser()
    if local.is_dir():
        return local
    if local.is_absolute() or model.source.count("/") != 1 or model.source.startswith((".", "~")):
        raise ModelUnavailable(model.name, f"there is no folder {model.source}")
    try:
        return Path(snapshot_download(model.source, revision=model.revision, allow_patterns=wanted))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(
            model.name, f"{model.source} could not be fetched from the hub: {one_line(error)}"
        ) from error
