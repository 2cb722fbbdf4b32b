"""The jobs that wait and those that run: whose turn it is, what each is told, how each ends."""

from collections.abc import Mapping, Sequence
from itertools import count, islice

from inference.cost import CostModel
from inference.fair_counters import FairCounters
from inference.fair_queue import FairQueue
from inference.job import Cancelled, Done, Failed, FailureCode, Outcome, Preview, Progress, Started
from inference.live_job import FATAL_DEATHS, LiveJob
from inference.messages import AboutJob, Began, Finished, Previewed, Refused, Stepped, Stopped
from inference.status import QueueEntry


class Line:
    """Keeps fair queue, cost model and stories in step. Knows of no process and no clock.

    Attributes:
        cost: what requests are estimated to take.
        running: those whose turn it is, by id; also between two workers, until their outcome.
    """

    def __init__(self, *, counters: FairCounters | None, rates: Mapping[str, float] | None) -> None:
        self.cost = CostModel(rates)
        self.running: dict[str, LiveJob] = {}
        self._queue = FairQueue(counters)
        self._live: dict[str, LiveJob] = {}

    def join(self, live: LiveJob, *, weight: float) -> None:
        """A new job, to wait for its owner's turn.

        Raises:
            ValueError: a job of this name is alive.
        """
        self._queue.add(live.id, owner=live.request.owner, estimate=live.estimate, weight=weight)
        self._live[live.id] = live

    def next(self, *, slots: int) -> tuple[LiveJob, ...]:
        """The jobs that a worker with so many picture slots is to be given now.

        Those whose worker died come first, one at a time: the one at fault shall not take its neighbours
        along again. Then whoever's turn it is, as long as there is room. Nobody overtakes: where the next one
        does not fit, or needs another model, everybody waits for it.
        """
        suspects = [live for live in self.running.values() if live.suspect]
        if suspects:
            return () if any(live.with_worker for live in self.running.values()) else (suspects[0],)
        while (ticket := self._queue.next()) is not None and self._has_room(self._live[ticket], slots):
            self._queue.admit()
            self._seat(self._live[ticket])
        return tuple(live for live in self.running.values() if not live.with_worker)

    def _has_room(self, live: LiveJob, slots: int) -> bool:
        taken = sum(other.pictures for other in self.running.values())
        models = {other.model for other in self.running.values()}
        return not self.running or (taken + live.pictures <= slots and models <= {live.model})

    def _seat(self, live: LiveJob) -> None:
        """It runs from now on, in the lowest slots that are free, and keeps them to its end."""
        taken = {slot for other in self.running.values() for slot in other.slots}
        live.slots = tuple(islice((slot for slot in count() if slot not in taken), live.pictures))
        self.running[live.id] = live

    def entries(self) -> tuple[QueueEntry, ...]:
        """Who runs, then who waits in serving order."""
        entries, ahead, known = [], 0.0, True
        etas = _shared([live.remaining for live in self.running.values()])
        for live, eta in zip(self.running.values(), etas, strict=True):
            known = known and self.cost.knows(live.request)
            entries.append(self._entry(live, 0, eta if known else None))
            ahead += live.remaining
        for position, ticket in enumerate(self._queue.order(), start=1):
            live = self._live[ticket]
            known = known and self.cost.knows(live.request)
            ahead += live.remaining
            entries.append(self._entry(live, position, ahead if known else None))
        return tuple(entries)

    def _entry(self, live: LiveJob, position: int, eta: float | None) -> QueueEntry:
        return QueueEntry(
            job_id=live.id,
            owner=live.request.owner,
            position=position,
            eta_seconds=eta,
            eta_range=None if eta is None else self.cost.bounds(eta),
            estimate=live.estimate,
            lead=self._queue.lead(live.request.owner),
            step=live.step,
            steps=live.steps,
            slots=live.slots,
        )

    def tell_places(self) -> None:
        """Says to everybody waiting what changed for them."""
        running = len(self.running)
        for entry in self.entries():
            if entry.position > 0:
                self._live[entry.job_id].tell_place(
                    position=entry.position, running=running, eta_seconds=entry.eta_seconds
                )

    def counters(self) -> FairCounters:
        return self._queue.counters()

    def hear(self, message: AboutJob) -> None:
        """What the worker says of a running job; of another it is old news."""
        live = self.running.get(message.job_id)
        if live is None or not live.with_worker:
            return
        match message:
            case Began():
                live.story.tell(Started(attempt=live.attempt))
            case Stepped(step=step, steps=steps):
                live.step, live.steps, live.spent = step, steps, message.compute_seconds
                live.story.tell(Progress(step=step, steps=steps, eta_seconds=self._eta(live)))
            case Previewed():
                live.story.tell(Preview(step=message.step, steps=message.steps, images=message.images))
            case Finished():
                live.spent = message.compute_seconds
                self.cost.learn(live.request, live.spent)
                self._end(live, Done(images=message.images, compute_seconds=live.spent, notes=message.notes))
            case Refused(code=code, detail=detail):
                live.spent = message.compute_seconds
                self._end(live, Failed(code=code, detail=detail, compute_seconds=live.spent))
            case Stopped():
                live.spent = message.compute_seconds
                self._end(live, Cancelled(compute_seconds=live.spent))

    def worker_died(self, detail: str) -> None:
        """The running jobs start again with the next worker, but for one that is at fault or unwanted."""
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

    def _eta(self, live: LiveJob) -> float:
        """Seconds until a running job is done, others running beside it."""
        etas = _shared([other.remaining for other in self.running.values()])
        return etas[list(self.running).index(live.id)]

    def cancel(self, live: LiveJob) -> bool:
        """Somebody wants a job to end. True when its worker must be told; otherwise it is over now."""
        if live.story.outcome is not None or live.stopping:
            return False
        live.stopping = True
        if not live.with_worker:
            self._end(live, Cancelled(compute_seconds=live.spent))
        return live.with_worker

    def fail_all(self, code: FailureCode, detail: str) -> None:
        """Nobody will make these any more."""
        for live in tuple(self._live.values()):
            self._end(live, Failed(code=code, detail=detail, compute_seconds=live.spent))

    def _end(self, live: LiveJob, outcome: Outcome) -> None:
        """It is over. An outcome names what its own attempt took: a worker's death is nobody's debt.

        The owner's turn is another matter: others waited for the lost attempts too, so all of them count.
        """
        del self._live[live.id]
        live.with_worker = False
        if self.running.pop(live.id, None) is not None:
            self._queue.settle(live.id, live.total_spent)
        else:
            self._queue.remove(live.id)
        live.story.tell(outcome)


def _shared(remaining: Sequence[float]) -> list[float]:
    """When each of several jobs is done that share one processor evenly: the shortest leave first."""
    etas, passed, before = [0.0] * len(remaining), 0.0, 0.0
    order = sorted(range(len(remaining)), key=remaining.__getitem__)
    for left, number in zip(range(len(order), 0, -1), order, strict=True):
        passed += (remaining[number] - before) * left
        before = remaining[number]
        etas[number] = passed
    return etas
