"""The books: what the database itself refuses, gifts and loans, and what an older database becomes."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from stored_jobs import ADA, ASKED, BEN, CHANNEL, FIRST, GUILD, job

from bot.quota import EVERYONE, SERVER, Budget, Policy, Scope, ScopeKind, Why
from bot.store import Actor, Banned, Gift, PoolEmpty, QuotaRefused, Store
from bot.store.migrate import migrate, shipped_migrations

HOUR = timedelta(hours=1)
BY = Actor(guild_id=GUILD, user_id=BEN, at=ASKED, why="for the jam")
COLUMNS = "number, kind, job, credit, amount, guild_id, user_id, at, written_at, until, actor"
ADD = f"INSERT INTO ledger ({COLUMNS}) VALUES"
REPLACE = ADD.replace("INSERT", "INSERT OR REPLACE")
TRACE = "INSERT INTO audit (number, at, guild_id, actor, act, detail) VALUES (1, 1, 1, 1, 'x', '{}')"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path)
    yield store
    await store.close()


def gift(
    seconds: float, *, lent: bool = False, hours: float = 1, to: int = ADA, at: datetime = ASKED
) -> Gift:
    return Gift(
        guild_id=GUILD, user_id=to, seconds=seconds, at=at, until=at + hours * HOUR, lent=lent, actor=BEN
    )


async def a_day_of(store: Store, seconds: float) -> None:
    await store.set_policy(EVERYONE, Policy(budget=Budget(seconds=seconds)), by=BY)


async def own(store: Store) -> float:
    return sum(spent.seconds for spent in (await store.books(FIRST.asker, ASKED)).usage.own.spent)


async def credit_left(store: Store, at: datetime = ASKED) -> list[float]:
    return [credit.left for credit in await store.credits(GUILD, ADA, at)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET amount = 0",
        "DELETE FROM ledger",
        f"{REPLACE} (1, 'reserve', 'c', NULL, 0, 1, 1, 1, 1, NULL, NULL)",
        f"{REPLACE} (9, 'reserve', 'a', NULL, 0, 1, 1, 1, 1, NULL, NULL)",
        f"{ADD} (9, 'refund', 'a', NULL, -11, 1, 1, 1, 1, NULL, NULL)",
        f"{ADD} (9, 'refund', 'a', NULL, -1, 1, 1, 2, 1, NULL, NULL)",
        f"{ADD} (9, 'refund', 'a', 2, -1, 1, 1, 1, 1, NULL, NULL)",
        f"{ADD} (9, 'refund', 'b', NULL, -1, 1, 1, 1, 1, NULL, NULL)",
        f"{ADD} (9, 'reserve', 'b', NULL, -1, 1, 1, 1, 1, NULL, NULL)",
        f"{ADD} (9, 'reserve', 'b', 2, 5.1, 1, 1, 1, 1, NULL, NULL)",
        f"{ADD} (9, 'reserve', 'b', 2, 5, 1, 2, 1, 1, NULL, NULL)",
        f"{ADD} (9, 'reserve', 'b', 2, 5, 2, 1, 1, 1, NULL, NULL)",
        f"{ADD} (9, 'reserve', 'b', 2, 5, 1, 1, 9, 1, NULL, NULL)",
        f"{ADD} (9, 'reserve', 'b', 1, 5, 1, 1, 1, 1, NULL, NULL)",
        f"{ADD} (9, 'grant', NULL, NULL, -5, 1, 1, 1, 1, 9, 1)",
        f"{ADD} (9, 'grant', NULL, NULL, 5, 1, 1, 9, 1, 9, 1)",
        f"{ADD} (9, 'lend', NULL, NULL, 5, 1, 1, 1, 1, 9, NULL)",
        "UPDATE audit SET actor = 0",
        "DELETE FROM audit",
        TRACE.replace("INSERT", "INSERT OR REPLACE"),
    ],
)
async def test_the_database_itself_keeps_the_books(store: Store, tmp_path: Path, statement: str) -> None:
    """It changes no entry, gives back no more than was reserved, and draws no more than was given."""
    assert await store.audit(GUILD) == []
    with closing(sqlite3.connect(tmp_path / "easel.db")) as connection:
        connection.execute(f"{ADD} (1, 'reserve', 'a', NULL, 10.0, 1, 1, 1, 1, NULL, NULL)")
        connection.execute(f"{ADD} (2, 'grant', NULL, NULL, 8.0, 1, 1, 1, 1, 9, 3)")
        connection.execute(f"{ADD} (3, 'reserve', 'd', 2, 3.0, 1, 1, 8, 1, NULL, NULL)")
        connection.execute(TRACE)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
        connection.execute(f"{ADD} (9, 'reserve', 'b', 2, 5.0, 1, 1, 8, 1, NULL, NULL)")


async def test_a_job_is_closed_once(store: Store, tmp_path: Path) -> None:
    """One reserve, then at most one settle or refund."""
    await store.accept(FIRST)
    await store.fail(FIRST.id, "x")
    with closing(sqlite3.connect(tmp_path / "easel.db")) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(
            "INSERT INTO ledger (job, kind, amount, guild_id, user_id, at, written_at) "
            "SELECT job, 'settle', -0.0, guild_id, user_id, at, 1 FROM ledger WHERE kind = 'reserve'"
        )


async def test_a_gift_pays_what_the_budget_cannot_and_comes_back_first(store: Store) -> None:
    """10 s cost 4: the gift's 5 are whole again before the budget gets anything."""
    await a_day_of(store, 5)
    await store.give(gift(8))
    await store.accept(FIRST)
    assert (await own(store), await credit_left(store)) == (5.0, [3.0])
    await store.acknowledge(FIRST.id, 1)
    await store.claim(FIRST.id, ASKED)
    await store.cancel(FIRST.id, 4.0)
    assert (await own(store), await credit_left(store)) == (4.0, [8.0])


