"""A preview tells what other policies would have stopped: just what the store itself would have refused."""

import asyncio
import contextlib
import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored_jobs import ADA, ASKED, BEN, CHANNEL, GUILD, job

from bot.quota import (
    DAY,
    EVERYONE,
    LONGEST_WINDOW,
    SAYS_NOTHING,
    SERVER,
    Budget,
    Credit,
    Policies,
    Policy,
    Scope,
    ScopeKind,
    Why,
    Wish,
    parse_hours,
)
from bot.quota.replay import Given, Past, replay
from bot.store import Actor, Gift, QuotaRefused, Store

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EDITORS = 7


def past(
    hours: float,
    price: float,
    *,
    cost: float | None = None,
    began: float | None = 0,
    over: float | None = 0,
    member: int = ADA,
    roles: Sequence[int] = (),
) -> Past:
    """A job asked for so many hours ago, which began and was over so many hours later."""
    at = NOW - hours * HOUR
    return Past(
        member=member,
        roles=frozenset(roles),
        channel=CHANNEL,
        parent=None,
        at=at,
        wish=Wish(price=price, steps=20),
        cost=price if cost is None else cost,
        begun_at=None if began is None else at + began * HOUR,
        over_at=None if over is None else at + over * HOUR,
    )


def policies(**limits: object) -> Policies:
    return Policies(default=Policy(**limits))  # type: ignore[arg-type]


def a_day(seconds: float) -> Policies:
    return policies(budget=Budget(seconds=seconds))


def given_(seconds: float, *, hours: float, until: float = 0, number: int = 1) -> Given:
    """Given to Ada so many hours ago, until so many hours ago."""
    end = NOW - until * HOUR
    credit = Credit(number=number, seconds=seconds, left=seconds, until=end, lent=False)
    return Given(member=ADA, at=NOW - hours * HOUR, credit=credit)


def test_what_is_stopped_uses_nothing() -> None:
    """Of 40 s a day, after 30 a job of 20 is stopped, and so one of 10 still fits."""
    jobs = [past(3, 30), past(2, 20), past(1, 10)]
    stops = replay(jobs, a_day(40))
    assert [stop.past for stop in stops] == [jobs[1]]
    assert (stops[0].refused.why, stops[0].refused.left) == (Why.BUDGET, 10)


def test_an_open_job_counts_its_price_and_one_that_is_over_its_cost() -> None:
    """At the moment of each ask: 30 s reserved until an hour later, 5 s from then on."""
    jobs = [past(3, 30, cost=5, over=1), past(2.5, 20), past(2, 20)]
    assert [stop.past for stop in replay(jobs, a_day(40))] == [jobs[1]]
    unfinished = [past(3, 30, began=None, over=None), past(1, 20)]
    assert [stop.past for stop in replay(unfinished, a_day(40))] == [unfinished[1]]


def test_no_more_wait_than_may_wait() -> None:
    """A place is free when a job begins, or is over without; one that was stopped took none."""
    jobs = [
        past(5, 1, began=2, over=2.5),
        past(4.5, 1, began=None, over=1),
        past(4, 1, began=1, over=2),
        past(3.2, 1, began=1, over=2),
    ]
    stops = replay(jobs, policies(waiting=2))
    assert [(stop.past, stop.refused.why) for stop in stops] == [(jobs[2], Why.WAITING)]


def test_what_was_given_pays_from_when_it_was_given_until_it_ended() -> None:
    """Neither before nor after; and only its owner's jobs."""
    jobs = [past(5, 10), past(3, 10), past(2, 10, member=BEN), past(1, 10)]
    stops = replay(jobs, a_day(0), [given_(30, hours=4, until=1)])
    assert [stop.past for stop in stops] == [jobs[0], jobs[2], jobs[3]]


