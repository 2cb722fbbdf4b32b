"""Whose turn it is: start-time fair queueing over measured compute-seconds. Pure, synchronous, no clock.

Goyal, Vin & Cheng, "Start-time Fair Queueing" (SIGCOMM '96), and for several slots Jin, Chase & Kaur,
"Interposed Proportional Sharing" (SIGMETRICS '04); for language models the same idea is the Virtual Token
Counter of Sheng et al. (OSDI '24).
"""

import math
from collections.abc import Mapping
from typing import Final

from inference.fair_counters import FairCounters
from inference.fair_owner import Owner, Ticket
from inference.fair_owners import Owners
from inference.forecast import forecast
from inference.terms import USUAL_TERMS, Terms
from inference.turn_order import turn_order

ROUNDING: Final = 1e-6
"""Seconds per weight by which two counters that ought to be level may differ."""


class FairQueue(Owners):
    """Tickets of many owners, handed out so that compute-seconds per weight stay level.

    Each owner has a counter of virtual time. `admit` serves the owner with the least; on a tie first those
    not yet served since they became backlogged, in order of arrival, then whoever's last turn is longest ago.
    The estimate, but a quantum at most, is charged at admission and gives way to what is measured.

    A ticket that has had its `quantum` in one turn is `overdue` from the first step at which somebody with a
    smaller counter waits. Whoever runs it parks it then: it waits again, first in its owner's own line,
    charged for what it got, and has another quantum when its turn comes. Shorter ones run through.

    An owner who had nothing waiting that may start is lifted to the virtual time V when there is something:
    to what the owner served last, or one left running beyond a quantum, had received by then; or, if nobody
    is backlogged any more, the largest counter of when the queue was last busy. Idling earns nothing, and
    neither does having less in line than there are slots. Estimates are not in V: one too high must not push
    newcomers back.

    **Terms.** A ticket that is held, or that a cap keeps back, is passed over, by its owner's next one too,
    and nobody is parked for it. Who has none but such counts as having nothing waiting, and is lifted when
    one may start: neither being held nor a cap saves up credit. Owners who share a cap may so be lifted all
    together, again and again; that a tie goes to whose last turn is longest ago is what makes them take
    turns then. A ticket that is served `first` begins before its turn and is charged for it; V does not
    follow. It is not overdue, and for one that waits everybody else is after a quantum.

    **Bound.** While i and j both stay backlogged, with a ticket that may start or runs,
    |S_i / w_i - S_j / w_j| ≤ L_i / w_i + L_j / w_j, where S is the compute-seconds received, w the weight,
    and L the quantum plus one tick (what may be received between two looks at `overdue`), or a whole request
    (the larger of its estimate and its measured cost) where that is shorter or cannot be parked. So for one
    request in flight at a time. With n in flight, those of one may be unbalanced when an interval begins and
    those of the other when it ends: then it is 2n - 1 times the larger of the two and once the smaller, while
    i and j both always have a ticket that waits and may start; whoever has none gets what they ask for. Who
    was served first is left out of it, until a turn comes that is their owner's anyway.

    Attributes:
        quantum: compute-seconds that a ticket may receive in one turn while others wait, more than 0. It may
            change at any time; the bound is then that of the largest.
    """

    def __init__(self, counters: FairCounters | None = None, *, quantum: float = math.inf) -> None:
        super().__init__(counters)
        self.quantum = quantum
        self._arrivals = 0

    def add(
        self,
        ticket: str,
        *,
        owner: str,
        estimate: float,
        terms: Terms = USUAL_TERMS,
        parkable: bool = True,
    ) -> None:
        """A ticket joins at the end of its owner's own line.

        Args:
            ticket: its id, not in the queue yet.
            owner: who pays with virtual time.
            estimate: compute-seconds, more than 0.
            terms: on which it waits and runs.
            parkable: whether it may be stopped and gone on with later.

        Raises:
            ValueError: the ticket is already there, or the estimate is out of range.
        """
        if ticket in self._owner_of:
            raise ValueError(f"the ticket {ticket!r} is already in the queue")
        if not (math.isfinite(estimate) and estimate > 0):
            raise ValueError(f"estimate must be a positive number, not {estimate}")
        entry = self._owners.setdefault(owner, Owner(start=0.0))
        if entry.idle:
            entry.last_turn = 0
        self._arrivals += 1
        entry.waiting.append(
            Ticket(id=ticket, arrival=self._arrivals, estimate=estimate, terms=terms, parkable=parkable)
        )
        self._owner_of[ticket] = owner
        self._look_anew([owner])

    def change(self, ticket: str, terms: Terms) -> None:
        """A ticket waits or runs on other terms from now on. What it received is not weighed again.

        Raises:
            KeyError: it is not in the queue.
        """
        name = self._owner_of[ticket]
        owner = self._owners[name]
        was_backlogged = owner.backlogged
        running = owner.in_flight.get(ticket)
        if running is None:
            if owner.idle:
                owner.last_turn = 0
            self._waiting(ticket).terms = terms
            self._look_anew([name])
        else:
            self._groups.end(running.terms)
            running.change(terms)
            self._groups.begin(terms)
            self._gauge.turn(name, running.promised, in_flight=self._in_flight)
            self._look_anew(self._owners)
        if was_backlogged and not owner.backlogged:
            self._tidy(name)

    def remove(self, ticket: str) -> None:
        """A waiting ticket leaves, charged for nothing but what it got before it was parked.

        Raises:
            KeyError: it does not wait.
        """
        name = self._owner_of[ticket]
        self._owners[name].waiting.remove(self._waiting(ticket))
        del self._owner_of[ticket]
        self._look_anew([name])
        self._tidy(name)

    def next(self) -> str | None:
        """The ticket whose turn it is; None when nobody waits who may start."""
        upcoming = self._upcoming()
        return None if upcoming is None else upcoming.id

    def admit(self) -> str | None:
        """The ticket whose turn it is, charged its estimate or a quantum; None when none may start."""
        ticket = self._upcoming()
        if ticket is None:
            return None
        name = self._owner_of[ticket.id]
        owner = self._owners[name]
        owner.ahead_of_turn = ticket.terms.first and owner.counter > self._least()
        if not owner.ahead_of_turn:
            self._virtual_time = max(self._virtual_time, owner.reached)
        owner.waiting.remove(ticket)
        ticket.begin(min(ticket.estimate, self.quantum) if ticket.parkable else ticket.estimate)
        owner.in_flight[ticket.id] = ticket
        self._turns += 1
        owner.last_turn = self._turns
        self._groups.begin(ticket.terms)
        self._gauge.turn(name, ticket.promised, in_flight=self._in_flight)
        self._look_anew(self._touched(ticket))
        return ticket.id

    def receive(self, ticket: str, measured: float) -> None:
        """A ticket in flight has received so many compute-seconds in all its turns together so far.

        Raises:
            KeyError: it is not in flight.
        """
        owner = self._owners[self._owner_of[ticket]]
        running = owner.in_flight[ticket]
        self._receive(running, measured - running.settled)
        if running.received >= self.quantum:  # it is as if another turn began here
            self._virtual_time = max(self._virtual_time, min(owner.reached, self._least()))
        if running.received > running.charged:
            self._order = None

    def overdue(self) -> tuple[str, ...]:
        """Which of those in flight to park if the next one has no room: the furthest ahead first."""
        upcoming = self._upcoming()
        if upcoming is None:
            return ()
        enough = self._owners[self._owner_of[upcoming.id]].counter + ROUNDING
        found = [
            (owner.reached, ticket.id)
            for owner in self._owners.values()
            if upcoming.terms.first or owner.reached > enough
            for ticket in owner.in_flight.values()
            if ticket.parkable and not ticket.terms.first and ticket.received >= self.quantum
        ]
        return tuple(ticket for _, ticket in sorted(found, reverse=True))

    def to_set_aside(self) -> tuple[str, ...]:
        """Which of those in flight to park because they are held, whoever waits."""
        return tuple(
            ticket.id
            for owner in self._owners.values()
            for ticket in owner.in_flight.values()
            if ticket.parkable and ticket.terms.held
        )

    def park(self, ticket: str, measured: float, *, remaining: float) -> None:
        """A ticket in flight stops, for others or held, and waits again, first in its owner's own line.

        Args:
            ticket: which.
            measured: compute-seconds it received in all its turns together.
            remaining: those it still needs, an estimate, more than 0.

        Raises:
            KeyError: it is not in flight.
        """
        name = self._owner_of[ticket]
        parked = self._settled(self._owners[name], ticket, measured)
        parked.estimate = remaining
        self._owners[name].waiting.appendleft(parked)
        self._look_anew(self._touched(parked))
        self._tidy(name)

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
        name = self._owner_of[ticket]
        over = self._settled(self._owners[name], ticket, measured)
        touched = self._touched(over)
        del self._owner_of[ticket]
        self._look_anew(touched)
        self._tidy(name)

    def order(self) -> tuple[str, ...]:
        """Every waiting ticket in the order in which their turns begin if nobody else comes.

        Those that are held come last. For those that a cap keeps back it is approximate.
        """
        if self._order is None:
            owners = self._owners.values()
            self._order = turn_order(owners, self._upcoming(), virtual_time=self._virtual_time)
        return self._order

    def forecast(self, remaining: Mapping[str, float]) -> Mapping[str, tuple[float, float]]:
        """Seconds until each ticket's turn begins and until it is done, if nobody else comes; estimates.

        Those that wait and are held are not in it; nobody is kept back by a cap in it.

        Args:
            remaining: compute-seconds that each ticket, waiting or in flight, still needs.
        """
        return forecast(
            self._owners.values(), remaining, quantum=self.quantum, virtual_time=self._virtual_time
        )

    def _waiting(self, ticket: str) -> Ticket:
        for entry in self._owners[self._owner_of[ticket]].waiting:
            if entry.id == ticket:
                return entry
        raise KeyError(ticket)

    def _settled(self, owner: Owner, ticket: str, measured: float) -> Ticket:
        """A turn is over: what was promised gives way to what was measured."""
        over = owner.in_flight.pop(ticket)
        got = max(0.0, measured - over.settled)
        self._receive(over, got)
        owner.start += over.per_weight(got)
        over.settled = max(over.settled, measured)
        over.begin(0.0)
        self._groups.end(over.terms)
        return over

    def _receive(self, ticket: Ticket, got: float) -> None:
        """So many compute-seconds in this turn so far."""
        before = ticket.reached
        ticket.received = max(ticket.received, got)
        self._gauge.received(self._owner_of[ticket.id], ticket.reached - before, turn=ticket.reached)
