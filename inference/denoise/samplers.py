"""Stock diffusers samplers, built by the name people know from the model's own sampler config."""

from collections.abc import Mapping
from typing import Any, Protocol, cast

import diffusers
import torch

from inference.errors import InvalidRequest
from inference.samplers import SAMPLERS


class StockSampler(Protocol):
    """What the loop uses of a diffusers scheduler class."""

    timesteps: torch.Tensor
    init_noise_sigma: float | torch.Tensor
    alphas_cumprod: torch.Tensor
    sigmas: torch.Tensor
    config: Any
    order: int

    def set_timesteps(self, num_inference_steps: int, device: torch.device | str | None = None) -> None: ...
    def scale_model_input(self, sample: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor: ...
    def add_noise(
        self, original_samples: torch.Tensor, noise: torch.Tensor, timesteps: torch.Tensor
    ) -> torch.Tensor: ...
    def step(
        self, model_output: torch.Tensor, timestep: torch.Tensor, sample: torch.Tensor, **options: object
    ) -> tuple[torch.Tensor, ...]: ...


def build(name: str, model_config: Mapping[str, object]) -> StockSampler:
    """A fresh sampler.

    Args:
        name: a name in `inference.SAMPLERS`.
        model_config: what the model's `scheduler_config.json` says: betas, prediction type, spacing.

    Raises:
        InvalidRequest: the model's own is asked for, and is none that runs such a model.
    """
    sampler = SAMPLERS[name]
    called = sampler.diffusers_class or str(model_config.get("_class_name"))
    stock: Any = getattr(diffusers, called, None)
    if not _denoises(stock):
        raise InvalidRequest("sampler", name, f"another: the model's own, {called}, does not suit it")
    return cast("StockSampler", stock.from_config(dict(model_config), **sampler.options))


def _denoises(stock: object) -> bool:
    """Whether it is a class of samplers that go from noise to picture as Stable Diffusion's do."""
    known = isinstance(stock, type) and issubclass(stock, diffusers.SchedulerMixin)
    return known and hasattr(stock, "scale_model_input") and hasattr(stock, "add_noise")


def own_sampler(model_config: Mapping[str, object]) -> str:
    """What the model's own sampler is called: its class without what all their names end with."""
    return str(model_config.get("_class_name")).removesuffix("Scheduler")


def alpha_and_sigma(sampler: StockSampler, index: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Signal and noise share of what the model sees at timestep `index`: x = alpha · clean + sigma · noise.

    alpha² + sigma² = 1. Samplers in the sigma parametrisation of Karras et al. (2022) scale their latents to
    this before the model sees them, so one pair serves them all.
    """
    sigmas = getattr(sampler, "sigmas", None)
    if sigmas is not None:
        sigma = sigmas[index].double()
        alpha = (1 + sigma**2).rsqrt()
        return alpha, sigma * alpha
    alpha_squared = sampler.alphas_cumprod[int(sampler.timesteps[index])].double()
    return alpha_squared.sqrt(), (1 - alpha_squared).sqrt()


def clean_guess(sampler: StockSampler, index: int) -> tuple[float, float]:
    """How the clean latents that the model sees at timestep `index` follow from its input and its output.

    Args:
        sampler: with its timesteps set.
        index: into `sampler.timesteps`.

    Returns:
        Factors of the input, scaled as the model saw it, and of what it answered: noise, velocity (Salimans &
        Ho 2022), the clean sample itself, or the way from there to noise.
    """
    prediction = sampler.config.get("prediction_type", "flow_prediction")
    if prediction == "flow_prediction":  # straight lines from noise to picture (Lipman et al. 2022)
        return 1.0, -float(sampler.sigmas[index])
    alpha, sigma = (float(part) for part in alpha_and_sigma(sampler, index))
    match prediction:
        case "v_prediction":
            return alpha, -sigma
        case "sample":
            return 0.0, 1.0
        case _:
            return 1 / max(alpha, 1e-3), -sigma / max(alpha, 1e-3)
