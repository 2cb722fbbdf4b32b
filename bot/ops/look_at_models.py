"""The doctor looks at the models on offer: there, safetensors, whole. Only headers are read."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bot.ops.check import Check, ok, problem, warning
from inference.models import Catalogue, ModelInfo, shares_forwards
from inference.samplers import OWN

LONGEST_HEADER: Final = 100 * 1024**2
"""The most bytes that the safetensors format allows its header."""
WEIGHED: Final = ("unet", "vae", "text_encoder")
"""Components of a Stable Diffusion folder that hold weights."""
SECOND: Final = "text_encoder_2"
"""One more of Stable Diffusion XL's, where `model_index.json` names it."""
_HUB_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")


def models(catalogue: Catalogue, env: Mapping[str, str]) -> Iterator[Check]:
    """One line a model on offer."""
    for model in catalogue.values():
        yield _model(model, env)


def _model(model: ModelInfo, env: Mapping[str, str]) -> Check:
    name = f"model {model.name}"
    folder = Path(model.source).expanduser()
    if not folder.is_dir():
        if _HUB_ID.fullmatch(model.source):
            return _from_hub(name, model, env)
        return problem(name, f"there is no folder {folder}", "mend its source, or take it off models.offer")
    try:
        index = _index(folder)
        weights = _weights(folder, index)
        size = sum(check_safetensors(file) for file in weights)
    except (OSError, ValueError) as error:
        return problem(name, str(error), "get the model again, in diffusers layout with safetensors weights")
    tiny = model.preview_vae
    if tiny is not None and not _HUB_ID.fullmatch(tiny) and not Path(tiny).expanduser().is_dir():
        return problem(name, f"there is no folder {tiny}", "mend its preview_vae, or take it away")
    pipeline = _pipeline(index)
    if not shares_forwards(pipeline):
        return _alone(name, model, pipeline, ok(name, _whole(weights, size)))
    side = _native_side(folder)
    if side is not None and model.width * model.height * 2 <= side * side:
        configured = f"{model.width} × {model.height}"
        said = f"its U-Net was made for {side} × {side} pixels, and the config says {configured}"
        return warning(name, said, f"set its width and height to {side}, or smaller pictures will look poor")
    return ok(name, _whole(weights, size))


def _whole(weights: list[Path], size: int) -> str:
    return f"{len(weights)} weight file{'s' * (len(weights) > 1)}, {size / 1024**2:,.1f} MiB, headers whole"


def _alone(name: str, model: ModelInfo, pipeline: str, whole: Check) -> Check:
    """A model that runs through its stock pipeline."""
    if model.sampler == OWN:
        return whole
    said = f"{pipeline} may not run with the sampler {model.sampler}"
    return warning(name, said, f'set its sampler to "{OWN}", unless you know that this one suits it')


def _from_hub(name: str, model: ModelInfo, env: Mapping[str, str]) -> Check:
    home = Path(env.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    cache = Path(env.get("HF_HUB_CACHE") or home / "hub")
    if (cache / f"models--{model.source.replace('/', '--')}").is_dir():
        return ok(name, f"{model.source} is in the hub's cache")
    mend = "the first start fetches it, which takes a while and needs the network"
    return warning(name, f"{model.source} is not downloaded yet", mend)


def _index(folder: Path) -> Mapping[str, object]:
    """What its `model_index.json` says.

    Raises:
        ValueError: there is none, or it is no object.
    """
    index = folder / "model_index.json"
    if not index.is_file():
        raise ValueError(f"{folder} has no model_index.json")
    said = json.loads(index.read_text(encoding="utf-8"))
    if not isinstance(said, dict):
        raise ValueError(f"{index} is damaged")  # noqa: TRY004 - of the file, not of our code
    return said


def _weights(folder: Path, index: Mapping[str, object]) -> list[Path]:
    """The weight files of a folder in diffusers layout.

    Raises:
        ValueError: a component is missing, or has no safetensors weights.
    """
    found: list[Path] = []
    for component in _weighed(folder, index):
        here = sorted((folder / component).glob("*.safetensors"))
        if not here:
            raise ValueError(f"{folder / component} has no safetensors weights")
        found += here
    return found


def _weighed(folder: Path, index: Mapping[str, object]) -> list[str]:
    """Which of its components hold weights: those that Stable Diffusion has, or else those with a config."""
    if shares_forwards(_pipeline(index)):
        return [*WEIGHED, *([SECOND] if SECOND in index else [])]
    named = [part for part, what in index.items() if isinstance(what, list) and what != [None, None]]
    for part in named:
        if not (folder / part).is_dir():
            raise ValueError(f"{folder / part} is missing")
    return [part for part in named if (folder / part / "config.json").is_file()]


def _pipeline(index: Mapping[str, object]) -> str:
    return str(index.get("_class_name", "StableDiffusionPipeline"))


def _native_side(folder: Path) -> int | None:
    """Pixels of the square picture that its U-Net was made for; None where its configs do not say."""
    try:
        unet, vae = (json.loads((folder / part / "config.json").read_text()) for part in ("unet", "vae"))
        halvings = len(vae["block_out_channels"]) - 1
        return int(unet["sample_size"]) << halvings
    except (OSError, ValueError, TypeError, LookupError):
        return None


def check_safetensors(file: Path) -> int:
    """The size of a safetensors file in bytes, once its header agrees with it.

    The format: 8 bytes, the header's length as a little-endian integer; the header, JSON that gives each
    tensor's `data_offsets`; then the data, without gaps (https://github.com/huggingface/safetensors).

    Raises:
        ValueError: it is cut short or no safetensors file.
    """
    size = file.stat().st_size
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if not 0 < length <= min(LONGEST_HEADER, size - 8):
            raise ValueError(f"{file} is no safetensors file")
        header = json.loads(opened.read(length))
    try:
        ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
    except (AttributeError, KeyError, TypeError, IndexError):
        raise ValueError(f"{file} is no safetensors file") from None
    if size != 8 + length + max(ends, default=0):
        raise ValueError(f"{file} is cut short or damaged")
    return size
