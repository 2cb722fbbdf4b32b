"""How the engine is, and who waits for it."""

from dataclasses import dataclass
from typing import Literal

State = Literal["starting", "loading", "ready", "restarting", "closed", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """How the engine is.

    Attributes:
        state: "starting" before the worker answers; "loading" a model; "ready" for work; "restarting" after
            the worker died; "failed" when the model or the worker cannot be had (it is tried again when a
            request asks for it); "closed".
        device: where it computes, such as "cpu" or "cuda"; None before the worker has said so.
        model: the model that is loading, warm or broken; None before any.
        detail: what is wrong, in one line; empty when nothing is.
    """

    state: State
    device: str | None = None
    model: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """One job that runs or waits.

    Attributes:
        job_id: which.
        owner: whose turn it takes.
        position: 0 runs, 1 is next.
        eta_seconds: until it is done, wall clock, an estimate; None while nothing was measured, and while it
            waits and is held.
        eta_range: between which it will be done, as far as earlier estimates were off; None likewise.
        estimate: compute-seconds it will cost, an estimate.
        lead: compute-seconds per weight that its owner has had lately beyond whoever has had the least.
        step: denoising steps done, of all its pictures at once.
        steps: of how many; 0 before the first is done.
        slots: the worker's picture slots it has, one a picture, numbered from 0; none while it waits.
        paused: it waits with its steps done so far kept, until others have had as much or while it is held.
        begins_seconds: until its next turn, wall clock, an estimate; 0 while it runs; None as `eta_seconds`.
        held: it does not run until its terms change; one that runs is about to be parked, or runs through.
    """

    job_id: str
    owner: str
    position: int
    eta_seconds: float | None
    eta_range: tuple[float, float] | None
    estimate: float
    lead: float
    step: int
    steps: int
    slots: tuple[int, ...]
    paused: bool = False
    begins_seconds: float | None = None
    held: bool = False
