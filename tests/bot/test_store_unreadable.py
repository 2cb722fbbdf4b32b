"""One job whose request this version cannot understand any more must not take the others down with it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store import JobKind, NewJob, Store, UnreadableRequest, WrongState
from inference.job import ImageResult
from inference.request import ImageRequest

ASKED = datetime(2026, 1, 2, tzinfo=UTC)
GUILD, ADA = 10, 30
REQUEST = ImageRequest(
    prompt="a red house",
    owner="10:30",
    model="pocket",
    width=128,
    height=128,
    steps=20,
    guidance_scale=3.5,
    sampler="ddim",
    seed=7,
)
RENAMED = "json_set(body, '$.sampler', 'a sampler of old')"


def job(number: int, **changes: object) -> NewJob:
    fields: dict[str, object] = {
        "kind": JobKind.IMAGINE,
        "request": REQUEST,
        "interaction_id": number,
        "application_id": 1,
        "token": "secret",
        "guild_id": GUILD,
        "channel_id": 20,
        "user_id": ADA,
        "private": False,
        "asked_at": ASKED,
        "price": 10.0,
        "attachment_limit": 1000,
        "id": f"{number:0>12}",
    }
    return NewJob(**(fields | changes))  # type: ignore[arg-type]


async def accept(store: Store, new: NewJob) -> str:
    return (await store.accept(new)).record.id


def spoil(folder: Path, job_id: str, body: str = RENAMED) -> None:
    """Stores another request for the job, as a version that knew other things would have."""
    with closing(sqlite3.connect(folder / "easel.db")) as connection, connection:
        connection.execute(
            f"UPDATE requests SET body = {body} WHERE number = (SELECT request FROM jobs WHERE id = ?)",  # noqa: S608
            (job_id,),
        )


def row(folder: Path, job_id: str) -> tuple[object, ...]:
    """State, reason and token as they are stored."""
    with closing(sqlite3.connect(folder / "easel.db")) as connection:
        found: tuple[object, ...] = connection.execute(
            "SELECT state, reason, token FROM jobs WHERE id = ?", (job_id,)
        ).fetchone()
    return found


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path)
    yield store
    await store.close()


@pytest.mark.parametrize(
    "body",
    [
        RENAMED,
        "json_set(body, '$.version', 99)",
        "json_set(body, '$.hat', 1)",
        "json_remove(body, '$.seed')",
        "json_set(body, '$.variations', json('[{}]'))",
        "json_set(body, '$.variations', 5)",
        "'[]'",
    ],
)
async def test_lists_do_without_what_cannot_be_read(store: Store, tmp_path: Path, body: str) -> None:
    """The others come in order, the bad one is listed apart, and asking for it by name says what is wrong."""
    for number in (1, 2, 3):
        await accept(store, job(number))
    spoil(tmp_path, job(2).id, body)
    assert [record.id for record in await store.unfinished()] == [job(1).id, job(3).id]
    assert [record.id for record in await store.active(GUILD)] == [job(1).id, job(3).id]
    assert await store.unreadable() == [job(2).id]
    with pytest.raises(UnreadableRequest) as caught:
        await store.job(job(2).id)
    assert caught.value.job_id == job(2).id


async def test_what_cannot_be_read_can_be_given_up(store: Store, tmp_path: Path) -> None:
    """It is refunded, loses token and pictures, and is not listed again; giving it up twice is once."""
    await accept(store, job(1))
    await store.acknowledge(job(1).id, 77)
    picture = ImageResult(index=0, seed=7, width=128, height=128, png=b"png")
    await store.render(job(1).id, await store.claim(job(1).id), [picture], 4.0)
    spoil(tmp_path, job(1).id)
    for _ in range(2):
        await store.fail(job(1).id, "unreadable")
    assert row(tmp_path, job(1).id) == ("failed", "unreadable", None)
    assert (await store.books(job(1).asker, ASKED)).usage.own.spent == ()
    assert await store.pictures(job(1).id) == []
    assert list((tmp_path / "images").rglob("*.png")) == []
    assert await store.unreadable() == []


async def test_what_is_over_stays_as_it_is(store: Store, tmp_path: Path) -> None:
    """An unreadable job that was cancelled is neither listed nor failed."""
    await accept(store, job(1))
    await store.cancel(job(1).id, 1.0)
    spoil(tmp_path, job(1).id)
    assert await store.unreadable() == []
    with pytest.raises(WrongState):
        await store.fail(job(1).id, "unreadable")
    assert row(tmp_path, job(1).id)[0] == "cancelled"


async def test_an_upscale_that_cannot_be_read_does_not_hide_an_older_one(
    store: Store, tmp_path: Path
) -> None:
    """The newest that can be read is found; with none of them, it may be made anew."""
    parent = await accept(store, job(1))
    for number in (2, 3):
        await accept(store, job(number, kind=JobKind.UPSCALE, parent=parent, parent_index=0))
    spoil(tmp_path, job(3).id)
    found = await store.upscale_of(parent, 0, 20)
    assert found is not None
    assert found.id == job(2).id
    spoil(tmp_path, job(2).id)
    assert await store.upscale_of(parent, 0, 20) is None
