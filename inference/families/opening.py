"""A model by what its folder holds."""

import torch

from inference.families import components
from inference.families.components import ComponentsXL
from inference.families.stable_diffusion import StableDiffusion
from inference.families.stable_diffusion_xl import StableDiffusionXL
from inference.models import ModelInfo


def open_model(model: ModelInfo, device: torch.device) -> StableDiffusion:
    """Loads it; what its parts are says which family it is of.

    Raises:
        ModelUnavailable: a folder or file is missing, damaged or not what it should be; the detail names it.
    """
    parts = components.load(model, device)
    if isinstance(parts, ComponentsXL):
        return StableDiffusionXL(parts, device=device)
    return StableDiffusion(parts, device=device)
