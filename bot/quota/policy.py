"""What a server's moderators can say about a role, a member, a channel or the whole server. Pure values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.quota.hours import Hours

NO_LIMIT: Final = math.inf
"""In place of a number: this is not limited here, which is more generous than any number."""
ANY_MODEL: Final = "*"
"""In place of a model's name: all that the studio offers."""
DAY: Final = timedelta(hours=24)
"""“A day” in a quota is the rolling 24 hours that end when the interaction was made."""
LONGEST_WINDOW: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """So much compute in any stretch of time of a length.

    Attributes:
        seconds: compute-seconds in any `window`, at least 0; NO_LIMIT for no limit.
        window: the length of the stretch, more than 0, at most 31 days.
        burst: compute-seconds of it that may be used at once, at least 0: in any shorter stretch no more than
            this and what `seconds` per `window` gives meanwhile, as from a token bucket of that size. None:
            all of it at once.

    Raises:
        ValueError: a number is out of range.
    """

    seconds: float
    window: timedelta = DAY
    burst: float | None = None

    def __post_init__(self) -> None:
        if math.isnan(self.seconds) or self.seconds < 0:
            raise ValueError(f"seconds must be at least 0, not {self.seconds!r}")
        if not timedelta(0) < self.window <= LONGEST_WINDOW:
            raise ValueError(f"window must be more than nothing and at most 31 days, not {self.window}")
        if self.burst is not None and not (math.isfinite(self.burst) and self.burst >= 0):
            raise ValueError(f"burst must be a number of at least 0 or None, not {self.burst!r}")

    @property
    def limited(self) -> bool:
        """Whether it bounds anything."""
        return math.isfinite(self.seconds)

    @property
    def rate(self) -> float:
        """Compute-seconds that come back in a second."""
        return self.seconds / self.window.total_seconds()

    @property
    def at_once(self) -> float:
        """The most that can be used at once."""
        return self.seconds if self.burst is None else min(self.burst, self.seconds)

    def generosity(self) -> tuple[float, float]:
        """Larger for whoever gets more: in the long run first, then at once."""
        return self.rate, self.at_once


class ScopeKind(StrEnum):
    """About whom a policy speaks."""

    DEFAULT = "default"
    """Each member, where a server has said nothing: from Easel's own configuration."""
    EVERYONE = "everyone"
    """Each member who has no more special policy."""
    ROLE = "role"
    """Each member who has the role."""
    MEMBER = "member"
    CHANNEL = "channel"
    """All who ask in a channel, together."""
    SERVER = "server"
    """All of a server together."""


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """About whom a policy speaks; `id` is the role's, member's or channel's snowflake, else 0."""

    kind: ScopeKind
    id: int = 0


DEFAULT: Final = Scope(ScopeKind.DEFAULT)
EVERYONE: Final = Scope(ScopeKind.EVERYONE)
SERVER: Final = Scope(ScopeKind.SERVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be used. None: this policy says nothing about it.

    Attributes:
        budget: compute.
        waiting: jobs that may wait at once; a whole number or NO_LIMIT, as the following three.
        running: jobs that may run at once, at least 1.
        side: pixels of the longer side of a picture asked for.
        steps: denoising steps.
        count: pictures of one job.
        models: names of those that may be used, or ANY_MODEL among them; not empty.
        hours: when; one of the spans is enough, and () is always.
        weight: share of the GPU beside others who wait, more than 0; 2 gets twice what 1 gets.
        exempt: whether none of the limits of members holds here; those of channel and server still do.

    Raises:
        ValueError: a number is out of range.
    """

    budget: Budget | None = None
    waiting: float | None = None
    running: float | None = None
    side: float | None = None
    steps: float | None = None
    count: float | None = None
    models: frozenset[str] | None = None
    hours: tuple[Hours, ...] | None = None
    weight: float | None = None
    exempt: bool | None = None

    def __post_init__(self) -> None:
        least = {"waiting": 0, "running": 1, "side": 1, "steps": 1, "count": 1}
        for name, lowest in least.items():
            value: float | None = getattr(self, name)
            if value is not None and not (value == NO_LIMIT or (value >= lowest and value == int(value))):
                raise ValueError(f"{name} must be a whole number of at least {lowest}, not {value!r}")
        if self.models is not None and not self.models:
            raise ValueError("models must name one at least")
        if self.weight is not None and not (math.isfinite(self.weight) and self.weight > 0):
            raise ValueError(f"weight must be more than 0, not {self.weight!r}")

    @property
    def says(self) -> tuple[str, ...]:
        """The names of what it says something about."""
        return tuple(each.name for each in fields(self) if getattr(self, each.name) is not None)

    def over(self, changes: "Policy") -> "Policy":
        """This, but where `changes` says something, that."""
        return replace(self, **{name: getattr(changes, name) for name in changes.says})

    def without(self, name: str) -> "Policy":
        """This, but nothing said about `name`."""
        return replace(self, **{name: None})


SAYS_NOTHING: Final = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Every policy of one server.

    Attributes:
        default: from Easel's configuration, where the server has said nothing.
        own: the server's own, by whom they are about.
        pool: compute that moderators may lend to members; None where there is none.
    """

    default: Policy
    own: Mapping[Scope, Policy] = field(default_factory=dict)
    pool: Budget | None = None

    def of(self, scope: Scope) -> Policy:
        """The policy about `scope`; one that says nothing where there is none."""
        return self.default if scope == DEFAULT else self.own.get(scope, SAYS_NOTHING)

    def with_(self, scope: Scope, policy: Policy | None) -> "Policies":
        """As it would be with another policy about `scope`, or none."""
        own = {**self.own, scope: policy or SAYS_NOTHING}
        return Policies(
            default=self.default, own={at: rule for at, rule in own.items() if rule.says}, pool=self.pool
        )
