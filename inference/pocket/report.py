"""What a person sees of a long stage, on standard error: a bar on a terminal, else a line now and then."""

import sys
import time
from collections import deque
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

_EVERY_SECONDS: Final = 30.0


class Report:
    """The progress of one stage."""

    def __init__(
        self, stage: str, total: int, *, done: int = 0, unit: str = "samples", silent: bool = False
    ) -> None:
        """Args: silent: say nothing, since another process speaks for all."""
        self._silent = silent
        self._stage, self._total, self._unit = stage, total, unit
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + unit),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
            console=self._console,
            disable=silent or not self._console.is_terminal,
        )
        self._task = self._bar.add_task(stage, total=total, completed=done, figures="")
        self._first, self._began, self._said = done, time.monotonic(), 0.0
        self._recent: dict[str, deque[float]] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def update(self, done: int, **figures: float) -> None:
        """`done` units are done; figures are shown as the mean of their last 200 values."""
        for name, value in figures.items():
            self._recent.setdefault(name, deque(maxlen=200)).append(value)
        now = time.monotonic()
        rate = (done - self._first) / max(1e-9, now - self._began)
        means = " ".join(f"{name} {sum(last) / len(last):.4f}" for name, last in self._recent.items())
        self._bar.update(self._task, completed=done, figures=f"{means} · {rate:.0f}/s")
        if self._silent:
            return
        if self._bar.disable and (now - self._said > _EVERY_SECONDS or done >= self._total):
            self._said = now
            self.note(f"{self._stage}: {done:,} of {self._total:,} {self._unit} · {means} · {rate:.1f}/s")

    def note(self, line: str) -> None:
        """A line that stays."""
        if self._bar.disable:
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - a log wants plain lines
        else:
            self._console.print(line, highlight=False)
