"""The worker: admit → tick → retire, for as long as its process lives."""

import logging
import os
import queue
from collections.abc import Callable
from typing import Final

import diffusers
import torch
import transformers

from inference.bench import Bench
from inference.enlarging import enlarged
from inference.errors import InvalidRequest, ModelUnavailable, NumbersLost
from inference.job import FailureCode
from inference.memory import beyond_repair, ran_out, release
from inference.messages import (
    Admit,
    Awake,
    Began,
    Broken,
    Cancel,
    FromWorker,
    Load,
    Loading,
    NotParked,
    Park,
    Ready,
    Refused,
    Remember,
    Resume,
    Stopped,
    ToWorker,
)
from inference.models import ModelInfo
from inference.request import ImageRequest, UpscaleRequest
from inference.solo.bench import SoloBench
from inference.warm_models import WarmFamily, WarmModel, WarmModels, WarmPipeline

BEYOND_REPAIR: Final = 70
"""The exit status of a worker that can compute nothing any more (`EX_SOFTWARE`)."""

log = logging.getLogger("inference.worker")


class Worker:
    """Makes everything it was given at once, listening between two forwards.

    Args:
        models: what is loaded.
        preview_every: least seconds between two previews of a job.
        inbox: what the engine says.
        say: how to answer it.
        exact: every picture is bit for bit what it is alone; see `Lanes`.
    """

    def __init__(
        self,
        *,
        models: WarmModels,
        preview_every: float,
        inbox: "queue.SimpleQueue[ToWorker]",
        say: Callable[[FromWorker], None],
        exact: bool,
    ) -> None:
        self._models = models
        self._inbox = inbox
        self._say = say
        self._bench = Bench(
            preview_every=preview_every, say=say, fail=self._refuse, device=models.device, exact=exact
        )
        self._solos = SoloBench(preview_every=preview_every, say=say, fail=self._refuse)

    def serve_forever(self) -> None:
        """Never returns: the process leaves when its pipe closes."""
        self._say(Awake(device=str(self._models.device)))
        while True:
            self._admit()
            self._bench.tick()
            self._solos.tick()

    def _admit(self) -> None:
        """Hears what was said since the last tick; with nothing to do, waits for a word."""
        while True:
            try:
                message = self._inbox.get(block=not (self._bench.busy or self._solos.busy))
            except queue.Empty:
                return
            match message:
                case Remember(knees=knees):
                    self._models.knees |= knees
                case Load(model=model):
                    self._load(model)
                case Cancel(job_id=job_id):
                    self._cancel(job_id)
                case Park(job_id=job_id):
                    parked = self._bench.park(job_id) or self._solos.park(job_id)
                    self._say(parked or NotParked(job_id=job_id))
                case Resume(job_id=job_id):
                    self._bench.resume(job_id)
                    self._solos.resume(job_id)
                case Admit():
                    self._begin(message)

    def _begin(self, admit: Admit) -> None:
        self._say(Began(job_id=admit.job_id))
        try:
            if isinstance(admit.request, UpscaleRequest):
                self._say(enlarged(admit.job_id, admit.request))
            else:
                self._begin_pictures(admit, admit.request)
        except Exception as error:  # noqa: BLE001 - told to its job; the others go on
            failure = error.with_traceback(None)  # a traceback would hold the tensors that did not fit
        else:
            return
        self._refuse(admit.job_id, failure, 0.0)

    def _begin_pictures(self, admit: Admit, request: ImageRequest) -> None:
        if admit.model is None:
            raise ValueError("pictures from words need a model")
        loaded = self._models.get(admit.model) or self._load(admit.model)
        if not isinstance(loaded, WarmModel):
            raise loaded
        if isinstance(loaded, WarmPipeline):
            self._solos.begin(admit.job_id, request, loaded)
        elif isinstance(loaded, WarmFamily):
            self._bench.begin(admit.job_id, request, loaded)

    def _load(self, model: ModelInfo) -> WarmModel | Exception:
        device = str(self._models.device)
        self._say(Loading(model=model.name, device=device))
        for kept in (*self._bench.keeping, *self._solos.keeping):
            self._models.touch(kept)
        try:
            warm = self._models.load(model)
        except Exception as error:  # whatever a model does, the worker answers and goes on
            log.warning("loading %s failed", model.name, exc_info=error)
            _leave_if_beyond_repair(error)
            out_of_memory = failure_code(error) is FailureCode.OUT_OF_MEMORY
            unavailable = error if isinstance(error, ModelUnavailable) else None
            unavailable = unavailable or ModelUnavailable(model.name, describe(error))
            self._say(Broken(model=model.name, device=device, detail=unavailable.detail))
            return (error if out_of_memory else unavailable).with_traceback(None)
        self._say(
            Ready(model=model.name, device=device, rate=warm.rate, knee=warm.knee, knee_of=warm.knee_of)
        )
        return warm

    def _refuse(self, job_id: str, error: Exception, seconds: float) -> None:
        log.warning("job %s failed", job_id, exc_info=error)
        _leave_if_beyond_repair(error)
        code, detail = failure_code(error), describe(error)
        self._say(Refused(job_id=job_id, code=code, detail=detail, compute_seconds=seconds))
        if code is FailureCode.OUT_OF_MEMORY:
            release(self._models.device)

    def _cancel(self, job_id: str) -> None:
        stopped = (self._bench.stop(job_id), self._solos.stop(job_id))
        for seconds in (each for each in stopped if each is not None):
            self._say(Stopped(job_id=job_id, compute_seconds=seconds))


def _leave_if_beyond_repair(error: Exception) -> None:
    """No job is refused for it: the engine has each made again by the next worker, alone."""
    if beyond_repair(error):
        log.critical("this process can compute nothing any more, and leaves")
        os._exit(BEYOND_REPAIR)


def failure_code(error: Exception) -> FailureCode:
    """What kind of failure an exception is."""
    if ran_out(error):
        return FailureCode.OUT_OF_MEMORY
    match error:
        case InvalidRequest():
            return FailureCode.INVALID
        case ModelUnavailable():
            return FailureCode.MODEL_UNAVAILABLE
        case NumbersLost():
            return FailureCode.NUMBERS_LOST
    return FailureCode.INTERNAL


def describe(error: Exception) -> str:
    """One line for the log."""
    words = " ".join(str(error).split())
    if isinstance(error, InvalidRequest | ModelUnavailable | NumbersLost):
        return words
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _quiet_the_libraries() -> None:
    """Progress bars and advice of diffusers and transformers say nothing to who reads a bot's log."""
    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()


def _choose_device(name: str) -> torch.device:
    """The device of that name; "auto" is the first GPU, or else the CPU."""
    if name != "auto":
        return torch.device(name)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def work_forever(
    *,
    device: str,
    threads: int,
    preview_every: float,
    inbox: "queue.SimpleQueue[ToWorker]",
    say: Callable[[FromWorker], None],
    exact: bool,
    compiled: bool,
) -> None:
    """Sets torch up and serves.

    Args:
        device: "auto" for the first GPU or else the CPU, or a torch device's name.
        threads: of computation.
        preview_every: least seconds between two previews of a job.
        inbox: what the engine says.
        say: how to answer it.
        exact: every picture is bit for bit what it is alone.
        compiled: whether U-Nets are compiled.
    """
    _quiet_the_libraries()
    torch.set_num_threads(threads)
    models = WarmModels(_choose_device(device), compiled=compiled)
    Worker(models=models, preview_every=preview_every, inbox=inbox, say=say, exact=exact).serve_forever()
