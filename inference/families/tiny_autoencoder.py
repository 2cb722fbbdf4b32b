"""The tiny autoencoder that shows a model's unfinished pictures, where one is configured."""

from dataclasses import replace
from typing import Any, Final

import torch
from diffusers import AutoencoderTiny

from inference.families.components import precision, weights
from inference.families.folder import Folder, found
from inference.models import ModelInfo

STEM: Final = "diffusion_pytorch_model"


def tiny_autoencoder(model: ModelInfo, device: torch.device, *, channels: int) -> Any:  # noqa: ANN401 - untyped there
    """The `AutoencoderTiny` that a model's `preview_vae` names.

    Args:
        model: whose.
        device: where it is to be.
        channels: of the model's latents.

    Raises:
        ModelUnavailable: it is missing, damaged, no tiny autoencoder or one of other latents; the detail says
            which.
    """
    source = replace(model, source=model.preview_vae or "", revision=None)
    folder = Folder(model, found(source, ["config.json", f"{STEM}.safetensors"]))
    folder.require("config.json")
    said = folder.json("config.json")
    if said.get("_class_name") != "AutoencoderTiny":
        raise folder.unavailable(f"{model.preview_vae} is no tiny autoencoder, but {said.get('_class_name')}")
    if said.get("latent_channels", 4) != channels:
        raise folder.unavailable(
            f"{model.preview_vae} reads latents of {said.get('latent_channels', 4)} channels, "
            f"and the model has {channels}"
        )
    folder.require_weights("", STEM)
    return weights(AutoencoderTiny.from_pretrained, folder, "", precision(model, device), device)
