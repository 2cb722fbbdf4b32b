"""Whose turn it is: start-time fair queueing over measured compute-seconds. Pure, synchronous, no clock.

Goyal, Vin & Cheng, "Start-time Fair Queueing" (SIGCOMM '96); for language models the same idea is the Virtual
Token Counter of Sheng et al. (OSDI '24).
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from inference.errors import InvalidRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class FairCounters:
    """What a `FairQueue` remembers between runs, as plain values.

    Attributes:
        virtual_time: where an owner nobody remembers starts, in weighted compute-seconds.
        served: compute-seconds per weight, of the owners who are ahead of `virtual_time`.
    """

    virtual_time: float = 0.0
    served: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for value in (self.virtual_time, *self.served.values()):
            if not (math.isfinite(value) and value >= 0):
                raise InvalidRequest("counters", value, "compute-seconds, zero or more")

    def to_json(self) -> dict[str, object]:
        """Values that `json.dumps` takes."""
        return {"virtual_time": self.virtual_time, "served": dict(self.served)}

    @classmethod
    def from_json(cls, value: object) -> "FairCounters":
        """The way back.

        Raises:
            InvalidRequest: it is not what `to_json` gave.
        """
        match value:
            case {"virtual_time": int() | float() as virtual_time, "served": dict() as served}:
                try:
                    owners = {str(owner): float(seconds) for owner, seconds in served.items()}
                except (TypeError, ValueError):
                    raise InvalidRequest("counters", served, "compute-seconds by owner") from None
                return cls(virtual_time=float(virtual_time), served=owners)
        raise InvalidRequest("counters", value, "an object with virtual_time and served")


@dataclass(frozen=True, slots=True)
class _Ticket:
    id: str
    arrival: int
    estimate: float
    weight: float

    @property
    def charge(self) -> float:
        return self.estimate / self.weight


@dataclass(slots=True)
class _Owner:
    """One owner. `start` is SFQ's start tag of the work in flight: what is settled, per weight."""

    start: float
    waiting: deque[_Ticket] = field(default_factory=deque)
    in_flight: dict[str, _Ticket] = field(default_factory=dict)
    served_since_backlogged: bool = False

    @property
    def backlogged(self) -> bool:
        return bool(self.waiting or self.in_flight)

    @property
    def counter(self) -> float:
        return self.start + sum(ticket.charge for ticket in self.in_flight.values())


