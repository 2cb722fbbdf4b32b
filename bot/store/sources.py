"""The pictures that requests begin from, once each. Every function runs inside somebody's transaction."""

import hashlib

import aiosqlite


async def keep(database: aiosqlite.Connection, file: bytes | None) -> str | None:
    """The digest under which a source's file lies in the database."""
    if file is None:
        return None
    digest = hashlib.sha256(file).hexdigest()
    await database.execute("INSERT OR IGNORE INTO sources (digest, picture) VALUES (?, ?)", (digest, file))
    return digest


async def forget(database: aiosqlite.Connection, job_id: str) -> None:
    """Drop what a discarded job began from, but for what a job that is not discarded began from too."""
    async with database.execute(
        "SELECT source, mask FROM requests WHERE number = (SELECT request FROM jobs WHERE id = ?)", (job_id,)
    ) as cursor:
        row = await cursor.fetchone()
    for digest in (None, None) if row is None else (row["source"], row["mask"]):
        if digest is not None and not await _is_needed(database, digest):
            # A request without its mask would be another request: it loses both.
            await database.execute(
                "UPDATE requests SET source = NULL, mask = NULL WHERE ? IN (source, mask)", (digest,)
            )
            await database.execute("DELETE FROM sources WHERE digest = ?", (digest,))


async def _is_needed(database: aiosqlite.Connection, digest: str) -> bool:
    async with database.execute(
        "SELECT 1 FROM jobs JOIN requests ON requests.number = jobs.request "
        "WHERE NOT jobs.discarded AND ? IN (requests.source, requests.mask) LIMIT 1",
        (digest,),
    ) as cursor:
        return await cursor.fetchone() is not None
