"""What a server's past would have been under other policies. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.quota.allowance import Payment, Refused, Wish, decide
from bot.quota.bounds import Bounds, bounds
from bot.quota.policy import Policies, Scope, ScopeKind
from bot.quota.usage import Credit, Spent, Tally, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One job that was accepted.

    Attributes:
        member, roles, channel, parent: who asked where, with the roles of that moment.
        at: when, UTC.
        wish: what for.
        cost: compute-seconds that it came to; its price while it is open.
        begun_at: when it began to run; None where it never did.
        over_at: when it was over; None while it is not.
    """

    member: int
    roles: frozenset[int]
    channel: int
    parent: int | None
    at: datetime
    wish: Wish
    cost: float
    begun_at: datetime | None
    over_at: datetime | None

    def seconds(self, now: datetime) -> float:
        """What it counts for at `now`: its price until it is over."""
        return self.wish.price if self.over_at is None or now < self.over_at else self.cost

    def waits(self, now: datetime) -> bool:
        """Whether it has not begun at `now`."""
        ended = self.begun_at or self.over_at
        return ended is None or now < ended

    def runs(self, now: datetime) -> bool:
        """Whether it has begun at `now`, and is not over."""
        return not self.waits(now) and (self.over_at is None or now < self.over_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A grant or a loan of the past: to whom, from when on."""

    member: int
    at: datetime
    credit: Credit


@dataclass(frozen=True, slots=True)
class Stop:
    """A job that would have been refused, and why."""

    past: Past
    refused: Refused


@dataclass(slots=True)
class _Books:
    """What the replay has let through so far, with what paid its price."""

    jobs: list[tuple[Past, Payment]] = field(default_factory=list)

    def tally(self, scope: Scope, now: datetime, *, own: bool) -> Tally:
        mine = [(past, payment) for past, payment in self.jobs if _about(scope, past)]
        return Tally(
            spent=tuple(
                Spent(at=past.at, seconds=_paid(past, payment, now).budget if own else past.seconds(now))
                for past, payment in mine
            ),
            waiting=sum(past.waits(now) for past, _ in mine),
            running=sum(past.runs(now) for past, _ in mine),
        )

    def drawn(self, member: int, now: datetime) -> defaultdict[int, float]:
        """What a member's jobs have drawn from each credit, by its number."""
        together: defaultdict[int, float] = defaultdict(float)
        for past, payment in self.jobs:
            if past.member == member and payment.credits:
                for number, seconds in _paid(past, payment, now).credits.items():
                    together[number] += seconds
        return together


def replay(
    pasts: Iterable[Past], policies: Policies, gifts: Sequence[Given] = (), since: datetime | None = None
) -> list[Stop]:
    """Which of these jobs would have been refused, in their order.

    Args:
        pasts: what was accepted.
        policies: as they would have been.
        gifts: what members were given meanwhile.
        since: what was asked for before is not judged, but counts; None judges all.

    What is refused uses nothing, so that it lets through what came later. Nobody knows what people would
    have asked for instead, nor what they asked for and were refused then: that was never stored.
    """
    books, stops = _Books(), []
    for past in sorted(pasts, key=lambda each: each.at):
        found = bounds(
            policies, member=past.member, roles=past.roles, channel=past.channel, parent=past.parent
        )
        judged = since is None or past.at >= since
        verdict = decide(found, _usage(books, found, past, gifts), past.wish, past.at)
        if isinstance(verdict, Refused) and not judged:
            books.jobs.append((past, Payment(budget=past.wish.price)))
            continue
        if isinstance(verdict, Refused):
            stops.append(Stop(past, verdict))
            continue
        books.jobs.append((past, verdict.payment))
    return stops


def _usage(books: _Books, found: Bounds, past: Past, gifts: Sequence[Given]) -> Usage:
    shared = {bound.by for limits in (found.budgets, found.waiting, found.running) for bound in limits[1:]}
    drawn = books.drawn(past.member, past.at)
    return Usage(
        own=books.tally(Scope(ScopeKind.MEMBER, past.member), past.at, own=True),
        shared={scope: books.tally(scope, past.at, own=False) for scope in shared},
        credits=tuple(
            sorted(
                (
                    replace(given.credit, left=max(given.credit.seconds - drawn[given.credit.number], 0.0))
                    for given in gifts
                    if given.member == past.member and given.at <= past.at < given.credit.until
                ),
                key=lambda credit: (credit.until, credit.number),
            )
        ),
    )


def _about(scope: Scope, past: Past) -> bool:
    match scope.kind:
        case ScopeKind.SERVER:
            return True
        case ScopeKind.CHANNEL:
            return scope.id in (past.channel, past.parent)
        case _:
            return past.member == scope.id


def _paid(past: Past, payment: Payment, now: datetime) -> Payment:
    """What has paid it by then: the credits got back first what it did not cost, the last drawn on first."""
    unused = max(past.wish.price - past.seconds(now), 0.0)
    credits_: dict[int, float] = {}
    for number, seconds in reversed(payment.credits.items()):
        back = min(unused, seconds)
        credits_[number] = seconds - back
        unused -= back
    return Payment(budget=max(payment.budget - unused, 0.0), credits=credits_)
