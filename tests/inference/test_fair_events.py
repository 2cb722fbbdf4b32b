"""Whatever happens to its tickets, in whatever order, the fair queue hands out only what may start."""

import math
import random
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from inference.fair_queue import FairQueue
from inference.terms import Cap, Terms

OWNERS: Final = ("ada", "ben", "cleo")
GROUPS: Final = ("channel:1", "channel:2", "member:1")
SLOTS: Final = 3
QUANTUM: Final = 4.0

caps = st.dictionaries(st.sampled_from(GROUPS), st.integers(1, 2), max_size=2).map(
    lambda chosen: tuple(Cap(group, running) for group, running in chosen.items())
)
any_terms = st.builds(
    Terms, weight=st.sampled_from([0.5, 1.0, 2.0]), caps=caps, held=st.booleans(), first=st.booleans()
)


class Turns(RuleBasedStateMachine):
    """A fair queue beside books of its own, in any order of events."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = FairQueue(quantum=QUANTUM)
        self.terms: dict[str, Terms] = {}
        self.owner: dict[str, str] = {}
        self.waiting: list[str] = []
        self.running: dict[str, float] = {}
        self.settled: dict[str, float] = {}
        self.came = 0

    def may_start(self, ticket: str) -> bool:
        return not self.terms[ticket].held and all(
            self.in_group(cap.group) < cap.running for cap in self.terms[ticket].caps
        )

    def in_group(self, group: str) -> int:
        return sum(group in (cap.group for cap in self.terms[other].caps) for other in self.running)

    @rule(owner=st.sampled_from(OWNERS), estimate=st.floats(0.5, 20), terms=any_terms, parkable=st.booleans())
    def add(self, owner: str, estimate: float, terms: Terms, parkable: bool) -> None:
        self.came += 1
        ticket = f"{self.came:03}"
        self.queue.add(ticket, owner=owner, estimate=estimate, terms=terms, parkable=parkable)
        self.terms[ticket], self.owner[ticket] = terms, owner
        self.waiting.append(ticket)

    @precondition(lambda self: self.terms)
    @rule(chance=st.randoms(use_true_random=False), terms=any_terms)
    def change(self, chance: random.Random, terms: Terms) -> None:
        ticket = chance.choice(sorted(self.terms))
        self.queue.change(ticket, terms)
        self.terms[ticket] = terms

    @precondition(lambda self: len(self.running) < SLOTS)
    @rule()
    def admit(self) -> None:
        able = [ticket for ticket in self.waiting if self.may_start(ticket)]
        announced = self.queue.next()
        ticket = self.queue.admit()
        assert ticket == announced
        if ticket is None:
            assert not able
            return
        assert ticket in able
        served_first = [each for each in able if self.terms[each].first]
        if served_first:
            assert ticket == min(served_first)
        self.waiting.remove(ticket)
        self.running[ticket] = self.settled.get(ticket, 0.0)

    @precondition(lambda self: self.running)
    @rule(chance=st.randoms(use_true_random=False), more=st.floats(0, 6))
    def receive(self, chance: random.Random, more: float) -> None:
        ticket = chance.choice(sorted(self.running))
        self.running[ticket] += more
        self.queue.receive(ticket, self.running[ticket])

    @precondition(lambda self: self.running)
    @rule(chance=st.randoms(use_true_random=False), more=st.floats(0, 6))
    def settle(self, chance: random.Random, more: float) -> None:
        ticket = chance.choice(sorted(self.running))
        self.queue.settle(ticket, self.running.pop(ticket) + more)
        del self.terms[ticket]

    @precondition(lambda self: self.waiting)
    @rule(chance=st.randoms(use_true_random=False))
    def remove(self, chance: random.Random) -> None:
        ticket = chance.choice(self.waiting)
        self.queue.remove(ticket)
        self.waiting.remove(ticket)
        del self.terms[ticket]

    @rule()
    def park(self) -> None:
        for ticket in self.queue.overdue()[:1] or self.queue.to_set_aside()[:1]:
            self.settled[ticket] = self.running.pop(ticket)
            self.queue.park(ticket, self.settled[ticket], remaining=1.0)
            self.waiting.append(ticket)

    @invariant()
    def everybody_who_waits_has_a_place(self) -> None:
        """Those that are held come last, and whose turn is next comes first."""
        order = self.queue.order()
        assert sorted(order) == sorted(self.waiting)
        assert len(self.queue) == len(self.waiting)
        held = [self.terms[ticket].held for ticket in order]
        assert held == sorted(held)
        upcoming = self.queue.next()
        assert (upcoming is None) is not any(map(self.may_start, self.waiting))
        assert upcoming is None or order[0] == upcoming

    @invariant()
    def what_is_foretold_is_foretold_of_all_but_the_held(self) -> None:
        times = self.queue.forecast(dict.fromkeys(self.terms, 3.0))
        waiting = {ticket for ticket in self.waiting if not self.terms[ticket].held}
        assert set(times) == waiting | set(self.running)

    @invariant()
    def who_is_to_stop_runs(self) -> None:
        overdue, aside = self.queue.overdue(), self.queue.to_set_aside()
        assert {*overdue, *aside} <= set(self.running)
        assert all(self.terms[ticket].held for ticket in aside)
        assert not any(self.terms[ticket].first for ticket in overdue)

    @invariant()
    def what_is_remembered_can_be(self) -> None:
        assert all(math.isfinite(seconds) for seconds in self.queue.counters().served.values())
        assert self.queue.gap.share <= 1 + 1e-6


Turns.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestTurns = Turns.TestCase
"""Never more than a cap allows, never who is held, never an idle slot; first means first."""
