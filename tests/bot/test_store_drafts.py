"""What people typed and were refused, against a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store import JobKind, NewJob, Store
from inference.request import ImageRequest

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ADA, BEN = 30, 31
JOB = NewJob(
    kind=JobKind.IMAGINE,
    request=ImageRequest(
        prompt="a star",
        owner="10:30",
        model="pocket",
        width=128,
        height=128,
        steps=20,
        guidance_scale=3.5,
        sampler="ddim",
        seed=1,
    ),
    interaction_id=1,
    application_id=1,
    token="secret",
    guild_id=10,
    channel_id=20,
    user_id=ADA,
    private=False,
    asked_at=AT,
    price=1.0,
    attachment_limit=10 * 1024**2,
    id="0123456789ab",
)
OTHER = replace(JOB, interaction_id=2, id="0123456789ac")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path)
    for job in (JOB, OTHER):
        await store.accept(job)
    yield store
    await store.close()


async def test_the_last_words_about_a_job_are_kept(store: Store) -> None:
    """Each person's own, about each job its own; line breaks, quotes and emoji included."""
    first, last = {"prompt": "a cat"}, {"prompt": 'two\nlines "quoted" 🐈'}
    assert await store.draft(JOB.id, ADA) is None
    await store.keep_draft(JOB.id, ADA, first, at=AT)
    await store.keep_draft(JOB.id, ADA, last, at=AT)
    await store.keep_draft(JOB.id, BEN, first, at=AT)
    assert await store.draft(JOB.id, ADA) == last
    assert await store.draft(JOB.id, BEN) == first
    assert await store.draft(OTHER.id, ADA) is None


async def test_a_draft_is_forgotten_after_a_day(store: Store) -> None:
    """When the next one is kept; nothing else is."""
    await store.keep_draft(JOB.id, ADA, {"prompt": "old"}, at=AT)
    await store.keep_draft(OTHER.id, ADA, {"prompt": "young"}, at=AT + timedelta(hours=1))
    await store.keep_draft(JOB.id, BEN, {"prompt": "new"}, at=AT + timedelta(days=1, minutes=1))
    assert await store.draft(JOB.id, ADA) is None
    assert await store.draft(OTHER.id, ADA) == {"prompt": "young"}
    assert await store.draft(JOB.id, BEN) == {"prompt": "new"}
