"""Files and rows stay in step, and what was kept long enough goes."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from stored_jobs import ASKED, REQUEST, job, picture

from bot.store import JobState, Store
from bot.store.upkeep import EXPIRED_AT_ONCE, Swept
from inference.images import encode_png
from inference.source import SourcePicture

LATER = ASKED + timedelta(days=1)
PLAIN = replace(REQUEST, variations=())
RED, BLUE = (encode_png(Image.new("RGB", (128, 128), colour), "") for colour in ("red", "blue"))


async def delivered(store: Store, number: int, **changes: object) -> str:
    record = (await store.accept(job(number, **changes))).record
    await store.acknowledge(record.id, number)
    attempt = await store.claim(record.id)
    await store.render(record.id, attempt, [picture(0, b"%d" % number)], 1.0)
    await store.deliver(record.id, number)
    return record.id


async def test_files_without_rows_are_removed(tmp_path: Path) -> None:
    """A sweep removes Easel's own files that no picture needs, and nothing else; it counts lost ones."""
    store = await Store.open(tmp_path)
    kept, lost = await delivered(store, 1), await delivered(store, 2)
    (lost_picture,) = await store.pictures(lost)
    lost_picture.path.unlink()
    stranger = hashlib.sha256(b"left by a crash").hexdigest()
    orphan = tmp_path / "images" / stranger[:2] / f"{stranger}.png"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"left by a crash")
    notes = tmp_path / "images" / "notes.txt"
    notes.write_text("mine")
    assert await store.sweep() == Swept(orphans=1, missing=1)
    assert not orphan.exists()
    assert notes.exists()
    (still,) = await store.pictures(kept)
    assert await store.read_picture(still)
    assert await store.sweep() == Swept(orphans=0, missing=1)
    await store.close()


async def test_pictures_are_forgotten_when_their_time_has_come(tmp_path: Path) -> None:
    """Pictures asked for before the moment go, files and rows; newer ones stay; the ledger keeps it all."""
    store = await Store.open(tmp_path)
    old = [await delivered(store, number) for number in range(1, EXPIRED_AT_ONCE + 6)]
    new = await delivered(store, 900, asked_at=LATER)
    spent = (await store.figures()).ledger
    assert await store.expire(pictures=LATER, uploads=LATER) == len(old)
    assert not [picture for job_id in old for picture in await store.pictures(job_id)]
    (kept,) = await store.pictures(new)
    assert [path.name for path in (tmp_path / "images").rglob("*.png")] == [kept.path.name]
    assert (await store.figures()).ledger == spent
    assert await store.expire(pictures=LATER, uploads=LATER) == 0
    await store.close()


async def test_pictures_are_kept_for_good_where_nobody_says(tmp_path: Path) -> None:
    """Without a time to keep them, pictures stay; what a failed job began from goes, nobody waits for it."""
    store = await Store.open(tmp_path)
    made = await delivered(store, 1, request=replace(PLAIN, source=SourcePicture(png=RED)))
    beginning = replace(PLAIN, source=SourcePicture(png=BLUE))
    failed = (await store.accept(job(2, request=beginning))).record
    await store.fail(failed.id, "reason")
    assert await store.expire(pictures=None, uploads=LATER) == 1
    assert (kept := await store.job(made)) is not None
    assert kept.request.source is not None
    assert (gone := await store.job(failed.id)) is not None
    assert gone.source_gone
    await store.close()


@pytest.mark.parametrize("ending", ["fail", "cancel"])
async def test_an_ending_is_owed_until_it_is_told(tmp_path: Path, ending: str) -> None:
    """A job that ends without pictures waits to be told of where it has a message, across restarts."""
    store = await Store.open(tmp_path)
    seen = (await store.accept(job(1))).record
    await store.acknowledge(seen.id, 9)
    unseen = (await store.accept(job(2))).record
    for record in (seen, unseen):
        if ending == "fail":
            await store.fail(record.id, "reason")
        else:
            await store.cancel(record.id, 1.0)
    await store.close()
    store = await Store.open(tmp_path)
    assert [record.id for record in await store.untold()] == [seen.id]
    await store.note_told(seen.id)
    assert await store.untold() == []
    late = await store.acknowledge(unseen.id, 10)  # its answer arrived after all
    assert late.state in (JobState.FAILED, JobState.CANCELLED)
    assert [record.id for record in await store.untold()] == [unseen.id]
    await store.close()


async def test_deaths_never_become_fewer(tmp_path: Path) -> None:
    """How many workers a job has outlived is kept across restarts."""
    store = await Store.open(tmp_path)
    record = (await store.accept(job(1))).record
    await store.note_deaths(record.id, 1)
    await store.note_deaths(record.id, 0)
    await store.close()
    store = await Store.open(tmp_path)
    assert (found := await store.job(record.id)) is not None
    assert found.deaths == 1
    await store.close()
