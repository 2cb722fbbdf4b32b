"""What a `Job` tells, as frozen events, ending with one outcome."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageResult:
    """One finished picture.

    Attributes:
        index: its place in the request, from 0.
        seed: `ImageRequest.seed_of(index)`; 0 for an upscale.
        width: pixels.
        height: pixels.
        png: the file, 8-bit RGB, with the settings in its text chunk, and what computed it; the same request
            gives the same bytes on the same machine and versions, in exact mode whoever else is served.
    """

    index: int
    seed: int
    width: int
    height: int
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """Waiting. Sent again whenever the place, the estimate or `held` changes.

    Attributes:
        position: 1 is next. Jobs that already run are not counted.
        ahead: requests that will be served before this one, the running ones included.
        eta_seconds: until it is done, wall clock, an estimate; None while the worker has measured nothing,
            and while it is held.
        held: it does not begin until its terms change; such jobs come last.
    """

    position: int
    ahead: int
    eta_seconds: float | None
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The worker took it. Sent again, with the next attempt, when a worker died and it is retried."""

    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """Its worker died: all of it begins again with the next one, alone, as `Started` will say.

    Attributes:
        deaths: workers that died while it was alone with them, those told to `Engine.submit` included.
    """

    deaths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Stopped after a step for somebody who has had less, or held; what there is of its pictures is kept.

    Sent again whenever the place or the estimate changes; `Progress` says that it goes on, or `Started` that
    it begins again, since the worker that kept it died.

    Attributes:
        step: steps that are done.
        steps: of how many.
        position: 1 is next. Jobs that already run are not counted.
        resumes_seconds: until it goes on, wall clock, an estimate; None while nothing was measured, and while
            it is held.
    """

    step: int
    steps: int
    position: int
    resumes_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`step` of `steps` denoising steps are done.

    Sent again where a step takes long, so that whoever listens knows that it goes on: as long as the
    worker that began with a job lives, there is news of it at least every three seconds.
    """

    step: int
    steps: int
    eta_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How the pictures look so far: one small WebP each, in order, from the predicted clean latents."""

    step: int
    steps: int
    images: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Finished: the pictures in order, and what they cost.

    Attributes:
        compute_seconds: measured in the worker, this job's share alone.
        notes: what the model could not follow, a sentence each ("The prompt was cut after 40 tokens …").
    """

    images: tuple[ImageResult, ...]
    compute_seconds: float
    notes: tuple[str, ...] = ()


class FailureCode(StrEnum):
    """Why a job failed; words for people are found in `bot.render`."""

    INVALID = "invalid"
    MODEL_UNAVAILABLE = "model_unavailable"
    OUT_OF_MEMORY = "out_of_memory"
    NUMBERS_LOST = "numbers_lost"
    WORKER_DIED = "worker_died"
    INTERNAL = "internal"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It will not be made. `detail` is one line for the log.

    Attributes:
        compute_seconds: spent in vain by the last attempt; earlier ones, whose worker died, are not in it.
    """

    code: FailureCode
    detail: str
    compute_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Somebody called `Job.cancel()`.

    Attributes:
        compute_seconds: spent by then in the attempt that was cancelled; 0 where its worker died.
    """

    compute_seconds: float = 0.0


JobEvent = Queued | Started | Interrupted | Paused | Progress | Preview | Done | Failed | Cancelled
Outcome = Done | Failed | Cancelled
