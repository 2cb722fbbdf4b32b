"""Samplers read out of the stock samplers do what the stock samplers do."""

import inspect
from typing import Final

import pytest
import torch
from torch import Tensor

from inference import SAMPLERS
from inference.denoise import samplers
from inference.denoise.trace import NotLinear, Plan, trace

# The stock samplers themselves warn, in a test's hands as in anybody's.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

_LIKE_SD1: Final[dict[str, object]] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
}
CONFIGS: Final[dict[str, dict[str, object]]] = {
    "noise": _LIKE_SD1,
    "velocity": {**_LIKE_SD1, "prediction_type": "v_prediction"},
    "zero terminal SNR": {
        **_LIKE_SD1,
        "prediction_type": "v_prediction",
        "rescale_betas_zero_snr": True,
        "timestep_spacing": "trailing",
    },
}


def _model(latents: Tensor, timestep: float) -> Tensor:
    """Something that is not linear, in place of a U-Net."""
    return torch.tanh(latents * 1.3 + timestep / 1000) + 0.1 * latents.roll(1, -1)


def _stock(name: str, config: dict[str, object], steps: int, begin: int) -> Tensor:
    sampler = samplers.build(name, config)
    sampler.set_timesteps(steps)
    if begin and hasattr(sampler, "set_begin_index"):
        sampler.set_begin_index(begin)
    generator = torch.Generator().manual_seed(5)
    options = {"generator": generator} if "generator" in inspect.signature(sampler.step).parameters else {}
    latents = torch.randn(1, 4, 8, 8, generator=generator) * sampler.init_noise_sigma
    for timestep in sampler.timesteps[begin:]:
        answer = _model(sampler.scale_model_input(latents, timestep), float(timestep))
        latents = sampler.step(answer, timestep, latents, return_dict=False, **options)[0]
    return latents


def _planned(plan: Plan) -> Tensor:
    generator = torch.Generator().manual_seed(5)
    state = torch.zeros(1 + plan.kept, 4, 8, 8)
    state[0] = torch.randn(1, 4, 8, 8, generator=generator)[0] * plan.start
    for step in plan.steps:
        answer = _model(step.scale * state[:1], step.timestep)
        columns = torch.cat((state[:1], answer, state[1:])).flatten(1)
        state = (step.matrix @ columns).view_as(state)
        if step.draws:
            state = state + step.noise[:, None, None, None] * torch.randn(1, 4, 8, 8, generator=generator)
    return state[:1]


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "own"])
def test_a_plan_does_what_the_sampler_does(name: str, config: str) -> None:
    """From the first step, or from later as image-to-image begins: to rounding, with few tensors kept."""
    a_step = SAMPLERS[name].evaluations[0]
    for steps, begin in ((1, 0), (2, 0), (3, 0), (7, 0), (7, 2), (20, 0), (20, 9 - 9 % a_step)):
        plan = trace(lambda: samplers.build(name, CONFIGS[config]), steps, begin=begin)
        stock = _stock(name, CONFIGS[config], steps, begin)
        # An endless first sigma costs digits in the stock sampler too.
        close = 1e-3 if config == "zero terminal SNR" and begin == 0 else 1e-5
        assert float((_planned(plan) - stock).norm() / stock.norm()) < close, (steps, begin)
        assert plan.kept <= 5


def test_a_sampler_that_clips_is_found_out() -> None:
    """What is not linear is refused, not traced wrongly."""
    with pytest.raises(NotLinear, match="differs from its plan"):
        trace(lambda: samplers.build("ddim", {**_LIKE_SD1, "thresholding": True}), 5)
