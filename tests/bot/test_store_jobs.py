"""A job's life against a real database on a real disk."""

import hashlib
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

import pytest
from PIL import Image
from stored_jobs import ADA, ASKED, BEN, CHANNEL, FIRST, GUILD, REQUEST, job, picture

from bot.quota import EVERYONE, Budget, Policy
from bot.store import (
    Actor,
    AlreadyAccepted,
    JobKind,
    JobRecord,
    JobState,
    NewJob,
    PictureLost,
    QuotaRefused,
    StaleAttempt,
    Store,
    UnknownJobId,
    WrongState,
    new_job_id,
)
from inference.images import encode_png
from inference.job import ImageResult
from inference.source import SourcePicture


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path)
    yield store
    await store.close()


async def rendered(store: Store, new: NewJob, *pictures: ImageResult, seconds: float = 4.0) -> JobRecord:
    await store.accept(new)
    await store.acknowledge(new.id, 77)
    attempt = await store.claim(new.id)
    return await store.render(new.id, attempt, pictures or (picture(0),), seconds, ["Cut."])


async def seconds_used(store: Store, at: datetime = ASKED) -> float:
    return sum(spent.seconds for spent in (await store.books(FIRST.asker, at)).usage.own.spent)


async def test_a_job_goes_its_way(store: Store) -> None:
    """Accepted, queued, running, rendered, delivered; the token lives until delivery, no longer."""
    accepted = (await store.accept(FIRST)).record
    assert accepted.state is JobState.ACCEPTED
    assert accepted.request == REQUEST
    assert (accepted.asked_at, accepted.token, accepted.interaction_id) == (ASKED, "secret", 2**62)
    assert (await store.acknowledge(FIRST.id, 77)).state is JobState.QUEUED
    assert await store.claim(FIRST.id) == 1
    made = await store.render(FIRST.id, 1, [picture(0), picture(1)], 4.0, ["Cut."])
    assert (made.state, made.compute_seconds, made.notes) == (JobState.RENDERED, 4.0, ("Cut.",))
    assert made.token == "secret"
    delivered = await store.deliver(FIRST.id, 78)
    assert (delivered.state, delivered.message_id, delivered.channel_id) == (JobState.DELIVERED, 78, CHANNEL)
    assert delivered.token is None
    assert await store.job(FIRST.id) == delivered
    assert await store.unfinished() == []


async def test_a_source_lies_beside_its_requests_once(store: Store, tmp_path: Path) -> None:
    """Requests come back with the files they begin from; requests that share one share its bytes."""
    png, mask = encode_png(Image.new("RGB", (128, 128)), ""), encode_png(Image.new("L", (128, 128), 255), "")
    whole = replace(REQUEST, width=128, height=128, source=SourcePicture(png=png, strength=0.5))
    masked = replace(whole, source=SourcePicture(png=png, strength=0.7, mask=mask))
    for number, request in enumerate((whole, masked, REQUEST), start=1):
        accepted = (await store.accept(job(number, request=request))).record
        assert accepted.request == request
    assert [found.request for found in await store.unfinished()] == [whole, masked, REQUEST]
    with closing(sqlite3.connect(tmp_path / "easel.db")) as database:
        assert database.execute("SELECT count(*) FROM sources").fetchone() == (2,)


async def test_a_discarded_jobs_source_goes_with_its_last_user(store: Store, tmp_path: Path) -> None:
    """Not before, wherever else it is begun from or masked with; then the job says that it is gone."""
    png, mask = encode_png(Image.new("RGB", (128, 128)), ""), encode_png(Image.new("L", (128, 128), 255), "")
    whole = replace(REQUEST, width=128, height=128, source=SourcePicture(png=png, strength=0.5))
    masked = replace(whole, source=SourcePicture(png=png, mask=mask))
    jobs = [job(number, request=request) for number, request in enumerate((whole, masked, masked), start=1)]
    for new in jobs:
        await rendered(store, new)
        await store.deliver(new.id, 77)
    left = []
    for new in jobs:
        await store.delete_pictures(new.id, by=ADA)
        with closing(sqlite3.connect(tmp_path / "easel.db")) as database:
            left += database.execute("SELECT count(*) FROM sources").fetchone()
    assert left == [2, 2, 0]
    for new in jobs:
        record = await store.job(new.id)
        assert record is not None
        assert record.source_gone
        assert record.request == replace(new.request, source=None)


