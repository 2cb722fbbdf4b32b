"""What ticks take, without waiting for the device."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Generic, Protocol, TypeVar

import torch

T = TypeVar("T")

AHEAD: Final = 1
"""Ticks given to a GPU before the one that it computes is waited for."""


class Event(Protocol):
    """A mark among what a GPU has to do; `torch.cuda.Event`."""

    def record(self) -> None: ...

    def synchronize(self) -> None: ...

    def elapsed_time(self, end: Any, /) -> float: ...  # noqa: ANN401 - another of its kind


def _cuda_event() -> Event:
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]


class Stopwatch(Generic[T]):
    """Seconds by tick.

    On a CPU a tick is over when its call returns. A GPU is given a tick and goes on by itself: one more may
    be given to it meanwhile, so that it never waits for Python; then the older one is waited for.

    Args:
        device: what computes.
        event: makes a mark; for tests.
    """

    def __init__(self, device: torch.device, event: Callable[[], Event] = _cuda_event) -> None:
        self._event = event if device.type == "cuda" else None
        self._since = 0.0
        self._began: Event | None = None
        self._given: deque[tuple[T, Event, Event]] = deque()

    def begin(self) -> None:
        """A tick begins; one that began before and did not end is forgotten."""
        self._since = time.perf_counter()
        self._began = None if self._event is None else self._mark(self._event)

    def end(self, tick: T) -> list[tuple[T, float]]:
        """A tick is computed, or given to the GPU; returns those that are over since, and their seconds."""
        if self._event is None or self._began is None:
            return [(tick, time.perf_counter() - self._since)]
        self._given.append((tick, self._began, self._mark(self._event)))
        return self._over(but=AHEAD)

    def finish(self) -> list[tuple[T, float]]:
        """Waits for all that was given; returns what `end` did not yet."""
        return self._over(but=0)

    def _over(self, *, but: int) -> list[tuple[T, float]]:
        over = []
        while len(self._given) > but:
            tick, began, ended = self._given.popleft()
            ended.synchronize()
            over.append((tick, began.elapsed_time(ended) / 1000))
        return over

    @staticmethod
    def _mark(event: Callable[[], Event]) -> Event:
        mark = event()
        mark.record()
        return mark
