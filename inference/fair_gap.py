"""How far apart owners who wait have drifted, beside how far they may: measured as it happens. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FairGap:
    """The pair of owners that came nearest to what the fair queue promises.

    Attributes:
        gap_s: the difference of compute-seconds per weight that both received over the worst interval in
            which both always had something waiting.
        bound_s: what it may be at most; see `fair_queue.FairQueue`.
    """

    gap_s: float = 0.0
    bound_s: float = 0.0

    @property
    def share(self) -> float:
        """Of the bound; never above 1, or the queue is wrong."""
        return self.gap_s / self.bound_s if self.bound_s else 0.0


@dataclass(slots=True)
class _Pair:
    """One's lead over the other since both wait."""

    least: float
    most: float
    at_once: int


class GapGauge:
    """Keeps the lead of every owner who waits over every other who does."""

    def __init__(self) -> None:
        self.worst = FairGap()
        """Since the queue was made."""
        self._received: dict[str, float] = {}
        self._turns: dict[str, float] = {}
        self._pairs: dict[tuple[str, str], _Pair] = {}

    def waits(self, owner: str, *, in_flight: int) -> None:
        """An owner has something that waits; again is no matter.

        Args:
            owner: who.
            in_flight: tickets of everybody that have their turn.
        """
        if owner in self._received:
            return
        self._received[owner] = 0.0
        for other in self._received:
            if other != owner:
                lead = self._lead(owner, other)
                self._pairs[_pair(owner, other)] = _Pair(lead, lead, max(1, in_flight))

    def leaves(self, owner: str) -> None:
        """Nothing of an owner waits any more; again is no matter."""
        if self._received.pop(owner, None) is not None:
            for other in self._received:
                del self._pairs[_pair(owner, other)]

    def forget(self, owner: str) -> None:
        """Nothing of an owner waits or runs."""
        self.leaves(owner)
        self._turns.pop(owner, None)

    def turn(self, owner: str, promised: float, *, in_flight: int) -> None:
        """A ticket is admitted.

        Args:
            owner: whose.
            promised: compute-seconds per weight.
            in_flight: tickets of everybody that have their turn, it included.
        """
        self._turns[owner] = max(self._turns.get(owner, 0.0), promised)
        for pair in self._pairs.values():
            pair.at_once = max(pair.at_once, in_flight)

    def received(self, owner: str, more: float, *, turn: float) -> None:
        """A ticket got compute-seconds.

        Args:
            owner: whose.
            more: per weight, since this was last told.
            turn: per weight, of this turn so far.
        """
        self._turns[owner] = max(self._turns.get(owner, 0.0), turn)
        if owner not in self._received:
            return
        self._received[owner] += more
        for other in self._received:
            if other != owner:
                self._look(owner, other)

    def _look(self, owner: str, other: str) -> None:
        pair = self._pairs[_pair(owner, other)]
        lead = self._lead(owner, other)
        pair.least, pair.most = min(pair.least, lead), max(pair.most, lead)
        one, two = self._turns.get(owner, 0.0), self._turns.get(other, 0.0)
        bound = (2 * pair.at_once - 1) * max(one, two) + min(one, two)
        found = FairGap(gap_s=pair.most - pair.least, bound_s=bound)
        if found.share > self.worst.share:
            self.worst = found

    def _lead(self, owner: str, other: str) -> float:
        one, two = _pair(owner, other)
        return self._received[one] - self._received[two]


def _pair(owner: str, other: str) -> tuple[str, str]:
    return (owner, other) if owner < other else (other, owner)