async def test_a_refund_gives_each_what_it_paid(store: Store) -> None:
    """Two gifts and the budget."""
    await a_day_of(store, 2)
    for seconds in (5, 4):
        await store.give(gift(seconds))
    await store.accept(FIRST)
    assert (await own(store), await credit_left(store)) == (2.0, [1.0])
    await store.fail(FIRST.id, "x")
    assert (await own(store), await credit_left(store)) == (0.0, [5.0, 4.0])


async def test_a_gift_ends(store: Store) -> None:
    """What is left of it then pays nothing any more."""
    await a_day_of(store, 5)
    await store.give(gift(100, hours=1))
    with pytest.raises(QuotaRefused) as caught:
        await store.accept(job(1, asked_at=ASKED + HOUR))
    assert caught.value.decision.left == 5
    await store.accept(job(2, asked_at=ASKED + HOUR - timedelta(microseconds=1)))


async def test_a_loan_leaves_the_pool_and_what_is_unused_comes_back(store: Store) -> None:
    """60 s a day: of 40 lent 10 are used; when the loan ends there are 50 to lend again."""
    with pytest.raises(PoolEmpty):
        await store.give(gift(1, lent=True))
    await store.set_pool(Budget(seconds=60), by=BY)
    await a_day_of(store, 0)
    await store.give(gift(40, lent=True))
    assert await store.pool_left(GUILD, ASKED) == 20
    with pytest.raises(PoolEmpty) as caught:
        await store.give(gift(21, lent=True, to=BEN))
    assert (caught.value.left, caught.value.size) == (20, 60)
    await store.accept(FIRST)
    assert await store.pool_left(GUILD, ASKED) == 20
    assert await store.pool_left(GUILD, ASKED + HOUR) == 50
    assert await store.pool_left(GUILD, ASKED + 25 * HOUR) == 60
    trail = [(entry.act, entry.subject, entry.actor) for entry in await store.audit(GUILD, limit=1)]
    assert trail == [("quota lend", ADA, BEN)]


async def test_a_long_loan_stays_out_of_the_pool_though_the_window_moves_on(store: Store) -> None:
    """Three days out, and a pool of a day."""
    await store.set_pool(Budget(seconds=60), by=BY)
    await store.give(gift(40, lent=True, hours=72))
    assert await store.pool_left(GUILD, ASKED + 71 * HOUR) == 20
    assert await store.pool_left(GUILD, ASKED + 72 * HOUR) == 60


async def test_what_comes_late_draws_on_no_loan_that_was_lent_again(store: Store) -> None:
    """A loan ended unused and its 60 s went to somebody else; an ask from before its end arrives now."""
    await store.set_pool(Budget(seconds=60), by=BY)
    await a_day_of(store, 0)
    await store.give(gift(60, lent=True))
    await store.accept(FIRST)
    await store.fail(FIRST.id, "x")
    await store.give(gift(60, lent=True, to=BEN, at=ASKED + HOUR))
    with pytest.raises(QuotaRefused):
        await store.accept(job(2, asked_at=ASKED + HOUR / 2))
    await store.accept(job(3, user_id=BEN, asked_at=ASKED + HOUR))


async def test_channel_and_server_count_everybody(store: Store) -> None:
    """Threads with their channel; gifts too, since they are computed as well."""
    channel = Scope(ScopeKind.CHANNEL, CHANNEL)
    await store.set_policy(channel, Policy(budget=Budget(seconds=25)), by=BY)
    await store.set_policy(SERVER, Policy(budget=Budget(seconds=35)), by=BY)
    await store.accept(job(1, user_id=BEN))
    await store.accept(job(2, channel_id=99, parent_channel_id=CHANNEL))
    with pytest.raises(QuotaRefused) as caught:
        await store.accept(job(3))
    assert (caught.value.decision.by, caught.value.decision.left) == (channel, 5.0)
    await store.accept(job(4, channel_id=21))
    with pytest.raises(QuotaRefused) as caught:
        await store.accept(job(5, channel_id=22))
    assert (caught.value.decision.by, caught.value.decision.left) == (SERVER, 5.0)
    await store.accept(job(6, guild_id=11))


