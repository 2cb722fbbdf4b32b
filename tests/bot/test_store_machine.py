"""Any interleaving of what can happen to jobs keeps rows, files and books in step: nothing is lost.

Policies, gifts and bans that change meanwhile have a machine of their own, in `test_store_money.py`.
"""

import asyncio
import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from PIL import Image

from bot.quota import DAY, Budget, Policy
from bot.store import Actor, JobKind, JobState, NewJob, QuotaRefused, StaleAttempt, Store, WrongState
from inference.images import encode_png
from inference.job import ImageResult
from inference.request import ImageRequest
from inference.source import SourcePicture

T = TypeVar("T")
START = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 100.0
POLICY = Policy(budget=Budget(seconds=LIMIT), waiting=4)
MEMBERS = (3, 4)
PLACES = ((20, None), (25, 20))
"""Channel and parent: a channel, and a thread in it."""
REQUEST = ImageRequest(
    prompt="a house",
    owner="1:2",
    model="pocket",
    width=128,
    height=128,
    steps=20,
    guidance_scale=3.5,
    sampler="ddim",
    seed=7,
)
DRAWN = [encode_png(Image.new("RGB", (128, 128), colour), "") for colour in ("red", "white", "black")]
REQUESTS = [
    REQUEST,
    *(replace(REQUEST, source=SourcePicture(png=png)) for png in DRAWN[:2]),
    *(replace(REQUEST, source=SourcePicture(png=png, mask=DRAWN[2])) for png in DRAWN[:2]),
]
PICTURE = ImageResult(index=0, seed=7, width=128, height=128, png=b"png")
ANY_JOB = st.integers(0, 9)
UNMADE = (JobState.ACCEPTED, JobState.QUEUED, JobState.RUNNING)
SECONDS = st.floats(0, 60)


