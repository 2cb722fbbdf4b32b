"""The use cases: what people can have done. No Discord here, no torch, no words.

Each use case that makes pictures reads: build the request → price it → accept it in one transaction
(quota, job row, ledger) → put it in the fair queue. The caller answers the person, then calls `answered`
or `unanswered`; delivery follows from there.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.ask import Ask
from bot.config import LimitsSettings
from bot.guild_settings import GuildSettings
from bot.pricing import VARIATION_STRENGTH, Pricing, default_count, larger, within
from bot.prompt.aspects import ASPECTS
from bot.prompt.order import Aspect, ImageOrder, resolve
from bot.quota import Budget
from bot.refusal import AlreadyOver, Draining, NotYours, UnknownJob
from bot.store import Books, JobKind, JobRecord, NewJob, Picture, Store
from bot.terms import terms_of
from inference import (
    SAMPLERS,
    Catalogue,
    Engine,
    ImageRequest,
    InferenceError,
    Job,
    QueueEntry,
    UpscaleRequest,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An accepted job, in the queue.

    Attributes:
        record: the stored job.
        job: the engine's.
        place: where it stands in line at this moment.
        left: compute-seconds that the person may still use after it; None when there is no limit.
        budget: their own; None likewise.
    """

    record: JobRecord
    job: Job
    place: QueueEntry | None
    left: float | None
    budget: Budget | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyMade:
    """The same upscale is there, or on its way: nothing is made twice, nothing charged."""

    record: JobRecord


