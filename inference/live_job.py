"""What the engine knows of one job that waits or runs."""

from dataclasses import dataclass

from inference.job import Paused, Queued
from inference.request import ImageRequest, UpscaleRequest
from inference.status import QueueEntry
from inference.story import Story
from inference.terms import USUAL_TERMS, Terms

FATAL_DEATHS = 2
"""A job that was alone with so many workers when they died is at fault itself."""


@dataclass(slots=True, kw_only=True)
class LiveJob:
    """One job from `submit` to its outcome.

    Attributes:
        estimate: compute-seconds it was thought to cost when it was submitted.
        terms: on which it waits and runs now.
        attempt: how often a worker was given it; 0 while it waits.
        spent: compute-seconds of this attempt so far.
        lost: compute-seconds of attempts whose worker died.
        step: denoising steps done in this attempt.
        steps: of how many; 0 before the first.
        slots: the worker's picture slots it has, numbered from 0; none while it waits.
        with_worker: a worker was given it and lives.
        begun: that worker said that it began with it.
        parking: the worker was told to park it and has not answered yet.
        parked: the worker keeps what there is of it, and computes nothing of it.
        stopping: somebody wants it to end.
        suspect: a worker died of it or of a neighbour; it is tried alone.
        deaths: workers that died while it was alone with them.
        heard: how much of its story there was at the last beat.
    """

    id: str
    request: ImageRequest | UpscaleRequest
    story: Story
    estimate: float
    terms: Terms = USUAL_TERMS
    attempt: int = 0
    spent: float = 0.0
    lost: float = 0.0
    step: int = 0
    steps: int = 0
    slots: tuple[int, ...] = ()
    with_worker: bool = False
    begun: bool = False
    parking: bool = False
    parked: bool = False
    stopping: bool = False
    suspect: bool = False
    deaths: int = 0
    heard: int = 0
    _told: tuple[int, int, int | None, bool] | None = None

    @property
    def pictures(self) -> int:
        """How many it has in the making at once."""
        return self.request.count if isinstance(self.request, ImageRequest) else 1

    @property
    def model(self) -> str | None:
        """The model it needs, if any."""
        return self.request.model if isinstance(self.request, ImageRequest) else None

    @property
    def steps_taken(self) -> int:
        """Of how many steps it is, also before the first; an enlargement is one."""
        return self.request.steps_taken if isinstance(self.request, ImageRequest) else 1

    @property
    def total_spent(self) -> float:
        return self.spent + self.lost

    @property
    def remaining(self) -> float:
        """Compute-seconds until it is done, at the pace it has; an estimate."""
        if self.step <= 1:  # a GPU tells what a step took when the next one is given to it
            return self.estimate * (1 - self.step / max(1, self.steps))
        return self.spent / self.step * (self.steps - self.step)

    def worker_died(self, *, alone: bool) -> None:
        """This attempt was in vain. Only who was alone with the worker is blamed for its death."""
        self.suspect = True
        self.deaths += alone
        self._begin_again()

    def worker_died_while_parked(self) -> None:
        """What it kept is gone; nothing of it was being computed, so it is to blame for nothing."""
        self._begin_again()

    def park(self) -> None:
        """It waits again, its steps done so far kept."""
        self.parking, self.parked = False, True
        self.wait_again()

    def wait_again(self) -> None:
        """Its turn is over before it is."""
        self.slots, self._told = (), None

    def _begin_again(self) -> None:
        self.with_worker = self.begun = self.parking = self.parked = False
        self.lost += self.spent
        self.spent, self.step, self.steps = 0.0, 0, 0
        self._told = None

    def entry(
        self,
        *,
        position: int,
        times: tuple[float, float] | None,
        eta_range: tuple[float, float] | None,
        lead: float,
    ) -> QueueEntry:
        """How it stands in line, with when it begins and is done, where that is known."""
        begins, eta = times or (None, None)
        return QueueEntry(
            job_id=self.id,
            owner=self.request.owner,
            position=position,
            eta_seconds=eta,
            eta_range=eta_range,
            estimate=self.estimate,
            lead=lead,
            step=self.step,
            steps=self.steps,
            slots=self.slots,
            paused=self.parked,
            begins_seconds=begins,
            held=self.terms.held,
        )

    def tell_place(
        self, *, position: int, running: int, eta_seconds: float | None, begins_seconds: float | None
    ) -> None:
        """Says `Queued` or `Paused` when the place, or the estimate as people read it, is another.

        Also when it is held from now on, or is not any more.
        """
        estimate = begins_seconds if self.parked else eta_seconds
        place = (position, running, None if estimate is None else rounded(estimate), self.terms.held)
        if place == self._told:
            return
        self._told = place
        if self.parked:
            self.story.tell(
                Paused(step=self.step, steps=self.steps, position=position, resumes_seconds=begins_seconds)
            )
        else:
            ahead = position - 1 + running
            held = self.terms.held
            self.story.tell(Queued(position=position, ahead=ahead, eta_seconds=eta_seconds, held=held))


def rounded(seconds: float) -> int:
    """Seconds as precise as an estimate deserves: to 1 under 10, to 5 above."""
    return round(seconds) if seconds < 10 else 5 * round(seconds / 5)
