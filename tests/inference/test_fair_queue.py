"""The fair queue keeps its bound, and the rules that look as good do not."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wrong_queues import NaiveIdleQueue, NewestFirstQueue

from inference.errors import InvalidRequest
from inference.fair_counters import FairCounters
from inference.fair_queue import FairQueue
from inference.terms import Terms


@dataclass(frozen=True)
class Arrival:
    """A request: `estimate` is what is thought at first, `cost` what it takes, both in seconds."""

    owner: str
    at: float
    estimate: float
    cost: float


@dataclass
class Log:
    """Who was backlogged when, and who was served when, written down by the test and not by the queue."""

    backlogged: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    served: list[tuple[str, float, float]] = field(default_factory=list)
    waits: dict[str, list[float]] = field(default_factory=dict)

    def seconds(self, owner: str, begin: float, end: float) -> float:
        """Compute-seconds `owner` received in an interval."""
        return sum(
            max(0.0, min(end, stop) - max(begin, start)) for who, start, stop in self.served if who == owner
        )


def run(queue: FairQueue, arrivals: list[Arrival], weights: dict[str, float]) -> Log:
    """One server, one request at a time."""
    log = Log()
    coming = sorted(arrivals, key=lambda arrival: arrival.at)
    unfinished = dict.fromkeys(weights, 0)
    since: dict[str, float] = {}
    by_ticket: dict[str, Arrival] = {}
    now = 0.0

    def take_up(until: float) -> None:
        while coming and coming[0].at <= until:
            arrival = coming.pop(0)
            ticket = str(len(by_ticket))
            by_ticket[ticket] = arrival
            if unfinished[arrival.owner] == 0:
                since[arrival.owner] = arrival.at
            unfinished[arrival.owner] += 1
            queue.add(
                ticket,
                owner=arrival.owner,
                estimate=arrival.estimate,
                terms=Terms(weight=weights[arrival.owner]),
            )

    while coming or len(queue):
        if not len(queue):
            now = max(now, coming[0].at)
        take_up(now)
        ticket = queue.admit()
        assert ticket is not None
        job = by_ticket[ticket]
        log.waits.setdefault(job.owner, []).append(now - job.at)
        log.served.append((job.owner, now, now + job.cost))
        take_up(now + job.cost - 1e-9)  # they come while it runs
        now += job.cost
        queue.settle(ticket, job.cost)
        unfinished[job.owner] -= 1
        if unfinished[job.owner] == 0:
            log.backlogged.setdefault(job.owner, []).append((since[job.owner], now))
    return log


def worst_excess(log: Log, arrivals: list[Arrival], weights: dict[str, float]) -> float:
    """By how much the bound is passed, in the worst interval of the worst pair; at most 0 when it holds."""
    largest = {
        owner: max((max(a.estimate, a.cost) for a in arrivals if a.owner == owner), default=0.0) / weight
        for owner, weight in weights.items()
    }
    worst = float("-inf")
    owners = [owner for owner in weights if owner in log.backlogged]
    for first in owners:
        for second in owners:
            if first >= second:
                continue
            for begin, end in common_intervals(log.backlogged[first], log.backlogged[second]):
                # Ends of services are where the gap turns, so intervals between them are the worst ones.
                turns = sorted(
                    {begin, end, *(t for _, a, b in log.served for t in (a, b) if begin <= t <= end)}
                )
                gaps = [
                    log.seconds(first, begin, t) / weights[first]
                    - log.seconds(second, begin, t) / weights[second]
                    for t in turns
                ]
                spread = max(
                    max(gaps[j] - min(gaps[: j + 1]), max(gaps[: j + 1]) - gaps[j]) for j in range(len(gaps))
                )
                worst = max(worst, spread - largest[first] - largest[second])
    return worst


def common_intervals(
    ours: list[tuple[float, float]], theirs: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Where both were backlogged."""
    both = [(max(a, c), min(b, d)) for a, b in ours for c, d in theirs]
    return [(begin, end) for begin, end in both if begin < end]


seconds = st.floats(min_value=0.1, max_value=20)
arrivals_strategy = st.lists(
    st.builds(
        Arrival,
        owner=st.sampled_from(["ada", "ben", "cleo", "dan"]),
        at=st.floats(min_value=0, max_value=80),
        estimate=seconds,
        cost=seconds,
    ),
    max_size=40,
)
weights_strategy = st.fixed_dictionaries(
    {owner: st.sampled_from([0.5, 1.0, 2.0, 3.0]) for owner in ("ada", "ben", "cleo", "dan")}
)


@settings(max_examples=200, deadline=None)
@given(arrivals_strategy, weights_strategy)
def test_two_backlogged_owners_never_drift_further_apart_than_a_request_of_each(
    arrivals: list[Arrival], weights: dict[str, float]
) -> None:
    """|S_i/w_i − S_j/w_j| ≤ L_i/w_i + L_j/w_j in every interval, however wrong the estimates are."""
    log = run(FairQueue(), arrivals, weights)
    assert worst_excess(log, arrivals, weights) <= 1e-6


def test_an_owner_who_worked_alone_does_not_pay_for_it_later() -> None:
    """Without V, hours of work in an empty studio would lock somebody out once others come."""
    alone = [Arrival("ada", at=0.0, estimate=10, cost=10) for _ in range(20)]
    then = [
        Arrival(owner, at=when, estimate=1, cost=1)
        for owner, when in (("ben", 300.0), ("ada", 300.5))
        for _ in range(60)
    ]
    weights = {"ada": 1.0, "ben": 1.0}
    assert worst_excess(run(FairQueue(), alone + then, weights), alone + then, weights) <= 0
    assert worst_excess(run(NaiveIdleQueue(), alone + then, weights), alone + then, weights) > 20


