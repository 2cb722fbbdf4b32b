"""How much of a budget is left, and when there will be more. Pure: the time is an argument."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.quota.policy import NO_LIMIT, Budget
from bot.quota.usage import Spent, Tally

DUST: Final = 1e-6
"""Compute-seconds that floating point may lose over a window's entries: nobody is refused for less."""


def left(budget: Budget, tally: Tally, now: datetime) -> float:
    """Compute-seconds that may be used at once at `now`, at least 0; NO_LIMIT where nothing is limited."""
    if not budget.limited:
        return NO_LIMIT
    rest = budget.seconds - tally.used(budget.window, now)
    if budget.burst is not None:
        # A token bucket that was full before anything in the window: in any stretch up to now, the burst and
        # what came back meanwhile.
        rest = min(rest, *(room for room, _ in _stretches(budget, tally, now)), budget.at_once)
    return max(rest, 0.0)


def frees_at(budget: Budget, tally: Tally, price: float, now: datetime) -> datetime | None:
    """When `price` compute-seconds will fit, if nothing else is used meanwhile; None: they never will."""
    if not budget.limited or left(budget, tally, now) + DUST >= price:
        return now
    if price > budget.at_once + DUST:
        return None
    return max(_window_frees(budget, tally, price, now), _burst_frees(budget, tally, price, now))


def comes_back(budget: Budget, tally: Tally, now: datetime) -> Spent | None:
    """The next part that is free again: when, and how much; None where nothing is used."""
    counted = _counted(budget, tally, now)
    if not budget.limited or not counted:
        return None
    return Spent(at=counted[0].at + budget.window, seconds=counted[0].seconds)


def _counted(budget: Budget, tally: Tally, now: datetime) -> list[Spent]:
    return sorted(
        (each for each in tally.spent if each.at > now - budget.window and each.seconds > 0),
        key=lambda each: each.at,
    )


def _window_frees(budget: Budget, tally: Tally, price: float, now: datetime) -> datetime:
    used = tally.used(budget.window, now)
    for spent in _counted(budget, tally, now):
        if used + price <= budget.seconds + DUST:
            break
        used -= spent.seconds
        moment = max(spent.at + budget.window, now)
        if used + price <= budget.seconds + DUST:
            return moment
    return now


def _burst_frees(budget: Budget, tally: Tally, price: float, now: datetime) -> datetime:
    if budget.burst is None or budget.rate == 0:
        return now
    moments = [now]
    for room, begin in _stretches(budget, tally, now):
        if room + DUST < price:
            later = now + timedelta(seconds=(price - room) / budget.rate)
            # When the stretch's first job leaves the window, so does the stretch.
            moments.append(min(later, begin + budget.window))
    return max(moments)


def _stretches(budget: Budget, tally: Tally, now: datetime) -> Iterator[tuple[float, datetime]]:
    """Of each stretch from one of the jobs to now: what it leaves to be used at once, and its beginning."""
    together = 0.0
    for spent in reversed(_counted(budget, tally, now)):
        together += spent.seconds
        passed = max((now - spent.at).total_seconds(), 0.0)
        yield budget.at_once + budget.rate * passed - together, spent.at
