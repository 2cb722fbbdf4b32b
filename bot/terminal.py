"""`easel imagine`: one request through the engine, watched from a terminal."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from bot.cli_errors import Interrupted, NotMade
from bot.config import EngineSettings, LimitsSettings
from inference import (
    MAX_COUNT,
    MAX_PROMPT,
    MAX_STEPS,
    Cancelled,
    Catalogue,
    Done,
    Engine,
    Failed,
    FailureCode,
    ImageRequest,
    Job,
    JobEvent,
    Outcome,
    Progress,
    Queued,
    Started,
)

LIMITS: Final = LimitsSettings(
    default_count=1, max_count=MAX_COUNT, max_steps=MAX_STEPS, max_prompt=MAX_PROMPT
)
"""On one's own machine only the engine's limits count."""
NO_PREVIEWS: Final = 1e9
"""Seconds between previews: nobody looks at them here, and they cost compute."""


class Watch:
    """Shows on standard error how far a job is; shows nothing where that is no terminal."""

    def __init__(self, *, quiet: bool) -> None:
        from rich import progress
        from rich.console import Console

        console = Console(stderr=True)
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TextColumn("{task.completed}/{task.total}"),
            progress.TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._line = self._bar.add_task("Loading the model", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, event: JobEvent) -> None:
        """Take notice of what the job says."""
        match event:
            case Queued():
                self._bar.update(self._line, description="Loading the model")
            case Started():
                self._bar.update(self._line, description="Painting")
            case Progress(step=step, steps=steps):
                self._bar.update(self._line, description="Painting", completed=step, total=steps)
            case _:
                pass


async def paint(
    request: ImageRequest, *, catalogue: Catalogue, settings: EngineSettings, quiet: bool
) -> Outcome:
    """Make the pictures; Ctrl-C cancels them and lets the engine close in order."""
    engine = Engine(
        catalogue=catalogue,
        device=settings.device,
        threads=settings.threads,
        exact=settings.exact,
        preload=request.model,
        preview_every=NO_PREVIEWS,
    )
    async with engine:
        job = engine.submit(request)
        with _cancelled_by_interrupt(job), Watch(quiet=quiet) as watch:
            async for event in job.events():
                watch.show(event)
        return await job.outcome()


@contextmanager
def _cancelled_by_interrupt(job: Job) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, job.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def require_done(outcome: Outcome) -> Done:
    """The pictures.

    Raises:
        Interrupted: somebody cancelled.
        NotMade: the engine could not make them.
    """
    match outcome:
        case Done():
            return outcome
        case Cancelled():
            raise Interrupted
        case Failed(code=code, detail=detail):
            raise NotMade(detail, by_request=code is FailureCode.INVALID)


def summary(request: ImageRequest, done: Done, paths: list[str]) -> dict[str, object]:
    """What `--json` prints."""
    first = done.images[0]
    return {
        "images": paths,
        "seed": request.seed,
        "seeds": [image.seed for image in done.images],
        "steps": request.steps,
        "guidance": request.guidance_scale,
        "sampler": request.sampler,
        "model": request.model,
        "width": first.width,
        "height": first.height,
        "seconds": round(done.compute_seconds, 3),
    }