def test_what_a_job_did_not_cost_goes_back_to_what_was_given() -> None:
    """10 s given pay a job of 10 that cost 4, and then one of 6; a third finds nothing."""
    jobs = [past(3, 10, cost=4), past(2, 6), past(1, 1)]
    assert [stop.past for stop in replay(jobs, a_day(0), [given_(10, hours=4)])] == [jobs[2]]


def test_what_came_before_counts_and_is_not_judged() -> None:
    """Though it would have been stopped itself."""
    jobs = [past(5, 50), past(1, 10)]
    assert [stop.past for stop in replay(jobs, a_day(40))] == [jobs[0]]
    assert [stop.past for stop in replay(jobs, a_day(40), since=NOW - 2 * HOUR)] == [jobs[1]]


def test_the_roles_are_those_of_that_moment() -> None:
    """Whoever was an editor then could make then what editors can."""
    own = {Scope(ScopeKind.ROLE, EDITORS): Policy(budget=Budget(seconds=100)), EVERYONE: Policy(steps=20)}
    rules = Policies(default=Policy(budget=Budget(seconds=10)), own=own)
    jobs = [past(3, 30, roles=[EDITORS]), past(2, 5), past(1, 30, roles=[EDITORS])]
    assert [stop.past for stop in replay(jobs, rules)] == [jobs[1]]


def test_steps_and_hours_stop_too() -> None:
    """It judges by all that a policy says."""
    jobs = [past(3, 1), past(1, 1)]
    assert len(replay(jobs, policies(steps=19))) == 2
    opened = replay(jobs, policies(hours=(parse_hours("10-12", "UTC"),)))
    assert [(stop.past, stop.refused.why) for stop in opened] == [(jobs[0], Why.HOURS)]


# — the same as the store —


@dataclass(frozen=True)
class Ask:
    """Somebody asks, `pause` hours after whoever asked before.

    It begins at once or not at all, and is over just before the `later`th ask after it; with 0 at once, with
    None never.
    """

    pause: float
    member: int
    roles: frozenset[int]
    place: tuple[int, int | None]
    price: float
    cost: float
    begins: bool
    later: int | None


@dataclass(frozen=True)
class Present:
    """A grant just before an ask, for so many hours."""

    before: int
    member: int
    seconds: float
    hours: float


PRICE = st.integers(1, 30).map(float)
"""Whole seconds, so that no sum hangs on the last bit."""
asks = st.lists(
    st.builds(
        Ask,
        pause=st.sampled_from([0.1, 0.5, 2]),
        member=st.sampled_from([ADA, BEN]),
        roles=st.sampled_from([frozenset(), frozenset({EDITORS})]),
        place=st.sampled_from([(CHANNEL, None), (CHANNEL + 1, None), (25, CHANNEL)]),
        price=PRICE,
        cost=st.integers(0, 30).map(float),
        begins=st.booleans(),
        later=st.sampled_from([0, 0, 1, 3, None]),
    ),
    min_size=5,
    max_size=14,
)
presents = st.lists(
    st.builds(
        Present,
        before=st.integers(0, 4),
        member=st.sampled_from([ADA, BEN]),
        seconds=PRICE,
        hours=st.sampled_from([1, 12]),
    ),
    min_size=1,
    max_size=3,
)
ROLE, THREAD = Scope(ScopeKind.ROLE, EDITORS), Scope(ScopeKind.CHANNEL, 25)
MEMBER, PLACE = Scope(ScopeKind.MEMBER, BEN), Scope(ScopeKind.CHANNEL, CHANNEL)


