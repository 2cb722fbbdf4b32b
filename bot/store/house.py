"""What a server's moderators change, each act one transaction with its line in the audit trail."""

from collections.abc import Sequence
from datetime import datetime

import aiosqlite

from bot.quota import Budget, Credit, Policies, Policy, Scope, lent_out
from bot.store import books, history, house_rules, jobs, ledger, policy_rows
from bot.store.books import Books
from bot.store.errors import PoolEmpty, WrongState
from bot.store.history import Past, Used
from bot.store.house_rules import Actor, AuditEntry, AuditFilter, Ban
from bot.store.ledger import Gift
from bot.store.records import Asker, Hold, JobRecord, JobState
from bot.store.upkeep import Upkeep


class House(Upkeep):
    """Policies, gifts, bans, holds, settings and the audit trail of every server.

    Whatever changes something answers the line that was written to the trail, None where nothing changed.
    """

    # — policies —

    async def policies(self, guild_id: int) -> Policies:
        """A server's policies."""
        return await self._database.read(lambda database: policy_rows.read(database, guild_id, self._default))

    async def books(self, asker: Asker, at: datetime) -> Books:
        """All that bears on whoever asks, at `at`, UTC."""
        return await self._database.read(lambda database: books.books(database, asker, at, self._default))

    async def set_policy(self, scope: Scope, policy: Policy | None, *, by: Actor) -> AuditEntry:
        """Set what is said about `scope`; with None say nothing."""

        async def work(database: aiosqlite.Connection) -> AuditEntry:
            before = await policy_rows.read(database, by.guild_id, self._default)
            return await house_rules.set_policy(database, scope, policy, before, by=by)

        return await self._database.write(work)

    async def set_pool(self, pool: Budget | None, *, by: Actor) -> AuditEntry:
        """Set how much the server can lend in any window; with None take the pool away."""

        async def work(database: aiosqlite.Connection) -> AuditEntry:
            before = await policy_rows.read(database, by.guild_id, self._default)
            return await house_rules.set_pool(database, pool, before, by=by)

        return await self._database.write(work)

    async def past(self, guild_id: int, since: datetime) -> Past:
        """What was accepted and given in a server since, oldest first, for a preview."""
        return await self._database.read(lambda database: history.past(database, guild_id, since))

    async def used(self, guild_id: int, since: datetime, member: int | None = None) -> list[Used]:
        """What a server's jobs came to since, or those of one member, oldest first."""
        return await self._database.read(lambda database: history.used(database, guild_id, since, member))

    # — gifts and loans —

    async def give(self, gift: Gift) -> AuditEntry:
        """Grant a member compute, or lend it from the server's pool.

        Raises:
            PoolEmpty: the pool has not so much to lend; nothing was written.
        """

        async def work(database: aiosqlite.Connection) -> AuditEntry:
            if gift.lent:
                await self._require_pool(database, gift)
            number = await ledger.give(database, gift, self._clock())
            by = Actor(guild_id=gift.guild_id, user_id=gift.actor, at=gift.at, why=gift.why or None)
            entry = by.did(
                "quota lend" if gift.lent else "quota grant",
                subject=gift.user_id,
                seconds=gift.seconds,
                until=gift.until.isoformat(),
                entry=number,
            )
            await house_rules.write_audit(database, entry)
            return entry

        return await self._database.write(work)

    async def _require_pool(self, database: aiosqlite.Connection, gift: Gift) -> None:
        pool = (await policy_rows.read(database, gift.guild_id, self._default)).pool
        if pool is None:
            raise PoolEmpty(0.0, 0.0)
        left = pool.seconds - await self._lent(database, pool, gift.guild_id, gift.at)
        if gift.seconds > left:
            raise PoolEmpty(max(left, 0.0), pool.seconds)

    @staticmethod
    async def _lent(database: aiosqlite.Connection, pool: Budget, guild_id: int, at: datetime) -> float:
        loans = await ledger.loans(database, guild_id, at - pool.window)
        return lent_out(loans, at)

    async def pool_left(self, guild_id: int, at: datetime) -> float | None:
        """Compute-seconds that the server's pool can lend now; None where it has none."""

        async def work(database: aiosqlite.Connection) -> float | None:
            pool = (await policy_rows.read(database, guild_id, self._default)).pool
            if pool is None:
                return None
            return max(pool.seconds - await self._lent(database, pool, guild_id, at), 0.0)

        return await self._database.read(work)

    async def credits(self, guild_id: int, user_id: int, at: datetime) -> Sequence[Credit]:
        """What a member was given and can use at `at`."""
        return await self._database.read(lambda database: ledger.credits_of(database, guild_id, user_id, at))

    # — people —

    async def ban_of(self, guild_id: int, user_id: int, at: datetime) -> Ban | None:
        """The ban that holds for somebody at `at`; None where none does."""
        return await self._database.read(lambda database: house_rules.ban_of(database, guild_id, user_id, at))

    async def bans(self, guild_id: int, at: datetime) -> Sequence[Ban]:
        """All that hold at `at`, the newest first."""
        return await self._database.read(lambda database: house_rules.bans(database, guild_id, at))

    async def ban(self, user_id: int, until: datetime | None, *, by: Actor) -> AuditEntry:
        """Shut somebody out until then, or for good."""
        return await self._database.write(lambda database: house_rules.ban(database, user_id, until, by=by))

    async def unban(self, user_id: int, *, by: Actor) -> AuditEntry | None:
        """Let somebody in again."""
        return await self._database.write(lambda database: house_rules.unban(database, user_id, by=by))

    # — jobs —

    async def hold(self, job_id: str, *, by: Actor, held: bool) -> tuple[JobRecord, AuditEntry | None]:
        """Keep a job from running, or let it go on.

        Raises:
            WrongState: it is over, or its pictures are made.
        """

        async def work(database: aiosqlite.Connection) -> tuple[JobRecord, AuditEntry | None]:
            job = await _unmade(database, job_id, "held")
            if (job.hold is not None) == held:
                return job, None
            hold = Hold(by=by.user_id, at=by.at, why=by.why or "") if held else None
            await jobs.note_hold(database, job_id, hold)
            entry = by.did("job held" if held else "job released", subject=job.user_id, job=job_id)
            await house_rules.write_audit(database, entry)
            return await jobs.require(database, job_id), entry

        return await self._database.write(work)

    async def bump(self, job_id: str, *, by: Actor) -> tuple[JobRecord, AuditEntry | None]:
        """Let a job go before all others.

        Raises:
            WrongState: it is over, or its pictures are made.
        """

        async def work(database: aiosqlite.Connection) -> tuple[JobRecord, AuditEntry | None]:
            job = await _unmade(database, job_id, "bumped")
            if job.bumped:
                return job, None
            await jobs.note_bumped(database, job_id)
            entry = by.did("job bumped", subject=job.user_id, job=job_id)
            await house_rules.write_audit(database, entry)
            return await jobs.require(database, job_id), entry

        return await self._database.write(work)

    # — settings and the trail —

    async def settings(self, guild_id: int) -> dict[str, object]:
        """Everything that a server has set, JSON values by name."""
        return await self._database.read(lambda database: house_rules.settings(database, guild_id))

    async def set_setting(self, name: str, value: object, *, by: Actor) -> AuditEntry | None:
        """Set a server's setting to a JSON value, with None to what it is by itself."""
        return await self._database.write(
            lambda database: house_rules.set_setting(database, name, value, by=by)
        )

    async def note_act(self, entry: AuditEntry) -> None:
        """Add a moderator's act to the audit trail."""
        await self._database.write(lambda database: house_rules.write_audit(database, entry))

    async def audit(
        self, guild_id: int, only: AuditFilter | None = None, *, limit: int = 50
    ) -> list[AuditEntry]:
        """The latest acts in a server that fit, newest first."""
        return await self._database.read(
            lambda database: house_rules.read_audit(database, guild_id, only or AuditFilter(), limit)
        )


async def _unmade(database: aiosqlite.Connection, job_id: str, wanted: str) -> JobRecord:
    job = await jobs.require(database, job_id)
    if job.state.over or job.state is JobState.RENDERED:
        raise WrongState(job_id, job.state, wanted)
    return job