async def test_who_is_shut_out_is_refused_until_the_ban_ends(store: Store) -> None:
    """When they ask, and when their jobs are about to run."""
    await store.accept(FIRST)
    await store.acknowledge(FIRST.id, 1)
    await store.ban(ADA, ASKED + HOUR, by=BY)
    with pytest.raises(Banned) as caught:
        await store.accept(job(2))
    assert (caught.value.ban.by, caught.value.ban.why) == (BEN, "for the jam")
    with pytest.raises(Banned):
        await store.claim(FIRST.id, ASKED)
    assert [ban.user_id for ban in await store.bans(GUILD, ASKED)] == [ADA]
    await store.accept(job(3, guild_id=11))
    await store.accept(job(4, asked_at=ASKED + HOUR))
    assert await store.unban(ADA, by=BY) is not None
    assert await store.unban(ADA, by=BY) is None
    await store.claim(FIRST.id, ASKED)


async def test_a_policy_that_changed_stops_what_is_about_to_run(store: Store) -> None:
    """Nothing is written then; what fits the new policy runs."""
    for number in (1, 2):
        await store.accept(job(number))
        await store.acknowledge(job(number).id, number)
    await store.set_policy(EVERYONE, Policy(steps=19), by=BY)
    with pytest.raises(QuotaRefused) as caught:
        await store.claim(job(1).id, ASKED)
    assert caught.value.decision.why is Why.STEPS
    found = await store.job(job(1).id)
    assert found is not None
    assert (found.state, found.attempt) == ("queued", 0)
    await store.set_policy(EVERYONE, Policy(budget=Budget(seconds=20)), by=BY)
    await store.claim(job(1).id, ASKED)
    await a_day_of(store, 19)
    with pytest.raises(QuotaRefused):
        await store.claim(job(2).id, ASKED)


async def test_a_hold_and_a_bump_are_kept(tmp_path: Path) -> None:
    """Across a restart; doing the same twice is written down once."""
    store = await Store.open(tmp_path)
    await store.accept(FIRST)
    for _ in range(2):
        record, _ = await store.hold(FIRST.id, by=BY, held=True)
        await store.bump(FIRST.id, by=BY)
    assert record.hold is not None
    assert (record.hold.by, record.hold.why, record.hold.at) == (BEN, "for the jam", ASKED)
    await store.close()
    again = await Store.open(tmp_path)
    found = await again.job(FIRST.id)
    assert found is not None
    assert (found.hold, found.bumped) == (record.hold, True)
    await again.hold(FIRST.id, by=replace(BY, why=None), held=False)
    assert [entry.act for entry in await again.audit(GUILD)] == ["job released", "job bumped", "job held"]
    await again.close()


async def test_an_older_database_keeps_its_rules_and_its_books(tmp_path: Path) -> None:
    """Rules of the schema before become policies; entries keep their numbers and find their channel."""
    path = tmp_path / "easel.db"
    migrate(path, shipped_migrations()[:4])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO quota_policies VALUES (10, 0, 600, NULL), (10, 7, NULL, 2)")
        connection.execute("INSERT INTO requests (number, body) VALUES (1, '{}')")
        connection.execute(
            "INSERT INTO jobs (id, kind, state, request, interaction_id, application_id, guild_id, "
            "channel_id, user_id, private, asked_at, price, attachment_limit) "
            "VALUES ('000000000001', 'imagine', 'delivered', 1, 1, 1, 10, 20, 30, 0, 5, 4.0, 1)"
        )
        for number, kind, amount in ((3, "reserve", 4.0), (8, "settle", -1.0)):
            connection.execute(
                "INSERT INTO ledger VALUES (?, '000000000001', ?, ?, 10, 30, 5, 6)", (number, kind, amount)
            )
    store = await Store.open(tmp_path)
    policies = await store.policies(10)
    assert dict(policies.own) == {
        EVERYONE: Policy(budget=Budget(seconds=600), waiting=float("inf")),
        Scope(ScopeKind.ROLE, 7): Policy(budget=Budget(seconds=float("inf")), waiting=2),
    }
    assert [(entry.number, entry.amount) for entry in await store.ledger()] == [(8, -1.0), (3, 4.0)]
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT DISTINCT channel_id, credit FROM ledger").fetchall()
        assert rows == [(20, None)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("DELETE FROM ledger")
