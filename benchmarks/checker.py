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
        kind: "asked" when it was submitted; "began" when its turn came, also after it was "parked";
            "served" when it received compute; "over" at its end.
        seconds: compute-seconds received since the job's last entry.
    """

    at: float
    owner: str
    job: str
    kind: Literal["asked", "began", "served", "parked", "over"]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """How fairly a run shared.

    Attributes:
        gap_s: the largest difference of compute-seconds that two owners received over any interval in which
            both always had a job waiting, or also running where there is one at once; of the pair that came
            nearest to its bound.
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

    With n jobs at once and L an owner's largest turn, the whole of a job or as much as it had until it was
    parked, the bound of a pair is 2n - 1 times the larger L and once the smaller one: n turns of one may end
    unbalanced at the beginning of an interval, and n of the other at its end. Start-time fair queueing over
    several slots keeps it (Jin, Chase & Kaur, SIGMETRICS '04); `inference.fair_queue` promises no more.

    Args:
        log: of a whole run.
        at_once: jobs that may run at once, n.
    """
    entries = sorted(log, key=lambda entry: entry.at)
    owners = sorted({entry.owner for entry in entries})
    turns = {owner: _largest(entries, owner, whole=False) for owner in owners}
    gaps = [
        (
            _gap(entries, one, other, running=at_once == 1),
            (2 * at_once - 1) * max(turns[one], turns[other]) + min(turns[one], turns[other]),
        )
        for one, other in combinations(owners, 2)
    ]
    gap_s, bound_s = max(gaps, key=lambda pair: pair[0] / pair[1] if pair[1] else 0.0, default=(0.0, 0.0))
    largest = {owner: _largest(entries, owner, whole=True) for owner in owners}
    return Fairness(gap_s=gap_s, bound_s=bound_s, jain=_jain(entries, largest))


def _largest(entries: Sequence[Entry], owner: str, *, whole: bool) -> float:
    """Compute-seconds of an owner's largest job, or largest turn of one."""
    jobs: dict[str, float] = {}
    largest = 0.0
    for entry in entries:
        if entry.owner == owner:
            jobs[entry.job] = jobs.get(entry.job, 0.0) + entry.seconds
            largest = max(largest, jobs[entry.job])
            if entry.kind == "parked" and not whole:
                jobs[entry.job] = 0.0
    return largest


def _note(jobs: set[str], entry: Entry, *, running: bool) -> None:
    """Keeps an owner's jobs: those that wait, and where `running` those that run as well."""
    if entry.kind in ("asked", "parked"):
        jobs.add(entry.job)
    elif entry.kind == "over" or (entry.kind == "began" and not running):
        jobs.discard(entry.job)


def _gap(entries: Sequence[Entry], one: str, other: str, *, running: bool) -> float:
    """The largest change of one's lead over the other within any time when both had such jobs."""
    jobs: dict[str, set[str]] = {one: set(), other: set()}
    lead = least = most = worst = 0.0
    for entry in entries:
        if entry.owner not in jobs:
            continue
        if all(jobs.values()):
            lead += entry.seconds if entry.owner == one else -entry.seconds
            least, most = min(least, lead), max(most, lead)
            worst = max(worst, most - least)
        _note(jobs[entry.owner], entry, running=running)
        if not all(jobs.values()):
            lead = least = most = 0.0
    return worst


def _jain(entries: Sequence[Entry], largest: dict[str, float]) -> float | None:
    windows = _windows(entries)
    weighed = length = 0.0
    for (start, owners), (end, _) in pairwise((*windows, (len(entries), frozenset()))):
        received = dict.fromkeys(owners, 0.0)
        for entry in entries[start:end]:
            if entry.owner in received:
                received[entry.owner] += entry.seconds
        total, count = sum(received.values()), len(received)
        if count < 2 or total < MEANINGFUL * count * max(largest[owner] for owner in owners):
            continue
        seconds = entries[end - 1].at - entries[start].at
        weighed += seconds * total**2 / (count * sum(value**2 for value in received.values()))
        length += seconds
    return weighed / length if length else None


def _windows(entries: Sequence[Entry]) -> list[tuple[int, frozenset[str]]]:
    """From which entry on who had jobs, until the next."""
    jobs: dict[str, set[str]] = {}
    windows: list[tuple[int, frozenset[str]]] = [(0, frozenset())]
    for number, entry in enumerate(entries):
        _note(jobs.setdefault(entry.owner, set()), entry, running=True)
        owners = frozenset(owner for owner, theirs in jobs.items() if theirs)
        if owners != windows[-1][1]:
            windows.append((number + 1, owners))
    return windows