class FairQueue:
    """Tickets of many owners, handed out so that compute-seconds per weight stay level.

    Each owner has a counter of virtual time. `admit` serves the owner with the least; on a tie first those
    not yet served since they became backlogged, in order of arrival, then the rest in order of arrival. The
    estimate is charged at admission and corrected by the measured cost at the end.

    An owner who was idle is lifted to the least counter of the backlogged, or, if nobody is backlogged, to
    the largest counter of when the queue was last busy: idling earns nothing. Owners with work in flight are
    backlogged, their charge for it left out: an estimate too high must not push newcomers back.

    **Bound.** While i and j both stay backlogged, |S_i / w_i - S_j / w_j| ≤ L_i / w_i + L_j / w_j, where S is
    the compute-seconds received, w the weight, and L the largest request (the larger of its estimate and its
    measured cost): a running request cannot be parked, so L is one whole request. It holds for one request in
    flight at a time; every further slot adds one request of each to it.
    """

    def __init__(self, counters: FairCounters | None = None) -> None:
        remembered = counters or FairCounters()
        self._virtual_time = remembered.virtual_time
        self._owners = {owner: _Owner(start=seconds) for owner, seconds in remembered.served.items()}
        self._owner_of: dict[str, str] = {}
        self._arrivals = 0
        self._order: tuple[str, ...] | None = None
        self._busy = False

    def __len__(self) -> int:
        """How many tickets wait."""
        return sum(len(owner.waiting) for owner in self._owners.values())

    def add(self, ticket: str, *, owner: str, estimate: float, weight: float = 1.0) -> None:
        """A ticket joins at the end of its owner's own line.

        Args:
            ticket: its id, not in the queue yet.
            owner: who pays with virtual time.
            estimate: compute-seconds, more than 0.
            weight: the owner's share, more than 0; twice the weight gets twice the compute-seconds.

        Raises:
            ValueError: the ticket is already there, or a number is out of range.
        """
        if ticket in self._owner_of:
            raise ValueError(f"the ticket {ticket!r} is already in the queue")
        if not (math.isfinite(estimate) and estimate > 0 and math.isfinite(weight) and weight > 0):
            raise ValueError("estimate and weight must be positive numbers")
        entry = self._owners.setdefault(owner, _Owner(start=0.0))
        if not entry.backlogged:
            entry.start = max(entry.start, self._newcomer_start())
            entry.served_since_backlogged = False
        self._arrivals += 1
        entry.waiting.append(_Ticket(ticket, self._arrivals, estimate, weight))
        self._owner_of[ticket] = owner
        self._order = None

    def remove(self, ticket: str) -> None:
        """A waiting ticket leaves uncharged.

        Raises:
            KeyError: it does not wait.
        """
        name = self._owner_of[ticket]
        owner = self._owners[name]
        if ticket in owner.in_flight:
            raise KeyError(ticket)
        owner.waiting = deque(entry for entry in owner.waiting if entry.id != ticket)
        self._leave(ticket, name)

    def next(self) -> str | None:
        """The ticket whose turn it is; None when nobody waits."""
        name = self._next_owner(self._owners)
        return None if name is None else self._owners[name].waiting[0].id

    def admit(self) -> str | None:
        """The ticket whose turn it is, charged its estimate; None when nobody waits."""
        name = self._next_owner(self._owners)
        if name is None:
            return None
        owner = self._owners[name]
        ticket = owner.waiting.popleft()
        owner.in_flight[ticket.id] = ticket
        owner.served_since_backlogged = True
        self._order = None
        self._busy = True
        return ticket.id

    def settle(self, ticket: str, measured: float) -> None:
        """A ticket in flight is over; its estimate gives way to `measured` compute-seconds, 0 or more.

        Raises:
            KeyError: it is not in flight.
        """
        name = self._owner_of[ticket]
        owner = self._owners[name]
        over = owner.in_flight.pop(ticket)
        owner.start += max(0.0, measured) / over.weight
        self._leave(ticket, name)

    def order(self) -> tuple[str, ...]:
        """Every waiting ticket in the order they would be served if nobody else came."""
        if self._order is None:
            self._order = self._simulated_order()
        return self._order

    def lead(self, owner: str) -> float:
        """Compute-seconds per weight by which an owner is ahead of the backlogged one with the least.

        What is in flight counts as it was estimated: so the order is made.
        """
        entry = self._owners.get(owner)
        least = min((each.counter for each in self._owners.values() if each.backlogged), default=0.0)
        return 0.0 if entry is None else max(0.0, entry.counter - least)

    def counters(self) -> FairCounters:
        """What to remember. Work in flight is left out: after a restart it is charged anew."""
        virtual_time = max(self._virtual_time, self._least_start() or 0.0)
        return FairCounters(
            virtual_time=virtual_time,
            served={name: owner.start for name, owner in self._owners.items() if owner.start > virtual_time},
        )

    def _newcomer_start(self) -> float:
        """Where an owner who was idle begins.

        Who comes before the first admission comes at the same moment as the others, in whatever order: after
        a restart nobody's lead is lost because theirs happened to be the first job put back.
        """
        least = self._least_start() if self._busy else None
        return self._virtual_time if least is None else least

    def _least_start(self) -> float | None:
        return min((owner.start for owner in self._owners.values() if owner.backlogged), default=None)

    def _tie_key(self, owner: _Owner) -> tuple[bool, int]:
        return owner.served_since_backlogged, owner.waiting[0].arrival

    def _next_owner(self, owners: Mapping[str, _Owner]) -> str | None:
        waiting: Iterable[str] = (name for name, owner in owners.items() if owner.waiting)
        return min(
            waiting, key=lambda name: (owners[name].counter, *self._tie_key(owners[name])), default=None
        )

    def _simulated_order(self) -> tuple[str, ...]:
        owners = {
            name: replace(owner, start=owner.counter, waiting=deque(owner.waiting), in_flight={})
            for name, owner in self._owners.items()
            if owner.waiting
        }
        served = []
        while (name := self._next_owner(owners)) is not None:
            owner = owners[name]
            ticket = owner.waiting.popleft()
            owner.start += ticket.charge
            owner.served_since_backlogged = True
            served.append(ticket.id)
        return tuple(served)

    def _leave(self, ticket: str, name: str) -> None:
        del self._owner_of[ticket]
        self._order = None
        least = self._least_start()
        if least is None:
            # Nobody is backlogged: no counter passes the new virtual time, so none needs remembering.
            self._virtual_time = max(owner.start for owner in self._owners.values())
            self._owners.clear()
            self._busy = False
        elif not self._owners[name].backlogged and self._owners[name].start <= least:
            del self._owners[name]  # coming back lifts it to `least` anyway
