"""The parts of a model in diffusers layout, loaded one by one. Nothing pickled is ever opened."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import diffusers
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from huggingface_hub import snapshot_download
from safetensors import SafetensorError, safe_open
from transformers import CLIPTextModel, CLIPTokenizer

from inference.errors import ModelUnavailable
from inference.models import ModelInfo

_WEIGHTS: Final = {
    "text_encoder": "model",
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
}
"""The components with weights, and the stem of the file that holds them."""
_NEEDED: Final = ("scheduler/scheduler_config.json", *(f"{part}/config.json" for part in _WEIGHTS))
_FROM_HUB: Final = [
    "model_index.json",
    "tokenizer/*.json",
    "tokenizer/merges.txt",
    *_NEEDED,
    *(
        f"{part}/{stem}{tail}"
        for part, stem in _WEIGHTS.items()
        for tail in (".safetensors", "-*-of-*.safetensors")
    ),
    *(f"{part}/{stem}.safetensors.index.json" for part, stem in _WEIGHTS.items()),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The parts, on their device, ready to run. Their types are diffusers' and transformers' own."""

    tokenizer: Any
    text_encoder: Any
    unet: Any
    vae: Any
    sampler_config: dict[str, object]


def load(model: ModelInfo, device: torch.device) -> Components:
    """Every part of a model.

    Raises:
        ModelUnavailable: a folder or file is missing, damaged or not what it should be; the detail names it.
    """
    folder = _folder(model)
    _require_whole(model, folder)
    dtype = precision(model, device)
    # A VAE that overflows in float16 says so itself; bfloat16 has the range.
    vae_dtype = torch.float32 if dtype == torch.float16 else dtype
    return Components(
        tokenizer=_tokenizer(model, folder / "tokenizer"),
        text_encoder=_weights(CLIPTextModel.from_pretrained, model, folder / "text_encoder", dtype, device),
        unet=_weights(UNet2DConditionModel.from_pretrained, model, folder / "unet", dtype, device),
        vae=_weights(AutoencoderKL.from_pretrained, model, folder / "vae", vae_dtype, device),
        sampler_config=_sampler_config(model, folder),
    )


def precision(model: ModelInfo, device: torch.device) -> torch.dtype:
    """The dtype of its weights while they run."""
    if model.precision != "auto":
        return {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[
            model.precision
        ]
    if device.type == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16


def _folder(model: ModelInfo) -> Path:
    local = Path(model.source).expanduser()
    if local.is_dir():
        return local
    if local.is_absolute() or model.source.count("/") != 1 or model.source.startswith((".", "~")):
        raise ModelUnavailable(model.name, f"there is no folder {model.source}")
    try:
        return Path(snapshot_download(model.source, revision=model.revision, allow_patterns=_FROM_HUB))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(
            model.name, f"{model.source} could not be fetched from the hub: {_one_line(error)}"
        ) from error


def _require_whole(model: ModelInfo, folder: Path) -> None:
    for name in _NEEDED:
        if not (folder / name).is_file():
            raise ModelUnavailable(model.name, f"{name} is missing in {folder}")
    tokenizer = folder / "tokenizer"
    if not ((tokenizer / "tokenizer.json").is_file() or (tokenizer / "vocab.json").is_file()):
        raise ModelUnavailable(model.name, f"tokenizer/vocab.json is missing in {folder}")
    for part, stem in _WEIGHTS.items():
        files = [folder / part / f"{stem}.safetensors", *(folder / part).glob(f"{stem}-*-of-*.safetensors")]
        there = [file for file in files if file.is_file()]
        if not there:
            raise ModelUnavailable(model.name, f"{part}/{stem}.safetensors is missing in {folder}")
        for file in there:
            _require_readable(model, folder, file)
    unet = _json(model, folder / "unet" / "config.json")
    if any(
        unet.get(key) is not None for key in ("addition_embed_type", "time_cond_proj_dim", "class_embed_type")
    ):
        raise ModelUnavailable(
            model.name, "unet/config.json asks for more conditioning than Stable Diffusion 1.x and 2.x have"
        )
    if unet.get("in_channels", 4) != 4:
        raise ModelUnavailable(
            model.name, f"unet/config.json takes {unet['in_channels']} channels; text to image needs 4"
        )


def _sampler_config(model: ModelInfo, folder: Path) -> dict[str, Any]:
    """The folder's sampler config, set right where the stock pipeline sets it right.

    `StableDiffusionPipeline.__init__` (diffusers 0.42) corrects a `steps_offset` other than 1, for classes
    that have one, and a `clip_sample` that is on: both are mistakes of early config files.
    """
    raw = _json(model, folder / "scheduler" / "scheduler_config.json")
    stock = getattr(diffusers, str(raw.get("_class_name")), None)
    # What the class fills in is marked as such, and gives way when another sampler is built from it.
    config: dict[str, Any] = raw if stock is None else dict(stock.from_config(raw).config)
    if config.get("steps_offset", 1) != 1:
        config["steps_offset"] = 1
    if config.get("clip_sample", False):
        config["clip_sample"] = False
    return config


def _require_readable(model: ModelInfo, folder: Path, file: Path) -> None:
    try:
        with safe_open(file, framework="pt"):
            pass  # opening checks the header against the file's length
    except (SafetensorError, OSError) as error:
        name = file.relative_to(folder)
        raise ModelUnavailable(model.name, f"{name} is damaged: {_one_line(error)}") from error


def _tokenizer(model: ModelInfo, folder: Path) -> CLIPTokenizer:
    try:
        return CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelUnavailable(model.name, f"tokenizer is damaged: {_one_line(error)}") from error


def _weights(
    from_pretrained: Callable[..., tuple[torch.nn.Module, dict[str, set[str]]]],
    model: ModelInfo,
    folder: Path,
    dtype: torch.dtype,
    device: torch.device,
) -> torch.nn.Module:
    try:
        part, info = from_pretrained(
            folder, dtype=dtype, use_safetensors=True, local_files_only=True, output_loading_info=True
        )
    except torch.OutOfMemoryError:
        raise
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelUnavailable(
            model.name, f"{folder.name} does not fit its config.json: {_one_line(error)}"
        ) from error
    if info["missing_keys"]:
        some = ", ".join(sorted(info["missing_keys"])[:3])
        raise ModelUnavailable(model.name, f"{folder.name} lacks the weights {some}")
    part.eval().requires_grad_(requires_grad=False)
    if device.type == "cuda" and folder.name != "text_encoder":
        part.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return part.to(device)


def _json(model: ModelInfo, file: Path) -> dict[str, object]:
    name = f"{file.parent.name}/{file.name}"
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(model.name, f"{name} is damaged: {_one_line(error)}") from error
    if not isinstance(value, dict):
        raise ModelUnavailable(model.name, f"{name} is damaged: it holds no object")
    return value


def _one_line(error: BaseException) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 300 else f"{words[:299]}…"
