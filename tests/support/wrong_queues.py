"""Fair queues with one rule left out each: what holds the bound must fail with them."""

from inference.fair_owner import Owner, Ticket, TurnKey
from inference.fair_queue import FairQueue


class NaiveIdleQueue(FairQueue):
    """Deliberately wrong: an owner who comes to an idle queue keeps the counter of long ago."""

    def _newcomer_start(self) -> float:
        return min((owner.start for owner in self._owners.values() if owner.backlogged), default=0.0)

    def _tidy(self, name: str) -> None:
        remembered = dict(self._owners)
        super()._tidy(name)
        self._owners = remembered | self._owners


class NewestFirstQueue(FairQueue):
    """Deliberately wrong: on a tie the newest comes first."""

    def _key(self, owner: Owner, head: Ticket) -> TurnKey:
        in_turn, counter, last_turn, arrival = super()._key(owner, head)
        return in_turn, counter, last_turn, -arrival


class NeverParkingQueue(FairQueue):
    """Deliberately wrong: who runs is never told to stop."""

    def overdue(self) -> tuple[str, ...]:
        return ()


class ForgetfulQueue(FairQueue):
    """Deliberately wrong: what a parked ticket got is forgotten."""

    def park(self, ticket: str, measured: float, *, remaining: float) -> None:
        super().park(ticket, min(0.0, measured), remaining=remaining)
