"""The asyncio face of inference: submit a request, hold a job. Owns the worker process and the fair queue."""

import asyncio
import logging
import uuid
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from inference.errors import EngineClosed, InvalidRequest, ModelUnavailable
from inference.fair_counters import FairCounters
from inference.fair_gap import FairGap
from inference.handle import Job
from inference.job import FailureCode
from inference.line import Line
from inference.live_job import LiveJob
from inference.messages import (
    AboutModel,
    Admit,
    Broken,
    Cancel,
    FromWorker,
    Load,
    Loading,
    Park,
    Ready,
    Remember,
    Resume,
)
from inference.models import Catalogue
from inference.placement.local import LocalWorker
from inference.placement.supervisor import Supervisor
from inference.readiness import Readiness
from inference.request import ImageRequest, UpscaleRequest
from inference.status import EngineStatus, QueueEntry
from inference.story import Story
from inference.terms import USUAL_TERMS, Terms

LOADING_PATIENCE: Final = 3600.0
"""Seconds a model may take to be fetched and loaded before its worker counts as hung."""
STARTING_PATIENCE: Final = 300.0
"""Seconds a worker may take to start, libraries and all."""
WATCHDOG: Final = 600.0
"""Seconds of silence after which a worker with a job counts as hung, unless a step of it may take longer."""
SLOWER_THAN_THOUGHT: Final = 10.0
"""A step may take so many times its estimate before its worker counts as hung."""

