"""The asyncio face of inference: submit a request, hold a job. Owns the worker process and the fair queue."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Mapping
from functools import partial
from types import TracebackType
from typing import Self

from inference.cost import CostModel
from inference.errors import EngineClosed, InvalidRequest, ModelUnavailable
from inference.fair_queue import FairCounters, FairQueue
from inference.handle import Job
from inference.job import Cancelled, Done, Failed, FailureCode, Outcome, Preview, Progress, Started
from inference.live_job import LAST_ATTEMPT, LiveJob
from inference.messages import (
    AboutJob,
    AboutModel,
    Admit,
    Began,
    Cancel,
    Finished,
    FromWorker,
    Load,
    Previewed,
    Refused,
    Stepped,
    Stopped,
)
from inference.models import Catalogue
from inference.placement.local import LocalWorker
from inference.placement.supervisor import Supervisor
from inference.readiness import Readiness
from inference.request import ImageRequest, UpscaleRequest
from inference.status import EngineStatus, QueueEntry
from inference.story import Story

WATCHDOG: float = 600.0
"""Seconds of silence after which a worker with a job counts as hung, unless the job's own size allows more."""
SLOWER_THAN_THOUGHT: float = 10.0
"""A job may take so many times its estimate without a word before its worker counts as hung."""

log = logging.getLogger(__name__)


