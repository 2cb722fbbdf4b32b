"""The terms on which a job waits for its turn: its share, who may not run beside it, whether it may run."""

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cap:
    """How many jobs of one group may run at once before another of them begins.

    Attributes:
        group: what the jobs have in common, as in "member:5" or "channel:7"; not empty.
        running: so many jobs that name the group at most, 1 or more.

    Raises:
        ValueError: a value is out of range.
    """

    group: str
    running: int

    def __post_init__(self) -> None:
        if not self.group:
            raise ValueError("a cap needs the name of a group")
        if self.running < 1:
            raise ValueError(f"a cap must let at least one job run, not {self.running}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms a job waits for its turn. They may change as long as it waits or runs.

    Attributes:
        weight: its owner's share of compute-seconds against others' while it runs, finite and more than 0;
            twice the weight gets twice as many.
        caps: it begins only while, for each of these, fewer than `running` jobs that name its group run.
            Each group is named once. A cap that is lowered stops nothing that runs.
        held: it does not run until this changes. One that runs is parked at its next step where it can be
            parked; otherwise it runs through.
        first: it is served before everybody whose job is not; such jobs among themselves by arrival. What
            it takes is charged to its owner as usual.

    Raises:
        ValueError: a value is out of range, or a group is named twice.
    """

    weight: float = 1.0
    caps: tuple[Cap, ...] = ()
    held: bool = False
    first: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise ValueError(f"weight must be finite and more than 0, not {self.weight}")
        if len({cap.group for cap in self.caps}) < len(self.caps):
            raise ValueError("a group may be capped once only")


USUAL_TERMS: Final = Terms()
"""An even share, at any time, in turn."""