async def test_a_source_that_loses_its_mask_is_gone(store: Store) -> None:
    """Without it, the request would be another one; what others began from stays."""
    png, mask = encode_png(Image.new("RGB", (128, 128)), ""), encode_png(Image.new("L", (128, 128), 255), "")
    whole = replace(REQUEST, width=128, height=128, source=SourcePicture(png=png))
    masked = replace(whole, source=SourcePicture(png=png, mask=mask))
    kept, discarded = job(1, request=whole), job(2, request=masked)
    for new in (kept, discarded):
        await rendered(store, new)
        await store.deliver(new.id, 77)
    gone = await store.delete_pictures(discarded.id, by=ADA)
    assert (gone.source_gone, gone.request.source) == (True, None)
    there = await store.job(kept.id)
    assert there is not None
    assert (there.source_gone, there.request) == (False, whole)


def test_an_id_of_a_new_job_is_random_and_readable() -> None:
    """12 characters of Crockford's base 32; two are not the same."""
    one, two = new_job_id(), new_job_id()
    assert one != two
    assert replace(FIRST, id=one).id == one


async def test_a_token_is_never_shown(store: Store) -> None:
    """Who prints a job, in a log or a traceback, gives nobody the right to answer for it."""
    assert "secret" not in repr(FIRST)
    assert "secret" not in repr((await store.accept(FIRST)).record)


