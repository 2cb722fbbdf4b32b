"""The ledger: what a window has used is the sum of its amounts. Entries are added, never changed.

Every entry of a job carries the time at which it was asked for: when a job is settled after the window has
moved on, nothing is freed a second time. `written_at` is when the entry was made, for the record.
"""

from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from bot.quota import DAY, Spent, Usage
from bot.store.encoding import time_from_integer, time_to_integer
from bot.store.records import JobRecord, NewJob, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One line of the ledger.

    Attributes:
        job: whose price it is about.
        kind: "reserve", "settle" or "refund".
        amount: compute-seconds; of a reserve at least 0, else at most 0.
        guild_id: the server.
        user_id: who pays.
        written_at: when the entry was made, UTC.
    """

    job: str
    kind: str
    amount: float
    guild_id: int
    user_id: int
    written_at: datetime


async def reserve(database: aiosqlite.Connection, job: NewJob, now: datetime) -> None:
    """The whole price, at the moment it is promised."""
    await _write(database, job, "reserve", job.price, now)


async def settle(
    database: aiosqlite.Connection, job: JobRecord, compute_seconds: float, now: datetime
) -> None:
    """Give back what was reserved beyond the cost; a job that cost more than its price pays its price."""
    cost = min(max(compute_seconds, 0.0), job.price)
    await _write(database, job, "settle", cost - job.price, now)


async def refund(database: aiosqlite.Connection, job: Standing, now: datetime) -> None:
    """Give back everything."""
    await _write(database, job, "refund", -job.price, now)


async def _write(
    database: aiosqlite.Connection,
    job: NewJob | JobRecord | Standing,
    kind: str,
    amount: float,
    now: datetime,
) -> None:
    await database.execute(
        "INSERT INTO ledger (job, kind, amount, guild_id, user_id, at, written_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            job.id,
            kind,
            amount,
            job.guild_id,
            job.user_id,
            time_to_integer(job.asked_at),
            time_to_integer(now),
        ),
    )


async def usage(database: aiosqlite.Connection, guild_id: int, user_id: int, at: datetime) -> Usage:
    """What one person has used in one server in the 24 hours before `at`.

    What was asked for after `at` counts too: interactions may arrive out of order, and none may slip by.
    """
    async with database.execute(
        "SELECT at, sum(amount) AS seconds FROM ledger WHERE guild_id = ? AND user_id = ? AND at > ? "
        "GROUP BY job HAVING seconds > 0 ORDER BY at, job",
        (guild_id, user_id, time_to_integer(at - DAY)),
    ) as cursor:
        spent = tuple(
            Spent(at=time_from_integer(row["at"]), seconds=row["seconds"]) for row in await cursor.fetchall()
        )
    async with database.execute(
        "SELECT count(*) FROM jobs WHERE guild_id = ? AND user_id = ? AND state IN ('accepted', 'queued')",
        (guild_id, user_id),
    ) as cursor:
        row = await cursor.fetchone()
    waiting = 0 if row is None else int(row[0])
    return Usage(seconds_used=sum(entry.seconds for entry in spent), waiting_jobs=waiting, spent=spent)


async def newest(database: aiosqlite.Connection, limit: int) -> list[LedgerEntry]:
    """The latest entries of every server, newest first."""
    async with database.execute("SELECT * FROM ledger ORDER BY number DESC LIMIT ?", (limit,)) as cursor:
        return [
            LedgerEntry(
                job=row["job"],
                kind=row["kind"],
                amount=row["amount"],
                guild_id=row["guild_id"],
                user_id=row["user_id"],
                written_at=time_from_integer(row["written_at"]),
            )
            for row in await cursor.fetchall()
        ]


async def used_by_everybody(database: aiosqlite.Connection, at: datetime) -> dict[tuple[int, int], float]:
    """Compute-seconds that each (server, person) has used in the 24 hours before `at`."""
    async with database.execute(
        "SELECT guild_id, user_id, sum(amount) AS seconds FROM ledger WHERE at > ? "
        "GROUP BY guild_id, user_id",
        (time_to_integer(at - DAY),),
    ) as cursor:
        return {(row["guild_id"], row["user_id"]): row["seconds"] for row in await cursor.fetchall()}