@pytest.mark.parametrize(("kind", "starves"), [(FairQueue, False), (NewestFirstQueue, True)])
def test_a_stream_of_newcomers_starves_nobody(kind: Callable[[], FairQueue], starves: bool) -> None:
    """On a tie, newest first would let newcomers pass somebody who waits, again and again."""
    running = [Arrival("zoe", at=0.0, estimate=3, cost=3)]
    victim = [Arrival("ada", at=0.1, estimate=3, cost=3)]
    newcomers = [Arrival(f"new{i}", at=0.2 + 2.9 * i, estimate=3, cost=3) for i in range(60)]
    everyone = running + victim + newcomers
    log = run(kind(), everyone, {arrival.owner: 1.0 for arrival in everyone})
    assert (log.waits["ada"][0] > 150) is starves
    if not starves:
        assert log.waits["ada"][0] <= 3


def test_sporadic_owners_wait_little_beside_a_heavy_one() -> None:
    """Whoever comes now and then waits for about one request, not for the heap of another."""
    rng = random.Random(3)
    heap = [Arrival("heavy", at=0.0, estimate=10, cost=10) for _ in range(30)]
    sporadic = [
        Arrival(owner, at=rng.uniform(0, 250), estimate=2, cost=2)
        for owner in ("ada", "ben")
        for _ in range(6)
    ]
    log = run(FairQueue(), heap + sporadic, {"heavy": 1, "ada": 1, "ben": 1})
    assert max(log.waits["ada"] + log.waits["ben"]) <= 10 + 2 * 2 + 1e-6


def test_owners_take_turns_and_a_removed_ticket_costs_nothing() -> None:
    """`order` says who would be served, turn about; who leaves uncharged does not lose a turn."""
    queue = FairQueue()
    for ticket, owner in (("a1", "ada"), ("a2", "ada"), ("a3", "ada"), ("b1", "ben"), ("b2", "ben")):
        queue.add(ticket, owner=owner, estimate=5)
    assert queue.order() == ("a1", "b1", "a2", "b2", "a3")
    queue.remove("a1")
    assert queue.order() == ("a2", "b1", "a3", "b2")
    served = []
    expected = queue.order()
    while (admitted := queue.admit()) is not None:
        served.append(admitted)
        queue.settle(admitted, 5)
    assert tuple(served) == expected


def test_twice_the_weight_gets_twice_the_seconds() -> None:
    """Weights share the compute-seconds in proportion."""
    queue = FairQueue()
    for index in range(30):
        queue.add(f"a{index}", owner="ada", estimate=1, terms=Terms(weight=2))
        queue.add(f"b{index}", owner="ben", estimate=1, terms=Terms(weight=1))
    served = []
    for _ in range(30):
        ticket = queue.admit()
        assert ticket is not None
        queue.settle(ticket, 1)
        served.append(ticket[0])
    assert abs(served.count("a") - 20) <= 1


def test_what_is_remembered_survives_json_and_holds_the_lead_of_others() -> None:
    """After a restart who was ahead is still ahead, and a newcomer does not start at zero."""
    queue = FairQueue()
    queue.add("a1", owner="ada", estimate=100)
    queue.add("b1", owner="ben", estimate=1)
    queue.add("b2", owner="ben", estimate=1)
    assert queue.admit() == "a1"
    queue.settle("a1", 100)
    assert queue.admit() == "b1"
    plain = json.loads(json.dumps(queue.counters().to_json()))
    again = FairQueue(FairCounters.from_json(plain))
    again.add("a2", owner="ada", estimate=1)
    again.add("c1", owner="cleo", estimate=1)
    again.add("b1", owner="ben", estimate=1)
    assert again.order()[-1] == "a2"


@pytest.mark.parametrize(
    "value", [None, [], {"virtual_time": "x", "served": {}}, {"virtual_time": 0, "served": {"a": None}}]
)
def test_counters_that_are_none_are_refused(value: object) -> None:
    """Stored values are read with care."""
    with pytest.raises(InvalidRequest):
        FairCounters.from_json(value)


def test_a_ticket_cannot_come_twice_or_leave_while_it_runs() -> None:
    """Misuse is said, not repaired."""
    queue = FairQueue()
    queue.add("a", owner="ada", estimate=1)
    with pytest.raises(ValueError, match="already"):
        queue.add("a", owner="ada", estimate=1)
    queue.admit()
    with pytest.raises(KeyError):
        queue.remove("a")
    queue.settle("a", 1)
    with pytest.raises(KeyError):
        queue.settle("a", 1)


def test_a_lead_is_what_decides_the_order() -> None:
    """Compute-seconds beyond whoever has had the least, what is in flight included."""
    queue = FairQueue()
    assert queue.lead("ada") == 0
    for ticket, owner in (("a1", "ada"), ("a2", "ada"), ("b1", "ben"), ("c1", "cleo")):
        queue.add(ticket, owner=owner, estimate=10.0)
    assert queue.admit() == "a1"
    assert [queue.lead(owner) for owner in ("ada", "ben", "cleo")] == [10, 0, 0]
    queue.settle("a1", 25.0)
    assert queue.lead("ada") == 25
    assert queue.order() == ("b1", "c1", "a2")
