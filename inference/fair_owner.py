"""What the fair queue knows of one owner and of one ticket."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from inference.terms import Terms


@dataclass(slots=True, kw_only=True)
class Ticket:
    """One ticket. All numbers but `arrival` and those per weight are compute-seconds.

    Attributes:
        arrival: the higher, the later it came.
        estimate: what it still needs from the beginning of its next turn, or of the one it has.
        terms: on which it waits or runs.
        parkable: whether it may be stopped and gone on with later.
        settled: received in earlier turns, and in its owner's `start`.
        received: in the turn it has, as far as it was told.
        charged: promised for that turn.
        reckoned: what of `received` was at another weight.
        reckoned_per_weight: that, per those weights.
    """

    id: str
    arrival: int
    estimate: float
    terms: Terms
    parkable: bool
    settled: float = 0.0
    received: float = 0.0
    charged: float = 0.0
    reckoned: float = 0.0
    reckoned_per_weight: float = 0.0

    def per_weight(self, seconds: float) -> float:
        """So many compute-seconds of this turn, at the weights at which they were received."""
        return self.reckoned_per_weight + max(0.0, seconds - self.reckoned) / self.terms.weight

    @property
    def reached(self) -> float:
        """What was received in this turn, per weight."""
        return self.per_weight(self.received)

    @property
    def promised(self) -> float:
        """What was received or promised in this turn, per weight."""
        return self.per_weight(max(self.received, self.charged))

    def begin(self, charged: float) -> None:
        """A turn begins."""
        self.charged, self.received = charged, 0.0
        self.reckoned = self.reckoned_per_weight = 0.0

    def change(self, terms: Terms) -> None:
        """Other terms from now on: what was received is not weighed again."""
        self.reckoned, self.reckoned_per_weight = self.received, self.reached
        self.terms = terms


@dataclass(slots=True)
class Owner:
    """One owner.

    Attributes:
        start: SFQ's start tag of the turns in flight: compute-seconds that are settled, per weight.
        waiting: tickets in the order in which their turns come, those that may not start now included.
        in_flight: tickets that have their turn, by id.
        head: of those that wait, the one whose turn is next; None where none may start now.
        last_turn: the number of the last turn that one of them was given since there was none before;
            0 before the first. The higher, the later.
        ahead_of_turn: somebody's turn was given to one of them before it came, and has not come since.
    """

    start: float
    waiting: deque[Ticket] = field(default_factory=deque)
    in_flight: dict[str, Ticket] = field(default_factory=dict)
    head: Ticket | None = None
    last_turn: int = 0
    ahead_of_turn: bool = False

    @property
    def backlogged(self) -> bool:
        """Whether it has something that runs or may start now."""
        return bool(self.in_flight) or self.head is not None

    @property
    def idle(self) -> bool:
        """Whether it has nothing but what is held."""
        return not self.in_flight and all(ticket.terms.held for ticket in self.waiting)

    @property
    def gone(self) -> bool:
        """Whether it has nothing at all."""
        return not (self.in_flight or self.waiting)

    @property
    def reached(self) -> float:
        """What was received in fact, as far as it is known."""
        return self.start + sum(ticket.reached for ticket in self.in_flight.values())

    @property
    def counter(self) -> float:
        """What was received or promised: by this the next turn is given."""
        return self.start + sum(ticket.promised for ticket in self.in_flight.values())

    def behind(self, virtual_time: float) -> float:
        """By how much it is lifted if something may start again: having nothing to start earns nothing."""
        return max(0.0, virtual_time - self.reached) if self.head is None else 0.0

    def first_of(self, may_start: Callable[[Ticket], bool]) -> Ticket | None:
        """The one of those waiting whose turn is next: who is served first, or else the foremost."""
        able = [ticket for ticket in self.waiting if may_start(ticket)]
        served_first = (ticket for ticket in able if ticket.terms.first)
        return min(served_first, key=lambda ticket: ticket.arrival, default=able[0] if able else None)

    def line(self, resting: Iterable[Ticket] = ()) -> deque[Ticket]:
        """What is not held, in the order of its turns where no cap keeps anything back.

        Args:
            resting: tickets thought to be parked, in front of those that wait.
        """
        line = [ticket for ticket in (*resting, *self.waiting) if not ticket.terms.held]
        return deque(sorted(line, key=lambda each: each.arrival if each.terms.first else math.inf))


TurnKey = tuple[bool, float, int, int]


def turn_key(ticket: Ticket, *, counter: float, last_turn: int) -> TurnKey:
    """The less, the earlier: a ticket that is an owner's next, with what its owner has had.

    Those served first go by arrival. The others by counter; on a tie first those of owners who were not
    served yet, in order of arrival, then of whom it is longest ago.
    """
    if ticket.terms.first:
        return (False, 0.0, 0, ticket.arrival)
    return (True, counter, last_turn, ticket.arrival)
