"""What a server has asked for and was given, for previews and charts. Runs inside somebody's transaction."""

import json
from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from bot.quota import Credit, Wish
from bot.quota.replay import Given
from bot.quota.replay import Past as PastJob
from bot.store.encoding import time_from_integer, time_to_integer
from bot.store.records import JobKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a server has accepted and given."""

    jobs: list[PastJob]
    gifts: list[Given]


async def past(database: aiosqlite.Connection, guild_id: int, since: datetime) -> Past:
    """Since when, oldest first. Only what policies care for is read of a request."""
    async with database.execute(
        """
        SELECT jobs.*, json_extract(body, '$.width') AS width, json_extract(body, '$.height') AS height,
               json_extract(body, '$.steps') AS steps, json_extract(body, '$.count') AS count,
               json_extract(body, '$.model') AS model,
               (SELECT sum(amount) FROM ledger WHERE ledger.job = jobs.id) AS cost
        FROM jobs JOIN requests ON requests.number = jobs.request
        WHERE guild_id = ? AND asked_at > ? ORDER BY asked_at, jobs.number
        """,
        (guild_id, time_to_integer(since)),
    ) as cursor:
        jobs = [_job(row) for row in await cursor.fetchall()]
    async with database.execute(
        "SELECT number, kind, amount, user_id, at, until FROM ledger "
        "WHERE guild_id = ? AND until > ? ORDER BY number",
        (guild_id, time_to_integer(since)),
    ) as cursor:
        gifts = [
            Given(
                member=row["user_id"],
                at=time_from_integer(row["at"]),
                credit=Credit(
                    number=row["number"],
                    seconds=row["amount"],
                    left=row["amount"],
                    until=time_from_integer(row["until"]),
                    lent=row["kind"] == "lend",
                ),
            )
            for row in await cursor.fetchall()
        ]
    return Past(jobs=jobs, gifts=gifts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What one job came to: when it was asked for, UTC, by whom, where, with which model, compute-seconds."""

    at: datetime
    member: int
    channel: int
    model: str
    seconds: float


async def used(
    database: aiosqlite.Connection, guild_id: int, since: datetime, member: int | None
) -> list[Used]:
    """What a server's jobs came to since, or those of one member, oldest first."""
    async with database.execute(
        """
        SELECT jobs.asked_at, jobs.user_id, coalesce(jobs.parent_channel_id, jobs.channel_id) AS channel,
               json_extract(body, '$.model') AS model, sum(ledger.amount) AS seconds
        FROM ledger JOIN jobs ON jobs.id = ledger.job JOIN requests ON requests.number = jobs.request
        WHERE ledger.guild_id = ?1 AND ledger.at > ?2 AND (?3 IS NULL OR ledger.user_id = ?3)
        GROUP BY jobs.number HAVING seconds > 0 ORDER BY jobs.asked_at
        """,
        (guild_id, time_to_integer(since), member),
    ) as cursor:
        return [
            Used(
                at=time_from_integer(row["asked_at"]),
                member=row["user_id"],
                channel=row["channel"],
                model=row["model"],
                seconds=row["seconds"],
            )
            for row in await cursor.fetchall()
        ]


def _job(row: aiosqlite.Row) -> PastJob:
    wish = Wish(price=row["price"])
    if JobKind(row["kind"]) is not JobKind.UPSCALE:
        wish = Wish(
            price=row["price"],
            side=max(row["width"], row["height"]),
            steps=row["steps"],
            count=row["count"],
            model=row["model"],
        )
    return PastJob(
        member=row["user_id"],
        roles=frozenset(json.loads(row["role_ids"])),
        channel=row["channel_id"],
        parent=row["parent_channel_id"],
        at=time_from_integer(row["asked_at"]),
        wish=wish,
        cost=max(row["cost"] or 0.0, 0.0),
        begun_at=None if row["claimed_at"] is None else time_from_integer(row["claimed_at"]),
        over_at=None if row["over_at"] is None else time_from_integer(row["over_at"]),
    )
