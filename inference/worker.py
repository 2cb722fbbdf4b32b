"""The worker: admit → tick → retire, for as long as its process lives."""

import gc
import logging
import queue
from collections.abc import Callable

import diffusers
import torch
import transformers

from inference.errors import InvalidRequest, ModelUnavailable
from inference.job import FailureCode
from inference.messages import (
    Admit,
    Awake,
    Began,
    Broken,
    Cancel,
    FromWorker,
    Load,
    Loading,
    Ready,
    Refused,
    Stopped,
    ToWorker,
)
from inference.models import ModelInfo
from inference.request import ImageRequest
from inference.warm_models import WarmModel, WarmModels
from inference.work import PictureWork, UpscaleWork, Work

log = logging.getLogger("inference.worker")


class Worker:
    """Does jobs in the order they come, listening for cancellations between steps.

    Args:
        models: what is loaded.
        preview_every: least seconds between two previews of a job.
        inbox: what the engine says.
        say: how to answer it.
    """

    def __init__(
        self,
        *,
        models: WarmModels,
        preview_every: float,
        inbox: "queue.SimpleQueue[ToWorker]",
        say: Callable[[FromWorker], None],
    ) -> None:
        self._models = models
        self._preview_every = preview_every
        self._inbox = inbox
        self._say = say
        self._running: list[Work] = []

    def serve_forever(self) -> None:
        """Never returns: the process leaves when its pipe closes."""
        self._say(Awake(device=str(self._models.device)))
        while True:
            self._admit()
            for work in tuple(self._running):
                if self._tick(work):
                    self._running.remove(work)

    def _admit(self) -> None:
        """Hears what was said since the last tick; with nothing to do, waits for a word."""
        while True:
            try:
                message = self._inbox.get(block=not self._running)
            except queue.Empty:
                return
            match message:
                case Load(model=model):
                    self._load(model)
                case Cancel(job_id=job_id):
                    self._cancel(job_id)
                case Admit():
                    self._begin(message)

    def _begin(self, admit: Admit) -> None:
        self._say(Began(job_id=admit.job_id))
        if not isinstance(admit.request, ImageRequest):
            self._running.append(UpscaleWork(admit.job_id, admit.request, say=self._say))
            return
        if admit.model is None:
            raise ValueError("pictures from words need a model")
        loaded = self._models.get(admit.model) or self._load(admit.model)
        if isinstance(loaded, WarmModel):
            self._running.append(
                PictureWork(
                    admit.job_id,
                    admit.request,
                    family=loaded.family,
                    preview=loaded.preview,
                    preview_every=self._preview_every,
                    say=self._say,
                )
            )
        else:
            self._refuse(admit.job_id, loaded, 0.0)

    def _load(self, model: ModelInfo) -> WarmModel | Exception:
        device = str(self._models.device)
        self._say(Loading(model=model.name, device=device))
        try:
            warm = self._models.load(model)
        except Exception as error:  # whatever a model does, the worker answers and goes on
            log.warning("loading %s failed", model.name, exc_info=error)
            out_of_memory = failure_code(error) is FailureCode.OUT_OF_MEMORY
            unavailable = error if isinstance(error, ModelUnavailable) else None
            unavailable = unavailable or ModelUnavailable(model.name, describe(error))
            self._say(Broken(model=model.name, device=device, detail=unavailable.detail))
            return (error if out_of_memory else unavailable).with_traceback(None)
        self._say(Ready(model=model.name, device=device, rate=warm.rate))
        return warm

    def _tick(self, work: Work) -> bool:
        """One step of one job; True when there is nothing left to do for it."""
        try:
            return work.step()
        except Exception as error:  # one job's failure is not the others'
            log.warning("job %s failed", work.job_id, exc_info=error)
            failure = error.with_traceback(None)  # a traceback would hold the tensors that did not fit
        self._refuse(work.job_id, failure, work.stopwatch.seconds)
        return True

    def _refuse(self, job_id: str, error: Exception, seconds: float) -> None:
        code, detail = failure_code(error), describe(error)
        self._say(Refused(job_id=job_id, code=code, detail=detail, compute_seconds=seconds))
        if code is FailureCode.OUT_OF_MEMORY:
            gc.collect()
            if self._models.device.type == "cuda":
                torch.cuda.empty_cache()

    def _cancel(self, job_id: str) -> None:
        for work in tuple(self._running):
            if work.job_id == job_id:
                self._running.remove(work)
                self._say(Stopped(job_id=job_id, compute_seconds=work.stopwatch.seconds))


def failure_code(error: Exception) -> FailureCode:
    """What kind of failure an exception is."""
    match error:
        case InvalidRequest():
            return FailureCode.INVALID
        case ModelUnavailable():
            return FailureCode.MODEL_UNAVAILABLE
        case MemoryError() | torch.OutOfMemoryError():
            return FailureCode.OUT_OF_MEMORY
        case RuntimeError() if "DefaultCPUAllocator" in str(error):
            return FailureCode.OUT_OF_MEMORY
    return FailureCode.INTERNAL


def describe(error: Exception) -> str:
    """One line for the log."""
    words = " ".join(str(error).split())
    if isinstance(error, InvalidRequest | ModelUnavailable):
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
) -> None:
    """Sets torch up and serves.

    Args:
        device: "auto" for the first GPU or else the CPU, or a torch device's name.
        threads: of computation.
        preview_every: least seconds between two previews of a job.
        inbox: what the engine says.
        say: how to answer it.
    """
    _quiet_the_libraries()
    torch.set_num_threads(threads)
    models = WarmModels(_choose_device(device))
    Worker(models=models, preview_every=preview_every, inbox=inbox, say=say).serve_forever()
