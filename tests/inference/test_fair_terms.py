"""With tickets held, capped, weighed anew and served first, the fair queue keeps what it promises."""

from typing import Final

import pytest
from fair_studio import Asked, Change, Studio
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.fair_queue import FairQueue
from inference.terms import Cap, Terms

OWNERS: Final = ("ada", "ben", "cleo")
GROUPS: Final = ("channel:1", "channel:2", "member:1")

caps = st.dictionaries(st.sampled_from(GROUPS), st.integers(1, 2), max_size=2).map(
    lambda chosen: tuple(Cap(group, running) for group, running in chosen.items())
)
weights = st.sampled_from([0.5, 1.0, 2.0])
terms_in_turn = st.builds(Terms, weight=weights, caps=caps, held=st.booleans())
any_terms = st.builds(Terms, weight=weights, caps=caps, held=st.booleans(), first=st.booleans())
seconds = st.floats(0.1, 6) | st.floats(10, 40)
asked = st.lists(
    st.builds(
        Asked,
        owner=st.sampled_from(OWNERS),
        at=st.floats(0, 60),
        estimate=seconds,
        cost=seconds,
        parkable=st.sampled_from([True, True, True, False]),
        terms=terms_in_turn,
    ),
    max_size=20,
)


def changes(terms: st.SearchStrategy[Terms]) -> st.SearchStrategy[list[Change]]:
    return st.lists(
        st.builds(Change, at=st.floats(0, 200), number=st.integers(0, 19), terms=terms), max_size=20
    )


@settings(max_examples=200, deadline=None)
@given(asked, changes(terms_in_turn), st.integers(1, 4), st.floats(0.5, 12))
def test_owners_who_may_start_something_never_drift_apart(
    asked: list[Asked], changes: list[Change], slots: int, quantum: float
) -> None:
    """The bound holds in every interval in which two owners always may start something, whatever was held,
    capped or weighed anew before, meanwhile or of others; nobody runs who may not, and no slot idles.
    """
    studio = Studio(FairQueue(quantum=quantum), slots, dict.fromkeys(OWNERS, 0.5), changes).run(asked)
    assert studio.worst(asked, quantum) <= 1 + 1e-6
    assert studio.queue.gap.share <= 1 + 1e-6
    assert not studio.gone_wrong


@settings(max_examples=200, deadline=None)
@given(asked, changes(any_terms), st.integers(1, 4), st.floats(0.5, 12))
def test_who_is_served_first_breaks_nothing_for_the_others(
    asked: list[Asked], changes: list[Change], slots: int, quantum: float
) -> None:
    """The bound that the queue itself measures holds: it leaves out only who was served before their turn."""
    studio = Studio(FairQueue(quantum=quantum), slots, dict.fromkeys(OWNERS, 0.5), changes).run(asked)
    assert studio.queue.gap.share <= 1 + 1e-6
    assert not studio.gone_wrong


def serve(queue: FairQueue, turns: int, cost: float = 1.0) -> list[str]:
    """The owners' names in the order of their turns, each of a ticket of that cost."""
    served = []
    for _ in range(turns):
        ticket = queue.admit()
        assert ticket is not None
        queue.settle(ticket, cost)
        served.append(ticket.split()[0])
    return served


def crowd(queue: FairQueue, owner: str, count: int, terms: Terms) -> None:
    for number in range(count):
        queue.add(f"{owner} {number:02}", owner=owner, estimate=1.0, terms=terms)


@pytest.mark.parametrize("kept_back", [Terms(held=True), Terms(caps=(Cap("channel:1", 1),))])
def test_being_kept_back_saves_up_nothing(kept_back: Terms) -> None:
    """Released after others had twenty turns, an owner takes turns with them, and does not catch up."""
    queue = FairQueue()
    queue.add("zoe", owner="zoe", estimate=1.0, terms=Terms(caps=(Cap("channel:1", 1),)))
    assert queue.admit() == "zoe"
    crowd(queue, "ada", 10, kept_back)
    crowd(queue, "ben", 40, Terms())
    assert set(serve(queue, 20)) == {"ben"}
    queue.settle("zoe", 1.0)
    for number in range(10):
        queue.change(f"ada {number:02}", Terms())
    assert serve(queue, 10).count("ada") in (5, 6)


def test_owners_under_one_cap_take_turns_while_others_have_more() -> None:
    """Lifted again and again, nobody of them is served twice before all were."""
    queue = FairQueue()
    terms = Terms(caps=(Cap("channel:1", 1),))
    for owner in OWNERS:
        crowd(queue, owner, 5, terms)
    crowd(queue, "dan", 100, Terms())
    served: list[str] = []
    inside: str | None = None
    while len(served) < 15:
        while (ticket := queue.admit()) is not None and not ticket.startswith("dan"):
            inside = ticket
            served.append(ticket.split()[0])
        assert ticket is not None
        queue.settle(ticket, 1.0)
        for _ in range(5):
            if (other := queue.next()) is not None and other.startswith("dan"):
                queue.admit()
                queue.settle(other, 1.0)
        if inside is not None:
            queue.settle(inside, 1.0)
            inside = None
    assert all(sorted(served[turn : turn + 3]) == sorted(OWNERS) for turn in range(0, 15, 3))