PLACES_EVERY: Final = 0.25
"""Seconds between two tellings of who stands where in line."""
BEAT: Final = 1.0
"""Seconds between two looks at who has heard nothing meanwhile."""

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
        preload: the model to have warm before the first request; "" for the catalogue's default, None for no
            model at all.
        preview_every: least seconds between two previews of a job.
        slots: the most pictures in the making at once; None for as many as the worker finds worth it.
        watchdog: seconds of silence after which a worker with a job counts as hung.
        exact: every picture is bit for bit what the same request makes alone on the same device with the
            same versions, whoever else is served. Otherwise it is the same to the eye, and more people are
            served in the same time.
        knees: what `knees()` gave in an earlier run.
        compile_into: a folder for compiled U-Nets; None does not compile. That takes minutes when a model
            is loaded for the first time; what was made is found again there.
        quantum: compute-seconds after which a job is parked while others wait who have had less, more than 0;
            None for what a normal request takes, see `inference.quantum.Quantum`.

    Attributes:
        worker_deaths: workers that were lost since the start.

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
        slots: int | None = None,
        watchdog: float = WATCHDOG,
        exact: bool = False,
        knees: Mapping[str, int] | None = None,
        compile_into: Path | None = None,
        quantum: float | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._line = Line(counters=counters, rates=rates, quantum=quantum)
        self._watchdog = watchdog
        self._slots = slots
        self._preload = None if preload is None else catalogue.require(preload or catalogue.default.name)
        self._readiness = Readiness(self._preload.name if self._preload else None)
        self._knees = dict(knees or {})
        spawn = partial(
            LocalWorker.spawn,
            device=device,
            threads=threads,
            preview_every=preview_every,
            exact=exact,
            compile_into=compile_into,
        )
        self._supervisor = Supervisor(spawn, self)
        self._keeping: asyncio.Task[None] | None = None
        self._beating: asyncio.TimerHandle | None = None
        self._telling: asyncio.TimerHandle | None = None
        self._places_changed = False
        self.worker_deaths = 0

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
            self._beat()

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
        self,
        request: ImageRequest | UpscaleRequest,
        *,
        job_id: str | None = None,
        terms: Terms = USUAL_TERMS,
        deaths: int = 0,
    ) -> Job:
        """Takes a request into the fair queue. The worker may still be starting.

        Args:
            request: what to make.
            job_id: its name; None for a fresh one.
            terms: on which it waits and runs, until `change`.
            deaths: workers that died while it was alone with them, in an earlier run; it runs alone then.

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
        live = LiveJob(id=name, request=request, story=Story(), estimate=estimate, terms=terms)
        live.deaths, live.suspect = deaths, deaths > 0
        self._line.join(live)
        self._serve()
        return Job(name, request, story=live.story, cancel=partial(self._cancel, live))

    def change(self, job_id: str, terms: Terms) -> bool:
        """A job waits or runs on other terms from now on; what it received is not weighed again.

        Args:
            job_id: which.
            terms: all of them, not only those that are others.

        Returns:
            False where it neither waits nor runs.
        """
        changed = self._line.change(job_id, terms)
        if changed:
            self._serve()
        return changed

    def estimate(self, request: ImageRequest | UpscaleRequest) -> float:
        """Compute-seconds a request will cost: learned, or a cautious guess before anything was measured."""
        return self._line.cost.estimate(request)

    def queue(self) -> tuple[QueueEntry, ...]:
        """Who runs, then who waits in serving order."""
        return self._line.entries()

    def place(self, job_id: str) -> QueueEntry | None:
        """Where one job stands, as in `queue`; None where it neither runs nor waits."""
        return self._line.entry(job_id)

    @property
    def slots(self) -> int:
        """Pictures in the making at once, at most; a request with more of them runs alone.

        Where it is measured it differs by model; this is that of whose turn it is, or was last.
        """
        return self._slots or self._readiness.slots(self._line.next_model)

    def counters(self) -> FairCounters:
        """What the fair queue should remember across a restart."""
        return self._line.counters()

    @property
    def gap(self) -> FairGap:
        """How far apart two owners who both waited have drifted so far, beside how far they may."""
        return self._line.gap

    def rates(self) -> Mapping[str, float]:
        """Learned seconds per megapixel-evaluation by model, to be kept across a restart."""
        return self._line.cost.rates

    def knees(self) -> Mapping[str, int]:
        """How many pictures at once are worth it, by device, model and size; to be kept across a restart."""
        return dict(self._knees)

    async def close(self) -> None:
        """Ends what runs and waits with `Failed(CLOSED)`, and the worker with it. Again is no matter."""
        self._readiness.closed()
        self._line.fail_all(FailureCode.CLOSED, "the engine closed")
        for timer in (self._beating, self._telling):
            if timer is not None:
                timer.cancel()
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])

    # What the supervisor tells.

    def worker_up(self) -> None:
        self._supervisor.expect_word_within(STARTING_PATIENCE)
        self._supervisor.send(Remember(knees=self._knees))
        if self._preload is not None:
            self._supervisor.send(Load(model=self._preload))

    def worker_said(self, message: FromWorker) -> None:
        if isinstance(message, Loading):  # it may have to be fetched first
            self._supervisor.expect_word_within(max(self._watchdog, LOADING_PATIENCE))
        if isinstance(message, Ready):
            self._knees[message.knee_of] = message.knee
        if isinstance(message, AboutModel):
            self._readiness.hear(message, learn_rate=self._line.seed)
            if isinstance(message, Ready | Broken):
                self._supervisor.expect_word_within(self._patience if self._line.running else None)
        else:
            self._line.hear(message)
        self._serve()

    def worker_lost(self, detail: str, deaths: int) -> None:
        self.worker_deaths += 1
        self._readiness.lost(detail, deaths)
        self._line.worker_died(detail)
        if self.status.state == "failed":  # nobody shall wait for a worker that never comes
            self._line.fail_all(FailureCode.WORKER_DIED, self.status.detail)

    # What follows from it.

    def _serve(self) -> None:
        """Gives a free worker its next job, has others make way for it, and tells everybody their place."""
        if self._readiness.takes_jobs:
            slots = self.slots
            for live in self._line.next(slots=slots):
                self._give(live)
            for live in self._line.to_park(slots=self.slots):
                self._supervisor.send(Park(job_id=live.id))
            if not self._line.running:
                self._supervisor.expect_word_within(None)
        self._places_changed = True
        self._tell_places()

    def _tell_places(self) -> None:
        """At once, but not again within a while: with hundreds in line everybody's place is work."""
        if not self._places_changed or self._telling is not None:
            return
        self._places_changed = False
        self._line.tell_places()
        self._telling = asyncio.get_running_loop().call_later(PLACES_EVERY, self._tell_places_again)

    def _tell_places_again(self) -> None:
        self._telling = None
        self._tell_places()

    def _give(self, live: LiveJob) -> None:
        self._supervisor.expect_word_within(self._patience)
        if live.parked:
            self._line.resume(live)
            self._supervisor.send(Resume(job_id=live.id))
            return
        live.with_worker = True
        live.attempt += 1
        model = self._catalogue[live.request.model] if isinstance(live.request, ImageRequest) else None
        self._supervisor.send(Admit(job_id=live.id, request=live.request, model=model))

    @property
    def _patience(self) -> float:
        """Seconds until a silent worker counts as hung: slow steps of all that run may come in one."""
        steps = (
            max(live.estimate, self.estimate(live.request)) / live.steps_taken
            for live in self._line.running.values()
        )
        return max(self._watchdog, SLOWER_THAN_THOUGHT * sum(steps))

    def _cancel(self, live: LiveJob) -> None:
        if self._line.cancel(live):
            self._supervisor.send(Cancel(job_id=live.id))
        self._serve()

    def _beat(self) -> None:
        """No silence lasts longer than two of these."""
        self._beating = asyncio.get_running_loop().call_later(BEAT, self._beat)
        self._line.beat()

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
        self._line.fail_all(FailureCode.INTERNAL, f"internal error: {error}")