class Engine:
    """Pictures from requests, fairly shared, made by one worker process that is replaced when it dies.

    Everything here belongs to one event loop, and nothing blocks it.

    Args:
        catalogue: the models that may be asked for.
        counters: what `counters()` gave in an earlier run.
        rates: what `rates()` gave in an earlier run.
        device: "auto" for the first GPU or else the CPU, or a torch device's name.
        threads: of the worker's computation; None for one less than there are cores.
        preload: the model to have warm before the first request; "" for the catalogue's default, None for none.
        preview_every: least seconds between two previews of a job.
        watchdog: seconds of silence after which a worker with a job counts as hung.

    Raises:
        InvalidRequest: `preload` is not in the catalogue.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        counters: FairCounters | None = None,
        rates: Mapping[str, float] | None = None,
        device: str = "auto",
        threads: int | None = None,
        preload: str | None = "",
        preview_every: float = 1.0,
        watchdog: float = WATCHDOG,
    ) -> None:
        self._catalogue = catalogue
        self._queue = FairQueue(counters)
        self._cost = CostModel(rates)
        self._watchdog = watchdog
        self._preload = None if preload is None else catalogue.require(preload or catalogue.default.name)
        self._readiness = Readiness(self._preload.name if self._preload else None)
        self._live: dict[str, LiveJob] = {}
        self._running: LiveJob | None = None
        spawn = partial(LocalWorker.spawn, device=device, threads=threads, preview_every=preview_every)
        self._supervisor = Supervisor(spawn, self)
        self._keeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Starts the worker and returns at once; the model loads meanwhile.

        Raises:
            EngineClosed: it was closed before.
        """
        if self.status.state == "closed":
            raise EngineClosed
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._supervisor.keep(), name="inference worker")
            self._keeping.add_done_callback(self._keeping_ended)

    @property
    def status(self) -> EngineStatus:
        """How the engine is now."""
        return self._readiness.status

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id; None while there is no worker."""
        return self._supervisor.pid

    async def ready(self) -> EngineStatus:
        """Waits until the preloaded model is warm.

        Raises:
            ModelUnavailable: it cannot be had.
            EngineClosed: the engine was closed meanwhile.
        """
        status = await self._readiness.decided()
        if status.state == "closed":
            raise EngineClosed
        if status.state == "failed":
            raise ModelUnavailable(status.model or "", status.detail)
        return status

    def submit(
        self, request: ImageRequest | UpscaleRequest, *, job_id: str | None = None, weight: float = 1.0
    ) -> Job:
        """Takes a request into the fair queue. The worker may still be starting.

        Args:
            request: what to make.
            job_id: its name; None for a fresh one.
            weight: the owner's share of compute-seconds against others', more than 0.

        Raises:
            InvalidRequest: the model is unknown or the pictures are too large for it.
            EngineClosed: the engine takes no more.
            ValueError: a job of this name is alive.
        """
        if self.status.state == "closed":
            raise EngineClosed
        self._require_possible(request)
        name = job_id or uuid.uuid4().hex
        estimate = self.estimate(request)
        self._queue.add(name, owner=request.owner, estimate=estimate, weight=weight)
        live = LiveJob(id=name, request=request, story=Story(), estimate=estimate)
        self._live[name] = live
        self._serve()
        return Job(name, request, story=live.story, cancel=partial(self._cancel, live))

    def estimate(self, request: ImageRequest | UpscaleRequest) -> float:
        """Compute-seconds a request will cost: learned, or a cautious guess before anything was measured."""
        return self._cost.estimate(request)

    def queue(self) -> tuple[QueueEntry, ...]:
        """Who runs, then who waits in serving order."""
        running = (self._running,) if self._running else ()
        entries, ahead = [], 0.0
        known = True
        for position, live in enumerate((*running, *self._waiting()), start=1 - len(running)):
            known = known and self._cost.knows(live.request)
            ahead += live.remaining
            entries.append(
                QueueEntry(
                    job_id=live.id,
                    owner=live.request.owner,
                    position=position,
                    eta_seconds=ahead if known else None,
                    estimate=live.estimate,
                )
            )
        return tuple(entries)

    def counters(self) -> FairCounters:
        """What the fair queue should remember across a restart."""
        return self._queue.counters()

    def rates(self) -> Mapping[str, float]:
        """Learned seconds per megapixel-evaluation by model, to be kept across a restart."""
        return self._cost.rates

    async def close(self) -> None:
        """Ends what runs and waits with `Failed(CLOSED)`, and the worker with it. Again is no matter."""
        self._readiness.closed()
        for live in tuple(self._live.values()):
            self._end(live, Failed(code=FailureCode.CLOSED, detail="the engine closed", compute_seconds=live.spent))
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping

    # What the supervisor tells.

    def worker_up(self) -> None:
        if self._preload is not None:
            self._supervisor.send(Load(model=self._preload))

    def worker_said(self, message: FromWorker) -> None:
        if isinstance(message, AboutModel):
            self._readiness.hear(message, learn_rate=self._cost.seed)
        elif self._running is not None and message.job_id == self._running.id:
            self._hear_of(self._running, message)
        self._serve()

    def worker_lost(self, detail: str, deaths: int) -> None:
        self._readiness.lost(detail, deaths)
        live = self._running
        if live is None:
            return
        live.worker_died()
        if live.stopping:
            self._end(live, Cancelled(compute_seconds=live.lost))
        elif live.attempt >= LAST_ATTEMPT:
            failed = Failed(code=FailureCode.WORKER_DIED, detail=f"the worker {detail}", compute_seconds=live.lost)
            self._end(live, failed)

    # The story of a job.

    def _serve(self) -> None:
        """Gives a free worker its next job, and everybody waiting their place."""
        if self._readiness.takes_jobs and self._running is None:
            ticket = self._queue.admit()
            self._running = self._live[ticket] if ticket is not None else None
        if self._readiness.takes_jobs and self._running is not None:
            self._give(self._running)
        for entry in self.queue():
            if entry.position > 0:
                self._live[entry.job_id].tell_place(
                    position=entry.position,
                    running=int(self._running is not None),
                    eta_seconds=entry.eta_seconds,
                )

    def _give(self, live: LiveJob) -> None:
        if self._readiness.holder == live.id:
            return
        self._readiness.holder = live.id
        live.attempt += 1
        model = self._catalogue[live.request.model] if isinstance(live.request, ImageRequest) else None
        self._supervisor.expect_word_within(max(self._watchdog, SLOWER_THAN_THOUGHT * live.estimate))
        self._supervisor.send(Admit(job_id=live.id, request=live.request, model=model))

    def _hear_of(self, live: LiveJob, message: AboutJob) -> None:
        match message:
            case Began():
                live.story.tell(Started(attempt=live.attempt))
            case Stepped(step=step, steps=steps):
                live.step, live.steps, live.spent = step, steps, message.compute_seconds
                live.story.tell(Progress(step=step, steps=steps, eta_seconds=live.remaining))
            case Previewed():
                live.story.tell(Preview(step=message.step, steps=message.steps, images=message.images))
            case Finished():
                live.spent = message.compute_seconds
                self._cost.learn(live.request, live.spent)
                self._end(live, Done(images=message.images, compute_seconds=live.spent, notes=message.notes))
            case Refused(code=code, detail=detail):
                live.spent = message.compute_seconds
                self._end(live, Failed(code=code, detail=detail, compute_seconds=live.total_spent))
            case Stopped():
                live.spent = message.compute_seconds
                self._end(live, Cancelled(compute_seconds=live.total_spent))

    def _cancel(self, live: LiveJob) -> None:
        if live.story.outcome is not None or live.stopping:
            return
        live.stopping = True
        if live is self._running and self._readiness.holder == live.id:
            self._supervisor.send(Cancel(job_id=live.id))
        else:
            self._end(live, Cancelled(compute_seconds=live.lost))
            self._serve()

    def _end(self, live: LiveJob, outcome: Outcome) -> None:
        """The job is over: it leaves the queue, and what it cost is settled."""
        del self._live[live.id]
        if live is self._running:
            self._running = None
            self._readiness.holder = None
            self._supervisor.expect_word_within(None)
            self._queue.settle(live.id, live.total_spent)
        else:
            self._queue.remove(live.id)
        live.story.tell(outcome)

    def _waiting(self) -> tuple[LiveJob, ...]:
        return tuple(self._live[ticket] for ticket in self._queue.order())

    def _require_possible(self, request: ImageRequest | UpscaleRequest) -> None:
        if not isinstance(request, ImageRequest):
            return
        model = self._catalogue.require(request.model)
        if request.width * request.height > model.max_pixels:
            raise InvalidRequest(
                "size",
                f"{request.width} × {request.height}",
                f"at most {model.max_pixels:,} pixels in all with the model {model.name}",
            )

    def _keeping_ended(self, keeping: asyncio.Task[None]) -> None:
        """The supervisor ends only when it is told to; otherwise something is wrong in here."""
        if keeping.cancelled() or (error := keeping.exception()) is None:
            return
        log.critical("the worker is no longer looked after", exc_info=error)
        self._readiness.failed(f"internal error: {error}")
        for live in tuple(self._live.values()):
            self._end(live, Failed(code=FailureCode.INTERNAL, detail=str(error), compute_seconds=live.spent))
