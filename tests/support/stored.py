"""Stores with jobs and pictures in them, and `easel` as somebody would call it, for the tests of backups."""

import asyncio
import contextlib
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import cli
from bot.store import JobKind, JobRecord, NewJob, Store
from bot.store.ledger import LedgerEntry
from inference.job import ImageResult
from inference.request import ImageRequest

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GUILD, ADA = 10, 30


def new_job(number: int) -> NewJob:
    return NewJob(
        id=f"{number:0>12}",
        kind=JobKind.IMAGINE,
        request=ImageRequest(
            prompt="a red house",
            owner=f"{GUILD}:{ADA}",
            model="pocket",
            width=128,
            height=128,
            steps=20,
            guidance_scale=3.5,
            sampler="ddim",
            seed=number,
            count=1,
        ),
        interaction_id=number + 1,
        application_id=1,
        token="secret",
        guild_id=GUILD,
        channel_id=20,
        user_id=ADA,
        private=False,
        asked_at=AT,
        price=10.0,
        attachment_limit=10 * 1024**2,
    )


def png(number: int) -> bytes:
    return f"picture {number} ".encode() * 200


async def queue(store: Store, number: int) -> JobRecord:
    """A job that waits."""
    new = new_job(number)
    await store.accept(new)
    return await store.acknowledge(new.id, 77 + number)


async def deliver(store: Store, number: int) -> str:
    """A job that goes all its way; answers the digest of its picture."""
    job = await queue(store, number)
    attempt = await store.claim(job.id)
    picture = ImageResult(index=0, seed=number, width=128, height=128, png=png(number))
    await store.render(job.id, attempt, [picture], 4.0, [])
    await store.deliver(job.id, 77 + number)
    return (await store.pictures(job.id))[0].digest


async def fill(storage: Path, numbers: range) -> list[str]:
    """A closed store with delivered jobs; answers their pictures' digests."""
    store = await Store.open(storage)
    try:
        return [await deliver(store, number) for number in numbers]
    finally:
        await store.close()


Contents = tuple[list[str], list[LedgerEntry], dict[str, bytes]]


async def contents(storage: Path) -> Contents:
    """The jobs, the ledger and the pictures, each read and checked."""
    store = await Store.open(storage)
    try:
        with opened(storage / "easel.db") as database:
            ids = [str(row[0]) for row in database.execute("SELECT id FROM jobs ORDER BY number")]
        pictures = {}
        for job_id in ids:
            for picture in await store.pictures(job_id):
                pictures[picture.digest] = await store.read_picture(picture)
        return [str(await store.job(job_id)) for job_id in ids], await store.ledger(10_000), pictures
    finally:
        await store.close()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def picture_path(folder: Path, digest: str) -> Path:
    return folder / "images" / digest[:2] / f"{digest}.png"


class Easel:
    """The command line, in this process, with a storage folder of its own."""

    def __init__(
        self, storage: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.storage = storage
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("EASEL_STORAGE__FOLDER", str(storage))
        monkeypatch.chdir(storage.parent)

    async def __call__(self, *words: str | Path) -> tuple[int, str, str]:
        """The exit code, and what was said on standard output and standard error."""
        self._monkeypatch.setattr(sys, "argv", ["easel", *map(str, words)])
        code = await asyncio.to_thread(self._left_with)
        said = self._capsys.readouterr()
        return code, said.out, said.err

    async def backup(self) -> Path:
        """A new backup in the default folder."""
        code, out, err = await self("backup")
        assert (code, err) == (0, "")
        return Path(out.split(": ")[0])

    @staticmethod
    def _left_with() -> int:
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert isinstance(left.value.code, int)
        return left.value.code
