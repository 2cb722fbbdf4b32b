"""A model by what its folder holds."""

import torch

from inference.families import components, pipeline_folder
from inference.families.any_pipeline import AnyPipeline
from inference.families.components import ComponentsXL
from inference.families.folder import Folder, found
from inference.families.stable_diffusion import StableDiffusion
from inference.families.stable_diffusion_xl import StableDiffusionXL
from inference.models import ModelInfo, shares_forwards


def open_model(model: ModelInfo, device: torch.device) -> StableDiffusion | AnyPipeline:
    """Loads it; what its folder and its parts say is which family it is of.

    Raises:
        ModelUnavailable: a folder or file is missing, damaged or not what it should be; the detail names it.
    """
    path = found(model, [pipeline_folder.INDEX])
    if (path / pipeline_folder.INDEX).is_file():
        named = Folder(model, path).json(pipeline_folder.INDEX).get("_class_name", "StableDiffusionPipeline")
        if not shares_forwards(named):
            return pipeline_folder.load(model, path, device)
    parts = components.load(model, device)
    if isinstance(parts, ComponentsXL):
        return StableDiffusionXL(parts, device=device)
    return StableDiffusion(parts, device=device)
