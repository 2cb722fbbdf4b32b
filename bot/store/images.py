"""The rows of pictures. Every function runs inside somebody's transaction."""

from collections.abc import Iterable

import aiosqlite

from bot.store.picture_files import PictureFiles
from bot.store.records import Picture
from inference.job import ImageResult


async def insert(
    database: aiosqlite.Connection, job_id: str, images: Iterable[tuple[ImageResult, str]]
) -> None:
    """Pictures of a job, each with its file's digest."""
    await database.executemany(
        "INSERT INTO images (job, place, seed, width, height, digest) VALUES (?, ?, ?, ?, ?, ?)",
        [(job_id, image.index, image.seed, image.width, image.height, digest) for image, digest in images],
    )


async def of_job(database: aiosqlite.Connection, job_id: str, files: PictureFiles) -> list[Picture]:
    """A job's pictures in order."""
    async with database.execute("SELECT * FROM images WHERE job = ? ORDER BY place", (job_id,)) as cursor:
        return [
            Picture(
                index=row["place"],
                seed=row["seed"],
                width=row["width"],
                height=row["height"],
                digest=row["digest"],
                path=files.path(row["digest"]),
            )
            for row in await cursor.fetchall()
        ]


async def forget(database: aiosqlite.Connection, job_id: str) -> set[str]:
    """Drop a job's pictures; answers the digests whose files nothing needs any more."""
    async with database.execute("SELECT digest FROM images WHERE job = ?", (job_id,)) as cursor:
        digests = {str(row["digest"]) for row in await cursor.fetchall()}
    await database.execute("DELETE FROM images WHERE job = ?", (job_id,))
    return await unneeded(database, digests)


async def on(database: aiosqlite.Connection, shelf: str) -> set[str]:
    """The digests of all pictures that begin with `shelf`, two hexadecimal digits."""
    async with database.execute(
        "SELECT DISTINCT digest FROM images WHERE digest >= ?1 AND digest < ?1 || 'g'", (shelf,)
    ) as cursor:
        return {str(row["digest"]) for row in await cursor.fetchall()}


async def unneeded(database: aiosqlite.Connection, digests: Iterable[str]) -> set[str]:
    """Those of the digests that belong to no picture."""
    alone = set()
    for digest in digests:
        async with database.execute("SELECT 1 FROM images WHERE digest = ? LIMIT 1", (digest,)) as cursor:
            if await cursor.fetchone() is None:
                alone.add(digest)
    return alone
