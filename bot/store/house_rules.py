"""What a server's moderators have set, and the trail of who set it. Runs inside somebody's transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import aiosqlite

from bot.quota import Budget, Policies, Policy, Scope
from bot.store import policy_rows
from bot.store.encoding import time_from_integer, time_to_integer

NEWEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Somebody's act.

    Attributes:
        at: when, UTC.
        guild_id: where.
        actor: who.
        act: what, such as "quota set".
        detail: its particulars, JSON values; what was there "before" and what is "after" where it changed
            something.
        subject: the member, role or channel that it is about; None where it is about none.
        why: what for, in the actor's words; None where they did not say.
        number: from 1, in the order they were written; 0 before.
    """

    at: datetime
    guild_id: int
    actor: int
    act: str
    detail: dict[str, object]
    subject: int | None = None
    why: str | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which acts to look at; what is not said leaves all.

    Attributes:
        actor: who did it.
        subject: whom or what it is about.
        act: what was done, or how that begins.
        since: not before, UTC.
        before: numbers below this: the next page.
    """

    actor: int | None = None
    subject: int | None = None
    act: str | None = None
    since: datetime | None = None
    before: int = NEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """Somebody who may make nothing in a server.

    Attributes:
        guild_id: the server.
        user_id: who.
        at: since when, UTC.
        until: when it ends, UTC; None for good.
        by: the moderator.
        why: in their words; may be empty.
    """

    guild_id: int
    user_id: int
    at: datetime
    until: datetime | None
    by: int
    why: str = ""


async def write_audit(database: aiosqlite.Connection, entry: AuditEntry) -> None:
    await database.execute(
        "INSERT INTO audit (at, guild_id, actor, act, detail, subject, why) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            time_to_integer(entry.at),
            entry.guild_id,
            entry.actor,
            entry.act,
            json.dumps(entry.detail),
            entry.subject,
            entry.why,
        ),
    )


async def read_audit(
    database: aiosqlite.Connection, guild_id: int, only: AuditFilter, limit: int
) -> list[AuditEntry]:
    """The latest acts in a server that fit, newest first."""
    async with database.execute(
        """
        SELECT * FROM audit
        WHERE guild_id = ?1 AND number < ?2 AND (?3 IS NULL OR actor = ?3) AND (?4 IS NULL OR subject = ?4)
          AND (?5 IS NULL OR substr(act, 1, length(?5)) = ?5) AND (?6 IS NULL OR at >= ?6)
        ORDER BY number DESC LIMIT ?7
        """,
        (
            guild_id,
            only.before,
            only.actor,
            only.subject,
            only.act,
            None if only.since is None else time_to_integer(only.since),
            limit,
        ),
    ) as cursor:
        return [
            AuditEntry(
                number=row["number"],
                at=time_from_integer(row["at"]),
                guild_id=row["guild_id"],
                actor=row["actor"],
                act=row["act"],
                detail=json.loads(row["detail"]),
                subject=row["subject"],
                why=row["why"],
            )
            for row in await cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who changes something, where, when (UTC) and, in their words, what for."""

    guild_id: int
    user_id: int
    at: datetime
    why: str | None = None

    def did(self, act: str, *, subject: int | None = None, **detail: object) -> AuditEntry:
        """As a line of the audit trail."""
        return AuditEntry(
            at=self.at,
            guild_id=self.guild_id,
            actor=self.user_id,
            act=act,
            detail=detail,
            subject=subject,
            why=self.why,
        )


async def set_policy(
    database: aiosqlite.Connection, scope: Scope, policy: Policy | None, before: Policies, *, by: Actor
) -> AuditEntry:
    """Set what is said about `scope`, or with None say nothing, and write down who did.

    Args:
        before: the server's policies as they are.
    """
    await policy_rows.write(database, by.guild_id, scope, policy)
    after = before.with_(scope, policy)
    entry = by.did(
        "quota set" if after.of(scope).says else "quota clear",
        subject=scope.id or None,
        scope=scope.kind.value,
        before=policy_rows.policy_to_json(before.of(scope)),
        after=policy_rows.policy_to_json(after.of(scope)),
    )
    await write_audit(database, entry)
    return entry


