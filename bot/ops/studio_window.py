"""Easel, looked into from the playground: engine and store as lines of the inside drawer."""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from bot.playground.inside_studio import JobLine, LaneLine, LedgerLine, OwnerLine, StudioView, WorkerLine
from bot.store import JobRecord, JobState, Store
from inference import Engine, QueueEntry

LEDGER_SHOWN: Final = 30
_EQUAL_SHARE: Final = 1.0
"""The weight of every job that the studio submits."""
_OUTSIDE_THE_LINE: Final = {JobState.RENDERED: "delivering", JobState.RUNNING: "delivering"}
"""What a stored job is doing that the engine has finished with; all else has only just been accepted."""


class EaselWindow:
    """Implements `bot.playground.inside_studio.StudioWindow`."""

    def __init__(self, *, engine: Engine, store: Store) -> None:
        self._engine = engine
        self._store = store

    async def view(self) -> StudioView:
        """How Easel is now.

        Raises:
            DatabaseDamaged: SQLite found a damaged page.
        """
        used = await self._store.used_by_everybody(datetime.now(UTC))
        ledger = await self._store.ledger(LEDGER_SHOWN)
        records = {record.id: record for record in await self._store.unfinished()}
        line = self._engine.queue()
        return StudioView(
            worker=WorkerLine(**asdict(self._engine.status)),
            owners=self._owners(used, line),
            jobs=(*map(_in_line, line), *_outside(records, line)),
            slots=self._engine.slots,
            gap_s=self._engine.gap.gap_s,
            bound_s=self._engine.gap.bound_s,
            lanes=tuple(lane for entry in line for lane in _lanes(entry)),
            ledger=tuple(
                LedgerLine(
                    at=entry.written_at.timestamp(),
                    guild_id=entry.guild_id,
                    user_id=entry.user_id,
                    kind=entry.kind,
                    seconds=entry.amount,
                    job_id=entry.job,
                )
                for entry in ledger
                if entry.job is not None
            ),
        )

    def _owners(
        self, used: dict[tuple[int, int], float], line: tuple[QueueEntry, ...]
    ) -> tuple[OwnerLine, ...]:
        counters = self._engine.counters()
        running = Counter(entry.owner for entry in line if entry.position == 0)
        waiting = Counter(entry.owner for entry in line if entry.position > 0)
        seconds = {f"{guild}:{user}": spent for (guild, user), spent in used.items()}
        return tuple(
            OwnerLine(
                guild_id=_who(owner)[0],
                user_id=_who(owner)[1],
                weight=_EQUAL_SHARE,
                used_seconds=seconds.get(owner, 0.0),
                ahead_seconds=counters.served.get(owner, counters.virtual_time) - counters.virtual_time,
                waiting=waiting[owner],
                running=running[owner],
            )
            for owner in sorted({*seconds, *running, *waiting})
        )


def _who(owner: str) -> tuple[int, int]:
    """Server and person, as `Ask.owner` joined them."""
    guild, _, user = owner.partition(":")
    return int(guild), int(user)


def _state(entry: QueueEntry) -> str:
    if entry.position == 0:
        return "running"
    if entry.held:
        return "held"
    return "paused" if entry.paused else "waiting"


def _in_line(entry: QueueEntry) -> JobLine:
    guild, user = _who(entry.owner)
    return JobLine(
        job_id=entry.job_id,
        guild_id=guild,
        user_id=user,
        state=_state(entry),
        position=entry.position,
        estimate=entry.estimate,
        eta=entry.eta_seconds,
        steps=entry.step,
        of_steps=entry.steps,
    )


def _outside(records: dict[str, JobRecord], line: tuple[QueueEntry, ...]) -> list[JobLine]:
    """Stored jobs that the engine does not hold: accepted a moment ago, or made and not yet delivered."""
    held = {entry.job_id for entry in line}
    return [
        JobLine(
            job_id=record.id,
            guild_id=record.guild_id,
            user_id=record.user_id,
            state=_OUTSIDE_THE_LINE.get(record.state, "accepted"),
            position=None,
            estimate=record.price,
            eta=None,
            steps=0,
            of_steps=0,
        )
        for record in records.values()
        if record.id not in held
    ]


def _lanes(entry: QueueEntry) -> list[LaneLine]:
    """The pictures of a job at work: it takes all of them through each step together."""
    return [
        LaneLine(slot=slot, job_id=entry.job_id, picture=number, step=entry.step, of=entry.steps)
        for number, slot in enumerate(entry.slots, start=1)
    ]
