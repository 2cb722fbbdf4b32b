"""The ledger: what a window has used is the sum of its amounts. Entries are added, never changed.

A job has one entry of each kind for each source that pays it: its owner's budget, and the credits (grants
and loans) that were drawn on. Every entry of a job carries the time at which it was asked for: when a job is
settled after the window has moved on, nothing is freed a second time. `written_at` is when the entry was
made, for the record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from bot.quota import DAY, Credit, Payment, Spent
from bot.store.encoding import time_from_integer, time_to_integer
from bot.store.records import JobRecord, NewJob, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One line of the ledger.

    Attributes:
        number: from 1, in the order they were made.
        job: whose price it is about; None for a grant or a loan.
        kind: "reserve", "settle", "refund", "grant" or "lend".
        amount: compute-seconds; of a settlement or a refund at most 0, else at least 0.
        credit: the number of the grant or loan that pays; None for the member's own budget.
        guild_id: the server.
        user_id: who pays, or was given.
        written_at: when the entry was made, UTC.
        until: when what was given is lost, UTC.
        actor: who gave it.
    """

    number: int
    job: str | None
    kind: str
    amount: float
    credit: int | None
    guild_id: int
    user_id: int
    written_at: datetime
    until: datetime | None = None
    actor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """Compute to be given to a member.

    Attributes:
        guild_id: the server.
        user_id: to whom.
        seconds: compute-seconds, more than 0.
        at: when, UTC.
        until: when what is left of it is lost, UTC, after `at`.
        lent: from the server's pool; else a moderator's gift.
        actor: who gives it.
        why: what for; may be empty.
    """

    guild_id: int
    user_id: int
    seconds: float
    at: datetime
    until: datetime
    lent: bool
    actor: int
    why: str = ""


async def reserve(database: aiosqlite.Connection, job: NewJob, payment: Payment, now: datetime) -> None:
    """The whole price, at the moment it is promised, from what pays it."""
    await _write(database, job, "reserve", payment.budget, now, places=job)
    for credit, seconds in payment.credits.items():
        await _write(database, job, "reserve", seconds, now, credit=credit, places=job)


async def settle(
    database: aiosqlite.Connection, job: JobRecord, compute_seconds: float, now: datetime
) -> None:
    """Give back what was reserved beyond the cost; a job that cost more than its price pays its price.

    What was given comes back first, the last drawn on before the others, as it was the last to be asked.
    """
    unused = job.price - min(max(compute_seconds, 0.0), job.price)

    def back(reserved: float) -> float:
        nonlocal unused
        part = min(unused, reserved)
        unused -= part
        return part

    await _close(database, job, "settle", back, now)


async def refund(database: aiosqlite.Connection, job: Standing, now: datetime) -> None:
    """Give back everything."""
    await _close(database, job, "refund", lambda reserved: reserved, now)


async def _close(
    database: aiosqlite.Connection,
    job: JobRecord | Standing,
    kind: str,
    back: Callable[[float], float],
    now: datetime,
) -> None:
    async with database.execute(
        "SELECT credit, amount, channel_id, parent_channel_id FROM ledger "
        "WHERE job = ? AND kind = 'reserve' ORDER BY number DESC",
        (job.id,),
    ) as cursor:
        reserved = list(await cursor.fetchall())
    # The budget's own line is the first that was written, so it comes last.
    for row in reserved:
        amount = -back(row["amount"]) or 0.0
        await _write(database, job, kind, amount, now, credit=row["credit"], places=row)


async def _write(
    database: aiosqlite.Connection,
    job: NewJob | JobRecord | Standing,
    kind: str,
    amount: float,
    now: datetime,
    *,
    credit: int | None = None,
    places: "NewJob | aiosqlite.Row",
) -> None:
    channel, parent = (
        (places.channel_id, places.parent_channel_id)
        if isinstance(places, NewJob)
        else (places["channel_id"], places["parent_channel_id"])
    )
    await database.execute(
        "INSERT INTO ledger (job, kind, credit, amount, guild_id, channel_id, parent_channel_id, user_id, "
        "at, written_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            job.id,
            kind,
            credit,
            amount,
            job.guild_id,
            channel,
            parent,
            job.user_id,
            time_to_integer(job.asked_at),
            time_to_integer(now),
        ),
    )


async def give(database: aiosqlite.Connection, gift: Gift, now: datetime) -> int:
    """A grant or a loan; answers its number."""
    async with database.execute(
        "INSERT INTO ledger (kind, amount, guild_id, user_id, at, written_at, until, actor, why) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            "lend" if gift.lent else "grant",
            gift.seconds,
            gift.guild_id,
            gift.user_id,
            time_to_integer(gift.at),
            time_to_integer(now),
            time_to_integer(gift.until),
            gift.actor,
            gift.why,
        ),
    ) as cursor:
        return cursor.lastrowid or 0


