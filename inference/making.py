"""One request's pictures in the making in the worker, in lanes that they share with others."""

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

import torch

from inference.denoise.lanes import Lane
from inference.job import ImageResult
from inference.memory import Room
from inference.request import ImageRequest
from inference.warm_models import WarmFamily

Group = tuple[int, tuple[int, int, int]]
"""Who may share a forward: the same loaded model, the same size of latents."""


@dataclass(slots=True, kw_only=True, eq=False)
class Making:
    """One request's pictures in the making.

    Attributes:
        lanes: its pictures' lanes by their place in the request.
        latents: those that wait to be decoded.
        files: those that are being written, or are.
        seconds: its share of the time computed so far.
        parked: nothing of it is computed until it is gone on with.
        decoding: how many of its latents are decoded at once.
    """

    job_id: str
    request: ImageRequest
    warm: WarmFamily
    group: Group
    lanes: dict[int, Lane]
    notes: tuple[str, ...]
    latents: deque[tuple[int, torch.Tensor]] = field(default_factory=deque)
    files: dict[int, Future[ImageResult]] = field(default_factory=dict)
    seconds: float = 0.0
    steps_said: int = 0
    previewed_at: float | None = None
    parked: bool = False
    decoding: Room = field(default_factory=Room)

    @property
    def steps_done(self) -> int:
        """Of the request's steps: a sampler that asks the model twice a step counts once."""
        lane = self.lanes[0]
        return self.request.steps_taken * lane.position // len(lane.plan.steps)

    @property
    def entries(self) -> int:
        """Its rows in the next forward."""
        return 0 if self.parked else sum(len(lane.texts) for lane in self.lanes.values() if not lane.done)
