"""Sums over everything there is, for the operator. Runs inside somebody's transaction."""

from dataclasses import dataclass

import aiosqlite

from bot.store.records import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the database holds.

    Attributes:
        jobs: how many are in each state.
        ledger: compute-seconds by kind of entry: reserved, granted and lent at least 0, settled (given back)
            and refunded at most 0.
    """

    jobs: dict[JobState, int]
    ledger: dict[str, float]


async def figures(database: aiosqlite.Connection) -> Figures:
    """Reads them."""
    jobs = dict.fromkeys(JobState, 0)
    async with database.execute("SELECT state, count(*) FROM jobs GROUP BY state") as cursor:
        async for state, count in cursor:
            jobs[JobState(state)] = count
    ledger = dict.fromkeys(("reserve", "settle", "refund", "grant", "lend"), 0.0)
    async with database.execute("SELECT kind, sum(amount) FROM ledger GROUP BY kind") as cursor:
        async for kind, amount in cursor:
            ledger[kind] = amount
    return Figures(jobs=jobs, ledger=ledger)
