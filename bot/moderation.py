"""The use cases of moderators: rules, gifts, bans, holds. Rights are asked here, whatever the door."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.ask import Ask
from bot.guild_settings import GuildSettings
from bot.quota import LONGEST_WINDOW, SAYS_NOTHING, Budget, Policy, Scope
from bot.quota.replay import Stop, replay
from bot.refusal import (
    AlreadyOver,
    NeedsManageServer,
    NeedsModerator,
    NoSuchRule,
    NotBanned,
    NothingToSet,
    UnknownJob,
)
from bot.render import quota_words
from bot.store import AuditEntry, AuditFilter, Ban, Gift, JobRecord, Store, WrongState
from bot.store.history import Used

PREVIEWED: Final = timedelta(days=7)
LONGEST_GIFT: Final = timedelta(days=31)
AUDIT_EXPORTED: Final = 10_000


class Stops(Protocol):
    """Who ends live jobs: `bot.delivery`."""

    def stop(self, job_id: str, reason: str) -> bool: ...


class Reconsiders(Protocol):
    """Who brings waiting jobs in step: `bot.warden`."""

    async def reconsider(self, guild_id: int) -> None: ...


class Announces(Protocol):
    """Who tells a server's log channel: `bot.log_channel`."""

    def announce(self, entry: AuditEntry) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a rule would have done to the last seven days.

    Attributes:
        rule: as it would be.
        jobs: how many were accepted in that time.
        stops: those of them that it would have refused.
    """

    rule: Policy
    jobs: int
    stops: Sequence[Stop]


class Moderation:
    """Everything moderators can do. Each act is in the audit trail, and told where the server wants it."""

    def __init__(self, *, store: Store, jobs: Stops, warden: Reconsiders, log_channel: Announces) -> None:
        self._store = store
        self._jobs = jobs
        self._warden = warden
        self._log = log_channel

    # — rules —

    async def set_rule(self, ask: Ask, scope: Scope, changes: Policy, *, why: str | None) -> Policy:
        """Lay what `changes` says over the rule about `scope`; answers what it has come to.

        Raises:
            NeedsManageServer: the person may not manage the server.
            NothingToSet: it says nothing.
        """
        require_manager(ask)
        if not changes.says:
            raise NothingToSet
        before = (await self._store.policies(ask.guild_id)).own.get(scope, SAYS_NOTHING)
        rule = before.over(changes)
        await self._did(ask, await self._store.set_policy(scope, rule, by=ask.acts(why)))
        return rule

    async def clear_rule(self, ask: Ask, scope: Scope, what: str | None, *, why: str | None) -> Policy:
        """Take the rule about `scope` away, or what it says about one thing; answers what is left of it.

        Raises:
            NeedsManageServer: the person may not manage the server.
            NoSuchRule: there is none.
        """
        require_manager(ask)
        before = (await self._store.policies(ask.guild_id)).own.get(scope, SAYS_NOTHING)
        if not before.says or (what is not None and what not in before.says):
            raise NoSuchRule
        rule = SAYS_NOTHING if what is None else before.without(what)
        await self._did(ask, await self._store.set_policy(scope, rule, by=ask.acts(why)))
        return rule

    async def budget_of(self, ask: Ask, scope: Scope | None) -> Budget | None:
        """What a rule says of compute, or with None what the pool has; None where it says nothing."""
        policies = await self._store.policies(ask.guild_id)
        return policies.pool if scope is None else policies.of(scope).budget

    async def preview(self, ask: Ask, scope: Scope, changes: Policy) -> Preview:
        """What the rule about `scope` would have done to the last seven days with `changes` laid over it.

        Raises:
            NeedsManageServer: the person may not manage the server.
        """
        require_manager(ask)
        policies = await self._store.policies(ask.guild_id)
        rule = policies.own.get(scope, SAYS_NOTHING).over(changes)
        then = policies.with_(scope, rule)
        since = ask.asked_at - PREVIEWED
        # What was used before that week still counts in it, as far back as any window reaches.
        past = await self._store.past(ask.guild_id, since - LONGEST_WINDOW)
        stops = await asyncio.to_thread(replay, past.jobs, then, past.gifts, since)
        jobs = sum(job.at >= since for job in past.jobs)
        return Preview(rule=rule, jobs=jobs, stops=stops)

    async def used(self, ask: Ask, since: datetime, member: int | None) -> list[Used]:
        """What jobs came to since: the asker's own, or with None, or another's, for moderators.

        Raises:
            NeedsModerator: it is not theirs, and the person may not moderate the server.
        """
        if member != ask.user_id:
            require_moderator(ask)
        return await self._store.used(ask.guild_id, since, member)

    async def set_pool(self, ask: Ask, pool: Budget | None, *, why: str | None) -> None:
        """Set how much moderators can lend in any window, or with None nothing.

        Raises:
            NeedsManageServer: the person may not manage the server.
            NoSuchRule: there is no pool to take away.
        """
        require_manager(ask)
        if pool is None and (await self._store.policies(ask.guild_id)).pool is None:
            raise NoSuchRule
        await self._did(ask, await self._store.set_pool(pool, by=ask.acts(why)))

    # — gifts —

    async def give(
        self, ask: Ask, member: int, seconds: float, lasts: timedelta, *, lent: bool, why: str | None
    ) -> datetime:
        """Give a member compute on top of their budget, or lend it from the pool; answers until when.

        Raises:
            NeedsModerator: the person may not moderate the server.
            PoolEmpty: there is not so much to lend.
        """
        require_moderator(ask)
        until = ask.asked_at + min(lasts, LONGEST_GIFT)
        gift = Gift(
            guild_id=ask.guild_id,
            user_id=member,
            seconds=seconds,
            at=ask.asked_at,
            until=until,
            lent=lent,
            actor=ask.user_id,
            why=why or "",
        )
        await self._did(ask, await self._store.give(gift))
        return until

    async def pool_left(self, ask: Ask) -> float | None:
        """Compute-seconds that the server's pool can lend now; None where it has none."""
        return await self._store.pool_left(ask.guild_id, ask.asked_at)

    # — people —

    async def ban_of(self, ask: Ask, member: int) -> Ban | None:
        """The ban that holds for a member; None where none does."""
        return await self._store.ban_of(ask.guild_id, member, ask.asked_at)

    async def ban(
        self, ask: Ask, member: int, lasts: timedelta | None, *, why: str | None
    ) -> datetime | None:
        """Shut a member out for a while, or for good; what of theirs waits is refunded. Answers until when.

        Raises:
            NeedsModerator: the person may not moderate the server.
        """
        require_moderator(ask)
        until = None if lasts is None else ask.asked_at + lasts
        await self._did(ask, await self._store.ban(member, until, by=ask.acts(why)))
        return until

    async def unban(self, ask: Ask, member: int, *, why: str | None) -> None:
        """Let a member in again.

        Raises:
            NeedsModerator: the person may not moderate the server.
            NotBanned: no ban holds.
        """
        require_moderator(ask)
        entry = await self._store.unban(member, by=ask.acts(why))
        if entry is None:
            raise NotBanned
        await self._did(ask, entry)

    async def warn(self, ask: Ask, member: int, *, why: str) -> int:
        """Write a warning down; answers how many the member has had with it.

        Raises:
            NeedsModerator: the person may not moderate the server.
        """
        require_moderator(ask)
        entry = ask.acts(why).did("warn", subject=member)
        await self._store.note_act(entry)
        self._log.announce(entry)
        only = AuditFilter(subject=member, act="warn")
        return len(await self._store.audit(ask.guild_id, only, limit=1_000))

    async def bans(self, ask: Ask) -> Sequence[Ban]:
        """Who is shut out.

        Raises:
            NeedsModerator: the person may not moderate the server.
        """
        require_moderator(ask)
        return await self._store.bans(ask.guild_id, ask.asked_at)

    # — jobs —

    async def jobs(self, ask: Ask) -> list[JobRecord]:
        """The server's jobs that are not over, oldest first.

        Raises:
            NeedsModerator: the person may not moderate the server.
        """
        require_moderator(ask)
        return await self._store.active(ask.guild_id)

    async def job(self, ask: Ask, job_id: str) -> JobRecord:
        """One of them.

        Raises:
            NeedsModerator: the person may not moderate the server.
            UnknownJob: there is none of that id in this server.
        """
        return await self._theirs(ask, job_id)

    async def hold(self, ask: Ask, job_id: str, *, held: bool, why: str | None) -> JobRecord:
        """Keep a job from running, or let it go on.

        Raises:
            NeedsModerator: the person may not moderate the server.
            UnknownJob: there is none of that id in this server.
            AlreadyOver: it is over, or its pictures are made.
        """
        await self._theirs(ask, job_id)
        try:
            record, entry = await self._store.hold(job_id, by=ask.acts(why), held=held)
        except WrongState:
            raise AlreadyOver from None
        if entry is not None:
            await self._did(ask, entry)
        return record

    async def bump(self, ask: Ask, job_id: str, *, why: str | None) -> JobRecord:
        """Let a job go before all others. Raises as `hold` does."""
        await self._theirs(ask, job_id)
        try:
            record, entry = await self._store.bump(job_id, by=ask.acts(why))
        except WrongState:
            raise AlreadyOver from None
        if entry is not None:
            await self._did(ask, entry)
        return record

    async def stop(self, ask: Ask, job_id: str, *, why: str) -> JobRecord:
        """End a job without pictures, refunded; its owner reads why. Raises as `hold` does."""
        record = await self._theirs(ask, job_id)
        if record.state.over or not self._jobs.stop(job_id, quota_words.stopped_by_moderator(why)):
            raise AlreadyOver
        entry = ask.acts(why or None).did("job stopped", subject=record.user_id, job=job_id)
        await self._store.note_act(entry)
        self._log.announce(entry)
        return record

    async def _theirs(self, ask: Ask, job_id: str) -> JobRecord:
        require_moderator(ask)
        record = await self._store.job(job_id)
        if record is None or record.guild_id != ask.guild_id:
            raise UnknownJob
        return record

    # — settings —

    async def settings(self, ask: Ask) -> GuildSettings:
        """What the server has set."""
        return GuildSettings.of(await self._store.settings(ask.guild_id))

    async def set_setting(self, ask: Ask, name: str, value: object) -> None:
        """Set one of `GuildSettings` to a JSON value; None for what it is by itself.

        Raises:
            NeedsManageServer: the person may not manage the server.
        """
        require_manager(ask)
        entry = await self._store.set_setting(name, value, by=ask.acts())
        if entry is not None:
            await self._did(ask, entry)

    # — the record —

    async def audit(self, ask: Ask, only: AuditFilter, *, limit: int) -> list[AuditEntry]:
        """The latest acts that fit, newest first.

        Raises:
            NeedsModerator: the person may not moderate the server.
        """
        require_moderator(ask)
        return await self._store.audit(ask.guild_id, only, limit=min(limit, AUDIT_EXPORTED))

    async def _did(self, ask: Ask, entry: AuditEntry) -> None:
        self._log.announce(entry)
        await self._warden.reconsider(ask.guild_id)


def require_manager(ask: Ask) -> None:
    """Rules and settings are for those who manage the server.

    Raises:
        NeedsManageServer: the person may not.
    """
    if not ask.manager:
        raise NeedsManageServer


def require_moderator(ask: Ask) -> None:
    """Moderating is for those who may manage messages in the whole server.

    Raises:
        NeedsModerator: the person may not.
    """
    if not ask.server_moderator:
        raise NeedsModerator
