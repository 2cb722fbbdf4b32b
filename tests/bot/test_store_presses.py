"""A hundred presses in one moment: of what is left, exactly as much is given away as there is."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_checks import check_credits, payments, rows
from stored_jobs import ADA, ASKED, BEN, CHANNEL, GUILD, job

from bot.quota import DAY, Budget, Policy, Scope, ScopeKind
from bot.store import Actor, Gift, PoolEmpty, QuotaRefused, Store

PRESSES = 100
A_FEW = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
"""A disk may be slow, which is no fault."""
WHOLE = st.integers(1, 9).map(float)
BY = Actor(guild_id=GUILD, user_id=BEN, at=ASKED)


def a_gift(seconds: float, *, lent: bool) -> Gift:
    until = ASKED + timedelta(hours=1)
    return Gift(guild_id=GUILD, user_id=ADA, seconds=seconds, at=ASKED, until=until, lent=lent, actor=BEN)


async def press_accept(folder: Path, prices: list[float], *, budget: float, grant: float, cap: float) -> None:
    """Of a budget, 40 s are used already, and 10 s of the channel's by somebody else."""
    store = await Store.open(folder, default=Policy(budget=Budget(seconds=budget + 40)))
    try:
        channel = Scope(ScopeKind.CHANNEL, CHANNEL)
        await store.set_policy(channel, Policy(budget=Budget(seconds=cap + 10)), by=BY)
        await store.accept(job(1, price=10.0, user_id=BEN))
        await store.accept(job(2, price=40.0, channel_id=CHANNEL + 1, asked_at=ASKED - DAY / 2))
        await store.give(a_gift(grant, lent=False))
        asks = [job(3 + number, price=price) for number, price in enumerate(prices)]
        answers = await asyncio.gather(*(store.accept(each) for each in asks), return_exceptions=True)
    finally:
        await store.close()
    refused = [ask for ask, answer in zip(asks, answers, strict=True) if isinstance(answer, QuotaRefused)]
    accepted = {
        ask.id: ask.price
        for ask, answer in zip(asks, answers, strict=True)
        if not isinstance(answer, Exception)
    }
    assert len(accepted) + len(refused) == PRESSES
    there = min(budget + grant, cap)
    room = there - sum(accepted.values())
    assert room >= 0
    # Room only shrinks: what was refused does not fit at the end either.
    assert all(ask.price > room for ask in refused)
    if len(set(prices)) == 1:
        assert len(accepted) == min(PRESSES, there // prices[0])

    paid = payments(folder)
    check_credits(folder)
    stored = {job_id for (job_id,) in rows(folder, "SELECT id FROM jobs")}
    assert stored == {job(1).id, job(2).id, *accepted} == {job_id for job_id, _ in paid}
    own = sum(part for (job_id, source), part in paid.items() if job_id in accepted and source is None)
    assert own <= budget
    assert sum(accepted.values()) - own <= grant


async def press_lend(folder: Path, loans: list[float], *, pool: float) -> None:
    store = await Store.open(folder)
    try:
        await store.set_pool(Budget(seconds=pool), by=BY)
        gifts = [a_gift(seconds, lent=True) for seconds in loans]
        answers = await asyncio.gather(*(store.give(each) for each in gifts), return_exceptions=True)
        left = await store.pool_left(GUILD, ASKED)
    finally:
        await store.close()
    lent = [
        seconds for seconds, answer in zip(loans, answers, strict=True) if not isinstance(answer, Exception)
    ]
    refused = [
        seconds for seconds, answer in zip(loans, answers, strict=True) if isinstance(answer, PoolEmpty)
    ]
    assert len(lent) + len(refused) == PRESSES
    assert left == pool - sum(lent) >= 0
    assert all(seconds > left for seconds in refused)
    if len(set(loans)) == 1:
        assert len(lent) == min(PRESSES, pool // loans[0])
    written = [amount for (amount,) in rows(folder, "SELECT amount FROM ledger WHERE kind = 'lend'")]
    assert sorted(written) == sorted(lent)
    assert len(rows(folder, "SELECT 1 FROM audit WHERE act = 'quota lend'")) == len(lent)


def test_as_many_presses_are_accepted_as_fit(tmp_path: Path) -> None:
    """30 s of one's own and 24 given are 54, the channel has 49: sixteen jobs of 3 s, no seventeenth."""
    asyncio.run(press_accept(tmp_path, [3.0] * PRESSES, budget=30, grant=24, cap=49))
    assert len(rows(tmp_path, "SELECT 1 FROM jobs")) == 2 + 16


def test_as_many_loans_are_given_as_the_pool_has(tmp_path: Path) -> None:
    """60 s in loans of 7: eight."""
    asyncio.run(press_lend(tmp_path, [7.0] * PRESSES, pool=60))
    assert len(rows(tmp_path, "SELECT 1 FROM ledger")) == 8


@A_FEW
@given(
    prices=st.lists(WHOLE, min_size=PRESSES, max_size=PRESSES),
    budget=st.integers(0, 90).map(float),
    grant=st.integers(1, 90).map(float),
    cap=st.integers(0, 180).map(float),
)
def test_whatever_the_prices_no_more_is_accepted_and_no_less(
    prices: list[float], budget: float, grant: float, cap: float
) -> None:
    """Whoever comes first: what is refused would not fit at the end either, and the sums hold."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(press_accept(Path(folder), prices, budget=budget, grant=grant, cap=cap))


@A_FEW
@given(
    loans=st.lists(WHOLE, min_size=PRESSES, max_size=PRESSES),
    pool=st.integers(0, 200).map(float),
)
def test_whatever_the_loans_the_pool_gives_no_more_and_no_less(loans: list[float], pool: float) -> None:
    """Whoever comes first."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(press_lend(Path(folder), loans, pool=pool))
