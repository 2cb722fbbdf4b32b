"""Recomputes how fairly a run shared the processor, from its log alone. Knows nothing of Easel's queue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final, Literal

MEANINGFUL: Final = 8
"""A window counts for Jain's index where an even share is so many times the largest request: in a shorter one
a single request more or less would decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a log.

    Attributes:
        at: seconds since the run began.
        owner: whose job.
        job: which.
        kind: "asked" when it was submitted; "served" when it received compute; "over" at its end.
        seconds: compute-seconds received since the job's last entry; 0 for "asked".
    """

    at: float
    owner: str
    job: str
    kind: Literal["asked", "served", "over"]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """How fairly a run shared.

    Attributes:
        gap_s: the largest difference of compute-seconds that two owners received over any interval in which
            both always had a job waiting or running; of the pair that came nearest to its bound.
        bound_s: what that pair's difference may be at most.
        jain: Jain's index (Jain, Chiu & Hawe 1984) of the compute-seconds that owners received in the windows
            in which the same two or more had jobs throughout, weighed by their length: 1 is even, 1 / n means
            that one of n had all. None where no window is long enough to mean anything.
    """

    gap_s: float
    bound_s: float
    jain: float | None


def check(log: Iterable[Entry], *, at_once: int) -> Fairness:
    """Reads a log.

    Args:
        log: of a whole run.
        at_once: jobs that may run at once; each adds one request of both owners to the bound, since one that
            runs is not taken back.
    """
    entries = sorted(log, key=lambda entry: entry.at)
    owners = sorted({entry.owner for entry in entries})
    largest = {owner: _largest(entries, owner) for owner in owners}
    gaps = [
        (_gap(entries, one, other), at_once * (largest[one] + largest[other]))
        for one, other in combinations(owners, 2)
    ]
    gap_s, bound_s = max(gaps, key=lambda pair: pair[0] / pair[1] if pair[1] else 0.0, default=(0.0, 0.0))
    return Fairness(gap_s=gap_s, bound_s=bound_s, jain=_jain(entries, largest))


def _largest(entries: Sequence[Entry], owner: str) -> float:
    """Compute-seconds of an owner's largest job."""
    jobs: dict[str, float] = {}
    for entry in entries:
        if entry.owner == owner:
            jobs[entry.job] = jobs.get(entry.job, 0.0) + entry.seconds
    return max(jobs.values(), default=0.0)


def _gap(entries: Sequence[Entry], one: str, other: str) -> float:
    """The largest change of one's lead over the other within any time when both had jobs."""
    jobs = {one: 0, other: 0}
    lead = least = most = worst = 0.0
    for entry in entries:
        if entry.owner not in jobs:
            continue
        if all(jobs.values()):
            lead += entry.seconds if entry.owner == one else -entry.seconds
            least, most = min(least, lead), max(most, lead)
            worst = max(worst, most - least)
        jobs[entry.owner] += {"asked": 1, "served": 0, "over": -1}[entry.kind]
        if not all(jobs.values()):
            lead = least = most = 0.0
    return worst


def _jain(entries: Sequence[Entry], largest: dict[str, float]) -> float | None:
    jobs = dict.fromkeys(largest, 0)
    changes = [0]
    for number, entry in enumerate(entries):
        before = {owner for owner, count in jobs.items() if count}
        jobs[entry.owner] += {"asked": 1, "served": 0, "over": -1}[entry.kind]
        if before != {owner for owner, count in jobs.items() if count}:
            changes.append(number + 1)
    weighed = length = 0.0
    for start, end in pairwise((*changes, len(entries))):
        received = _received(entries, start, end)
        if len(received) < 2 or sum(received.values()) < MEANINGFUL * len(received) * max(
            largest[owner] for owner in received
        ):
            continue
        seconds = entries[end - 1].at - entries[start].at
        weighed += (
            seconds
            * sum(received.values()) ** 2
            / (len(received) * sum(value**2 for value in received.values()))
        )
        length += seconds
    return weighed / length if length else None


def _received(entries: Sequence[Entry], start: int, end: int) -> dict[str, float]:
    """Compute-seconds of everybody who had a job throughout these entries."""
    jobs: dict[str, int] = {}
    for entry in entries[:start]:
        jobs[entry.owner] = jobs.get(entry.owner, 0) + {"asked": 1, "served": 0, "over": -1}[entry.kind]
    received = {owner: 0.0 for owner, count in jobs.items() if count}
    for entry in entries[start:end]:
        if entry.owner in received:
            received[entry.owner] += entry.seconds
    return received
