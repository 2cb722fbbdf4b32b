"""Pictures denoised together, each at its own step: one forward a tick for whoever is there."""

import copy
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

import torch
from torch import Tensor

from inference.denoise.sending import sent
from inference.denoise.trace import Plan, Step
from inference.denoise.untraced import StockSteps


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditioning:
    """What a text says to the U-Net.

    Attributes:
        hidden: (tokens, width), for cross-attention.
        pooled: (width,), the whole text in one vector; Stable Diffusion XL alone.
        size_ids: (6,), original size, crop and target size; Stable Diffusion XL alone.
    """

    hidden: Tensor
    pooled: Tensor | None = None
    size_ids: Tensor | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """What of a picture stays as it is: put back behind every step, as noisy as the rest is then.

    So do the stock inpainting pipelines with a U-Net of four channels (Avrahami et al. 2022, "Blended
    Diffusion"). All float32.

    Attributes:
        mask: (1, height, width), 1 where it is painted anew, 0 where it stays.
        clean: (channels, height, width), its latents.
        noise: (channels, height, width), what makes them noisy.
    """

    mask: Tensor
    clean: Tensor
    noise: Tensor


class Denoiser(Protocol):
    """A model family's U-Net."""

    device: torch.device

    def forward(self, latents: Tensor, timesteps: Tensor, texts: Sequence[Conditioning]) -> Tensor:
        """What the U-Net says of each row, float32.

        Args:
            latents: (rows, channels, height, width), float32, scaled by the sampler.
            timesteps: (rows,), float32.
            texts: one a row.
        """
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class Lane:
    """One picture on its way.

    Attributes:
        plan: its sampler, traced.
        start: float32, (channels, height, width), where it begins.
        prompt: what it shall show.
        negative: what guidance leads away from; None without guidance.
        guidance_scale: how far (Ho & Salimans 2022).
        generator: draws the noise of its steps.
        held: the parts of a picture that stay; None where nothing does.
        stock: takes the steps where the plan does not say what they do.
        position: forwards behind it.
        batches: how many lanes were in a forward together with it, itself included; every number there was.
        clean: the model's latest guess of the finished latents; None before the first tick.
    """

    plan: Plan
    start: Tensor
    prompt: Conditioning
    negative: Conditioning | None
    guidance_scale: float
    generator: torch.Generator
    held: Held | None = None
    stock: StockSteps | None = None
    position: int = 0
    batches: set[int] = field(default_factory=set)
    clean: Tensor | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is left but to decode."""
        return self.position >= len(self.plan.steps)

    @property
    def step(self) -> Step:
        """The step it takes next."""
        return self.plan.steps[self.position]

    @property
    def texts(self) -> tuple[Conditioning, ...]:
        """Its rows in a forward: two with guidance, one without."""
        return (self.prompt,) if self.negative is None else (self.negative, self.prompt)


class Lanes:
    """Slots for pictures of one size by one model. Joining and leaving happen between ticks.

    A lane's state (its latents, and what its sampler keeps) stays in its slot on the device from the first
    tick to the last; nobody else's is copied when somebody comes or goes.

    Args:
        denoiser: the model.
        shape: of one picture's latents: channels, height, width.
        exact: one forward and one update for each lane, always of the same shapes, so that a picture is bit
            for bit what it is alone; otherwise another batch size may round differently.
    """

    def __init__(self, denoiser: Denoiser, shape: tuple[int, int, int], *, exact: bool = False) -> None:
        self._denoiser = denoiser
        self._shape = shape
        self._exact = exact
        self._slots: dict[Lane, int] = {}
        self._free: list[int] = []
        self._state = torch.zeros((0, 1, *shape), device=denoiser.device)

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def active(self) -> tuple[Lane, ...]:
        """Who is denoised in the next tick."""
        return tuple(self._slots)

    def join(self, lane: Lane) -> None:
        """A picture comes, to begin with its first step."""
        self._grow(lane.plan.kept)
        slot = self._free.pop()
        self._state[slot] = 0
        self._state[slot, 0] = lane.start.to(self._state)
        self._slots[lane] = slot

    def leave(self, lane: Lane) -> Tensor:
        """A picture goes, finished or not; returns its latents, (channels, height, width).

        Raises:
            KeyError: it is not here.
        """
        slot = self._slots.pop(lane)
        self._free.append(slot)
        return self._state[slot, 0].clone()

    @torch.inference_mode()
    def tick(self, only: Collection[Lane] | None = None) -> tuple[Lane, ...]:
        """One forward and one step for everybody, or for some; returns who is done."""
        lanes = [lane for lane in self._slots if not lane.done and (only is None or lane in only)]
        if not lanes:
            return ()
        slots = _numbers([self._slots[lane] for lane in lanes], self._state)
        state = self._state[slots]
        scales = _column([lane.step.scale for lane in lanes], state)
        inputs = state[:, 0] * scales
        answers = self._answers(lanes, inputs)
        before = [(lane, lane.generator.get_state(), copy.deepcopy(lane.stock)) for lane in lanes]
        try:
            moved = _with_held(lanes, self._moved(lanes, state, answers))
        except BaseException:  # it will be tried again, perhaps without whoever is at fault
            for lane, drawn, stock in before:
                lane.generator.set_state(drawn)
                lane.stock = stock
            raise
        self._state[slots] = moved
        for number, lane in enumerate(lanes):
            lane.clean = lane.step.clean(inputs[number], answers[number])
            lane.position += 1
        return tuple(lane for lane in lanes if lane.done)

    def _answers(self, lanes: Sequence[Lane], inputs: Tensor) -> Tensor:
        """The guided model output of each lane."""
        if self._exact:
            answers = [self._guided([lane], row[None]) for lane, row in zip(lanes, inputs, strict=True)]
        else:
            answers = [self._guided(lanes, inputs)]
        for lane in lanes:
            lane.batches.add(1 if self._exact else len(lanes))
        return torch.cat(answers)

    def _guided(self, lanes: Sequence[Lane], inputs: Tensor) -> Tensor:
        rows = [number for number, lane in enumerate(lanes) for _ in lane.texts]
        timesteps = _floats([lanes[row].step.timestep for row in rows], inputs)
        said = self._denoiser.forward(
            inputs[_numbers(rows, inputs)], timesteps, [text for lane in lanes for text in lane.texts]
        )
        ends = list(accumulate(len(lane.texts) for lane in lanes))
        first = [end - len(lane.texts) for end, lane in zip(ends, lanes, strict=True)]
        without, prompted = said[_numbers(first, said)], said[_numbers([end - 1 for end in ends], said)]
        return without + _column([lane.guidance_scale for lane in lanes], said) * (prompted - without)

    def _moved(self, lanes: Sequence[Lane], state: Tensor, answers: Tensor) -> Tensor:
        """`state`, one step on; in exact mode lane by lane: products of other shapes round differently."""
        stepped = {
            number: lane.stock.moved(lane.position, answers[number], state[number, 0], lane.generator)
            for number, lane in enumerate(lanes)
            if lane.stock is not None
        }
        if self._exact:
            for number, lane in enumerate(lanes):
                own = state[number : number + 1, : 1 + lane.plan.kept]
                own.copy_(_updated([lane], own, answers[number : number + 1]))
        else:
            state = _updated(lanes, state, answers)
        for number, latents in stepped.items():
            state[number, 0] = latents
        return state

    def _grow(self, kept: int) -> None:
        """Room for one more lane, whose sampler keeps so many tensors."""
        slots, rows = self._state.shape[:2]
        wanted = (slots if self._free else slots + max(1, slots), max(rows, 1 + kept))
        if wanted == (slots, rows):
            return
        larger = torch.zeros((*wanted, *self._shape), device=self._state.device)
        larger[:slots, :rows] = self._state
        self._free.extend(range(slots, wanted[0]))
        self._state = larger


def _updated(lanes: Sequence[Lane], state: Tensor, answers: Tensor) -> Tensor:
    """(x', s') = A · (x, m, s) + d · z of every lane, in one product; shaped as `state`."""
    kept = state.shape[1] - 1
    matrices = torch.zeros(len(lanes), 1 + kept, 2 + kept)
    noises = torch.zeros(len(lanes), 1 + kept)
    for number, lane in enumerate(lanes):
        rows = 1 + lane.plan.kept
        matrices[number, :rows, : 1 + rows] = lane.step.matrix
        noises[number, :rows] = lane.step.noise
    columns = torch.cat((state[:, :1], answers[:, None], state[:, 1:]), dim=1).flatten(2)
    moved = torch.bmm(sent(matrices, state.device), columns).view_as(state)
    if not any(lane.step.draws for lane in lanes):
        return moved
    return moved + sent(noises, state.device)[:, :, None, None, None] * _fresh_noise(lanes, state)[:, None]


def _with_held(lanes: Sequence[Lane], state: Tensor) -> Tensor:
    """`state`, in which the latents of lanes that hold parts of a picture have those parts back."""
    held = [(number, lane.held, *lane.step.held) for number, lane in enumerate(lanes) if lane.held]
    if held:
        numbers, parts, of_clean, of_noise = zip(*held, strict=True)
        clean, noise, mask = (
            torch.stack([getattr(part, name) for part in parts]).to(state)
            for name in ("clean", "noise", "mask")
        )
        stays = _column(of_clean, state) * clean + _column(of_noise, state) * noise
        rows = _numbers(numbers, state)
        state[rows, 0] = (1 - mask) * stays + mask * state[rows, 0]
    return state


def _fresh_noise(lanes: Sequence[Lane], state: Tensor) -> Tensor:
    """(lanes, channels, height, width): from each lane's own generator, if its sampler draws in this step."""
    shape = state.shape[2:]
    drawn: Iterable[Tensor] = (
        torch.randn((1, *shape), generator=lane.generator) if lane.step.draws else torch.zeros((1, *shape))
        for lane in lanes
    )
    return sent(torch.cat(tuple(drawn)), state.device)


def _column(values: Sequence[float], like: Tensor) -> Tensor:
    return _floats(values, like)[:, None, None, None]


def _floats(values: Sequence[float], like: Tensor) -> Tensor:
    return sent(torch.tensor(values, dtype=torch.float32), like.device)


def _numbers(values: Sequence[int], like: Tensor) -> Tensor:
    return sent(torch.tensor(values, dtype=torch.long), like.device)
