"""The doctor looks at the models on offer: there, safetensors, whole. Only headers are read."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bot.ops.check import Check, ok, problem, warning
from inference.models import Catalogue, ModelInfo

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
        weights = _weights(folder)
        size = sum(check_safetensors(file) for file in weights)
    except (OSError, ValueError) as error:
        return problem(name, str(error), "get the model again, in diffusers layout with safetensors weights")
    side = _native_side(folder)
    if side is not None and model.width * model.height * 2 <= side * side:
        configured = f"{model.width} × {model.height}"
        said = f"its U-Net was made for {side} × {side} pixels, and the config says {configured}"
        return warning(name, said, f"set its width and height to {side}, or smaller pictures will look poor")
    return ok(name, f"{len(weights)} weight files, {size / 1024**2:,.1f} MiB, headers whole")


def _from_hub(name: str, model: ModelInfo, env: Mapping[str, str]) -> Check:
    home = Path(env.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    cache = Path(env.get("HF_HUB_CACHE") or home / "hub")
    if (cache / f"models--{model.source.replace('/', '--')}").is_dir():
        return ok(name, f"{model.source} is in the hub's cache")
    mend = "the first start fetches it, which takes a while and needs the network"
    return warning(name, f"{model.source} is not downloaded yet", mend)


def _weights(folder: Path) -> list[Path]:
    """The weight files of a folder in diffusers layout.

    Raises:
        ValueError: it is no such folder, or a component has no safetensors weights.
    """
    index = folder / "model_index.json"
    if not index.is_file():
        raise ValueError(f"{folder} has no model_index.json")
    named = json.loads(index.read_text(encoding="utf-8"))
    two = isinstance(named, dict) and SECOND in named
    found: list[Path] = []
    for component in (*WEIGHED, SECOND) if two else WEIGHED:
        here = sorted((folder / component).glob("*.safetensors"))
        if not here:
            raise ValueError(f"{folder / component} has no safetensors weights")
        found += here
    return found


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
