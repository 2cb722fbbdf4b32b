"""Any interleaving of asks, policies, gifts, loans and bans: nothing is overspent, minted or lost.

What must be accepted, refused and paid is reckoned anew at every step, the long way (`naive_books.py`).
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from ledger_checks import check_credits, payments, rows
from naive_books import Ask, World
from stored_jobs import ADA, BEN, CHANNEL, GUILD, job, picture

from bot.quota import EVERYONE, NO_LIMIT, SERVER, Budget, Policy, Scope, ScopeKind
from bot.store import Actor, Banned, Gift, JobRecord, JobState, PoolEmpty, QuotaRefused, Store, WrongState

T = TypeVar("T")
START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DEFAULT_POLICY = Policy(budget=Budget(seconds=100), waiting=6)
TABLES = ("jobs", "ledger", "audit", "bans", "policies", "requests")
MODERATOR, THREAD = 99, 25
PLACES = ((CHANNEL, None), (21, None), (THREAD, CHANNEL))
SCOPES = (
    EVERYONE,
    SERVER,
    Scope(ScopeKind.ROLE, 7),
    Scope(ScopeKind.ROLE, 8),
    Scope(ScopeKind.MEMBER, ADA),
    Scope(ScopeKind.CHANNEL, CHANNEL),
    Scope(ScopeKind.CHANNEL, THREAD),
)
BUDGETS = (
    Budget(seconds=0),
    Budget(seconds=40, window=HOUR),
    Budget(seconds=60),
    Budget(seconds=96, burst=40),
    Budget(seconds=60, window=HOUR, burst=20),
    Budget(seconds=NO_LIMIT),
)
POLICIES = (*(Policy(budget=budget) for budget in BUDGETS), Policy(exempt=True), Policy(waiting=2))
MEMBER = st.sampled_from([ADA, BEN])
LATE = st.sampled_from([timedelta(0), timedelta(0), HOUR / 3, HOUR])
"""Interactions may arrive after others that were made later."""
NUMBER = st.integers(0, 19)
WHOLE = st.integers(0, 50).map(float)
"""Whole seconds, so that no sum hangs on the last bit."""


class Money(RuleBasedStateMachine):
    """Random acts of two members and a moderator; what is refused must change nothing."""

    @initialize(policy=st.sampled_from(POLICIES[:3]), pool=st.sampled_from(BUDGETS[1:3]))
    def open(self, policy: Policy, pool: Budget) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="easel-money-"))
        self.runner = asyncio.Runner()
        self.now = START
        self.world = World(default=DEFAULT_POLICY)
        self.pool_at_last_loan: Budget | None = None
        self.asked = 0
        self.start()
        self.set_policy(EVERYONE, policy)
        self.set_pool(pool)

    def start(self) -> None:
        self.store = self.run(Store.open(self.folder, default=DEFAULT_POLICY, clock=lambda: self.now))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run(self.store.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def by(self) -> Actor:
        return Actor(guild_id=GUILD, user_id=MODERATOR, at=self.now)

    @contextmanager
    def refused(self, *errors: type[Exception]) -> Iterator[None]:
        """What is refused is written nowhere."""
        before = [rows(self.folder, f"SELECT * FROM {table}") for table in TABLES]  # noqa: S608 — ours
        with pytest.raises(errors):
            yield
        assert before == [rows(self.folder, f"SELECT * FROM {table}") for table in TABLES]  # noqa: S608

    # — members —

    @rule(
        member=MEMBER,
        roles=st.frozensets(st.sampled_from([7, 8])),
        place=st.sampled_from(PLACES),
        price=st.sampled_from([4.0, 20.0, 40.0]),
        late=LATE,
    )
    def ask(
        self,
        member: int,
        roles: frozenset[int],
        place: tuple[int, int | None],
        price: float,
        late: timedelta,
    ) -> None:
        """It is accepted just where the long reckoning finds room, and paid by what that says."""
        self.asked += 1
        channel, parent = place
        new = job(
            self.asked,
            user_id=member,
            role_ids=roles,
            channel_id=channel,
            parent_channel_id=parent,
            price=price,
            asked_at=self.now - late,
        )
        if self.world.banned(member, new.asked_at):
            with self.refused(Banned):
                self.run(self.store.accept(new))
            return
        payment = self.world.payment(new)
        if payment is None or self.world.crowded(new):
            with self.refused(QuotaRefused):
                self.run(self.store.accept(new))
            return
        self.run(self.store.accept(new))
        self.world.asks[new.id] = Ask(new, payment)

    @precondition(lambda self: self.world.asks)
    @rule(number=NUMBER, cost=WHOLE, deliver=st.booleans())
    def make(self, number: int, cost: float, deliver: bool) -> None:
        """It runs unless a moderator has changed something since, and pays what it came to."""
        ask = self.pick(number)
        new = ask.job
        if self.record(number).state.over:
            with self.refused(WrongState):
                self.run(self.store.claim(new.id, self.now))
            return
        self.run(self.store.acknowledge(new.id, 9))
        if self.world.banned(new.user_id, self.now) or self.world.stopped(new, self.now):
            with self.refused(Banned, QuotaRefused):
                self.run(self.store.claim(new.id, self.now))
            return
        attempt = self.run(self.store.claim(new.id, self.now))
        ask.waits = False
        if deliver:
            self.run(self.store.render(new.id, attempt, [picture(0)], cost))
            self.run(self.store.deliver(new.id, 9))
            ask.settle(cost)

    @precondition(lambda self: self.world.asks)
    @rule(number=NUMBER, cost=WHOLE, fails=st.booleans())
    def end(self, number: int, cost: float, fails: bool) -> None:
        ask = self.pick(number)
        if self.record(number).state.over:
            return
        if fails:
            self.run(self.store.fail(ask.job.id, "reason"))
        else:
            self.run(self.store.cancel(ask.job.id, cost))
        ask.waits = False
        ask.settle(0.0 if fails else cost)

    def asks(self) -> list[Ask]:
        return list(self.world.asks.values())

    def pick(self, number: int) -> Ask:
        return self.asks()[number % len(self.asks())]

    def record(self, number: int) -> JobRecord:
        record = self.run(self.store.job(self.pick(number).job.id))
        assert record is not None
        return record

    # — a moderator —

    @rule(scope=st.sampled_from(SCOPES), policy=st.sampled_from(POLICIES) | st.none())
    def set_policy(self, scope: Scope, policy: Policy | None) -> None:
        self.run(self.store.set_policy(scope, policy, by=self.by()))
        self.world.policies.pop(scope, None)
        if policy is not None:
            self.world.policies[scope] = policy

    @rule(pool=st.sampled_from(BUDGETS[:3]) | st.none())
    def set_pool(self, pool: Budget | None) -> None:
        self.run(self.store.set_pool(pool, by=self.by()))
        self.world.pool = pool

    @rule(
        member=MEMBER,
        seconds=st.sampled_from([10.0, 30.0]),
        hours=st.sampled_from([0.5, 1, 12]),
        lent=st.booleans(),
        late=LATE,
    )
    def give(self, member: int, seconds: float, hours: float, lent: bool, late: timedelta) -> None:
        """A grant always; a loan just where the pool of now has as much that is not out."""
        at = self.now - late
        gift = Gift(
            guild_id=GUILD,
            user_id=member,
            seconds=seconds,
            at=at,
            until=at + hours * HOUR,
            lent=lent,
            actor=MODERATOR,
        )
        pool = self.world.pool
        if lent and (pool is None or self.world.out(pool.window, at) + seconds > pool.seconds):
            with self.refused(PoolEmpty):
                self.run(self.store.give(gift))
            return
        number = self.run(self.store.give(gift)).detail["entry"]
        assert isinstance(number, int)
        self.world.gifts[number] = gift
        if lent:
            self.pool_at_last_loan = pool

    @rule(hours=st.sampled_from([1, 12, None]))
    def ban(self, hours: int | None) -> None:
        """One of the two, so that there is somebody left to ask."""
        until = None if hours is None else self.now + hours * HOUR
        self.run(self.store.ban(BEN, until, by=self.by()))
        self.world.bans[BEN] = until

    @rule()
    def unban(self) -> None:
        let_in = self.run(self.store.unban(BEN, by=self.by())) is not None
        assert let_in == self.world.banned(BEN, self.now)
        if let_in:
            del self.world.bans[BEN]

    @precondition(lambda self: self.world.asks)
    @rule(number=NUMBER, held=st.booleans())
    def hold_and_bump(self, number: int, held: bool) -> None:
        """Costs nothing, and is refused for what is over."""
        job_id = self.pick(number).job.id
        if self.record(number).state.over:
            with self.refused(WrongState):
                self.run(self.store.hold(job_id, by=self.by(), held=held))
            return
        after, _ = self.run(self.store.hold(job_id, by=self.by(), held=held))
        assert (after.hold is not None) == held
        assert self.run(self.store.bump(job_id, by=self.by()))[0].bumped

    # — the world —

    @rule(hours=st.sampled_from([0.25, 0.5, 1, 12]))
    def wait(self, hours: float) -> None:
        self.now += hours * HOUR

    @rule()
    def restart(self) -> None:
        """What it costs and who waits is as before."""
        self.run(self.store.close())
        self.start()
        for record in self.run(self.store.unfinished()):
            if record.state is JobState.RUNNING:
                self.run(self.store.requeue(record.id))
                self.world.asks[record.id].waits = True

    @invariant()
    def every_job_pays_what_it_owes_from_where_it_should(self) -> None:
        """And nothing is minted."""
        owed = {(ask.job.id, source): part for ask in self.asks() for source, part in ask.paid.items()}
        assert payments(self.folder) == pytest.approx(owed)

    @invariant()
    def no_credit_is_overdrawn_or_paid_back_too_much(self) -> None:
        """By any entry, in their order."""
        check_credits(self.folder)

    @invariant()
    def the_pool_is_never_short_of_more_than_it_had(self) -> None:
        """By the pool of when it lent last, whatever came late."""
        pool = self.pool_at_last_loan
        if pool is not None:
            assert self.world.out(pool.window, self.now) <= pool.seconds


# The clock of `open` is not set before `initialize`, and a disk may be slow: neither is a fault.
Money.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMoney = Money.TestCase
