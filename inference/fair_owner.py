"""What the fair queue knows of one owner and of one ticket."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Ticket:
    """One ticket. All numbers but `arrival` are compute-seconds.

    Attributes:
        arrival: the higher, the later it came.
        estimate: what it still needs from the beginning of its next turn, or of the one it has.
        parkable: whether it may be stopped and gone on with later.
        settled: received in earlier turns, and in its owner's `start`.
        received: in the turn it has, as far as it was told.
        charged: promised for that turn.
    """

    id: str
    arrival: int
    estimate: float
    weight: float
    parkable: bool
    settled: float = 0.0
    received: float = 0.0
    charged: float = 0.0


@dataclass(slots=True)
class Owner:
    """One owner.

    Attributes:
        start: SFQ's start tag of the turns in flight: compute-seconds that are settled, per weight.
        waiting: tickets in the order in which their turns come.
        in_flight: tickets that have their turn, by id.
        served_since_backlogged: whether any has had a turn since there was none before.
    """

    start: float
    waiting: deque[Ticket] = field(default_factory=deque)
    in_flight: dict[str, Ticket] = field(default_factory=dict)
    served_since_backlogged: bool = False

    @property
    def backlogged(self) -> bool:
        return bool(self.waiting or self.in_flight)

    @property
    def reached(self) -> float:
        """What was received in fact, as far as it is known."""
        return self.start + sum(ticket.received / ticket.weight for ticket in self.in_flight.values())

    @property
    def counter(self) -> float:
        """What was received or promised: by this the next turn is given."""
        return self.start + sum(
            max(ticket.received, ticket.charged) / ticket.weight for ticket in self.in_flight.values()
        )
