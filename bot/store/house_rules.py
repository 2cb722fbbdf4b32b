"""What a server's moderators have set, and the trail of who set it. Runs inside somebody's transaction."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import aiosqlite

from bot.quota import Policies, Policy
from bot.store.encoding import time_from_integer, time_to_integer

EVERYONE: Final = 0
"""Stands for no role in `quota_policies`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Somebody's act: when, where, who, what, and its particulars as JSON values."""

    at: datetime
    guild_id: int
    actor: int
    act: str
    detail: dict[str, object]


async def write_audit(database: aiosqlite.Connection, entry: AuditEntry) -> None:
    await database.execute(
        "INSERT INTO audit (at, guild_id, actor, act, detail) VALUES (?, ?, ?, ?, ?)",
        (time_to_integer(entry.at), entry.guild_id, entry.actor, entry.act, json.dumps(entry.detail)),
    )


async def read_audit(database: aiosqlite.Connection, guild_id: int, limit: int) -> list[AuditEntry]:
    """The latest acts in a server, newest first."""
    async with database.execute(
        "SELECT * FROM audit WHERE guild_id = ? ORDER BY number DESC LIMIT ?", (guild_id, limit)
    ) as cursor:
        return [
            AuditEntry(
                at=time_from_integer(row["at"]),
                guild_id=row["guild_id"],
                actor=row["actor"],
                act=row["act"],
                detail=json.loads(row["detail"]),
            )
            for row in await cursor.fetchall()
        ]


async def policies(database: aiosqlite.Connection, guild_id: int, fallback: Policy) -> Policies:
    async with database.execute(
        "SELECT role_id, seconds_per_day, waiting_jobs FROM quota_policies WHERE guild_id = ?", (guild_id,)
    ) as cursor:
        found = {
            int(row["role_id"]): Policy(
                seconds_per_day=row["seconds_per_day"], waiting_jobs=row["waiting_jobs"]
            )
            for row in await cursor.fetchall()
        }
    everyone = found.pop(EVERYONE, None)
    return Policies(fallback=fallback, everyone=everyone, roles=found)


async def set_policy(
    database: aiosqlite.Connection,
    guild_id: int,
    role_id: int | None,
    policy: Policy | None,
    *,
    by: int,
    at: datetime,
) -> None:
    """Set, or with None lift, the policy of a role or of everyone, and write down who did."""
    role = EVERYONE if role_id is None else role_id
    if policy is None:
        await database.execute(
            "DELETE FROM quota_policies WHERE guild_id = ? AND role_id = ?", (guild_id, role)
        )
    else:
        await database.execute(
            "INSERT INTO quota_policies (guild_id, role_id, seconds_per_day, waiting_jobs) "
            "VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET seconds_per_day = excluded.seconds_per_day, "
            "waiting_jobs = excluded.waiting_jobs",
            (guild_id, role, policy.seconds_per_day, policy.waiting_jobs),
        )
    detail: dict[str, object] = {"role": role_id, "policy": None if policy is None else asdict(policy)}
    await write_audit(
        database, AuditEntry(at=at, guild_id=guild_id, actor=by, act="quota set", detail=detail)
    )


async def setting(database: aiosqlite.Connection, guild_id: int, name: str) -> object:
    async with database.execute(
        "SELECT value FROM settings WHERE guild_id = ? AND name = ?", (guild_id, name)
    ) as cursor:
        row = await cursor.fetchone()
    value: object = None if row is None else json.loads(row["value"])
    return value


async def set_setting(
    database: aiosqlite.Connection, guild_id: int, name: str, value: object, *, by: int, at: datetime
) -> None:
    """Set a server's setting to a JSON value, and write down who did."""
    await database.execute(
        "INSERT INTO settings (guild_id, name, value) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET value = excluded.value",
        (guild_id, name, json.dumps(value)),
    )
    entry = AuditEntry(
        at=at, guild_id=guild_id, actor=by, act="setting", detail={"name": name, "value": value}
    )
    await write_audit(database, entry)
