"""Whose turn it is: start-time fair queueing over measured compute-seconds. Pure, synchronous, no clock.

Goyal, Vin & Cheng, "Start-time Fair Queueing" (SIGCOMM '96), and for several slots Jin, Chase & Kaur,
"Interposed Proportional Sharing" (SIGMETRICS '04); for language models the same idea is the Virtual Token
Counter of Sheng et al. (OSDI '24).
"""

import heapq
import math
from collections.abc import Iterable, Mapping
from typing import Final

from inference.fair_counters import FairCounters
from inference.fair_gap import FairGap, GapGauge
from inference.fair_owner import Owner, Ticket
from inference.forecast import forecast

ROUNDING: Final = 1e-6
"""Seconds per weight by which two counters that ought to be level may differ."""


class FairQueue:
    """Tickets of many owners, handed out so that compute-seconds per weight stay level.

    Each owner has a counter of virtual time. `admit` serves the owner with the least; on a tie first those
    not yet served since they became backlogged, in order of arrival, then the rest in order of arrival. The
    estimate, but a quantum at most, is charged at admission and gives way to what is measured.

    A ticket that has had its `quantum` in one turn is `overdue` from the first step at which somebody with a
    smaller counter waits. Whoever runs it parks it then: it waits again, first in its owner's own line,
    charged for what it got, and has another quantum when its turn comes. Shorter ones run through.

    An owner who had nothing waiting is lifted to the virtual time V: what the owner served last, or one left
    running beyond a quantum, had received by then; or, if nobody is backlogged any more, the largest counter
    of when the queue was last busy. Idling earns nothing, and neither does having less in line than there
    are slots. Estimates are not in V: one too high must not push newcomers back.

    **Bound.** While i and j both stay backlogged, |S_i / w_i - S_j / w_j| ≤ L_i / w_i + L_j / w_j, where S is
    the compute-seconds received, w the weight, and L the quantum plus one tick (what may be received between
    two looks at `overdue`), or a whole request (the larger of its estimate and its measured cost) where that
    is shorter or cannot be parked. So for one request in flight at a time. With n in flight, those of one may
    be unbalanced when an interval begins and those of the other when it ends: then it is 2n - 1 times the
    larger of the two and once the smaller, while i and j both always have a ticket that waits; whoever has
    none gets what they ask for.

    Attributes:
        quantum: compute-seconds that a ticket may receive in one turn while others wait, more than 0. It may
            change at any time; the bound is then that of the largest.
    """

    def __init__(self, counters: FairCounters | None = None, *, quantum: float = math.inf) -> None:
        remembered = counters or FairCounters()
        self.quantum = quantum
        self._virtual_time = remembered.virtual_time
        self._owners = {owner: Owner(start=seconds) for owner, seconds in remembered.served.items()}
        self._owner_of: dict[str, str] = {}
        self._arrivals = 0
        self._order: tuple[str, ...] | None = None
        self._gauge = GapGauge()

    def __len__(self) -> int:
        """How many tickets wait."""
        return sum(len(owner.waiting) for owner in self._owners.values())

    def add(
        self, ticket: str, *, owner: str, estimate: float, weight: float = 1.0, parkable: bool = True
    ) -> None:
        """A ticket joins at the end of its owner's own line.

        Args:
            ticket: its id, not in the queue yet.
            owner: who pays with virtual time.
            estimate: compute-seconds, more than 0.
            weight: the owner's share, more than 0; twice the weight gets twice the compute-seconds.
            parkable: whether it may be stopped and gone on with later.

        Raises:
            ValueError: the ticket is already there, or a number is out of range.
        """
        if ticket in self._owner_of:
            raise ValueError(f"the ticket {ticket!r} is already in the queue")
        if not (math.isfinite(estimate) and estimate > 0 and math.isfinite(weight) and weight > 0):
            raise ValueError("estimate and weight must be positive numbers")
        entry = self._owners.setdefault(owner, Owner(start=0.0))
        if not entry.backlogged:
            entry.served_since_backlogged = False
        if not entry.waiting:
            entry.start += max(0.0, self._newcomer_start() - entry.reached)
        self._arrivals += 1
        entry.waiting.append(
            Ticket(id=ticket, arrival=self._arrivals, estimate=estimate, weight=weight, parkable=parkable)
        )
        self._owner_of[ticket] = owner
        self._order = None
        self._note_waiting(owner)

    def remove(self, ticket: str) -> None:
        """A waiting ticket leaves, charged for nothing but what it got before it was parked.

        Raises:
            KeyError: it does not wait.
        """
        owner = self._owners[self._owner_of[ticket]]
        owner.waiting.remove(self._waiting(ticket))
        self._note_waiting(self._owner_of[ticket])
        self._leave(ticket)

    def next(self) -> str | None:
        """The ticket whose turn it is; None when nobody waits."""
        owner = self._next_owner(self._owners)
        return None if owner is None else owner.waiting[0].id

    def admit(self) -> str | None:
        """The ticket whose turn it is, charged its estimate or a quantum; None when nobody waits."""
        owner = self._next_owner(self._owners)
        if owner is None:
            return None
        self._virtual_time = max(self._virtual_time, owner.reached)
        ticket = owner.waiting.popleft()
        ticket.charged = min(ticket.estimate, self.quantum) if ticket.parkable else ticket.estimate
        ticket.received = 0.0
        owner.in_flight[ticket.id] = ticket
        owner.served_since_backlogged = True
        self._order = None
        name = self._owner_of[ticket.id]
        self._gauge.turn(name, ticket.charged / ticket.weight, in_flight=self._in_flight)
        self._note_waiting(name)
        return ticket.id

    def receive(self, ticket: str, measured: float) -> None:
        """A ticket in flight has received so many compute-seconds in all its turns together so far.

        Raises:
            KeyError: it is not in flight.
        """
        owner = self._owners[self._owner_of[ticket]]
        running = owner.in_flight[ticket]
        before = running.received
        running.received = max(running.received, measured - running.settled)
        self._note_received(running, running.received - before)
        if running.received >= self.quantum:  # it is as if another turn began here
            first = self._next_owner(self._owners)
            reached = owner.reached if first is None else min(owner.reached, first.counter)
            self._virtual_time = max(self._virtual_time, reached)
        if running.received > running.charged:
            self._order = None

    def overdue(self) -> tuple[str, ...]:
        """Which of those in flight to park if the next one has no room: the furthest ahead first."""
        first = self._next_owner(self._owners)
        if first is None:
            return ()
        found = [
            (owner.reached, ticket.id)
            for owner in self._owners.values()
            if owner.reached > first.counter + ROUNDING
            for ticket in owner.in_flight.values()
            if ticket.parkable and ticket.received >= self.quantum
        ]
        return tuple(ticket for _, ticket in sorted(found, reverse=True))

    def park(self, ticket: str, measured: float, *, remaining: float) -> None:
        """A ticket in flight stops for others and waits again, first in its owner's own line.

        Args:
            ticket: which.
            measured: compute-seconds it received in all its turns together.
            remaining: those it still needs, an estimate, more than 0.

        Raises:
            KeyError: it is not in flight.
        """
        owner = self._owners[self._owner_of[ticket]]
        parked = self._settled(owner, ticket, measured)
        parked.estimate = remaining
        owner.waiting.appendleft(parked)
        self._order = None
        self._note_waiting(self._owner_of[ticket])

    def begin_again(self, ticket: str, *, estimate: float) -> None:
        """What a waiting ticket had before it was parked is lost: it needs all of its estimate again.

        Raises:
            KeyError: it does not wait.
        """
        self._waiting(ticket).estimate = estimate
        self._order = None

    def run_through(self, ticket: str) -> None:
        """A ticket in flight turns out to be one that cannot be parked.

        Raises:
            KeyError: it is not in flight.
        """
        self._owners[self._owner_of[ticket]].in_flight[ticket].parkable = False

    def settle(self, ticket: str, measured: float) -> None:
        """A ticket in flight is over: in all its turns it received `measured` compute-seconds, 0 or more.

        Raises:
            KeyError: it is not in flight.
        """
        self._settled(self._owners[self._owner_of[ticket]], ticket, measured)
        self._leave(ticket)

    def order(self) -> tuple[str, ...]:
        """Every waiting ticket in the order in which their turns begin if nobody else comes."""
        if self._order is None:
            self._order = self._simulated_order()
        return self._order

    def forecast(self, remaining: Mapping[str, float]) -> Mapping[str, tuple[float, float]]:
        """Seconds until each ticket's turn begins and until it is done, if nobody else comes; estimates.

        Args:
            remaining: compute-seconds that each ticket, waiting or in flight, still needs.
        """
        return forecast(self._owners.values(), remaining, quantum=self.quantum)

    def lead(self, owner: str) -> float:
        """Compute-seconds per weight by which an owner is ahead of the backlogged one with the least.

        What is in flight counts as it was charged: so the order is made.
        """
        return self.leads().get(owner, 0.0)

    def leads(self) -> Mapping[str, float]:
        """`lead` of every owner it knows."""
        counters = {name: owner.counter for name, owner in self._owners.items()}
        least = min((counters[name] for name, each in self._owners.items() if each.backlogged), default=0.0)
        return {name: max(0.0, counter - least) for name, counter in counters.items()}

    @property
    def gap(self) -> FairGap:
        """The largest gap so far beside its bound, of all pairs of owners."""
        return self._gauge.worst

    def counters(self) -> FairCounters:
        """What to remember. Turns in flight are left out: after a restart they are charged anew."""
        return FairCounters(
            virtual_time=self._virtual_time,
            served={
                name: owner.start for name, owner in self._owners.items() if owner.start > self._virtual_time
            },
        )

    def _newcomer_start(self) -> float:
        """Where an owner begins who had nothing waiting.

        Who comes before the first admission comes at the same moment as the others, in whatever order: after
        a restart nobody's lead is lost because theirs happened to be the first job put back.
        """
        return self._virtual_time

    def _waiting(self, ticket: str) -> Ticket:
        for entry in self._owners[self._owner_of[ticket]].waiting:
            if entry.id == ticket:
                return entry
        raise KeyError(ticket)

    def _tie_key(self, owner: Owner) -> tuple[bool, int]:
        return owner.served_since_backlogged, owner.waiting[0].arrival

    def _next_owner(self, owners: Mapping[str, Owner]) -> Owner | None:
        waiting: Iterable[Owner] = (owner for owner in owners.values() if owner.waiting)
        return min(waiting, key=lambda owner: (owner.counter, *self._tie_key(owner)), default=None)

    def _simulated_order(self) -> tuple[str, ...]:
        waiting = [owner for owner in self._owners.values() if owner.waiting]
        lines = [iter(owner.waiting) for owner in waiting]
        firsts = [next(line) for line in lines]
        heap = [
            (owner.counter, owner.served_since_backlogged, first.arrival, number)
            for number, (owner, first) in enumerate(zip(waiting, firsts, strict=True))
        ]
        heapq.heapify(heap)
        served = []
        while heap:
            counter, _, _, number = heap[0]
            ticket = firsts[number]
            served.append(ticket.id)
            following = next(lines[number], None)
            if following is None:
                heapq.heappop(heap)
                continue
            firsts[number] = following
            # All of it at once: with the same start tags, turns in between begin in the same order.
            reached = counter + ticket.estimate / ticket.weight
            heapq.heapreplace(heap, (reached, True, following.arrival, number))
        return tuple(served)

    def _settled(self, owner: Owner, ticket: str, measured: float) -> Ticket:
        """A turn is over: what was promised gives way to what was measured."""
        over = owner.in_flight.pop(ticket)
        got = max(0.0, measured - over.settled)
        more, over.received = got - over.received, max(over.received, got)
        self._note_received(over, more)
        owner.start += got / over.weight
        over.settled, over.received = max(over.settled, measured), 0.0
        return over

    @property
    def _in_flight(self) -> int:
        return sum(len(owner.in_flight) for owner in self._owners.values())

    def _note_waiting(self, name: str) -> None:
        if self._owners[name].waiting:
            self._gauge.waits(name, in_flight=self._in_flight)
        else:
            self._gauge.leaves(name)

    def _note_received(self, ticket: Ticket, more: float) -> None:
        self._gauge.received(
            self._owner_of[ticket.id], more / ticket.weight, turn=ticket.received / ticket.weight
        )

    def _leave(self, ticket: str) -> None:
        name = self._owner_of.pop(ticket)
        self._order = None
        if not any(owner.backlogged for owner in self._owners.values()):
            # Nobody is backlogged: no counter passes the new virtual time, so none needs remembering.
            self._virtual_time = max(self._virtual_time, *(owner.start for owner in self._owners.values()))
            for each in self._owners:
                self._gauge.forget(each)
            self._owners.clear()
        elif not self._owners[name].backlogged and self._owners[name].start <= self._virtual_time:
            self._gauge.forget(name)
            del self._owners[name]  # coming back lifts it there anyway