def test_a_later_ticket_passes_one_that_may_not_start() -> None:
    """Within one owner too; released, it has its old place again."""
    queue = FairQueue()
    queue.add("held", owner="ada", estimate=1.0, terms=Terms(held=True))
    queue.add("capped", owner="ada", estimate=1.0, terms=Terms(caps=(Cap("channel:1", 1),)))
    queue.add("capped too", owner="ada", estimate=1.0, terms=Terms(caps=(Cap("channel:1", 1),)))
    queue.add("free", owner="ada", estimate=1.0)
    assert queue.order() == ("capped", "capped too", "free", "held")
    assert queue.admit() == "capped"
    assert queue.order() == ("free", "capped too", "held")
    queue.change("held", Terms())
    assert queue.next() == "held"
    queue.settle("capped", 1.0)
    assert queue.order() == ("held", "capped too", "free")


def test_first_is_first_by_arrival_and_charged() -> None:
    """Whatever their owners had; afterwards their owners wait for the others to have had as much."""
    queue = FairQueue(quantum=5.0)
    crowd(queue, "ada", 3, Terms())
    crowd(queue, "ben", 10, Terms())
    assert serve(queue, 1, cost=3.0) == ["ada"]
    queue.add("ada second", owner="ada", estimate=1.0, terms=Terms(first=True))
    queue.add("zoe third", owner="zoe", estimate=1.0, terms=Terms(first=True))
    assert queue.order()[:3] == ("ada second", "zoe third", "ben 00")
    assert serve(queue, 2, cost=5.0) == ["ada", "zoe"]
    assert queue.lead("ada") == pytest.approx(8.0)
    assert serve(queue, 8) == ["ben"] * 8


def test_the_gap_is_not_measured_of_who_was_served_first() -> None:
    """Not before the others have had as much: then it is again. An operator is to see what is wrong only."""
    queue = FairQueue(quantum=5.0)
    crowd(queue, "ben", 30, Terms())
    crowd(queue, "cleo", 30, Terms())
    crowd(queue, "ada", 12, Terms(first=True))
    for number in range(10):
        queue.add(f"ada later {number}", owner="ada", estimate=1.0)
    assert serve(queue, 12) == ["ada"] * 12
    assert queue.gap.gap_s <= 1.0
    assert set(serve(queue, 22)) == {"ben", "cleo"}
    assert queue.gap.gap_s == pytest.approx(1.0)
    assert serve(queue, 6).count("ada") == 2
    assert queue.gap.share <= 1


def test_first_makes_others_stop_after_a_quantum_and_does_not_stop_itself() -> None:
    """Even where its owner has had more."""
    queue = FairQueue(quantum=5.0)
    queue.add("long", owner="ada", estimate=50.0)
    queue.admit()
    queue.receive("long", 4.0)
    queue.add("urgent", owner="ada", estimate=50.0, terms=Terms(first=True))
    assert queue.overdue() == ()
    queue.receive("long", 6.0)
    assert queue.overdue() == ("long",)
    queue.park("long", 6.0, remaining=44.0)
    assert queue.admit() == "urgent"
    queue.add("other", owner="ben", estimate=1.0)
    queue.receive("urgent", 20.0)
    assert queue.overdue() == ()
    queue.change("urgent", Terms())
    assert queue.overdue() == ("urgent",)


def test_another_weight_weighs_what_is_still_to_come() -> None:
    """Two seconds at weight 1 and four at weight 4 are three."""
    queue = FairQueue()
    queue.add("a", owner="ada", estimate=6.0)
    queue.add("b", owner="ben", estimate=6.0)
    assert queue.admit() == "a"
    queue.receive("a", 2.0)
    queue.change("a", Terms(weight=4.0))
    assert queue.lead("ada") == pytest.approx(3.0)
    queue.receive("a", 4.0)
    queue.change("a", Terms(weight=4.0))
    queue.settle("a", 6.0)
    assert queue.counters().served == {"ada": pytest.approx(3.0)}


def test_a_lead_is_remembered_though_a_held_job_is_put_back_first() -> None:
    """After a restart; what is changed of a held one makes nobody level either."""
    queue = FairQueue()
    crowd(queue, "ada", 2, Terms())
    crowd(queue, "ben", 2, Terms())
    assert serve(queue, 1, cost=100.0) == ["ada"]
    again = FairQueue(queue.counters())
    again.add("c", owner="cleo", estimate=1.0, terms=Terms(held=True))
    again.change("c", Terms(held=True, weight=2.0))
    crowd(again, "ada", 1, Terms())
    crowd(again, "ben", 1, Terms())
    assert again.next() == "ben 00"


def test_misuse_is_said() -> None:
    """A ticket that is not there has no terms."""
    queue = FairQueue()
    with pytest.raises(KeyError):
        queue.change("nobody's", Terms())
    with pytest.raises(ValueError, match="estimate"):
        queue.add("a", owner="ada", estimate=0.0)
