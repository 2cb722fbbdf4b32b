from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quota import DAY, UNLIMITED, Allowed, Policies, Policy, Refused, Spent, Usage, decide

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


def used(*entries: tuple[float, float], waiting: int = 0) -> Usage:
    """Entries as (hours ago, seconds), oldest first."""
    spent = tuple(Spent(at=NOW - timedelta(hours=hours), seconds=seconds) for hours, seconds in entries)
    return Usage(seconds_used=sum(entry.seconds for entry in spent), waiting_jobs=waiting, spent=spent)


def test_what_fits_is_allowed() -> None:
    """The answer says what is left afterwards."""
    assert decide(Policy(seconds_per_day=100), used((1, 60)), 40, NOW) == Allowed(left_after=0)


def test_what_does_not_fit_is_refused_with_when_it_will() -> None:
    """Enough is free when as many of the oldest entries as it takes have left the window."""
    usage = used((23, 10), (20, 30), (1, 60))
    refused = decide(Policy(seconds_per_day=100), usage, 20, NOW)
    assert refused == Refused(
        why="budget", price=20, left=0, limit=100, frees_at=NOW - timedelta(hours=20) + DAY
    )


def test_what_can_never_fit_says_so() -> None:
    """A price above the whole limit frees up never."""
    refused = decide(Policy(seconds_per_day=100), used((1, 5)), 101, NOW)
    assert refused == Refused(why="budget", price=101, left=95, limit=100, frees_at=None)


def test_waiting_jobs_are_limited() -> None:
    """As many may wait as the policy says, whatever is left of the day."""
    policy = Policy(waiting_jobs=3)
    assert isinstance(decide(policy, used(waiting=2), 1, NOW), Allowed)
    assert decide(policy, used(waiting=3), 1, NOW) == Refused(why="waiting", price=1, left=0, limit=3)


def test_without_limits_everything_is_allowed() -> None:
    """None is no limit."""
    assert decide(UNLIMITED, used((1, 1e9), waiting=99), 1e9, NOW) == Allowed(left_after=None)


@given(
    entries=st.lists(st.tuples(st.floats(0, 23.9), st.floats(0, 50)), max_size=8),
    price=st.floats(0, 120),
    limit=st.floats(0, 100),
)
def test_at_the_promised_moment_it_fits_and_not_before(
    entries: list[tuple[float, float]], price: float, limit: float
) -> None:
    """`frees_at` is true: asked again then, the same price is allowed."""
    policy = Policy(seconds_per_day=limit)
    usage = used(*sorted(entries, reverse=True))
    first = decide(policy, usage, price, NOW)
    if isinstance(first, Allowed):
        return
    if first.frees_at is None:
        assert price > limit
        return
    then = first.frees_at
    left = tuple(spent for spent in usage.spent if spent.at > then - DAY)
    again = Usage(seconds_used=sum(spent.seconds for spent in left), spent=left)
    assert isinstance(decide(policy, again, price, then), Allowed)


def test_the_most_generous_role_wins_limit_by_limit() -> None:
    """A member's roles are compared limit by limit; None is the most generous."""
    policies = Policies(
        fallback=Policy(seconds_per_day=1, waiting_jobs=1),
        everyone=Policy(seconds_per_day=2, waiting_jobs=2),
        roles={
            10: Policy(seconds_per_day=50, waiting_jobs=1),
            11: Policy(seconds_per_day=5, waiting_jobs=9),
            12: Policy(seconds_per_day=None, waiting_jobs=0),
        },
    )
    assert policies.for_member([10, 11, 99]) == Policy(seconds_per_day=50, waiting_jobs=9)
    assert policies.for_member([10, 12]) == Policy(seconds_per_day=None, waiting_jobs=1)
    assert policies.for_member([99]) == policies.everyone
    assert Policies(fallback=policies.fallback).for_member([10]) == policies.fallback


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_a_policy_is_valid_once_built(seconds: float) -> None:
    """A budget is a finite number of at least 0; no limit is None."""
    with pytest.raises(ValueError, match="seconds_per_day"):
        Policy(seconds_per_day=seconds)
