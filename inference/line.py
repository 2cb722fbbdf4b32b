"""The jobs that wait and those that run: whose turn it is, what each is told, how each ends."""

from collections.abc import Iterator, Mapping
from itertools import chain, count, islice

from inference.cost import CostModel
from inference.fair_counters import FairCounters
from inference.fair_gap import FairGap
from inference.fair_queue import FairQueue
from inference.job import (
    Cancelled,
    Done,
    Failed,
    FailureCode,
    Interrupted,
    Outcome,
    Preview,
    Progress,
    Started,
)
from inference.live_job import FATAL_DEATHS, LiveJob
from inference.messages import (
    AboutJob,
    Began,
    Finished,
    NotParked,
    Parked,
    Previewed,
    Refused,
    Stepped,
    Stopped,
)
from inference.parking import has_room, making_way, set_aside
from inference.quantum import Quantum
from inference.request import ImageRequest
from inference.status import QueueEntry
from inference.terms import Terms


class Line:
    """Keeps fair queue, cost model and stories in step. Knows of no process and no clock.

    Args:
        counters: what `counters()` gave in an earlier run.
        rates: what `cost.rates` was then.
        quantum: compute-seconds of a turn, more than 0; None for what a normal request takes.

    Attributes:
        cost: what requests are estimated to take.
        running: those whose turn it is, by id; also between two workers, until their outcome.
    """

    def __init__(
        self,
        *,
        counters: FairCounters | None,
        rates: Mapping[str, float] | None,
        quantum: float | None = None,
    ) -> None:
        self.cost = CostModel(rates)
        self.running: dict[str, LiveJob] = {}
        self._quantum = Quantum(self.cost, seconds=quantum)
        self._queue = FairQueue(counters)
        self._live: dict[str, LiveJob] = {}

    def join(self, live: LiveJob) -> None:
        """A new job, to wait for its owner's turn on its terms.

        Raises:
            ValueError: a job of this name is alive.
        """
        pictures = isinstance(live.request, ImageRequest)
        self._queue.add(
            live.id, owner=live.request.owner, estimate=live.estimate, terms=live.terms, parkable=pictures
        )
        self._live[live.id] = live
        if isinstance(live.request, ImageRequest):
            self._quantum.note(live.request)
            self._queue.quantum = self._quantum.seconds()

    def change(self, job_id: str, terms: Terms) -> bool:
        """A job waits or runs on other terms from now on; False where it does neither."""
        live = self._live.get(job_id)
        if live is None:
            return False
        live.terms = terms
        self._queue.change(job_id, terms)
        self._set_aside()
        return True

    def _set_aside(self) -> None:
        """Held jobs that have their turn and no worker computes them wait again: none is to take them up."""
        for live in tuple(self.running.values()):
            if live.terms.held and (live.parked or not live.with_worker):
                del self.running[live.id]
                live.wait_again()
                self._queue.park(live.id, live.total_spent, remaining=live.remaining)

    def seed(self, model: str, rate: float) -> None:
        """A warm-up's measurement, in seconds per megapixel-evaluation."""
        self.cost.seed(model, rate)
        self._queue.quantum = self._quantum.seconds()

    def next(self, *, slots: int) -> tuple[LiveJob, ...]:
        """The jobs that a worker with so many picture slots is to be given now, or is to go on with.

        Those whose worker died come first, one at a time: the one at fault shall not take its neighbours
        along again. Then whoever's turn it is, as long as there is room. Nobody overtakes: where the next one
        does not fit, or needs another model, everybody waits for it.
        """
        while (
            not self._suspects
            and (first := self._first()) is not None
            and has_room(self.running.values(), first, slots=slots)
        ):
            self._queue.admit()
            self._seat(first)
        if self._suspects:
            return () if any(live.with_worker for live in self.running.values()) else (self._suspects[0],)
        return tuple(live for live in self.running.values() if live.parked or not live.with_worker)

    def to_park(self, *, slots: int) -> tuple[LiveJob, ...]:
        """Those that the worker is to be told to park, each once: who is held, and who is to make way.

        The latter as far as whoever's turn it is needs the room.
        """
        running = self.running.values()
        kept = [live for live in self._live.values() if live.parked]
        held = [self._live[ticket] for ticket in self._queue.to_set_aside()]
        chosen = set_aside(held, running=running, kept=kept)
        for live in chosen:
            live.parking = True
        if (first := self._first()) is not None:
            overdue = [self._live[ticket] for ticket in self._queue.overdue()]
            chosen += making_way(first, overdue=overdue, running=running, kept=kept, slots=slots)
        for live in chosen:
            live.parking = True
        return chosen

    def resume(self, live: LiveJob) -> None:
        """The worker goes on with a parked job."""
        live.parked = False
        live.story.tell(Progress(step=live.step, steps=live.steps, eta_seconds=self._eta(live)))

    @property
    def _suspects(self) -> list[LiveJob]:
        return [live for live in self.running.values() if live.suspect]

    @property
    def next_model(self) -> str | None:
        """The model of whose turn it is; None where nobody waits who may run, or no model is needed."""
        first = self._first()
        return None if first is None else first.model

    def _first(self) -> LiveJob | None:
        ticket = self._queue.next()
        return None if ticket is None else self._live[ticket]

    def _seat(self, live: LiveJob) -> None:
        """It runs from now on, in the lowest slots that are free, and keeps them to its turn's end."""
        taken = {slot for other in self.running.values() for slot in other.slots}
        live.slots = tuple(islice((slot for slot in count() if slot not in taken), live.pictures))
        self.running[live.id] = live

    def entries(self) -> tuple[QueueEntry, ...]:
        """Who runs, then who waits in serving order."""
        leads = self._queue.leads()
        return tuple(
            self._entry(live, position, times, lead=leads[live.request.owner])
            for position, live, times in self._places()
        )

    def entry(self, job_id: str) -> QueueEntry | None:
        """The same of one job; None where it neither runs nor waits."""
        for position, live, times in self._places():
            if live.id == job_id:
                return self._entry(live, position, times, lead=self._queue.lead(live.request.owner))
        return None

    def _places(self) -> Iterator[tuple[int, LiveJob, tuple[float, float] | None]]:
        """Each job with its position, and when it begins and is done; None where nobody can know.

        Nobody can of one that is held.
        """
        known, times = True, self._times()
        waiting = (self._live[ticket] for ticket in self._queue.order())
        for position, live in chain(((0, live) for live in self.running.values()), enumerate(waiting, 1)):
            known = known and self.cost.knows(live.request)
            yield position, live, times.get(live.id) if known else None

    def _times(self) -> Mapping[str, tuple[float, float]]:
        return self._queue.forecast({name: live.remaining for name, live in self._live.items()})

    def _entry(
        self, live: LiveJob, position: int, times: tuple[float, float] | None, *, lead: float
    ) -> QueueEntry:
        eta_range = None if times is None else self.cost.bounds(times[1])
        return live.entry(position=position, times=times, eta_range=eta_range, lead=lead)

    def tell_places(self) -> None:
        """Says to everybody waiting what changed for them."""
        if not len(self._queue):
            return
        running = len(self.running)
        for position, live, times in self._places():
            if position > 0:
                begins, eta = times or (None, None)
                live.tell_place(position=position, running=running, eta_seconds=eta, begins_seconds=begins)

    def beat(self) -> None:
        """Says of jobs that the worker began how far they are, where nothing was said since the last beat."""
        for live in self.running.values():
            if live.begun and live.heard == len(live.story):
                steps = live.steps or live.steps_taken
                live.story.tell(Progress(step=live.step, steps=steps, eta_seconds=self._eta(live)))
            live.heard = len(live.story)

    @property
    def gap(self) -> FairGap:
        """See `FairQueue.gap`."""
        return self._queue.gap

    def counters(self) -> FairCounters:
        return self._queue.counters()

    def hear(self, message: AboutJob) -> None:
        """What the worker says of a running job; of another it is old news."""
        live = self.running.get(message.job_id)
        if live is None or not live.with_worker:
            return
        match message:
            case Began():
                live.begun = True
                live.story.tell(Started(attempt=live.attempt))
            case Stepped(step=step, steps=steps):
                live.step, live.steps, live.spent = step, steps, message.compute_seconds
                self._queue.receive(live.id, live.total_spent)
                live.story.tell(Progress(step=step, steps=steps, eta_seconds=self._eta(live)))
            case Previewed():
                live.story.tell(Preview(step=message.step, steps=message.steps, images=message.images))
            case Parked(step=step, steps=steps):
                live.step, live.steps, live.spent = step, steps, message.compute_seconds
                self._parked(live)
            case NotParked():
                live.parking = False
                self._queue.run_through(live.id)
            case Finished():
                live.spent = message.compute_seconds
                self.cost.learn(live.request, live.spent)
                self._queue.quantum = self._quantum.seconds()
                self._end(live, Done(images=message.images, compute_seconds=live.spent, notes=message.notes))
            case Refused(code=code, detail=detail):
                live.spent = message.compute_seconds
                self._end(live, Failed(code=code, detail=detail, compute_seconds=live.spent))
            case Stopped():
                live.spent = message.compute_seconds
                self._end(live, Cancelled(compute_seconds=live.spent))

    def _parked(self, live: LiveJob) -> None:
        """It waits again; or is over, where somebody wanted its end while the worker was told to park it."""
        if live.stopping:
            self._end(live, Cancelled(compute_seconds=live.spent))
            return
        del self.running[live.id]
        live.park()
        self._queue.park(live.id, live.total_spent, remaining=live.remaining)

    def worker_died(self, detail: str) -> None:
        """The running jobs start again with the next worker, but for one that is at fault or unwanted.

        So do the parked ones, when their turn comes.
        """
        for live in self._live.values():
            if live.parked:
                live.worker_died_while_parked()
                self._queue.begin_again(live.id, estimate=live.estimate)
        given = [live for live in self.running.values() if live.with_worker]
        for live in given:
            last = live.spent
            live.worker_died(alone=len(given) == 1)
            if live.stopping:
                self._end(live, Cancelled(compute_seconds=live.spent))
            elif live.deaths >= FATAL_DEATHS:
                self._end(
                    live,
                    Failed(code=FailureCode.WORKER_DIED, detail=f"the worker {detail}", compute_seconds=last),
                )
            else:
                live.story.tell(Interrupted(deaths=live.deaths))
        self._set_aside()

    def _eta(self, live: LiveJob) -> float:
        """Seconds until a running job is done, others running beside it."""
        return self._times()[live.id][1]

    def cancel(self, live: LiveJob) -> bool:
        """Somebody wants a job to end. True when its worker must be told; otherwise it is over now.

        A parked one is over now too, and the worker is told to forget it.
        """
        if live.story.outcome is not None or live.stopping:
            return False
        live.stopping = True
        with_worker = live.with_worker
        if live.parked or not with_worker:
            self._end(live, Cancelled(compute_seconds=live.spent))
        return with_worker

    def fail_all(self, code: FailureCode, detail: str) -> None:
        """Nobody will make these any more."""
        for live in tuple(self._live.values()):
            self._end(live, Failed(code=code, detail=detail, compute_seconds=live.spent))

    def _end(self, live: LiveJob, outcome: Outcome) -> None:
        """It is over. An outcome names what its own attempt took: a worker's death is nobody's debt.

        The owner's turn is another matter: others waited for the lost attempts too, so all of them count.
        """
        del self._live[live.id]
        live.with_worker = live.begun = live.parking = live.parked = False
        if self.running.pop(live.id, None) is not None:
            self._queue.settle(live.id, live.total_spent)
        else:
            self._queue.remove(live.id)
        live.story.tell(outcome)
