"""What a fair queue remembers between runs, as plain values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

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
