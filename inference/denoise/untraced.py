"""Steps that the stock sampler takes itself, because its arithmetic cannot be read out of it."""

from collections.abc import Callable
from itertools import zip_longest

import torch
from torch import Tensor

from inference.denoise.samplers import StockSampler, clean_guess
from inference.denoise.trace import Plan, Step, begun, noised, takes_generator


class StockSteps:
    """One lane's own sampler, which clips, thresholds or does what else is not linear.

    Args:
        sampler: a fresh one.
        steps: as a person counts them.
        begin: forwards to leave out at the front, as image-to-image does.
    """

    def __init__(self, sampler: StockSampler, steps: int, *, begin: int = 0) -> None:
        self._sampler = sampler
        self._timesteps = begun(sampler, steps, begin)
        self._takes_generator = takes_generator(sampler)

    def moved(self, position: int, answer: Tensor, latents: Tensor, generator: torch.Generator) -> Tensor:
        """The latents one step on; to be asked once a step, in order.

        Args:
            position: of the step, from 0.
            answer: what the model said, guided, float32, (channels, height, width).
            latents: likewise.
            generator: draws the step's noise, if it has any.
        """
        options: dict[str, object] = {"generator": generator} if self._takes_generator else {}
        timestep = self._timesteps[position]
        said, sample = answer[None].clone(), latents[None].clone()  # the sampler may keep both
        return self._sampler.step(said, timestep, sample, return_dict=False, **options)[0][0]


def outlined(make: Callable[[], StockSampler], steps: int, *, begin: int = 0) -> Plan:
    """A plan that says when the model is asked, how its input is scaled and what it guesses, but no step.

    Args:
        make: gives a fresh sampler.
        steps: as a person counts them.
        begin: forwards to leave out at the front.
    """
    sampler = make()
    timesteps = begun(sampler, steps, begin)
    start = noised(sampler, timesteps[0])
    options: dict[str, object] = {"generator": torch.Generator()} if takes_generator(sampler) else {}
    outline = []
    for number, (timestep, following) in enumerate(zip_longest(timesteps, timesteps[1:])):
        ones = torch.ones(1, 1, 4, 4)
        scale = float(sampler.scale_model_input(ones, timestep).flatten()[0])
        of_input, of_output = clean_guess(sampler, begin + number)
        sampler.step(ones, timestep, ones, return_dict=False, **options)  # some count their steps
        outline.append(
            Step(
                timestep=float(timestep),
                scale=scale,
                matrix=torch.zeros(1, 2),
                noise=torch.zeros(1),
                draws=False,
                held=(1.0, 0.0) if following is None else noised(sampler, following),
                of_input=of_input,
                of_output=of_output,
            )
        )
    return Plan(
        steps=tuple(outline), start=float(sampler.init_noise_sigma), noised=start, kept=0, traced=False
    )
