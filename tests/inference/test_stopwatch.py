"""Ticks that a device computes by itself are timed without waiting for them."""

import torch

from inference.denoise.stopwatch import Stopwatch


class Gpu:
    """A device that does what it is given in order, each mark at its own time, when somebody waits for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[Mark] = []

    def mark(self) -> "Mark":
        return Mark(self)


class Mark:
    def __init__(self, gpu: Gpu) -> None:
        self._gpu = gpu
        self.at = 0.0

    def record(self) -> None:
        self.at = self._gpu.now

    def synchronize(self) -> None:
        self._gpu.waited.append(self)

    def elapsed_time(self, end: "Mark", /) -> float:
        return (end.at - self.at) * 1000


def test_a_gpu_is_one_tick_ahead_and_every_tick_is_charged_once() -> None:
    """Only the tick before the last is waited for; what happens between two ticks is nobody's."""
    gpu = Gpu()
    watch: Stopwatch[str] = Stopwatch(torch.device("cuda"), gpu.mark)
    told: list[tuple[str, float]] = []
    for name, seconds in (("a", 2.0), ("b", 3.0), ("c", 5.0)):
        gpu.now += 10.0
        watch.begin()
        gpu.now += seconds
        over = watch.end(name)
        assert len(gpu.waited) == len(told) + len(over)
        told += over
    assert told == [("a", 2.0), ("b", 3.0)]
    assert watch.finish() == [("c", 5.0)]
    assert watch.finish() == []


def test_a_tick_that_fails_is_forgotten() -> None:
    """The next one begins anew."""
    gpu = Gpu()
    watch: Stopwatch[str] = Stopwatch(torch.device("cuda"), gpu.mark)
    watch.begin()
    gpu.now += 7.0
    watch.begin()
    gpu.now += 1.0
    assert [*watch.end("a"), *watch.finish()] == [("a", 1.0)]


def test_on_a_cpu_a_tick_is_over_when_it_returns() -> None:
    """Its seconds are those of the clock."""
    watch: Stopwatch[str] = Stopwatch(torch.device("cpu"))
    watch.begin()
    ((name, seconds),) = watch.end("a")
    assert name == "a"
    assert 0 <= seconds < 5
    assert watch.finish() == []