async def spent_by_member(
    database: aiosqlite.Connection, guild_id: int, user_id: int, since: datetime
) -> tuple[Spent, ...]:
    """What a member's own budget has paid since, a line a job, oldest first."""
    return await _spent(database, "user_id = ? AND credit IS NULL", guild_id, user_id, since)


async def spent_in_channel(
    database: aiosqlite.Connection, guild_id: int, channel_id: int, since: datetime
) -> tuple[Spent, ...]:
    """All that was computed for a channel and its threads since, a line a job, oldest first."""
    return await _spent(database, "? IN (channel_id, parent_channel_id)", guild_id, channel_id, since)


async def spent_in_server(
    database: aiosqlite.Connection, guild_id: int, since: datetime
) -> tuple[Spent, ...]:
    """All that was computed for a server since, a line a job, oldest first."""
    return await _spent(database, "? = guild_id", guild_id, guild_id, since)


async def _spent(
    database: aiosqlite.Connection, whose: str, guild_id: int, subject: int, since: datetime
) -> tuple[Spent, ...]:
    async with database.execute(
        f"SELECT at, sum(amount) AS seconds FROM ledger WHERE guild_id = ? AND {whose} AND at > ? "  # noqa: S608 — ours
        "AND job IS NOT NULL GROUP BY job HAVING seconds > 0 ORDER BY at, job",
        (guild_id, subject, time_to_integer(since)),
    ) as cursor:
        return tuple(
            Spent(at=time_from_integer(row["at"]), seconds=row["seconds"]) for row in await cursor.fetchall()
        )


async def credits_of(
    database: aiosqlite.Connection, guild_id: int, user_id: int, at: datetime
) -> tuple[Credit, ...]:
    """What a member was given and can use at `at`, the first to end first.

    Interactions may arrive out of order: a loan that the pool has lent again since it ended is gone, also for
    what was asked for before.
    """
    lent_again = (
        "kind = 'lend' AND EXISTS (SELECT 1 FROM ledger AS later WHERE later.guild_id = ledger.guild_id "
        "AND later.kind = 'lend' AND later.at >= ledger.until)"
    )
    which = f"user_id = ? AND until > ? AND NOT ({lent_again})"
    return await _credits(database, which, guild_id, (user_id, time_to_integer(at)), only_left=True)


async def loans(database: aiosqlite.Connection, guild_id: int, since: datetime) -> tuple[Credit, ...]:
    """What a server's pool has lent that ended since, or is still out."""
    return await _credits(database, "kind = 'lend' AND until > ?", guild_id, (time_to_integer(since),))


async def _credits(
    database: aiosqlite.Connection,
    which: str,
    guild_id: int,
    values: tuple[int, ...],
    *,
    only_left: bool = False,
) -> tuple[Credit, ...]:
    async with database.execute(
        "SELECT number, kind, amount, until, "  # noqa: S608 — `which` is ours
        "(SELECT coalesce(sum(drawn.amount), 0) FROM ledger AS drawn "
        f"WHERE drawn.credit = ledger.number) AS used FROM ledger WHERE guild_id = ? AND {which} "
        "AND until IS NOT NULL ORDER BY until, number",
        (guild_id, *values),
    ) as cursor:
        found = tuple(
            Credit(
                number=row["number"],
                seconds=row["amount"],
                left=min(max(row["amount"] - row["used"], 0.0), row["amount"]),
                until=time_from_integer(row["until"]),
                lent=row["kind"] == "lend",
            )
            for row in await cursor.fetchall()
        )
    return tuple(each for each in found if each.left > 0 or not only_left)


async def newest(database: aiosqlite.Connection, limit: int) -> list[LedgerEntry]:
    """The latest entries of every server, newest first."""
    async with database.execute("SELECT * FROM ledger ORDER BY number DESC LIMIT ?", (limit,)) as cursor:
        return [
            LedgerEntry(
                number=row["number"],
                job=row["job"],
                kind=row["kind"],
                amount=row["amount"],
                credit=row["credit"],
                guild_id=row["guild_id"],
                user_id=row["user_id"],
                written_at=time_from_integer(row["written_at"]),
                until=None if row["until"] is None else time_from_integer(row["until"]),
                actor=row["actor"],
            )
            for row in await cursor.fetchall()
        ]


async def used_by_everybody(database: aiosqlite.Connection, at: datetime) -> dict[tuple[int, int], float]:
    """Compute-seconds that each (server, person) has used in the 24 hours before `at`."""
    async with database.execute(
        "SELECT guild_id, user_id, sum(amount) AS seconds FROM ledger WHERE at > ? AND job IS NOT NULL "
        "GROUP BY guild_id, user_id",
        (time_to_integer(at - DAY),),
    ) as cursor:
        return {(row["guild_id"], row["user_id"]): row["seconds"] for row in await cursor.fetchall()}
