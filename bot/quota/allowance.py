"""May this be spent now? Pure: the time and what was used are arguments."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.quota.policy import Policy

DAY: Final = timedelta(hours=24)
"""“A day” in a quota is the rolling 24 hours that end when the interaction was made."""
_DUST: Final = 1e-6
"""Compute-seconds that floating point may lose over a day's entries: nobody is refused for less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one job has cost so far: reserved while it is open, settled afterwards.

    Attributes:
        at: when it was asked for, UTC.
        seconds: compute-seconds, at least 0.
    """

    at: datetime
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one person has used in one server.

    Attributes:
        seconds_used: compute-seconds that count now: the sum over `spent`.
        waiting_jobs: jobs accepted or queued, not yet running.
        spent: what it is made of, a line a job, oldest first.
    """

    seconds_used: float = 0.0
    waiting_jobs: int = 0
    spent: tuple[Spent, ...] = ()

    def left(self, policy: Policy) -> float | None:
        """Compute-seconds still free under `policy`, never below 0; None for no limit."""
        if policy.seconds_per_day is None:
            return None
        return max(policy.seconds_per_day - self.seconds_used, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Go on. `left_after`: compute-seconds still free once the price is reserved; None for no limit."""

    left_after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not now.

    Attributes:
        why: "budget": the price does not fit what is left; "waiting": too many jobs wait already.
        price: compute-seconds asked for.
        left: compute-seconds (budget) or waiting places (waiting) still free.
        limit: the limit it met, in the same unit.
        frees_at: budget: when enough will be free, if nothing else is spent meanwhile; None where the price
            exceeds the limit and can never fit. waiting: None; a place frees when a job starts.
    """

    why: Literal["budget", "waiting"]
    price: float
    left: float
    limit: float
    frees_at: datetime | None = None


Decision = Allowed | Refused


def decide(policy: Policy, usage: Usage, price: float, now: datetime) -> Decision:
    """Whether a job of `price` compute-seconds may be accepted at `now`.

    Waiting jobs are looked at first: their refusal passes soonest.
    """
    if policy.waiting_jobs is not None and usage.waiting_jobs >= policy.waiting_jobs:
        return Refused(why="waiting", price=price, left=0, limit=policy.waiting_jobs)
    limit = policy.seconds_per_day
    if limit is None:
        return Allowed(left_after=None)
    if usage.seconds_used + price <= limit + _DUST:
        return Allowed(left_after=max(limit - usage.seconds_used - price, 0.0))
    left = max(limit - usage.seconds_used, 0.0)
    return Refused(
        why="budget", price=price, left=left, limit=limit, frees_at=_frees_at(limit, usage, price, now)
    )


def _frees_at(limit: float, usage: Usage, price: float, now: datetime) -> datetime | None:
    used = usage.seconds_used
    for spent in sorted(usage.spent, key=lambda spent: spent.at):
        used -= spent.seconds
        if used + price <= limit + _DUST:
            return max(spent.at + DAY, now)
    return None
