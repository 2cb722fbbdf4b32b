"""Keeps waiting jobs in step with what moderators decide: new terms, or the end, at once."""

import asyncio
import contextlib
import logging
from typing import Final

from bot.delivery import Delivery
from bot.post import Post
from bot.render import quota_words
from bot.store import Banned, ChannelClosed, JobRecord, JobState, QuotaRefused, Store, StoreError, WrongState
from bot.terms import terms_of
from inference import Engine

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 15.0
"""Seconds between two looks at whether hours have begun or ended."""


class Warden:
    """Re-reads what counts for jobs that wait or run.

    What decides in the end is the look that the store takes in the transaction in which a job begins (see
    `Store.claim`); this makes that look rarely have to say no, and holds what must wait.
    """

    def __init__(self, *, store: Store, engine: Engine, delivery: Delivery, post: Post) -> None:
        self._store = store
        self._engine = engine
        self._delivery = delivery
        self._post = post

    async def reconsider(self, guild_id: int) -> None:
        """Something was decided in a server: every job of it that waits or runs gets what follows.

        The newest first: where there is room for some of what waits, the first that was asked for stays.
        """
        for record in reversed(await self._store.active(guild_id)):
            if record.state in (JobState.QUEUED, JobState.RUNNING):
                await self._look(record)

    async def _look(self, record: JobRecord) -> None:
        now = self._post.now()
        try:
            bounds = await self._store.may_run(record.id, now)
        except (Banned, ChannelClosed, QuotaRefused) as error:
            if record.state is JobState.QUEUED:  # what runs was begun under the rules of its time
                await self._end(record, quota_words.stopped(error))
            return
        self._engine.change(record.id, terms_of(record, bounds, now))

    async def _end(self, record: JobRecord, reason: str) -> None:
        if self._delivery.stop(record.id, reason):
            # Its follower will do so too; but what is looked at next must not be stopped for what this held.
            with contextlib.suppress(WrongState):
                await self._store.fail(record.id, reason)

    async def watch(self) -> None:
        """Hold jobs whose hours have ended, and let go those whose hours have begun, for good."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._keep_hours()
            except StoreError as error:
                log.warning("hours were not looked at: %s", error)

    async def _keep_hours(self) -> None:
        now = self._post.now()
        live = [
            record
            for record in await self._store.unfinished()
            if record.state in (JobState.QUEUED, JobState.RUNNING)
        ]
        keeping = {
            guild
            for guild in {record.guild_id for record in live}
            if any(policy.hours for policy in (await self._store.policies(guild)).own.values())
        }
        held = {entry.job_id: entry.held for entry in self._engine.queue()} if keeping else {}
        for record in live:
            if record.guild_id in keeping and record.id in held:
                # Also what runs: it may have begun while it was being held.
                found = await self._store.books(record.asker, now)
                terms = terms_of(record, found.bounds, now)
                if held[record.id] != terms.held:
                    self._engine.change(record.id, terms)
