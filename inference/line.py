"""The jobs that wait and the one that runs: whose turn it is, what each is told, how each ends."""

from collections.abc import Mapping

from inference.cost import CostModel
from inference.fair_queue import FairCounters, FairQueue
from inference.job import Cancelled, Done, Failed, FailureCode, Outcome, Preview, Progress, Started
from inference.live_job import LAST_ATTEMPT, LiveJob
from inference.messages import AboutJob, Began, Finished, Previewed, Refused, Stepped, Stopped
from inference.status import QueueEntry


class Line:
    """Keeps fair queue, cost model and stories in step. Knows of no process and no clock.

    Attributes:
        cost: what requests are estimated to take.
        running: the job whose turn it is; also between two workers, until its outcome.
    """

    def __init__(self, *, counters: FairCounters | None, rates: Mapping[str, float] | None) -> None:
        self.cost = CostModel(rates)
        self.running: LiveJob | None = None
        self._queue = FairQueue(counters)
        self._live: dict[str, LiveJob] = {}

    def join(self, live: LiveJob, *, weight: float) -> None:
        """A new job, to wait for its owner's turn.

        Raises:
            ValueError: a job of this name is alive.
        """
        self._queue.add(live.id, owner=live.request.owner, estimate=live.estimate, weight=weight)
        self._live[live.id] = live

    def next(self) -> LiveJob | None:
        """The job a free worker does now: the one whose worker died, or else whose turn it is."""
        if self.running is None:
            ticket = self._queue.admit()
            self.running = self._live[ticket] if ticket is not None else None
        return self.running

    def entries(self) -> tuple[QueueEntry, ...]:
        """Who runs, then who waits in serving order."""
        running = (self.running,) if self.running else ()
        waiting = (self._live[ticket] for ticket in self._queue.order())
        entries, ahead, known = [], 0.0, True
        for position, live in enumerate((*running, *waiting), start=1 - len(running)):
            known = known and self.cost.knows(live.request)
            ahead += live.remaining
            entries.append(
                QueueEntry(
                    job_id=live.id,
                    owner=live.request.owner,
                    position=position,
                    eta_seconds=ahead if known else None,
                    estimate=live.estimate,
                    step=live.step,
                    steps=live.steps,
                )
            )
        return tuple(entries)

    def tell_places(self) -> None:
        """Says to everybody waiting what changed for them."""
        running = int(self.running is not None)
        for entry in self.entries():
            if entry.position > 0:
                self._live[entry.job_id].tell_place(
                    position=entry.position, running=running, eta_seconds=entry.eta_seconds
                )

    def counters(self) -> FairCounters:
        return self._queue.counters()

    def hear(self, message: AboutJob) -> None:
        """What the worker says of the running job; of another it is old news."""
        live = self.running
        if live is None or message.job_id != live.id:
            return
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
                self.cost.learn(live.request, live.spent)
                self._end(live, Done(images=message.images, compute_seconds=live.spent, notes=message.notes))
            case Refused(code=code, detail=detail):
                live.spent = message.compute_seconds
                self._end(live, Failed(code=code, detail=detail, compute_seconds=live.spent))
            case Stopped():
                live.spent = message.compute_seconds
                self._end(live, Cancelled(compute_seconds=live.spent))

    def worker_died(self, detail: str) -> None:
        """The running job starts again with the next worker, unless it was its last attempt."""
        live = self.running
        if live is None:
            return
        last = live.spent
        live.worker_died()
        if live.stopping:
            self._end(live, Cancelled(compute_seconds=live.spent))
        elif live.attempt >= LAST_ATTEMPT:
            self._end(
                live,
                Failed(code=FailureCode.WORKER_DIED, detail=f"the worker {detail}", compute_seconds=last),
            )

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
        if live is self.running:
            self.running = None
            self._queue.settle(live.id, live.total_spent)
        else:
            self._queue.remove(live.id)
        live.story.tell(outcome)
