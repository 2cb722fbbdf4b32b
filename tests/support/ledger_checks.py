"""What must hold of every ledger at every moment, read from the database file itself."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Payments = dict[tuple[str, int | None], float]


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "easel.db")) as books:
        return books.execute(statement).fetchall()


def payments(folder: Path) -> Payments:
    """What each job has cost each of its sources: its owner's budget (None) and gifts, by their number.

    Every job pays what it owes (open: its price; delivered or cancelled: its cost, at most its price; failed:
    nothing), all of them together pay no more and no less, and no source gets back more than it gave.
    """
    paid = {
        (job_id, credit): seconds
        for job_id, credit, seconds in rows(
            folder, "SELECT job, credit, sum(amount) FROM ledger WHERE job IS NOT NULL GROUP BY job, credit"
        )
    }
    owed = 0.0
    for job_id, price, state, cost in rows(folder, "SELECT id, price, state, compute_seconds FROM jobs"):
        over = {"failed": 0.0, "delivered": cost, "cancelled": cost}
        owes = min(over.get(state, price), price)
        parts = [seconds for (each, _), seconds in paid.items() if each == job_id]
        assert min(parts) >= 0
        assert sum(parts) == pytest.approx(owes)
        owed += owes
    assert sum(paid.values()) == pytest.approx(owed)
    return paid


def check_credits(folder: Path) -> None:
    """After every single entry, 0 ≤ drawn ≤ given; and nobody draws on what another was given."""
    entries = rows(folder, "SELECT number, credit, amount, user_id, until FROM ledger ORDER BY number")
    given = {number: (user, amount) for number, _, amount, user, until in entries if until is not None}
    drawn = dict.fromkeys(given, 0.0)
    for _, credit, amount, user, _ in entries:
        if credit is not None:
            drawn[credit] += amount
            assert -1e-6 <= drawn[credit] <= given[credit][1] + 1e-6
            assert user == given[credit][0]
