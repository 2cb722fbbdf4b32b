"""The parts of a model in diffusers layout, loaded one by one. Nothing pickled is ever opened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import diffusers
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors import SafetensorError
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from inference.families.folder import Folder, ModelFolder, one_line
from inference.models import ModelInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The parts, on their device, ready to run. Their types are diffusers' and transformers' own."""

    tokenizer: Any
    text_encoder: Any
    unet: Any
    vae: Any
    sampler_config: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentsXL(Components):
    """Those of Stable Diffusion XL.

    Attributes:
        zeros_for_empty: whether no negative prompt is zeros, and not what an empty text says.
    """

    tokenizer_2: Any
    text_encoder_2: Any
    zeros_for_empty: bool


def load(model: ModelInfo, device: torch.device) -> Components:
    """Every part of a model; `ComponentsXL` where the folder holds one of Stable Diffusion XL's kind.

    Raises:
        ModelUnavailable: a folder or file is missing, damaged or not what it should be; the detail names it.
    """
    folder = ModelFolder(model)
    dtype = precision(model, device)
    # A VAE that overflows in float16 says so itself; bfloat16 has the range.
    vae_dtype = torch.float32 if dtype == torch.float16 else dtype
    parts: dict[str, Any] = {
        "tokenizer": _tokenizer(folder, "tokenizer"),
        "text_encoder": weights(CLIPTextModel.from_pretrained, folder, "text_encoder", dtype, device),
        "unet": weights(UNet2DConditionModel.from_pretrained, folder, "unet", dtype, device),
        "vae": weights(AutoencoderKL.from_pretrained, folder, "vae", vae_dtype, device),
        "sampler_config": _sampler_config(folder),
    }
    for name in ("unet", "vae"):
        quicken(parts[name], name, device)
    if not folder.is_xl:
        return Components(**parts)
    second = _tokenizer(folder, "tokenizer_2")
    if second.model_max_length != parts["tokenizer"].model_max_length:
        raise folder.unavailable("tokenizer and tokenizer_2 read different numbers of tokens")
    return ComponentsXL(
        **parts,
        tokenizer_2=second,
        text_encoder_2=weights(
            CLIPTextModelWithProjection.from_pretrained, folder, "text_encoder_2", dtype, device
        ),
        zeros_for_empty=_zeros_for_empty(folder),
    )


def precision(model: ModelInfo, device: torch.device) -> torch.dtype:
    """The dtype of its weights while they run.

    "auto" is half precision where the processor computes in it: on a CPU with bfloat16 instructions a step of
    Stable Diffusion 1.5 takes a tenth of the time.
    """
    if model.precision != "auto":
        return {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[
            model.precision
        ]
    if device.type == "cpu":
        has_bfloat16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()  # noqa: SLF001
        return torch.bfloat16 if has_bfloat16 else torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16


def _sampler_config(folder: ModelFolder) -> dict[str, Any]:
    """The folder's sampler config, set right where the stock pipeline sets it right.

    `StableDiffusionPipeline.__init__` (diffusers 0.42) corrects a `steps_offset` other than 1, for classes
    that have one, and a `clip_sample` that is on: both are mistakes of early config files, from before XL.
    """
    raw = folder.json("scheduler/scheduler_config.json")
    stock = getattr(diffusers, str(raw.get("_class_name")), None)
    # What the class fills in is marked as such, and gives way when another sampler is built from it.
    config: dict[str, Any] = raw if stock is None else dict(stock.from_config(raw).config)
    config["_class_name"] = raw.get("_class_name")  # for who asks for the model's own
    if folder.is_xl:
        return config
    if config.get("steps_offset", 1) != 1:
        config["steps_offset"] = 1
    if config.get("clip_sample", False):
        config["clip_sample"] = False
    return config


def _zeros_for_empty(folder: ModelFolder) -> bool:
    if not (folder.path / "model_index.json").is_file():
        return True
    return bool(folder.json("model_index.json").get("force_zeros_for_empty_prompt", True))


def _tokenizer(folder: ModelFolder, name: str) -> CLIPTokenizer:
    try:
        return CLIPTokenizer.from_pretrained(folder.path / name, local_files_only=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise folder.unavailable(f"{name} is damaged: {one_line(error)}") from error


def weights(
    from_pretrained: Callable[..., tuple[torch.nn.Module, dict[str, set[str]]]],
    folder: Folder,
    name: str,
    dtype: torch.dtype,
    device: torch.device,
) -> torch.nn.Module:
    """One part with weights, whole, on its device.

    Args:
        from_pretrained: its class's own.
        folder: the model's.
        name: of the part's folder in it.
        dtype: of its weights while they run.
        device: where they are to be.

    Raises:
        ModelUnavailable: they do not fit its config, or some are missing.
    """
    try:
        part, info = from_pretrained(
            folder.path / name,
            dtype=dtype,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
        )
    except torch.OutOfMemoryError:
        raise
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
        raise folder.unavailable(f"{name} does not fit its config.json: {one_line(error)}") from error
    if info["missing_keys"]:
        some = ", ".join(sorted(info["missing_keys"])[:3])
        raise folder.unavailable(f"{name} lacks the weights {some}")
    part.eval().requires_grad_(requires_grad=False)
    return part.to(device)


def quicken(part: Any, name: str, device: torch.device) -> None:  # noqa: ANN401 - untyped there
    """Lays a component out for its device; it computes the same.

    On a GPU convolutions want channels last, and attention its three projections as one. On a CPU, measured
    on the bundled model, the VAE gains a fifth from the former, the U-Net nothing from either.
    """
    if name == "vae" or (device.type == "cuda" and name == "unet"):
        part.to(memory_format=torch.channels_last)
    if device.type == "cuda" and name == "unet":
        part.fuse_qkv_projections()
