"""How much somebody may use, and whose rule counts."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

_Limit = TypeVar("_Limit", int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What one person may use in one server.

    Attributes:
        seconds_per_day: compute-seconds in any rolling 24 hours, finite and at least 0; None for no limit.
        waiting_jobs: jobs that may wait at once, at least 0; None for no limit.

    Raises:
        ValueError: a limit is negative or not finite.
    """

    seconds_per_day: float | None = None
    waiting_jobs: int | None = None

    def __post_init__(self) -> None:
        seconds = self.seconds_per_day
        if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"seconds_per_day must be a number of at least 0 or None, not {seconds!r}")
        if self.waiting_jobs is not None and self.waiting_jobs < 0:
            raise ValueError(f"waiting_jobs must be at least 0 or None, not {self.waiting_jobs!r}")


UNLIMITED: Final = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Every policy of one server.

    Attributes:
        fallback: from the config, where the server has set nothing.
        everyone: the server's own for everybody, or None.
        roles: the server's own by role id.
    """

    fallback: Policy
    everyone: Policy | None = None
    roles: Mapping[int, Policy] = field(default_factory=dict)

    def for_member(self, role_ids: Iterable[int]) -> Policy:
        """What a member with these roles may use.

        Where any of the roles has a policy, the most generous value of each limit among those; else what
        everyone has; else the fallback.
        """
        own = [self.roles[role] for role in set(role_ids) if role in self.roles]
        if own:
            return Policy(
                seconds_per_day=_most_generous(policy.seconds_per_day for policy in own),
                waiting_jobs=_most_generous(policy.waiting_jobs for policy in own),
            )
        return self.fallback if self.everyone is None else self.everyone


def _most_generous(limits: Iterable[_Limit | None]) -> _Limit | None:
    known: list[_Limit] = []
    for limit in limits:
        if limit is None:
            return None
        known.append(limit)
    return max(known)