@pytest.mark.parametrize(
    "changes",
    [
        {"asked_at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"price": float("nan")},
        {"price": -1.0},
        {"kind": JobKind.UPSCALE},
    ],
)
def test_a_new_job_is_valid_once_built(changes: dict[str, object]) -> None:
    """What could not be stored cannot be built."""
    with pytest.raises(ValueError, match=r"asked_at|price|upscale"):
        job(1, **changes)


async def test_the_price_is_reserved_then_settled_by_what_it_cost(store: Store) -> None:
    """Used is the price while it is open, the cost afterwards."""
    await rendered(store, FIRST)
    assert await seconds_used(store) == 10.0
    await store.deliver(FIRST.id, 77)
    assert await seconds_used(store) == 4.0


async def test_nobody_pays_more_than_the_price(store: Store) -> None:
    """A job that cost more than was reserved pays what was reserved."""
    await rendered(store, FIRST, seconds=400.0)
    await store.deliver(FIRST.id, 77)
    assert await seconds_used(store) == 10.0


async def test_failure_refunds_everything(store: Store) -> None:
    """Whatever had been computed, a failed job costs nothing, and its pictures and token are gone."""
    await rendered(store, FIRST)
    await store.fail(FIRST.id, "channel gone")
    failed = await store.job(FIRST.id)
    assert failed is not None
    assert (failed.state, failed.reason, failed.token) == (JobState.FAILED, "channel gone", None)
    assert await seconds_used(store) == 0.0
    assert await store.pictures(FIRST.id) == []


async def test_a_cancelled_job_pays_what_was_computed(store: Store) -> None:
    """The rest comes back."""
    await store.accept(FIRST)
    cancelled = await store.cancel(FIRST.id, 3.0)
    assert (cancelled.state, cancelled.compute_seconds, cancelled.token) == (JobState.CANCELLED, 3.0, None)
    assert await seconds_used(store) == 3.0


async def test_settling_late_frees_nothing_new(store: Store) -> None:
    """All of a job counts at the time it was asked for: a day later it is out of the window as a whole."""
    await rendered(store, FIRST)
    after = ASKED + timedelta(hours=24)
    assert await seconds_used(store, after - timedelta(microseconds=1)) == 10.0
    assert await seconds_used(store, after) == 0.0
    await store.deliver(FIRST.id, 77)
    assert await seconds_used(store, after) == 0.0
    assert await seconds_used(store, ASKED - timedelta(hours=1)) == 4.0, "what comes later counts as well"


async def test_what_does_not_fit_is_refused_and_leaves_nothing(store: Store) -> None:
    """The quota is asked inside the transaction; a refusal writes nothing."""
    for guild in (GUILD, 11):
        by = Actor(guild_id=guild, user_id=BEN, at=ASKED)
        await store.set_policy(EVERYONE, Policy(budget=Budget(seconds=25)), by=by)
    await store.accept(job(1))
    await store.accept(job(2))
    with pytest.raises(QuotaRefused) as caught:
        await store.accept(job(3))
    assert caught.value.decision.left == 5
    assert await store.job(job(3).id) is None
    assert await seconds_used(store) == 20.0
    await store.accept(job(4, user_id=BEN))
    await store.accept(job(5, guild_id=11))


async def test_waiting_jobs_are_counted_until_they_run(store: Store) -> None:
    """Accepted and queued jobs wait; a running one does not."""
    await store.accept(job(1))
    await store.accept(job(2))
    await store.acknowledge(job(2).id, 5)
    assert (await store.books(FIRST.asker, ASKED)).usage.own.waiting == 2
    await store.claim(job(2).id)
    assert (await store.books(FIRST.asker, ASKED)).usage.own.waiting == 1


async def test_an_interaction_is_accepted_once(store: Store) -> None:
    """A repeat of the same interaction is told which job it has, and costs nothing."""
    await store.accept(FIRST)
    with pytest.raises(AlreadyAccepted) as caught:
        await store.accept(replace(FIRST, id="zzzzzzzzzzzz"))
    assert caught.value.job.id == FIRST.id
    assert await seconds_used(store) == 10.0


async def test_what_a_crash_could_repeat_may_be_repeated(store: Store) -> None:
    """Acknowledge, deliver, fail and cancel say the same twice and count once."""
    for _ in range(2):
        if await store.job(FIRST.id) is None:
            await rendered(store, FIRST)
        await store.acknowledge(FIRST.id, 77)
        delivered = await store.deliver(FIRST.id, 77)
        await store.delete_pictures(FIRST.id, by=ADA)
    assert delivered.state is JobState.DELIVERED
    await store.accept(job(2))
    await store.accept(job(3))
    for _ in range(2):
        await store.fail(job(2).id, "x")
        await store.cancel(job(3).id, 1.0)
    assert await seconds_used(store) == 4.0 + 0.0 + 1.0


async def test_edges_that_do_not_exist_are_refused(store: Store) -> None:
    """The error carries the job, its state and what was wanted; nothing is written."""
    await store.accept(FIRST)
    with pytest.raises(WrongState) as caught:
        await store.claim(FIRST.id)
    assert (caught.value.job_id, caught.value.state, caught.value.wanted) == (FIRST.id, "accepted", "running")
    for edge in (
        store.requeue(FIRST.id),
        store.deliver(FIRST.id, 1),
        store.render(FIRST.id, 0, [picture(0)], 1.0),
        store.delete_pictures(FIRST.id, by=ADA),
    ):
        with pytest.raises(WrongState):
            await edge
    await store.acknowledge(FIRST.id, 77)
    with pytest.raises(WrongState, match="another message"):
        await store.acknowledge(FIRST.id, 78)
    await store.render(FIRST.id, await store.claim(FIRST.id), [picture(0)], 1.0)
    with pytest.raises(WrongState):
        await store.claim(FIRST.id)
    for edge in (store.requeue(FIRST.id), store.cancel(FIRST.id, 0)):
        with pytest.raises(WrongState):
            await edge
    await store.deliver(FIRST.id, 77)
    with pytest.raises(WrongState):
        await store.fail(FIRST.id, "x")
    with pytest.raises(WrongState):
        await store.cancel(FIRST.id, 0)
    with pytest.raises(UnknownJobId):
        await store.claim("nothere00000")


async def test_an_overtaken_attempt_writes_nothing(store: Store, tmp_path: Path) -> None:
    """After a second claim the first one's pictures are refused, and their files do not stay."""
    await store.accept(FIRST)
    await store.acknowledge(FIRST.id, None)
    assert [await store.claim(FIRST.id), await store.claim(FIRST.id)] == [1, 2]
    with pytest.raises(StaleAttempt) as caught:
        await store.render(FIRST.id, 1, [picture(0)], 4.0)
    assert (caught.value.attempt, caught.value.current) == (1, 2)
    assert list((tmp_path / "images").rglob("*.png")) == []
    await store.render(FIRST.id, 2, [picture(0)], 4.0)


async def test_pictures_are_hashed_off_the_event_loop(store: Store) -> None:
    """Whoever waits for an answer does not wait for somebody's megabytes."""
    await store.accept(FIRST)
    await store.acknowledge(FIRST.id, None)
    attempt = await store.claim(FIRST.id)
    hashed_here: list[str] = []

    def watch(_frame: FrameType, event: str, called: object) -> None:
        name = getattr(called, "__name__", "")
        if event == "c_call" and "sha256" in name:
            hashed_here.append(name)

    sys.setprofile(watch)  # of this thread alone, the event loop's
    try:
        await store.render(FIRST.id, attempt, [picture(0), picture(1)], 4.0)
        assert hashed_here == []
        hashlib.sha256(b"")
        assert hashed_here != [], "the watch works"
    finally:
        sys.setprofile(None)
    for index, stored in enumerate(await store.pictures(FIRST.id)):
        assert await store.read_picture(stored) == picture(index).png


async def test_an_answer_that_comes_after_the_end_is_remembered(store: Store) -> None:
    """A job cancelled before its answer arrived keeps its state and learns the message."""
    await store.accept(FIRST)
    await store.cancel(FIRST.id, 0.0)
    late = await store.acknowledge(FIRST.id, 77)
    assert (late.state, late.message_id) == (JobState.CANCELLED, 77)


async def test_after_a_restart_everything_is_there_in_order(tmp_path: Path) -> None:
    """Unfinished jobs come back oldest first; running ones are queued again, their attempts counted."""
    store = await Store.open(tmp_path)
    for number in range(1, 5):
        await store.accept(job(number))
    for number in (2, 3, 4):
        await store.acknowledge(job(number).id, 70 + number)
    await store.claim(job(2).id)
    await rendered(store, job(5))
    await store.fail(job(4).id, "x")
    await store.close()
    store = await Store.open(tmp_path)
    states = [(record.id[-1], str(record.state)) for record in await store.unfinished()]
    assert states == [("1", "accepted"), ("2", "running"), ("3", "queued"), ("5", "rendered")]
    assert (await store.requeue(job(2).id)).state is JobState.QUEUED
    assert await store.claim(job(2).id) == 2
    assert [record.id for record in await store.active(GUILD)] == [job(n).id for n in (1, 2, 3, 5)]
    assert await store.active(11) == []
    await store.close()


async def test_a_file_two_jobs_share_is_kept_while_one_needs_it(store: Store) -> None:
    """Files are named by what is in them; the last job to let go removes the file."""
    for number in (1, 2):
        await rendered(store, job(number), picture(0), picture(1, b"own%d" % number))
        await store.deliver(job(number).id, 77)
    shared, own = await store.pictures(job(1).id)
    assert (shared.index, shared.seed, shared.width, shared.height) == (0, 1, 128, 96)
    assert shared.path == (await store.pictures(job(2).id))[0].path
    assert await store.read_picture(shared) == b"png\0"
    discarded = await store.delete_pictures(job(1).id, by=ADA)
    assert discarded.discarded
    assert await store.pictures(job(1).id) == []
    assert (shared.path.exists(), own.path.exists()) == (True, False)
    await store.delete_pictures(job(2).id, by=ADA)
    assert not shared.path.exists()
    assert not shared.path.parent.exists()


async def test_a_lost_or_damaged_picture_is_told(store: Store) -> None:
    """What is read is what was stored, or an error that names the file."""
    await rendered(store, FIRST)
    (stored,) = await store.pictures(FIRST.id)
    stored.path.write_bytes(b"flipped")
    with pytest.raises(PictureLost, match="is damaged"):
        await store.read_picture(stored)
    stored.path.unlink()
    with pytest.raises(PictureLost, match="is gone"):
        await store.read_picture(stored)


async def test_an_upscale_is_found_again(store: Store) -> None:
    """The newest public one of that picture in that channel that is made or on its way."""
    await rendered(store, FIRST)

    def upscale(number: int, **changes: object) -> NewJob:
        return job(number, **{"kind": JobKind.UPSCALE, "parent": FIRST.id, "parent_index": 0, **changes})

    async def found() -> str | None:
        record = await store.upscale_of(FIRST.id, 0, CHANNEL)
        return None if record is None else record.id

    for other in (
        upscale(1, parent_index=1),
        upscale(2, channel_id=99),
        upscale(3, private=True),
        job(4, kind=JobKind.VARIATION, parent=FIRST.id, parent_index=0),
    ):
        await store.accept(other)
    assert await found() is None
    await store.accept(upscale(5))
    assert await found() == upscale(5).id
    await store.fail(upscale(5).id, "x")
    assert await found() is None
    await rendered(store, upscale(6))
    await store.deliver(upscale(6).id, 1)
    assert await found() == upscale(6).id
    await store.delete_pictures(upscale(6).id, by=ADA)
    assert await found() is None


async def test_a_moderator_who_deletes_is_written_down(store: Store) -> None:
    """One's own pictures are one's own affair; somebody else's leave a trace."""
    for number in (1, 2):
        await rendered(store, job(number))
        await store.deliver(job(number).id, 77)
    await store.delete_pictures(job(1).id, by=ADA)
    assert await store.audit(GUILD) == []
    await store.delete_pictures(job(2).id, by=BEN)
    (entry,) = await store.audit(GUILD)
    assert (entry.actor, entry.act, entry.subject) == (BEN, "pictures deleted", ADA)
    assert entry.detail == {"job": job(2).id}
