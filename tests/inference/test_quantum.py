"""How long a turn is, and what is foretold of turns."""

from collections.abc import Callable

import pytest

from inference import ImageRequest
from inference.cost import CostModel
from inference.fair_queue import FairQueue
from inference.quantum import REQUESTS, SHORTEST, Quantum
from inference.terms import Terms

MakeRequest = Callable[..., ImageRequest]


@pytest.fixture
def cost() -> CostModel:
    return CostModel({"pocket": 10.0})


def test_nine_in_ten_peoples_requests_run_through(cost: CostModel, make_request: MakeRequest) -> None:
    """Whoever alone asks for much more than the others does not set the quantum, however often they ask."""
    quantum, normal, long = Quantum(cost), make_request(steps=20), make_request(steps=150, owner="zoe")
    for owner in ("ada", "ben", "cleo"):
        quantum.note(make_request(steps=20, owner=owner))
    for _ in range(100):
        quantum.note(long)
    assert quantum.seconds() == pytest.approx(cost.estimate(normal))


def test_the_quantum_follows_what_people_ask_for_and_how_fast_it_is(
    cost: CostModel, make_request: MakeRequest
) -> None:
    """The latest requests count, at what they are thought to cost today."""
    quantum = Quantum(cost)
    for steps in (10, 40):
        for _ in range(REQUESTS):
            quantum.note(make_request(steps=steps))
    assert quantum.seconds() == pytest.approx(cost.estimate(make_request(steps=40)))
    before = quantum.seconds()
    cost.learn(make_request(steps=40), 0.5 * before)
    assert quantum.seconds() == pytest.approx(cost.estimate(make_request(steps=40)))
    assert quantum.seconds() < 0.9 * before


def test_a_quantum_is_never_tiny_unless_it_is_told_to_be(cost: CostModel, make_request: MakeRequest) -> None:
    """Changing over all the time would serve nobody."""
    assert Quantum(cost).seconds() == SHORTEST
    quantum = Quantum(CostModel({"pocket": 1e-6}))
    quantum.note(make_request())
    assert quantum.seconds() == SHORTEST
    assert Quantum(cost, seconds=0.05).seconds() == 0.05


def test_turns_are_foretold_as_they_come() -> None:
    """What `forecast` says happens, within a turn, when everything takes as long as it was thought to."""
    sizes = {"a1": 23.0, "a2": 3.0, "b1": 4.0, "b2": 12.0, "c1": 7.0}
    owners = {"a": 1.0, "b": 2.0, "c": 1.0}
    queue = FairQueue(quantum=5)
    for ticket, size in sizes.items():
        queue.add(ticket, owner=ticket[0], estimate=size, terms=Terms(weight=owners[ticket[0]]))
    first = queue.admit()
    assert first == "a1"
    foretold = queue.forecast(sizes)
    now, done, began, ended = 0.0, dict.fromkeys(sizes, 0.0), {"a1": 0.0}, {}
    running: str | None = first
    while running is not None:
        now, done[running] = now + 1.0, done[running] + 1.0
        queue.receive(running, done[running])
        if done[running] >= sizes[running]:
            queue.settle(running, done[running])
            ended[running] = now
            running = queue.admit()
        elif queue.overdue():
            queue.park(running, done[running], remaining=sizes[running] - done[running])
            running = queue.admit()
        if running is not None:
            began.setdefault(running, now)
    assert set(ended) == set(sizes)
    for ticket, (begins, ends) in foretold.items():
        assert begins == pytest.approx(began[ticket], abs=5)
        assert ends == pytest.approx(ended[ticket], abs=5)
    assert foretold["c1"][1] < foretold["a1"][1]


def test_those_who_run_together_are_done_together() -> None:
    """With nobody waiting they share evenly, and the shorter is done first."""
    queue = FairQueue(quantum=5)
    for ticket in ("a", "b"):
        queue.add(ticket, owner="ada", estimate=10)
        queue.admit()
    assert queue.forecast({"a": 10.0, "b": 4.0}) == {"a": (0.0, 14.0), "b": (0.0, 8.0)}
