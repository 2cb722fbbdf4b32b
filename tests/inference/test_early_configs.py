"""Sampler configs of early models, whose mistakes the stock pipeline corrects."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch

from inference import POCKET, SAMPLERS
from inference.denoise import samplers
from inference.families.components import _sampler_config
from inference.families.folder import ModelFolder

EARLY: dict[str, Any] = {
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "num_train_timesteps": 1000,
}


@pytest.mark.filterwarnings("ignore")  # the stock pipeline says at length what it corrects
@pytest.mark.parametrize(
    "said",
    [
        {"_class_name": "PNDMScheduler", "skip_prk_steps": True},
        {"_class_name": "PNDMScheduler", "skip_prk_steps": True, "steps_offset": 0},
        {"_class_name": "DDIMScheduler", "steps_offset": 0, "clip_sample": True},
        {"_class_name": "LMSDiscreteScheduler"},
    ],
    ids=["pndm without offset", "pndm offset 0", "ddim clipping", "lms"],
)
def test_early_configs_are_corrected_as_the_stock_pipeline_does(tmp_path: Path, said: dict[str, Any]) -> None:
    """Every sampler built from such a folder takes the stock pipeline's timesteps and options."""
    folder = tmp_path / "early"
    shutil.copytree(POCKET.source, folder)
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(EARLY | said))
    index = json.loads((folder / "model_index.json").read_text())
    index["scheduler"] = ["diffusers", said["_class_name"]]
    (folder / "model_index.json").write_text(json.dumps(index))
    stock = diffusers.StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32).scheduler
    ours = _sampler_config(ModelFolder(replace(POCKET, source=str(folder))))
    for name in ("ddim", "pndm", "euler", "lms"):
        sampler = SAMPLERS[name]
        theirs = getattr(diffusers, sampler.diffusers_class).from_config(stock.config, **sampler.options)
        built = samplers.build(name, ours)
        for each in (theirs, built):
            each.set_timesteps(4)
        assert built.timesteps.tolist() == theirs.timesteps.tolist()
        assert getattr(built.config, "clip_sample", None) == getattr(theirs.config, "clip_sample", None)
