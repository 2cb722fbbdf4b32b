"""The pictures of one request, denoised together: prepare, step by step, finish."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

from inference.denoise import samplers
from inference.denoise.noise import initial_noise
from inference.families.stable_diffusion import StableDiffusion
from inference.request import ImageRequest
from inference.samplers import SAMPLERS


@dataclass(slots=True)
class Batch:
    """One request's latents on their way from noise to picture, one U-Net forward a step for all of them.

    Every picture equals, to rounding, what the stock pipeline makes of it alone with the same seed: noise is
    drawn from each picture's own generator in the stock order.

    Attributes:
        latents: float32 on the model's device, (count, channels, height / 8, width / 8).
        clean: the model's latest guess of the clean latents, likewise; None before the first step.
        position: how many of the sampler's timesteps are behind us.
    """

    request: ImageRequest
    family: StableDiffusion
    sampler: samplers.StockSampler
    embeddings: torch.Tensor
    latents: torch.Tensor
    generators: list[torch.Generator]
    notes: tuple[str, ...]
    clean: torch.Tensor | None = None
    position: int = 0
    _options: dict[str, object] = field(default_factory=dict)

    @classmethod
    @torch.inference_mode()
    def prepare(cls, request: ImageRequest, family: StableDiffusion) -> "Batch":
        """Words become embeddings, seeds become noise."""
        embeddings, notes = family.encode_prompts(request)
        sampler = samplers.build(request.sampler, family.sampler_config)
        sampler.set_timesteps(request.steps, device=family.device)
        noise, generators = initial_noise(request, family.latent_shape(request.width, request.height))
        options: dict[str, object] = {"return_dict": False}
        if samplers.takes_generator(sampler):
            options["generator"] = generators
        return cls(
            request=request,
            family=family,
            sampler=sampler,
            embeddings=embeddings,
            latents=noise.to(family.device) * sampler.init_noise_sigma,
            generators=generators,
            notes=(*notes, *_too_few_steps(request)),
            _options=options,
        )

    @property
    def done(self) -> bool:
        """Whether nothing is left but to decode."""
        return self.position >= len(self.sampler.timesteps)

    @property
    def steps_done(self) -> int:
        """How many of the request's steps are done: samplers that ask the model twice a step count once."""
        return self.request.steps * self.position // len(self.sampler.timesteps)

    @torch.inference_mode()
    def step(self) -> None:
        """One forward and one update of every picture."""
        timestep = self.sampler.timesteps[self.position]
        model_input = self.sampler.scale_model_input(self.latents, timestep)
        output = self.family.predict(
            model_input, timestep, self.embeddings, guidance_scale=self.request.guidance_scale
        )
        self.clean = samplers.predicted_clean(self.sampler, self.position, model_input, output)
        self.latents = self.sampler.step(output, timestep, self.latents, **self._options)[0]
        self.position += 1

    @torch.inference_mode()
    def finish(self) -> Iterator[torch.Tensor]:
        """The pictures, uint8 RGB on the CPU, (chunk, height, width, 3), a few at a time."""
        yield from self.family.decode(self.latents)


def _too_few_steps(request: ImageRequest) -> tuple[str, ...]:
    sampler = SAMPLERS[request.sampler]
    if request.steps >= sampler.fewest_steps:
        return ()
    return (f"{sampler.title} needs {sampler.fewest_steps} steps or more; with fewer its colours go wrong.",)
