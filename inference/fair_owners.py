"""All owners in the fair queue: who is next, who is lifted, who is forgotten, how far each is ahead."""

import math
from collections.abc import Iterable, Mapping

from inference.fair_caps import Groups
from inference.fair_counters import FairCounters
from inference.fair_gap import FairGap, GapGauge
from inference.fair_owner import Owner, Ticket, TurnKey, turn_key


class Owners:
    """What `FairQueue` knows, and what follows from it; the rules are told there.

    Args:
        counters: what `counters()` gave in an earlier run.
    """

    def __init__(self, counters: FairCounters | None = None) -> None:
        remembered = counters or FairCounters()
        self._virtual_time = remembered.virtual_time
        self._owners = {owner: Owner(start=seconds) for owner, seconds in remembered.served.items()}
        self._owner_of: dict[str, str] = {}
        self._groups = Groups()
        self._turns = 0
        self._order: tuple[str, ...] | None = None
        self._gauge = GapGauge()

    def __len__(self) -> int:
        """How many tickets wait."""
        return sum(len(owner.waiting) for owner in self._owners.values())

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

    def _key(self, owner: Owner, head: Ticket) -> TurnKey:
        return turn_key(head, counter=owner.counter, last_turn=owner.last_turn)

    def _upcoming(self) -> Ticket | None:
        """The ticket whose turn is next."""
        heads = ((self._key(owner, owner.head), owner.head) for owner in self._owners.values() if owner.head)
        return min(heads, key=lambda each: each[0], default=(None, None))[1]

    def _least(self) -> float:
        """The least counter of those who wait and may start; infinite where there is nobody."""
        return min((owner.counter for owner in self._owners.values() if owner.head), default=math.inf)

    def _touched(self, ticket: Ticket) -> Iterable[str]:
        """Whose next ticket may be another because this one began or stopped running."""
        return self._owners if ticket.terms.caps else [self._owner_of[ticket.id]]

    def _look_anew(self, names: Iterable[str]) -> None:
        """Which ticket is next for these owners; who may start something again is lifted."""
        self._order = None
        in_flight = self._in_flight
        for name in names:
            owner = self._owners[name]
            behind = owner.behind(self._newcomer_start())
            owner.head = owner.first_of(lambda ticket: self._groups.may_start(ticket.terms))
            if owner.head is None or owner.ahead_of_turn:
                self._gauge.leaves(name)
            else:
                self._gauge.waits(name, in_flight=in_flight)
            if owner.head is not None:
                owner.start += behind

    def _tidy(self, name: str) -> None:
        """Something ended or was held: perhaps the queue is idle now, or an owner needs no remembering."""
        if not any(owner.backlogged for owner in self._owners.values()):
            # No counter passes the new virtual time, so none needs remembering.
            self._virtual_time = max(self._virtual_time, *(owner.start for owner in self._owners.values()))
            gone = [each for each, owner in self._owners.items() if owner.gone]
        else:
            owner = self._owners[name]
            # Coming back lifts it there anyway.
            gone = [name] if owner.gone and owner.start <= self._virtual_time else []
        for each in gone:
            self._gauge.forget(each)
            del self._owners[each]

    @property
    def _in_flight(self) -> int:
        return sum(len(owner.in_flight) for owner in self._owners.values())