class Studio:
    """Everything people can ask of Easel, by whatever door they come.

    Args:
        fresh_seed: draws a seed in [0, 2³²) when nobody named one.
    """

    def __init__(
        self,
        *,
        store: Store,
        engine: Engine,
        catalogue: Catalogue,
        limits: LimitsSettings,
        fresh_seed: Callable[[], int],
    ) -> None:
        self._store = store
        self._engine = engine
        self._limits = limits
        self._fresh_seed = fresh_seed
        self._draining = False
        self._upscaling = asyncio.Lock()
        self.catalogue = catalogue
        self.pricing = Pricing(store=store, engine=engine, catalogue=catalogue, limits=limits)

    @property
    def draining(self) -> bool:
        """Whether nothing new is taken any more."""
        return self._draining

    @property
    def default_count(self) -> int:
        """How many pictures come back when nobody says."""
        return default_count(self._limits)

    # — making pictures —

    async def imagine(self, ask: Ask, order: ImageOrder, *, parent: JobRecord | None = None) -> Ticket:
        """Pictures from words, or from a picture and words.

        `parent` is the job whose words were changed; a picture that it began from stays.

        Raises:
            InvalidRequest: an option holds what the model cannot do.
            Banned: a moderator has shut the person out.
            QuotaRefused: a policy says no.
            Draining: the studio is closing.
        """
        if order.image is None and parent is not None and parent.request.source is not None:
            order = replace(order, image=parent.request.source.png, mask=parent.request.source.mask)
        resolved = partial(
            resolve,
            await self._with_defaults(ask.guild_id, order),
            catalogue=self.catalogue,
            owner=ask.owner,
            fresh_seed=self._fresh_seed(),
            limits=self._limits,
        )
        # A picture is cut to its size off the event loop.
        request = resolved() if order.image is None else await asyncio.to_thread(resolved)
        return await self._accept(ask, JobKind.IMAGINE, request, parent=parent)

    async def _with_defaults(self, guild_id: int, order: ImageOrder) -> ImageOrder:
        """The order, and where it says nothing what the server's moderators have set."""
        settings = GuildSettings.of(await self._store.settings(guild_id))
        model, sampler, aspect = order.model, order.sampler, order.aspect
        if model is None:
            # The default where it may be used, else the first that may and is still offered.
            wished = (settings.model, self.catalogue.default.name, *settings.models)
            allowed = [name for name in wished if name in (settings.models or self.catalogue)]
            model = next((name for name in allowed if name in self.catalogue), None)
        if sampler is None and settings.sampler in SAMPLERS:
            sampler = settings.sampler
        if aspect is None and order.image is None and settings.aspect in ASPECTS:
            aspect = Aspect.parse(settings.aspect)
        return replace(order, model=model, sampler=sampler, aspect=aspect)

    async def reroll(self, ask: Ask, job_id: str) -> Ticket:
        """The same words and settings again, from fresh noise."""
        parent = await self.source(ask, job_id)
        request = within(self._limits, parent.request.reroll(self._fresh_seed())).asked_by(ask.owner)
        return await self._accept(ask, JobKind.REROLL, request, parent=parent)

    async def retry(self, ask: Ask, job_id: str) -> Ticket | AlreadyMade:
        """Exactly what ended without pictures: the same kind, seed and source, paid by who presses."""
        ended = await self.source(ask, job_id)
        if ended.kind is JobKind.UPSCALE and ended.parent is not None and ended.parent_index is not None:
            return await self.upscale(ask, ended.parent, ended.parent_index)
        parent = None if ended.parent is None else await self._theirs(ask, ended.parent)
        request = within(self._limits, ended.request).asked_by(ask.owner)
        return await self._accept(ask, ended.kind, request, parent=parent, index=ended.parent_index)

    async def vary(self, ask: Ask, job_id: str, index: int) -> Ticket:
        """As many pictures near picture `index` as come back when nobody says."""
        parent = await self.source(ask, job_id)
        count = self.default_count
        request = parent.request.vary(
            index, seed=self._fresh_seed(), strength=VARIATION_STRENGTH, count=count
        ).asked_by(ask.owner)
        return await self._accept(ask, JobKind.VARIATION, request, parent=parent, index=index)

    async def upscale(self, ask: Ask, job_id: str, index: int) -> Ticket | AlreadyMade:
        """Picture `index`, larger and faithful; once for everybody in the channel."""
        parent = await self.source(ask, job_id)
        await self.picture(parent, index)
        request = parent.request.picture(index).asked_by(ask.owner)
        async with self._upscaling:  # two presses at once must not both find nothing
            if not ask.private:
                made = await self._store.upscale_of(job_id, index, ask.channel_id)
                if made is not None:
                    return AlreadyMade(record=made)
            return await self._accept(ask, JobKind.UPSCALE, request, parent=parent, index=index)

    async def source(self, ask: Ask, job_id: str) -> JobRecord:
        """The job, if this person may have more made of it: anybody, but for private ones.

        Raises:
            UnknownJob: there is none of that id here, or what it began from was deleted.
            NotYours: only somebody else sees it.
        """
        parent = await self._theirs(ask, job_id)
        if parent.source_gone:
            raise UnknownJob
        return parent

    async def _theirs(self, ask: Ask, job_id: str) -> JobRecord:
        """The job, if this person may know of it. Raises as `source` does."""
        parent = await self._store.job(job_id)
        if parent is None or parent.guild_id != ask.guild_id:
            raise UnknownJob
        if parent.private and parent.user_id != ask.user_id:
            raise NotYours
        return parent

    async def picture(self, record: JobRecord, index: int) -> Picture:
        """The stored picture `index` of a job.

        Raises:
            UnknownJob: it was deleted, or never was.
        """
        for picture in await self._store.pictures(record.id):
            if picture.index == index:
                return picture
        raise UnknownJob

    async def _accept(
        self,
        ask: Ask,
        kind: JobKind,
        request: ImageRequest,
        *,
        parent: JobRecord | None = None,
        index: int | None = None,
    ) -> Ticket:
        if self._draining:
            raise Draining
        work = await self._work(kind, request, parent, index)
        accepted = await self._store.accept(
            NewJob(
                kind=kind,
                request=request,
                parent=None if parent is None else parent.id,
                parent_index=index,
                interaction_id=ask.interaction_id,
                application_id=ask.application_id,
                token=ask.token,
                guild_id=ask.guild_id,
                channel_id=ask.channel_id,
                parent_channel_id=ask.parent_channel_id,
                user_id=ask.user_id,
                role_ids=ask.role_ids,
                private=ask.private,
                asked_at=ask.asked_at,
                attachment_limit=ask.attachment_limit,
                price=self._engine.estimate(work),
            )
        )
        record = accepted.record
        try:
            job = self._engine.submit(
                work, job_id=record.id, terms=terms_of(record, accepted.bounds, ask.asked_at)
            )
        except InferenceError:
            await self._store.fail(record.id, "the engine did not take it")
            raise
        return Ticket(
            record=record,
            job=job,
            place=self.place(record.id),
            left=accepted.allowed.left_after,
            budget=accepted.allowed.budget,
        )

    async def _work(
        self, kind: JobKind, request: ImageRequest, parent: JobRecord | None, index: int | None
    ) -> ImageRequest | UpscaleRequest:
        if kind is not JobKind.UPSCALE:
            return request
        if parent is None or index is None:
            raise UnknownJob
        picture = await self.picture(parent, index)
        return larger(await self._store.read_picture(picture), request.owner)

    # — after a restart —

    async def resume(self, record: JobRecord, at: datetime) -> Job:
        """Put a stored job back in the queue, in its owner's turn; its price stays what was promised.

        Args:
            at: the present at Discord, UTC.

        Raises:
            Banned, QuotaRefused: moderators have decided since that it may not run.
            UnknownJob: what it stands on was deleted meanwhile.
            InvalidRequest: its model is offered no more.
        """
        bounds = await self._store.may_run(record.id, at)
        parent = await self._store.job(record.parent) if record.parent else None
        work = await self._work(record.kind, record.request, parent, record.parent_index)
        terms = terms_of(record, bounds, at)
        return self._engine.submit(work, job_id=record.id, deaths=record.deaths, terms=terms)

    # — looking and stopping —

    def place(self, job_id: str) -> QueueEntry | None:
        """Where a job stands in line; None when it waits no more."""
        return self._engine.place(job_id)

    def line(self) -> tuple[QueueEntry, ...]:
        """Everybody's jobs in the order they will be served, the running ones first."""
        return self._engine.queue()

    async def job(self, ask: Ask, job_id: str) -> JobRecord:
        """A job of this server.

        Raises:
            UnknownJob: there is none of that id here.
        """
        record = await self._store.job(job_id)
        if record is None or record.guild_id != ask.guild_id:
            raise UnknownJob
        return record

    async def may_end(self, ask: Ask, job_id: str) -> JobRecord:
        """The job, if this person may cancel or delete it: its owner or a moderator.

        Raises:
            NotYours: neither.
        """
        record = await self.job(ask, job_id)
        if record.user_id != ask.user_id and not ask.moderator:
            raise NotYours
        return record

    async def note_cancelled(self, ask: Ask, record: JobRecord) -> None:
        """A moderator who stops somebody else's job leaves a line in the audit trail."""
        if record.user_id != ask.user_id:
            await self._store.note_act(ask.acts().did("job cancelled", subject=record.user_id, job=record.id))

    async def active(self, guild_id: int) -> list[JobRecord]:
        """The server's jobs that wait or run, oldest first."""
        return await self._store.active(guild_id)

    async def discard(self, ask: Ask, job_id: str) -> JobRecord:
        """Forget a finished job's pictures, and the one it began from. What was spent stays spent.

        Raises:
            NotYours: the person is neither owner nor moderator.
            AlreadyOver: it still waits or runs; cancel it instead.
        """
        record = await self.may_end(ask, job_id)
        if not record.state.over:
            raise AlreadyOver
        await self._store.delete_pictures(job_id, by=ask.user_id)
        return record

    async def books(
        self, ask: Ask, *, user_id: int | None = None, roles: frozenset[int] | None = None
    ) -> Books:
        """The policies that count in this channel, for the asker or another, and what they have used."""
        asker = ask.asker
        if user_id is not None and roles is not None:
            asker = replace(asker, user_id=user_id, role_ids=roles)
        return await self._store.books(asker, ask.asked_at)

    def drain(self) -> None:
        """Take nothing new; what was accepted goes on."""
        self._draining = True
