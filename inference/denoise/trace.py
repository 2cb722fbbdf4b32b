"""Reads a stock sampler's arithmetic out of the sampler itself.

A sampler's step is linear in its tensors. With x the latents, m the guided model output, z fresh noise and s
the tensors that the sampler keeps from step to step,

    (x', s') = A · (x, m, s) + d · z,

and A and d are plain numbers that depend on nothing but the schedule. They are read by running the stock
`set_timesteps` and `step` on symbols: tensors in which x, m and every kept tensor have a position of their
own. After each step the kept tensors are read and replaced by fresh symbols, so a sampler's memory here is
exactly its own memory, and equality with it holds by construction.

Noise shows in positions that no symbol uses: what was drawn there is known from the generator's seed.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

import torch
from torch import Tensor

from inference.denoise.samplers import StockSampler, clean_guess

_PROBES: Final = 6
"""Positions that no symbol uses, where fresh noise shows."""
_SEED: Final = 20_260_101
_SMALL: Final = 1e-12
_AGREEMENT: Final = 5e-3
"""Relative difference from the stock sampler over a whole run. Rounding alone makes 1e-6, or 1e-3 with an
endless first sigma, where both lose digits. A sampler that does something else is off by far more."""


class NotLinear(Exception):  # noqa: N818 - a finding about a sampler, which then takes its steps itself
    """This sampler's step is not linear in its tensors, or draws noise in a way that cannot be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One forward of the model and the update after it.

    Attributes:
        timestep: what the model is told.
        scale: the model sees `scale` · x.
        matrix: float32, (1 + kept, 2 + kept): rows x' and s', columns x, m and s.
        noise: float32, (1 + kept,): the factor of fresh standard normal noise in each row.
        draws: whether the stock sampler draws noise here, even where its factor is 0.
        held: of a source picture's clean latents and of its noise, so much makes it as noisy as x' is.
        of_input: of what the model sees, this much is in its guess of the clean latents;
        of_output: and this much of what it answers.
    """

    timestep: float
    scale: float
    matrix: Tensor
    noise: Tensor
    draws: bool
    held: tuple[float, float]
    of_input: float
    of_output: float

    def clean(self, model_input: Tensor, model_output: Tensor) -> Tensor:
        """The clean latents that the model sees behind the noise."""
        return self.of_input * model_input + self.of_output * model_output


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a lane needs of its sampler.

    Attributes:
        steps: in order.
        start: the initial latents are `start` · standard normal noise;
        noised: or, from a source picture, so much of its clean latents and so much noise.
        kept: tensors carried from step to step, zero before the first.
        traced: whether the steps' matrices say what they do; otherwise the stock sampler has to take them.
    """

    steps: tuple[Step, ...]
    start: float
    noised: tuple[float, float]
    kept: int
    traced: bool = True


def trace(make: Callable[[], StockSampler], steps: int, *, begin: int = 0) -> Plan:
    """The plan of a sampler for so many steps.

    Args:
        make: gives a fresh one.
        steps: as a person counts them.
        begin: forwards to leave out at the front, as image-to-image does.

    Raises:
        NotLinear: the plan would not do what the sampler does.
    """
    sampler = make()
    timesteps = begun(sampler, steps, begin)
    tracer = _Tracer(sampler)
    start = noised(sampler, timesteps[0])
    rows = [
        tracer.step(timestep, following, number, clean_guess(sampler, begin + number))
        for number, (timestep, following) in enumerate(zip_longest(timesteps, timesteps[1:]))
    ]
    kept = len(tracer.slots)
    plan = Plan(
        steps=tuple(row.wide(kept) for row in rows),
        start=float(sampler.init_noise_sigma),
        noised=start,
        kept=kept,
    )
    _compare(plan, make(), steps, begin)
    return plan


def begun(sampler: StockSampler, steps: int, begin: int) -> Tensor:
    """The timesteps that are left."""
    sampler.set_timesteps(steps)
    if begin and hasattr(sampler, "set_begin_index"):  # the others find their place by the timestep
        sampler.set_begin_index(begin)
    return sampler.timesteps[begin:]


def noised(sampler: StockSampler, timestep: Tensor) -> tuple[float, float]:
    """How much of clean latents and of noise is in what the sampler makes of them for this timestep."""
    clean, noise = torch.eye(2, dtype=torch.float64).view(2, 1, 1, 1, 2)
    of_clean, of_noise = sampler.add_noise(clean, noise, timestep[None]).flatten()
    return float(of_clean), float(of_noise)


def _compare(plan: Plan, sampler: StockSampler, steps: int, begin: int) -> None:
    """One run of both on numbers large enough to meet a clipping sampler's bounds."""
    options: dict[str, object] = {}
    first, second = (torch.Generator().manual_seed(_SEED) for _ in range(2))
    if takes_generator(sampler):
        options["generator"] = first
    shape = (1, 1, 4, 4)
    stock = 4 * torch.randn(shape, generator=torch.Generator().manual_seed(1)) * sampler.init_noise_sigma
    state = torch.zeros(1 + plan.kept, *shape[1:])
    state[0] = stock[0]
    for timestep, step in zip(begun(sampler, steps, begin), plan.steps, strict=True):
        seen = sampler.scale_model_input(stock, timestep)
        stock = sampler.step(_answer(seen), timestep, stock, return_dict=False, **options)[0]
        columns = torch.cat((state[:1], _answer(step.scale * state[:1]), state[1:])).flatten(1)
        state = (step.matrix @ columns).view_as(state)
        if step.draws:
            state += step.noise[:, None, None, None] * torch.randn(shape, generator=second)
    difference = float((state[:1] - stock).norm() / stock.norm().clamp(min=1e-6))
    if not difference < _AGREEMENT:
        raise NotLinear(f"{type(sampler).__name__} differs from its plan by {difference:.0e}")


