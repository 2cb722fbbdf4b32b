"""A server's policies in the database. Runs inside somebody's transaction."""

import json
from datetime import time, timedelta
from typing import Any, Final

import aiosqlite

from bot.quota import NO_LIMIT, Budget, Hours, Policies, Policy, Scope, ScopeKind

POOL: Final = "pool"
UNLIMITED: Final = "unlimited"
"""Stands for no limit in JSON, which has no infinity."""
_NUMBERS: Final = ("waiting", "running", "side", "steps", "count", "weight")


def policy_to_json(policy: Policy) -> dict[str, Any]:
    """What it says, as JSON values; what it says nothing of is left out."""
    said: dict[str, Any] = {}
    if policy.budget is not None:
        said["budget"] = budget_to_json(policy.budget)
    for name in _NUMBERS:
        value = getattr(policy, name)
        if value is not None:
            said[name] = _to_number(value)
    if policy.models is not None:
        said["models"] = sorted(policy.models)
    if policy.hours is not None:
        said["hours"] = [
            {
                "zone": hours.zone,
                "begin": hours.begin.isoformat(),
                "end": hours.end.isoformat(),
                "days": sorted(hours.days),
            }
            for hours in policy.hours
        ]
    if policy.exempt is not None:
        said["exempt"] = policy.exempt
    return said


def policy_from_json(said: dict[str, Any]) -> Policy:
    """The policy again.

    Raises:
        ValueError: it holds what no policy can.
    """
    numbers = {name: _from_number(said[name]) for name in _NUMBERS if name in said}
    return Policy(
        budget=budget_from_json(said["budget"]) if "budget" in said else None,
        models=frozenset(said["models"]) if "models" in said else None,
        hours=tuple(_hours(each) for each in said["hours"]) if "hours" in said else None,
        exempt=said.get("exempt"),
        **numbers,
    )


def budget_to_json(budget: Budget) -> dict[str, Any]:
    """A budget as JSON values."""
    return {
        "seconds": _to_number(budget.seconds),
        "window": budget.window.total_seconds(),
        "burst": budget.burst,
    }


def budget_from_json(said: dict[str, Any]) -> Budget:
    """The budget again; a window of a day where none is said."""
    window = said.get("window")
    return Budget(
        seconds=_from_number(said["seconds"]),
        burst=said.get("burst"),
        **({} if window is None else {"window": timedelta(seconds=window)}),
    )


def _hours(said: dict[str, Any]) -> Hours:
    return Hours(
        zone=said["zone"],
        begin=time.fromisoformat(said["begin"]),
        end=time.fromisoformat(said["end"]),
        days=frozenset(said["days"]),
    )


def _to_number(value: float) -> float | str:
    return UNLIMITED if value == NO_LIMIT else value


def _from_number(value: float | str) -> float:
    return NO_LIMIT if value == UNLIMITED else float(value)


async def read(database: aiosqlite.Connection, guild_id: int, default: Policy) -> Policies:
    """Every policy of a server; `default` is the config's."""
    own: dict[Scope, Policy] = {}
    pool: Budget | None = None
    async with database.execute(
        "SELECT scope, subject, body FROM policies WHERE guild_id = ?", (guild_id,)
    ) as cursor:
        async for row in cursor:
            body = json.loads(row["body"])
            if row["scope"] == POOL:
                pool = budget_from_json(body)
            else:
                own[Scope(ScopeKind(row["scope"]), row["subject"])] = policy_from_json(body)
    return Policies(default=default, own=own, pool=pool)


async def write(database: aiosqlite.Connection, guild_id: int, scope: Scope, policy: Policy | None) -> None:
    """Set what is said about `scope`; None, or a policy that says nothing, takes it away."""
    said = None if policy is None else policy_to_json(policy)
    await _put(database, guild_id, scope.kind.value, scope.id, said)


async def write_pool(database: aiosqlite.Connection, guild_id: int, pool: Budget | None) -> None:
    """Set what a server can lend; None takes the pool away. Loans that run go on."""
    await _put(database, guild_id, POOL, 0, None if pool is None else budget_to_json(pool))


async def _put(
    database: aiosqlite.Connection, guild_id: int, scope: str, subject: int, said: dict[str, Any] | None
) -> None:
    if not said:
        await database.execute(
            "DELETE FROM policies WHERE guild_id = ? AND scope = ? AND subject = ?",
            (guild_id, scope, subject),
        )
        return
    await database.execute(
        "INSERT INTO policies (guild_id, scope, subject, body) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET body = excluded.body",
        (guild_id, scope, subject, json.dumps(said)),
    )
