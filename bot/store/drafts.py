"""What people typed into forms that were refused, a day long. Runs inside somebody's transaction."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import aiosqlite

from bot.store.encoding import time_to_integer

DRAFT_LIFE: Final = timedelta(days=1)
"""Longer than the private answer that offers a draft stays on anybody's screen."""


async def keep(
    database: aiosqlite.Connection, job_id: str, user_id: int, body: Mapping[str, str], at: datetime
) -> None:
    """Keep what was typed about a job instead of what the person typed before; forget what is too old."""
    await database.execute("DELETE FROM drafts WHERE at < ?", (time_to_integer(at - DRAFT_LIFE),))
    await database.execute(
        "INSERT INTO drafts (job, user_id, body, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET body = excluded.body, at = excluded.at",
        (job_id, user_id, json.dumps(dict(body)), time_to_integer(at)),
    )


async def find(database: aiosqlite.Connection, job_id: str, user_id: int) -> object:
    """What the person last typed about the job, a JSON value; None where nothing is kept."""
    async with database.execute(
        "SELECT body FROM drafts WHERE job = ? AND user_id = ?", (job_id, user_id)
    ) as cursor:
        row = await cursor.fetchone()
    body: object = None if row is None else json.loads(row["body"])
    return body
