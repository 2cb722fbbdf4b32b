"""What a server's books must say, reckoned the long way over plain lists: an oracle that shares no code."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from bot.quota import EVERYONE, SERVER, Budget, Policy, Scope, ScopeKind
from bot.store import Gift, NewJob

T = TypeVar("T")
DUST = 1e-6


@dataclass
class Ask:
    """An accepted job; `paid` by source, in the order in which they were drawn on: None is the own budget."""

    job: NewJob
    paid: dict[int | None, float]
    waits: bool = True

    @property
    def at(self) -> datetime:
        return self.job.asked_at

    def settle(self, cost: float) -> None:
        """What it did not cost goes back, to the last drawn on first."""
        unused = self.job.price - min(cost, self.job.price)
        for source in reversed(self.paid):
            back = min(unused, self.paid[source])
            self.paid[source] -= back
            unused -= back


@dataclass
class World:
    """All that was said and done in one server."""

    default: Policy
    policies: dict[Scope, Policy] = field(default_factory=dict)
    pool: Budget | None = None
    bans: dict[int, datetime | None] = field(default_factory=dict)
    asks: dict[str, Ask] = field(default_factory=dict)
    gifts: dict[int, Gift] = field(default_factory=dict)

    def banned(self, member: int, at: datetime) -> bool:
        return member in self.bans and ((until := self.bans[member]) is None or until > at)

    # — policies —

    def said(self, job: NewJob, read: Callable[[Policy], T | None]) -> list[T]:
        """What the first says that says anything: the member's, their roles', everyone's, the default."""
        for rung in (
            [Scope(ScopeKind.MEMBER, job.user_id)],
            [Scope(ScopeKind.ROLE, role) for role in sorted(job.role_ids)],
            [EVERYONE],
        ):
            policies = [self.policies[scope] for scope in rung if scope in self.policies]
            if found := [value for policy in policies if (value := read(policy)) is not None]:
                return found
        return [value] if (value := read(self.default)) is not None else []

    def budgets(self, job: NewJob) -> list[tuple[Budget, list[tuple[datetime, float]]]]:
        """Each budget that bounds the job, the member's own first, with (when, seconds) of what it paid."""
        own = Budget(seconds=math.inf)
        if not any(self.said(job, lambda policy: policy.exempt)):
            own = max(self.said(job, lambda policy: policy.budget), key=generosity)
        asks = self.asks.values()
        mine = [(ask.at, ask.paid[None]) for ask in asks if ask.job.user_id == job.user_id]
        found = [(own, mine)]
        place = self.place(job)
        if (policy := self.policies.get(place)) is not None and policy.budget is not None:
            places = [(ask, {ask.job.channel_id, ask.job.parent_channel_id}) for ask in asks]
            here = [(ask.at, sum(ask.paid.values())) for ask, where in places if place.id in where]
            found.append((policy.budget, here))
        if (policy := self.policies.get(SERVER)) is not None and policy.budget is not None:
            found.append((policy.budget, [(ask.at, sum(ask.paid.values())) for ask in asks]))
        return found

    def crowded(self, job: NewJob) -> bool:
        """Whether so many jobs wait, of the member, in the channel or in the server, that no other may."""
        waiting = [ask.job for ask in self.asks.values() if ask.waits]
        said = self.said(job, lambda policy: policy.waiting)
        exempt = any(self.said(job, lambda policy: policy.exempt))
        if said and not exempt and sum(each.user_id == job.user_id for each in waiting) >= max(said):
            return True
        for place in (self.place(job), SERVER):
            most = self.policies[place].waiting if place in self.policies else None
            there = [
                each
                for each in waiting
                if place == SERVER or place.id in (each.channel_id, each.parent_channel_id)
            ]
            if most is not None and len(there) >= most:
                return True
        return False

    def place(self, job: NewJob) -> Scope:
        """The channel whose policy counts: a thread's own, else that of the channel it is in."""
        own = Scope(ScopeKind.CHANNEL, job.channel_id)
        if own in self.policies or job.parent_channel_id is None:
            return own
        return Scope(ScopeKind.CHANNEL, job.parent_channel_id)

    # — what pays —

    def drawn(self, number: int) -> float:
        """What a grant or a loan has paid."""
        return sum(ask.paid.get(number, 0.0) for ask in self.asks.values())

    def payment(self, job: NewJob) -> dict[int | None, float] | None:
        """What pays a job; None where it has no room in a shared budget, or in all that is its owner's."""
        (own, mine), *shared = self.budgets(job)
        if any(room(budget, lines, job.asked_at) + DUST < job.price for budget, lines in shared):
            return None
        paid: dict[int | None, float] = {None: min(room(own, mine, job.asked_at), job.price)}
        missing = job.price - paid[None]
        for number, gift in sorted(self.gifts.items(), key=lambda each: (each[1].until, each[0])):
            if gift.user_id == job.user_id and gift.until > job.asked_at and not self.lent_again(gift):
                part = min(gift.seconds - self.drawn(number), missing)
                if part > 0:
                    paid[number] = part
                    missing -= part
        if missing > DUST:
            return None
        paid[None] += missing
        return paid

    def stopped(self, job: NewJob, at: datetime) -> bool:
        """Whether a budget is now too small for a job of before and for what was asked for before it."""
        moment = max(at, job.asked_at)
        return any(
            sum(part for when, part in lines if moment - budget.window < when <= job.asked_at)
            > budget.seconds + DUST
            for budget, lines in self.budgets(job)
        )

    # — the pool —

    def lent_again(self, gift: Gift) -> bool:
        """Whether the pool has lent anew once a loan was over, so that what it left is gone."""
        return gift.lent and any(other.lent and other.at >= gift.until for other in self.gifts.values())

    def out(self, window: timedelta, at: datetime) -> float:
        """What the pool is short of: running loans whole, of those that ended in the window what was used."""
        return sum(
            gift.seconds if gift.until > at else self.drawn(number)
            for number, gift in self.gifts.items()
            if gift.lent and gift.until > at - window
        )


def generosity(budget: Budget) -> tuple[float, float]:
    return budget.seconds / budget.window.total_seconds(), at_once(budget)


def at_once(budget: Budget) -> float:
    return budget.seconds if budget.burst is None else min(budget.burst, budget.seconds)


def room(budget: Budget, lines: Iterable[tuple[datetime, float]], at: datetime) -> float:
    """What a budget still pays: in its window, and from every moment in it as from a bucket full then."""
    if math.isinf(budget.seconds):
        return math.inf
    inside = [(when, seconds) for when, seconds in lines if when > at - budget.window]
    rooms = [budget.seconds - sum(seconds for _, seconds in inside)]
    if budget.burst is not None:
        rooms.append(at_once(budget))
        for begin, _ in inside:
            passed = max((at - begin) / budget.window, 0.0)
            since = sum(seconds for when, seconds in inside if when >= begin)
            rooms.append(at_once(budget) + budget.seconds * passed - since)
    return max(min(rooms), 0.0)