class Books(RuleBasedStateMachine):
    """Random edges, on jobs in whatever state; refused edges must change nothing."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="easel-books-"))
        self.runner = asyncio.Runner()
        self.store = self.run(Store.open(self.folder, default=POLICY))
        self.now = START
        self.prices: dict[str, float] = {}
        self.requests: dict[str, ImageRequest] = {}

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.run(self.store.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def attempt(self, number: int, edge: Callable[[str], Coroutine[Any, Any, object]]) -> None:
        job_id = list(self.prices)[number % len(self.prices)]
        before = self.run(self.store.job(job_id))
        try:
            self.run(edge(job_id))
        except (WrongState, StaleAttempt):
            assert self.run(self.store.job(job_id)) == before

    @rule(
        price=st.sampled_from([5.0, 40.0, 60.0]),
        hours=st.sampled_from([-1.0, 0.0, 0.5, 7.0]),
        request=st.sampled_from(REQUESTS),
        member=st.sampled_from(MEMBERS),
        place=st.sampled_from(PLACES),
    )
    def accept(
        self, price: float, hours: float, request: ImageRequest, member: int, place: tuple[int, int | None]
    ) -> None:
        self.now = max(self.now + timedelta(hours=hours), START)
        number = len(self.prices) + 1
        new = NewJob(
            id=f"{number:0>12}",
            kind=JobKind.IMAGINE,
            request=request,
            interaction_id=number,
            application_id=1,
            token="t",
            guild_id=1,
            channel_id=place[0],
            parent_channel_id=place[1],
            user_id=member,
            private=False,
            asked_at=self.now,
            price=price,
            attachment_limit=1,
        )
        with contextlib.suppress(QuotaRefused):
            accepted = self.run(self.store.accept(new))
            assert accepted.record == self.run(self.store.job(new.id))
            self.prices[new.id] = price
            self.requests[new.id] = request

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB)
    def acknowledge(self, number: int) -> None:
        self.attempt(number, lambda job_id: self.store.acknowledge(job_id, 9))

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB)
    def claim(self, number: int) -> None:
        self.attempt(number, lambda job_id: self.store.claim(job_id, self.now))

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB, attempt=st.integers(0, 3), seconds=SECONDS)
    def render(self, number: int, attempt: int, seconds: float) -> None:
        self.attempt(number, lambda job_id: self.store.render(job_id, attempt, [PICTURE], seconds))

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB)
    def deliver(self, number: int) -> None:
        self.attempt(number, lambda job_id: self.store.deliver(job_id, 9))

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB)
    def fail(self, number: int) -> None:
        self.attempt(number, lambda job_id: self.store.fail(job_id, "reason"))

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB, seconds=SECONDS)
    def cancel(self, number: int, seconds: float) -> None:
        self.attempt(number, lambda job_id: self.store.cancel(job_id, seconds))

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB)
    def discard(self, number: int) -> None:
        self.attempt(number, lambda job_id: self.store.delete_pictures(job_id, by=3))

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB, seconds=SECONDS)
    def make(self, number: int, seconds: float) -> None:
        """The usual way, up to the pictures, so that what comes after them is reached often."""

        async def usual(job_id: str) -> None:
            job = await self.store.job(job_id)
            if job is not None and job.state in (JobState.ACCEPTED, JobState.QUEUED):
                await self.store.acknowledge(job_id, 9)
                await self.store.render(job_id, await self.store.claim(job_id, self.now), [PICTURE], seconds)

        self.attempt(number, usual)

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB, held=st.booleans())
    def hold(self, number: int, held: bool) -> None:
        """A moderator keeps what is not made from running, or lets it go on, and it is written down once."""
        by = Actor(guild_id=1, user_id=9, at=self.now)

        async def edge(job_id: str) -> None:
            before = await self.store.job(job_id)
            assert before is not None
            after, entry = await self.store.hold(job_id, by=by, held=held)
            assert before.state in UNMADE
            assert (after.hold is not None) == held
            assert (entry is None) == ((before.hold is not None) == held)

        self.attempt(number, edge)

    @precondition(lambda self: self.prices)
    @rule(number=ANY_JOB)
    def bump(self, number: int) -> None:
        """A moderator lets what is not made go before others, which cannot be undone."""

        async def edge(job_id: str) -> None:
            before = await self.store.job(job_id)
            assert before is not None
            after, entry = await self.store.bump(job_id, by=Actor(guild_id=1, user_id=9, at=self.now))
            assert before.state in UNMADE
            assert after.bumped
            assert (entry is None) == before.bumped

        self.attempt(number, edge)

    @rule()
    def restart(self) -> None:
        self.run(self.store.close())
        self.store = self.run(Store.open(self.folder, default=POLICY))
        for job in self.run(self.store.unfinished()):
            if job.state is JobState.RUNNING:
                self.run(self.store.requeue(job.id))

    @invariant()
    def every_job_pays_what_it_should(self) -> None:
        """Open: its price. Delivered or cancelled: the lesser of cost and price. Failed: nothing."""
        with closing(sqlite3.connect(self.folder / "easel.db")) as books:
            paid = dict(books.execute("SELECT job, sum(amount) FROM ledger GROUP BY job"))
        assert set(paid) == set(self.prices)
        for job_id, price in self.prices.items():
            job = self.run(self.store.job(job_id))
            assert job is not None
            owed = price
            if job.state is JobState.FAILED:
                owed = 0.0
            elif job.state.over:
                owed = min(job.compute_seconds or 0.0, price)
            assert paid[job_id] == pytest.approx(owed)
            assert (job.token is None) == job.state.over

    @invariant()
    def no_window_is_overspent(self) -> None:
        """In no 24 hours does anybody use more than the policy allows."""
        with closing(sqlite3.connect(self.folder / "easel.db")) as books:
            entries = list(books.execute("SELECT user_id, at, amount FROM ledger"))
        day = DAY // timedelta(microseconds=1)
        for who, end, _ in entries:
            used = sum(amount for user, at, amount in entries if user == who and end - day < at <= end)
            assert used <= LIMIT + 1e-3

    @invariant()
    def files_and_rows_agree(self) -> None:
        """The one picture is on the disk just while a job needs it."""
        needed = [job_id for job_id in self.prices if self.run(self.store.pictures(job_id))]
        assert len(list((self.folder / "images").rglob("*.png"))) == bool(needed)

    @invariant()
    def sources_stay_while_they_are_needed(self) -> None:
        """A job that is not discarded can be read as it was asked for; what no such job needs is gone."""
        needed = set()
        for job_id, request in self.requests.items():
            job = self.run(self.store.job(job_id))
            assert job is not None
            if not job.discarded:
                assert job.request == request
                if request.source is not None:
                    needed |= {request.source.png, request.source.mask} - {None}
        with closing(sqlite3.connect(self.folder / "easel.db")) as books:
            assert {picture for (picture,) in books.execute("SELECT picture FROM sources")} == needed


# The clock of `open` is not set before `initialize`, and a disk may be slow: neither is a fault.
Books.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestBooks = Books.TestCase