def rules(least: int, most: int) -> st.SearchStrategy[dict[Scope, Policy]]:
    """Policies whose budgets have so many seconds."""
    budgets = st.builds(
        Budget,
        seconds=st.integers(least, most).map(float),
        window=st.sampled_from([2 * HOUR, DAY]),
        burst=st.none() | st.integers(most // 4, most).map(float),
    )
    only = st.builds(Policy, budget=budgets)
    waiting = st.none() | st.integers(1, 4)
    return st.fixed_dictionaries(
        {EVERYONE: st.builds(Policy, budget=budgets, waiting=waiting)},
        optional={
            ROLE: only,
            MEMBER: only | st.just(Policy(exempt=True)),
            PLACE: st.builds(Policy, budget=budgets, waiting=waiting),
            THREAD: only,
            SERVER: only,
        },
    )


@dataclass
class Town:
    """What came of asks that were made of a real store, each at its own time."""

    own: dict[Scope, Policy]
    now: datetime = ASKED
    accepted: set[datetime] = field(default_factory=set)
    jobs: list[Past] = field(default_factory=list)
    gifts: list[Given] = field(default_factory=list)

    async def live(self, asks: Sequence[Ask], presents: Sequence[Present], left_out: set[datetime]) -> None:
        """Make all asks but those of the times that are left out, in a new store."""
        with tempfile.TemporaryDirectory() as folder:
            store = await Store.open(Path(folder), clock=lambda: self.now)
            try:
                for scope, policy in self.own.items():
                    await store.set_policy(scope, policy, by=Actor(guild_id=GUILD, user_id=1, at=ASKED))
                for number, ask in enumerate(asks):
                    self.now += ask.pause * HOUR
                    await self._turn(store, number, asks, presents, left_out)
                found = await store.past(GUILD, ASKED - LONGEST_WINDOW)
                self.jobs, self.gifts = found.jobs, found.gifts
            finally:
                await store.close()

    async def _turn(
        self,
        store: Store,
        number: int,
        asks: Sequence[Ask],
        presents: Sequence[Present],
        left_out: set[datetime],
    ) -> None:
        for before, ask in enumerate(asks[:number]):
            if ask.later == number - before and await store.job(job(before).id) is not None:
                await store.cancel(job(before).id, ask.cost)
        for present in presents:
            if present.before == number:
                await store.give(self._gift(present))
        if self.now not in left_out:
            with contextlib.suppress(QuotaRefused):
                await self._ask(store, number, asks[number])

    async def _ask(self, store: Store, number: int, ask: Ask) -> None:
        channel, parent = ask.place
        new = job(
            number,
            user_id=ask.member,
            role_ids=ask.roles,
            channel_id=channel,
            parent_channel_id=parent,
            price=ask.price,
            asked_at=self.now,
        )
        await store.accept(new)
        self.accepted.add(self.now)
        if ask.begins:
            await store.acknowledge(new.id, 9)
            await store.claim(new.id, self.now)
        if ask.later == 0:
            await store.cancel(new.id, ask.cost)

    def _gift(self, present: Present) -> Gift:
        until = self.now + present.hours * HOUR
        return Gift(
            guild_id=GUILD,
            user_id=present.member,
            seconds=present.seconds,
            at=self.now,
            until=until,
            lent=False,
            actor=1,
        )

    def stopped_by(self, own: dict[Scope, Policy]) -> set[datetime]:
        stops = replay(self.jobs, Policies(default=SAYS_NOTHING, own=own), self.gifts)
        return {stop.past.at for stop in stops}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(asks=asks, presents=presents, then=rules(40, 200), instead=rules(0, 40))
def test_a_preview_stops_just_what_the_store_would_have_refused(
    asks: list[Ask], presents: list[Present], then: dict[Scope, Policy], instead: dict[Scope, Policy]
) -> None:
    """Under the policies that were in force, nothing; under others, what a new store refuses, asked again."""
    real = Town(then)
    asyncio.run(real.live(asks, presents, set()))
    assert {each.at for each in real.jobs} == real.accepted
    assert real.stopped_by(then) == set()

    moments = itertools.accumulate(asks, lambda at, ask: at + ask.pause * HOUR, initial=ASKED)
    again = Town(instead)
    asyncio.run(again.live(asks, presents, set(moments) - real.accepted))
    assert real.stopped_by(instead) == real.accepted - again.accepted