async def set_pool(
    database: aiosqlite.Connection, pool: Budget | None, before: Policies, *, by: Actor
) -> AuditEntry:
    """Set what the server can lend, or with None take the pool away, and write down who did."""
    await policy_rows.write_pool(database, by.guild_id, pool)
    entry = by.did(
        "quota clear" if pool is None else "quota set",
        scope=policy_rows.POOL,
        before=None if before.pool is None else policy_rows.budget_to_json(before.pool),
        after=None if pool is None else policy_rows.budget_to_json(pool),
    )
    await write_audit(database, entry)
    return entry


async def ban_of(database: aiosqlite.Connection, guild_id: int, user_id: int, at: datetime) -> Ban | None:
    """The ban that holds at `at`; None where none does."""
    found = await _bans(database, "user_id = ? AND (until IS NULL OR until > ?)", guild_id, user_id, at)
    return found[0] if found else None


async def bans(database: aiosqlite.Connection, guild_id: int, at: datetime) -> Sequence[Ban]:
    """All that hold at `at`, the newest first."""
    return await _bans(database, "? = guild_id AND (until IS NULL OR until > ?)", guild_id, guild_id, at)


async def _bans(
    database: aiosqlite.Connection, which: str, guild_id: int, subject: int, at: datetime
) -> list[Ban]:
    async with database.execute(
        f"SELECT * FROM bans WHERE guild_id = ? AND {which} ORDER BY at DESC",  # noqa: S608 — ours
        (guild_id, subject, time_to_integer(at)),
    ) as cursor:
        return [
            Ban(
                guild_id=row["guild_id"],
                user_id=row["user_id"],
                at=time_from_integer(row["at"]),
                until=None if row["until"] is None else time_from_integer(row["until"]),
                by=row["actor"],
                why=row["why"],
            )
            for row in await cursor.fetchall()
        ]


async def ban(
    database: aiosqlite.Connection, user_id: int, until: datetime | None, *, by: Actor
) -> AuditEntry:
    """Shut somebody out until then, or for good, instead of any ban there is; and write down who did."""
    await database.execute(
        "INSERT INTO bans (guild_id, user_id, at, until, actor, why) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET at = excluded.at, until = excluded.until, actor = excluded.actor, "
        "why = excluded.why",
        (
            by.guild_id,
            user_id,
            time_to_integer(by.at),
            None if until is None else time_to_integer(until),
            by.user_id,
            by.why or "",
        ),
    )
    entry = by.did("ban", subject=user_id, until=None if until is None else until.isoformat())
    await write_audit(database, entry)
    return entry


async def unban(database: aiosqlite.Connection, user_id: int, *, by: Actor) -> AuditEntry | None:
    """Let somebody in again; None, and nothing is written, where no ban holds."""
    if await ban_of(database, by.guild_id, user_id, by.at) is None:
        return None
    await database.execute("DELETE FROM bans WHERE guild_id = ? AND user_id = ?", (by.guild_id, user_id))
    entry = by.did("unban", subject=user_id)
    await write_audit(database, entry)
    return entry


async def settings(database: aiosqlite.Connection, guild_id: int) -> dict[str, object]:
    """Everything that a server has set, JSON values by name."""
    async with database.execute("SELECT name, value FROM settings WHERE guild_id = ?", (guild_id,)) as cursor:
        return {row["name"]: json.loads(row["value"]) for row in await cursor.fetchall()}


async def set_setting(
    database: aiosqlite.Connection, name: str, value: object, *, by: Actor
) -> AuditEntry | None:
    """Set a server's setting to a JSON value, with None to what it is by itself, and write down who did.

    None, and nothing is written, where it is that already.
    """
    before = (await settings(database, by.guild_id)).get(name)
    if before == value:
        return None
    if value is None:
        await database.execute("DELETE FROM settings WHERE guild_id = ? AND name = ?", (by.guild_id, name))
    else:
        await database.execute(
            "INSERT INTO settings (guild_id, name, value) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET value = excluded.value",
            (by.guild_id, name, json.dumps(value)),
        )
    entry = by.did("setting", name=name, before=before, after=value)
    await write_audit(database, entry)
    return entry
