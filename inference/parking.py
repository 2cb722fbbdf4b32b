"""Which running jobs make way for the one whose turn it is, or are set aside. Pure."""

from collections.abc import Collection, Iterable
from typing import Final

from inference.live_job import LiveJob

PARKED_PICTURES: Final = 32
"""Pictures whose latents, noise and words the worker keeps at most for parked jobs: each takes under 10 MB
(Stable Diffusion XL at 1024² with a long prompt), so a third of a gigabyte in all."""


def has_room(running: Collection[LiveJob], live: LiveJob, *, slots: int) -> bool:
    """Whether a job may begin beside these: its pictures fit and it needs the same model; or it is alone."""
    taken = sum(other.pictures for other in running)
    models = {other.model for other in running}
    return not running or (taken + live.pictures <= slots and models <= {live.model})


def making_way(
    first: LiveJob,
    *,
    overdue: Iterable[LiveJob],
    running: Collection[LiveJob],
    kept: Collection[LiveJob],
    slots: int,
) -> tuple[LiveJob, ...]:
    """Those to park now: as many as it takes for `first` to begin, or all that may be where that is too few.

    Whoever is tried alone, because a worker died of it or of a neighbour, runs through. What is parked is all
    of one model: with the running one's, no more models are in memory than without parking.

    Args:
        first: whose turn it is.
        overdue: running jobs that have had their quantum while `first` has had less, first of all the one
            furthest ahead.
        running: all that run.
        kept: those that are parked.
        slots: pictures in the making at once, at most.
    """
    staying = [live for live in running if not live.parking]
    keeping = [*kept, *(live for live in running if live.parking)]
    chosen = []
    for live in overdue:
        if has_room(staying, first, slots=slots):
            break
        if live in staying and _may_be_parked(live, keeping):
            staying.remove(live)
            keeping.append(live)
            chosen.append(live)
    return tuple(chosen)


def set_aside(
    held: Iterable[LiveJob], *, running: Collection[LiveJob], kept: Collection[LiveJob]
) -> tuple[LiveJob, ...]:
    """Which of those that run and are held to park now, whoever waits: all that may be.

    Args:
        held: running jobs that are held.
        running: all that run.
        kept: those that are parked.
    """
    keeping = [*kept, *(live for live in running if live.parking)]
    chosen = []
    for live in held:
        if not live.parking and _may_be_parked(live, keeping):
            keeping.append(live)
            chosen.append(live)
    return tuple(chosen)


def _may_be_parked(live: LiveJob, keeping: Collection[LiveJob]) -> bool:
    pictures = live.pictures + sum(other.pictures for other in keeping)
    of_one_model = {other.model for other in keeping} <= {live.model}
    runs = live.with_worker and not live.stopping and not live.suspect
    return runs and of_one_model and pictures <= PARKED_PICTURES
