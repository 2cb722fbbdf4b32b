"""May this be used now, who says so, and what pays it? Pure: the time and what was used are arguments."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.quota.bounds import Bound, Bounds
from bot.quota.policy import ANY_MODEL, Budget, Scope
from bot.quota.room import DUST, frees_at, left
from bot.quota.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for, as far as policies care. None: it has no such thing.

    Attributes:
        price: compute-seconds, an estimate, at least 0.
        side: pixels of the longer side.
        steps: denoising steps.
        count: pictures.
        model: its name.
    """

    price: float
    side: int | None = None
    steps: int | None = None
    count: int | None = None
    model: str | None = None


class Why(StrEnum):
    """What a refusal is about."""

    HOURS = "hours"
    MODEL = "model"
    SIDE = "side"
    STEPS = "steps"
    COUNT = "count"
    WAITING = "waiting"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What pays a price.

    Attributes:
        budget: compute-seconds from the member's own budget.
        credits: those from each credit, by its number.
    """

    budget: float
    credits: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Go on.

    Attributes:
        payment: what pays it.
        left_after: compute-seconds still free afterwards, credits included; None for no limit.
        budget: the member's own; None where it has no limit.
    """

    payment: Payment
    left_after: float | None
    budget: Budget | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not now, or not like this.

    Attributes:
        why: what it is about.
        by: whose policy decided.
        asked: compute-seconds (budget), pixels, steps or pictures asked for; the jobs that wait (waiting).
        left: compute-seconds still free, credits included (budget); else 0.
        limit: the limit it met, in the same unit.
        window: of the budget.
        frees_at: when it will be allowed if nothing else happens (budget, hours); None where it can never be
            as it is, or, for waiting, where nobody can know: a place frees when a job starts.
        models: what may be used instead (model), sorted.
    """

    why: Why
    by: Scope
    asked: float = 0.0
    left: float = 0.0
    limit: float = 0.0
    window: timedelta | None = None
    frees_at: datetime | None = None
    models: tuple[str, ...] = ()


Decision = Allowed | Refused


def decide(bounds: Bounds, usage: Usage, wish: Wish, now: datetime) -> Decision:
    """Whether what somebody wishes may be accepted at `now`.

    What can be mended by asking for something else is looked at first, then what passes by itself: waiting
    jobs, whose refusal passes soonest, then budgets, the member's own first.
    """
    return (
        _shape(bounds, wish)
        or _hours(bounds, now)
        or _waiting(bounds, usage)
        or _pay(bounds, usage, wish, now)
    )


def recheck(bounds: Bounds, usage: Usage, wish: Wish, now: datetime, asked_at: datetime) -> Refused | None:
    """Whether what was accepted may still run at `now`, its price among what was used; None: it may.

    It holds its place and its price already, so only what moderators have changed since can stop it: not what
    was asked for after it, which may have had more room (another role, a thread of its own), nor a clock that
    was set back. Closed hours do not: it waits until they open.
    """
    refused = _shape(bounds, wish)
    if refused is not None:
        return refused
    moment = max(now, asked_at)
    for bound in bounds.budgets:
        used = usage.of(bound.by).until(asked_at).used(bound.value.window, moment)
        if used > bound.value.seconds + DUST:
            return _over(bound, usage, wish.price, now)
    return None


def opens(bounds: Bounds, now: datetime) -> Bound[datetime | None] | None:
    """None while all hours are open; else when they will be, and whose are closed."""
    moment: datetime | None = now
    closed: Scope | None = None
    for _ in range(len(bounds.hours) + 1):  # one that opens may find another closed again
        for bound in bounds.hours:
            if moment is not None and bound.value and not any(each.open(moment) for each in bound.value):
                closed = closed or bound.by
                turns = [turn for each in bound.value if (turn := each.opens(moment)) is not None]
                moment = min(turns, default=None)
    if closed is None:
        return None
    return Bound(moment, closed)


def _shape(bounds: Bounds, wish: Wish) -> Refused | None:
    if wish.model is not None:
        for bound in bounds.models:
            if wish.model not in bound.value and ANY_MODEL not in bound.value:
                return Refused(why=Why.MODEL, by=bound.by, models=tuple(sorted(bound.value)))
    for why, asked, limits in (
        (Why.SIDE, wish.side, bounds.side),
        (Why.STEPS, wish.steps, bounds.steps),
        (Why.COUNT, wish.count, bounds.count),
    ):
        tightest = min(limits, key=lambda bound: bound.value)
        if asked is not None and asked > tightest.value:
            return Refused(why=why, by=tightest.by, asked=asked, limit=tightest.value)
    return None


def _hours(bounds: Bounds, now: datetime) -> Refused | None:
    closed = opens(bounds, now)
    return None if closed is None else Refused(why=Why.HOURS, by=closed.by, frees_at=closed.value)


def _waiting(bounds: Bounds, usage: Usage) -> Refused | None:
    for bound in bounds.waiting:
        waiting = usage.of(bound.by).waiting
        if waiting >= bound.value:
            return Refused(why=Why.WAITING, by=bound.by, asked=waiting, limit=bound.value)
    return None


def _pay(bounds: Bounds, usage: Usage, wish: Wish, now: datetime) -> Decision:
    own, *shared = bounds.budgets
    for bound in shared:
        if left(bound.value, usage.of(bound.by), now) + DUST < wish.price:
            return _over(bound, usage, wish.price, now)
    free = left(own.value, usage.own, now)
    credit = usage.given(now)
    given = sum(each.left for each in credit)
    if free + given + DUST < wish.price:
        return _over(own, usage, wish.price, now)
    payment = _payment(free, usage, wish.price, now)
    if not own.value.limited:
        return Allowed(payment=payment, left_after=None, budget=None)
    return Allowed(payment=payment, left_after=max(free + given - wish.price, 0.0), budget=own.value)


def _payment(free: float, usage: Usage, price: float, now: datetime) -> Payment:
    """One's own budget first, which comes back by itself; then credits, the first to end first."""
    from_budget = min(price, free)
    missing = price - from_budget
    drawn: dict[int, float] = {}
    for credit in usage.given(now):
        part = min(missing, credit.left)
        if part > 0:
            drawn[credit.number] = part
            missing -= part
    return Payment(budget=from_budget + missing, credits=drawn)  # what is missing still is dust


def _over(bound: Bound[Budget], usage: Usage, price: float, now: datetime) -> Refused:
    tally = usage.of(bound.by)
    shared = bound.by in usage.shared
    given = 0.0 if shared else sum(each.left for each in usage.given(now))
    free = left(bound.value, tally, now)
    return Refused(
        why=Why.BUDGET,
        by=bound.by,
        asked=price,
        left=free + given,
        limit=bound.value.seconds,
        window=bound.value.window,
        frees_at=frees_at(bound.value, tally, max(price - given, 0.0), now),
    )
