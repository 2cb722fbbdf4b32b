"""How long one turn is: what a normal request takes. Pure."""

from collections import OrderedDict, deque
from math import floor
from statistics import median
from typing import Final

from inference.cost import CostModel, megapixel_evaluations
from inference.request import ImageRequest

SHORTEST: Final = 1.0
"""Seconds; under this, changing over would be felt more than waiting."""
SHARE: Final = 0.9
"""So many of the owners ask for requests that are not parked."""
REQUESTS: Final = 8
"""Of an owner that count, the latest."""
OWNERS: Final = 50
"""Who count, the latest who asked."""


class Quantum:
    """Compute-seconds that a job may have while others wait before it is parked for them.

    It is what nine in ten people's normal requests take, so that these run through: of everybody who asked
    lately the median of their latest requests, as they are estimated today, and of these medians the 0.9
    quantile, rounded down. Everybody counts once: no heap of long requests makes long ones normal, and who
    asks alone for more than the others never sets it. Enlargements do not count, since they cannot be parked.

    Args:
        cost: what requests are estimated to take.
        seconds: a quantum that never changes, more than 0; None for the rule above.
    """

    def __init__(self, cost: CostModel, *, seconds: float | None = None) -> None:
        self._cost = cost
        self._fixed = seconds
        self._asked: OrderedDict[str, deque[tuple[str, float]]] = OrderedDict()

    def note(self, request: ImageRequest) -> None:
        """Somebody asks for this."""
        latest = self._asked.setdefault(request.owner, deque(maxlen=REQUESTS))
        latest.append((request.model, megapixel_evaluations(request)))
        self._asked.move_to_end(request.owner)
        while len(self._asked) > OWNERS:
            self._asked.popitem(last=False)

    def seconds(self) -> float:
        """The quantum now: at least `SHORTEST`, unless it is fixed."""
        if self._fixed is not None:
            return self._fixed
        medians = sorted(
            median(self._cost.rate(model) * amount for model, amount in latest)
            for latest in self._asked.values()
        )
        return max(SHORTEST, medians[floor(SHARE * (len(medians) - 1))] if medians else 0.0)
