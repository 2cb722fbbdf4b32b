"""All that bears on one ask: policies, what was used, who is shut out. Runs inside somebody's transaction."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import aiosqlite

from bot.guild_settings import GuildSettings
from bot.quota import (
    DAY,
    SERVER,
    Bound,
    Bounds,
    Policies,
    Policy,
    Scope,
    ScopeKind,
    Tally,
    Usage,
    Wish,
    bounds,
)
from bot.store import house_rules, ledger, policy_rows
from bot.store.records import Asker, JobKind
from inference.request import ImageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What counts for one member in one channel at one moment."""

    policies: Policies
    bounds: Bounds
    usage: Usage
    settings: GuildSettings


async def books(database: aiosqlite.Connection, asker: Asker, at: datetime, default: Policy) -> Books:
    """Policies, bounds and usage of whoever asks.

    Args:
        at: the interaction's own time, UTC.
        default: the config's policy.
    """
    policies = await policy_rows.read(database, asker.guild_id, default)
    found = bounds(
        policies,
        member=asker.user_id,
        roles=asker.role_ids,
        channel=asker.channel_id,
        parent=asker.parent_channel_id,
    )
    settings = GuildSettings.of(await house_rules.settings(database, asker.guild_id))
    if settings.models:
        chosen = Bound(frozenset(settings.models), SERVER)
        found = replace(found, models=(*found.models, chosen))
    own = await _tally(database, asker, Scope(ScopeKind.MEMBER, asker.user_id), found, at)
    shared = {
        bound.by: await _tally(database, asker, bound.by, found, at)
        for limits in (found.budgets, found.waiting, found.running)
        for bound in limits[1:]
    }
    given = await ledger.credits_of(database, asker.guild_id, asker.user_id, at)
    return Books(
        policies=policies, bounds=found, usage=Usage(own=own, shared=shared, credits=given), settings=settings
    )


async def _tally(
    database: aiosqlite.Connection, asker: Asker, scope: Scope, found: Bounds, at: datetime
) -> Tally:
    guild = asker.guild_id
    match scope.kind:
        case ScopeKind.SERVER:
            window = _window(found, scope)
            spent = () if window is None else await ledger.spent_in_server(database, guild, at - window)
            waiting, running = await _under_way(database, "? = guild_id", guild, guild)
        case ScopeKind.CHANNEL:
            window = _window(found, scope)
            spent = (
                ()
                if window is None
                else await ledger.spent_in_channel(database, guild, scope.id, at - window)
            )
            where = "? IN (channel_id, parent_channel_id)"
            waiting, running = await _under_way(database, where, guild, scope.id)
        case _:
            since = at - max(found.own_budget.value.window, DAY)
            spent = await ledger.spent_by_member(database, guild, asker.user_id, since)
            waiting, running = await _under_way(database, "user_id = ?", guild, asker.user_id)
    return Tally(spent=spent, waiting=waiting, running=running)


def _window(found: Bounds, scope: Scope) -> timedelta | None:
    """How far back a shared budget looks; None where none is set."""
    return next((bound.value.window for bound in found.budgets[1:] if bound.by == scope), None)


async def _under_way(
    database: aiosqlite.Connection, whose: str, guild_id: int, subject: int
) -> tuple[int, int]:
    async with database.execute(
        "SELECT coalesce(sum(state IN ('accepted', 'queued')), 0), "  # noqa: S608 — `whose` is ours
        "coalesce(sum(state = 'running'), 0) "
        f"FROM jobs WHERE guild_id = ? AND {whose} "
        "AND state IN ('accepted', 'queued', 'running')",
        (guild_id, subject),
    ) as cursor:
        row = await cursor.fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def wish(kind: JobKind, request: ImageRequest, price: float) -> Wish:
    """What a job asks for, as far as policies care; making a picture larger takes no model of theirs."""
    if kind is JobKind.UPSCALE:
        return Wish(price=price)
    return Wish(
        price=price,
        side=max(request.width, request.height),
        steps=request.steps,
        count=request.count,
        model=request.model,
    )
