"""Training in several processes that average their gradients: on a CPU, two of one thread beat one of two."""

import signal
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import FrameType

import torch
from torch import Tensor, distributed, multiprocessing, nn


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How a stage is trained; the same in all its processes.

    Attributes:
        samples: pictures to have learnt from in the end, counted over all sittings.
        batch: pictures a step, over all processes.
        minutes: when this sitting ends, even if samples are left; None for no end.
        processes: on a CPU; a GPU takes one.
        threads: of each process.
        device: as torch names it.
        seed: of everything random.
    """

    samples: int
    batch: int
    minutes: float | None = None
    processes: int = 1
    threads: int = 1
    device: str = "cpu"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.processes > 1 and self.device != "cpu":
            raise ValueError(f"several processes train on a CPU alone, not on {self.device}")
        if self.batch % self.processes:
            raise ValueError(f"a batch of {self.batch} cannot be shared by {self.processes} processes")


class Crew:
    """One process among those that train together. It also knows when to stop."""

    def __init__(self, effort: Effort, rank: int) -> None:
        self.effort = effort
        self.rank = rank
        self.device = torch.device(effort.device)
        self._ends = None if effort.minutes is None else time.monotonic() + 60 * effort.minutes
        self._called_off = False

    @property
    def leads(self) -> bool:
        """Whether this is the process that reports and saves."""
        return self.rank == 0

    @property
    def share(self) -> int:
        """Pictures of each batch that fall to this process."""
        return self.effort.batch // self.effort.processes

    def randomness(self, step: int) -> torch.Generator:
        """Random numbers of one step in this process; a resumed run thus goes on as it would have."""
        number = (self.effort.seed * 1_000_003 + step) * 64 + self.rank
        return torch.Generator().manual_seed(number)

    def call_off(self, signum: int, frame: FrameType | None) -> None:
        """Ends the sitting after this step: a signal handler. Asked twice, the process ends at once."""
        del frame
        self._called_off = True
        signal.signal(signum, signal.SIG_DFL)

    def average(self, parameters: Sequence[nn.Parameter]) -> bool:
        """Averages the gradients over all processes; True when the sitting is over for all of them."""
        over = self._called_off or (self._ends is not None and time.monotonic() > self._ends)
        if self.effort.processes == 1:
            return over
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        sizes = [grad.numel() for grad in grads]
        flat = torch.cat([*(grad.flatten() for grad in grads), torch.tensor([float(over)])])
        distributed.all_reduce(flat)
        flat /= self.effort.processes
        pieces = torch.split(flat[:-1], sizes)
        for parameter, piece in zip(parameters, pieces, strict=True):
            parameter.grad = piece.view_as(parameter)
        return bool(flat[-1] > 0)


def together(effort: Effort, work: Callable[..., None], *arguments: object) -> None:
    """Runs `work(crew, *arguments)` in every process of the effort, and waits for all of them.

    An interrupt or a termination ends the sitting in good order: the step is finished and saved.
    """
    if effort.processes == 1:
        _serve(0, effort, None, work, arguments)
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=_serve, args=(rank, effort, port, work, arguments), daemon=True)
        for rank in range(1, effort.processes)
    ]
    for process in others:
        process.start()
    _serve(0, effort, port, work, arguments)
    for process in others:
        process.join()


def _serve(
    rank: int, effort: Effort, port: int | None, work: Callable[..., None], arguments: Iterable[object]
) -> None:
    torch.set_num_threads(effort.threads)
    torch.manual_seed(effort.seed)
    crew = Crew(effort, rank)
    # Only the leader ends the sitting; its wish reaches the others with the gradients.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, crew.call_off if crew.leads else signal.SIG_IGN)
    if port is not None:
        address = f"tcp://127.0.0.1:{port}"
        distributed.init_process_group("gloo", init_method=address, rank=rank, world_size=effort.processes)
    try:
        work(crew, *arguments)
    finally:
        if port is not None:
            distributed.destroy_process_group()


class Average:
    """The exponential moving average of a model's weights: what is shipped is smoother than what is trained.

    Polyak & Juditsky 1992; its use in diffusion models is from Ho et al. 2020, appendix B.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], *, horizon: float) -> None:
        """Args: horizon: steps that it looks back, about."""
        self._live = list(parameters)
        self.values = [parameter.detach().clone() for parameter in parameters]
        self._horizon = horizon

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes in the weights as they are after `step` steps."""
        share = 1 / min(self._horizon, 1 + step / 10)
        torch._foreach_lerp_(self.values, [p.detach() for p in self._live], share)

    @torch.no_grad()
    def swap(self) -> None:
        """Puts the average into the model and keeps the live weights, or the other way round."""
        for live, value in zip(self._live, self.values, strict=True):
            kept = live.detach().clone()
            live.copy_(value)
            value.copy_(kept)


def pick(count: int, total: int, rng: torch.Generator, weights: Tensor | None = None) -> Tensor:
    """`count` random rows of `total`, int64; with `weights`, (total,), some are likelier than others."""
    if weights is None:
        return torch.randint(total, (count,), generator=rng)
    return torch.multinomial(weights, count, replacement=True, generator=rng)