def _answer(latents: Tensor) -> Tensor:
    """Something that is not linear, in a U-Net's place."""
    return 2 * torch.sin(latents) + 0.3 * latents.roll(1, -1).clamp(-4, 4)


def takes_generator(sampler: StockSampler) -> bool:
    """Whether its step wants to be told where noise comes from."""
    return "generator" in inspect.signature(sampler.step).parameters


@dataclass(frozen=True, slots=True)
class _Row:
    """One step as it was read: what each slot became, by the slots known so far."""

    timestep: float
    scale: float
    rows: dict[int, Tensor]
    noise: dict[int, float]
    draws: bool
    held: tuple[float, float]
    guess: tuple[float, float]

    def wide(self, kept: int) -> Step:
        """With a row and a column for every slot that any step uses."""
        matrix, noise = torch.zeros(1 + kept, 2 + kept), torch.zeros(1 + kept)
        for row, values in self.rows.items():
            matrix[row, : len(values)] = values[: 2 + kept].float()
            noise[row] = self.noise[row]
        of_input, of_output = self.guess
        return Step(
            timestep=self.timestep,
            scale=self.scale,
            matrix=matrix,
            noise=noise,
            draws=self.draws,
            held=self.held,
            of_input=of_input,
            of_output=of_output,
        )


class _Tracer:
    """Runs a sampler on symbols: position 0 is x, 1 is m, then its kept tensors, the probes last."""

    _WIDTH: Final = 24

    def __init__(self, sampler: StockSampler) -> None:
        self._sampler = sampler
        self._takes_generator = takes_generator(sampler)
        self.slots: dict[tuple[str, int | None], int] = {}

    def step(
        self, timestep: Tensor, following: Tensor | None, number: int, guess: tuple[float, float]
    ) -> _Row:
        x, m = self._symbol(0), self._symbol(1)
        scale = float(self._sampler.scale_model_input(x, timestep).flatten()[0])
        generator = torch.Generator().manual_seed(_SEED + number)
        options: dict[str, object] = {"generator": generator} if self._takes_generator else {}
        untouched = generator.get_state()
        next_x = self._sampler.step(m, timestep, x, return_dict=False, **options)[0]
        draws = not torch.equal(untouched, generator.get_state())
        held = (1.0, 0.0) if following is None else noised(self._sampler, following)
        seen = {0: next_x.double().flatten()}
        for place, value in list(self._kept()):
            slot = self.slots.setdefault(place, len(self.slots))
            if 2 + slot >= self._WIDTH - _PROBES:
                raise NotLinear(f"{type(self._sampler).__name__} keeps more tensors than can be followed")
            seen[1 + slot] = value.double().flatten()
            self._replace(place, self._symbol(2 + slot).to(value.dtype))
        noise, rounded = {}, {}
        for row, values in seen.items():
            noise[row], drawn = self._noise(values, number)
            rounded[row] = _rounded((values - noise[row] * drawn)[: self._WIDTH - _PROBES])
        return _Row(float(timestep), scale, rounded, noise, draws, held, guess)

    def _symbol(self, position: int) -> Tensor:
        symbol = torch.zeros(1, 1, 1, self._WIDTH, dtype=torch.float64)
        symbol[..., position] = 1
        return symbol

    def _kept(self) -> Iterator[tuple[tuple[str, int | None], Tensor]]:
        """The tensors of a symbol's shape that the sampler holds, by attribute and place in it."""
        for name, value in vars(self._sampler).items():
            if isinstance(value, Tensor) and value.shape == (1, 1, 1, self._WIDTH):
                yield (name, None), value
            elif isinstance(value, list):
                for place, one in enumerate(value):
                    if isinstance(one, Tensor) and one.shape == (1, 1, 1, self._WIDTH):
                        yield (name, place), one

    def _replace(self, where: tuple[str, int | None], symbol: Tensor) -> None:
        name, place = where
        if place is None:
            setattr(self._sampler, name, symbol)
        else:
            getattr(self._sampler, name)[place] = symbol

    def _drawn(self, number: int, dtype: torch.dtype) -> Tensor:
        """What a step's generator gives first."""
        generator = torch.Generator().manual_seed(_SEED + number)
        return torch.randn((1, 1, 1, self._WIDTH), generator=generator, dtype=dtype).flatten().double()

    def _noise(self, values: Tensor, number: int) -> tuple[float, Tensor]:
        """The factor of fresh noise, from positions that nothing else reaches; and that noise.

        Most samplers draw in the dtype of what they are given, here double, and some in single precision.
        """
        probes = values[-_PROBES:]
        if not values.isfinite().all():
            raise NotLinear(f"{type(self._sampler).__name__} gives numbers that are not finite")
        for dtype in (torch.float64, torch.float32):
            drawn = self._drawn(number, dtype)
            if probes.abs().max() < _SMALL:
                return 0.0, drawn
            ratios = probes / drawn[-_PROBES:]
            factor = ratios.median()
            if (ratios - factor).abs().max() <= 1e-4 * factor.abs().clamp(min=1):
                return float(factor), drawn
        raise NotLinear(f"{type(self._sampler).__name__} mixes noise in a way that cannot be told apart")


def _rounded(values: Tensor) -> Tensor:
    """Without the dust of single precision: a coefficient under 1e-9 is none."""
    return torch.where(values.abs() < 1e-9, torch.zeros_like(values), values)
