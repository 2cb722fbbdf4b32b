"""The rows of jobs, and the edges of their lives. Every function runs inside somebody's transaction."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import aiosqlite

from bot.store import sources
from bot.store.encoding import request_from_json, request_to_json, time_from_integer, time_to_integer
from bot.store.errors import StaleAttempt, UnknownJobId, UnreadableRequest, WrongState
from bot.store.records import Hold, JobKind, JobRecord, JobState, NewJob, Standing

_SELECT: Final = (
    "SELECT jobs.*, requests.body, sources.picture AS source, masks.picture AS mask, "
    "jobs.discarded AND requests.source IS NULL AND json_extract(requests.body, '$.source') IS NOT NULL "
    "AS source_gone FROM jobs "
    "JOIN requests ON requests.number = jobs.request LEFT JOIN sources ON sources.digest = requests.source "
    "LEFT JOIN sources AS masks ON masks.digest = requests.mask"
)
UNFINISHED: Final = "state IN ('accepted', 'queued', 'running', 'rendered')"


async def insert(database: aiosqlite.Connection, job: NewJob) -> None:
    """The request and the job, accepted."""
    source = job.request.source
    async with database.execute(
        "INSERT INTO requests (body, source, mask) VALUES (?, ?, ?)",
        (
            request_to_json(job.request),
            await sources.keep(database, None if source is None else source.png),
            await sources.keep(database, None if source is None else source.mask),
        ),
    ) as cursor:
        request = cursor.lastrowid
    await database.execute(
        """
        INSERT INTO jobs (id, kind, state, request, parent, parent_index, interaction_id, application_id,
                          token, guild_id, channel_id, user_id, private, asked_at, price, attachment_limit,
                          role_ids, parent_channel_id)
        VALUES (?, ?, 'accepted', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            job.id,
            job.kind,
            request,
            job.parent,
            job.parent_index,
            job.interaction_id,
            job.application_id,
            job.token,
            job.guild_id,
            job.channel_id,
            job.user_id,
            job.private,
            time_to_integer(job.asked_at),
            job.price,
            job.attachment_limit,
            json.dumps(sorted(job.role_ids)),
            job.parent_channel_id,
        ),
    )


async def find(database: aiosqlite.Connection, job_id: str) -> JobRecord | None:
    found = await select(database, "WHERE jobs.id = ?", (job_id,))
    return found[0] if found else None


async def require(database: aiosqlite.Connection, job_id: str) -> JobRecord:
    """The job.

    Raises:
        UnknownJobId: there is none.
        UnreadableRequest: what it asked for cannot be understood any more.
    """
    found = await find(database, job_id)
    if found is None:
        raise UnknownJobId(job_id)
    return found


async def standing(database: aiosqlite.Connection, job_id: str) -> Standing:
    """How the job stands, whatever it asked for.

    Raises:
        UnknownJobId: there is none.
    """
    async with database.execute(
        "SELECT id, state, guild_id, user_id, asked_at, price FROM jobs WHERE id = ?", (job_id,)
    ) as cursor:
        row = await cursor.fetchone()
    if row is None:
        raise UnknownJobId(job_id)
    return Standing(
        id=row["id"],
        state=JobState(row["state"]),
        guild_id=row["guild_id"],
        user_id=row["user_id"],
        asked_at=time_from_integer(row["asked_at"]),
        price=row["price"],
    )


async def select(
    database: aiosqlite.Connection, clause: str, parameters: Iterable[str | int] = ()
) -> list[JobRecord]:
    """Jobs that meet a WHERE … ORDER BY clause of ours; values come as parameters only.

    Raises:
        UnreadableRequest: what one of them asked for cannot be understood any more.
    """
    return [_record(row) for row in await _rows(database, clause, parameters)]


async def sift(
    database: aiosqlite.Connection, clause: str, parameters: Iterable[str | int] = ()
) -> tuple[list[JobRecord], list[str]]:
    """Like `select`, but one bad row spoils nothing: the jobs that can be read, the ids of the others."""
    readable: list[JobRecord] = []
    unreadable: list[str] = []
    for row in await _rows(database, clause, parameters):
        try:
            readable.append(_record(row))
        except UnreadableRequest as error:
            unreadable.append(error.job_id)
    return readable, unreadable


async def move(
    database: aiosqlite.Connection,
    job: JobRecord | Standing,
    state: JobState,
    *,
    compute_seconds: float | None = None,
    reason: str | None = None,
    notes: Iterable[str] = (),
    now: datetime,
) -> None:
    """Put a job that may be moved there into `state`; one that is over loses its token.

    One that ends without pictures is owed a last word, where it has a message.
    """
    await database.execute(
        """
        UPDATE jobs
        SET state = ?1,
            compute_seconds = coalesce(?2, compute_seconds),
            reason = ?3,
            notes = CASE ?4 WHEN '[]' THEN notes ELSE ?4 END,
            token = CASE ?5 WHEN 1 THEN NULL ELSE token END,
            told = CASE WHEN ?6 AND message_id IS NOT NULL THEN 0 ELSE told END,
            over_at = CASE ?5 WHEN 1 THEN ?7 ELSE over_at END
        WHERE id = ?8
        """,
        (
            state,
            compute_seconds,
            reason,
            json.dumps(list(notes)),
            state.over,
            state in (JobState.FAILED, JobState.CANCELLED),
            time_to_integer(now),
            job.id,
        ),
    )


async def claim(database: aiosqlite.Connection, job: JobRecord, now: datetime) -> int:
    """Queued or running → running, under the next attempt number, which is answered.

    A running job is claimed again when its worker died and another takes over.
    """
    if job.state not in (JobState.QUEUED, JobState.RUNNING):
        raise WrongState(job.id, job.state, JobState.RUNNING)
    await database.execute(
        "UPDATE jobs SET state = 'running', attempt = ?, claimed_at = ? WHERE id = ?",
        (job.attempt + 1, time_to_integer(now), job.id),
    )
    return job.attempt + 1


async def note_hold(database: aiosqlite.Connection, job_id: str, hold: Hold | None) -> None:
    """A moderator keeps it from running, or lets it go on."""
    said = None
    if hold is not None:
        said = json.dumps({"by": hold.by, "at": time_to_integer(hold.at), "why": hold.why})
    await database.execute("UPDATE jobs SET hold = ? WHERE id = ?", (said, job_id))


async def note_bumped(database: aiosqlite.Connection, job_id: str) -> None:
    """A moderator lets it go before others."""
    await database.execute("UPDATE jobs SET bumped = 1 WHERE id = ?", (job_id,))


def require_attempt(job: JobRecord, attempt: int, wanted: JobState) -> None:
    """The job is running, under this attempt.

    Raises:
        StaleAttempt: another attempt has it.
        WrongState: it does not run.
    """
    if job.attempt != attempt:
        raise StaleAttempt(job.id, attempt, job.attempt)
    if job.state is not JobState.RUNNING:
        raise WrongState(job.id, job.state, wanted)


async def acknowledge(database: aiosqlite.Connection, job_id: str, message_id: int | None) -> JobRecord:
    """Accepted → queued, answered by that message.

    Saying the same again changes nothing. A job that was over before its answer came only learns the
    message, so that the answer can be put right.
    """
    job = await require(database, job_id)
    if job.message_id is not None and message_id not in (None, job.message_id):
        raise WrongState(job_id, job.state, "answered by another message")
    await database.execute(
        "UPDATE jobs SET state = CASE state WHEN 'accepted' THEN 'queued' ELSE state END, "
        "told = told AND NOT (state IN ('failed', 'cancelled') AND message_id IS NULL AND ?1 IS NOT NULL), "
        "message_id = coalesce(message_id, ?1) WHERE id = ?2",
        (message_id, job_id),
    )
    return await require(database, job_id)


async def note_deaths(database: aiosqlite.Connection, job_id: str, deaths: int) -> None:
    """So many workers have died while it was alone with them; never fewer than before."""
    await database.execute("UPDATE jobs SET deaths = max(deaths, ?) WHERE id = ?", (deaths, job_id))


async def note_discarded(database: aiosqlite.Connection, job_id: str) -> None:
    """Its pictures are forgotten."""
    await database.execute("UPDATE jobs SET discarded = 1 WHERE id = ?", (job_id,))


async def note_told(database: aiosqlite.Connection, job_id: str) -> None:
    """Its message says how it ended, or nobody can be told."""
    await database.execute("UPDATE jobs SET told = 1 WHERE id = ?", (job_id,))


async def requeue(database: aiosqlite.Connection, job_id: str, now: datetime) -> JobRecord:
    """Running → queued, after a restart; queued stays."""
    job = await require(database, job_id)
    if job.state not in (JobState.QUEUED, JobState.RUNNING):
        raise WrongState(job_id, job.state, JobState.QUEUED)
    await move(database, job, JobState.QUEUED, now=now)
    return await require(database, job_id)


async def _rows(
    database: aiosqlite.Connection, clause: str, parameters: Iterable[str | int]
) -> Iterable[sqlite3.Row]:
    async with database.execute(f"{_SELECT} {clause}", tuple(parameters)) as cursor:
        return await cursor.fetchall()


def _record(row: sqlite3.Row) -> JobRecord:
    try:
        request = request_from_json(
            row["body"], picture=row["source"], mask=row["mask"], gone=bool(row["source_gone"])
        )
    except ValueError as error:
        raise UnreadableRequest(row["id"], str(error)) from error
    return JobRecord(
        id=row["id"],
        kind=JobKind(row["kind"]),
        state=JobState(row["state"]),
        attempt=row["attempt"],
        request=request,
        parent=row["parent"],
        parent_index=row["parent_index"],
        interaction_id=row["interaction_id"],
        application_id=row["application_id"],
        token=row["token"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        user_id=row["user_id"],
        message_id=row["message_id"],
        private=bool(row["private"]),
        asked_at=time_from_integer(row["asked_at"]),
        price=row["price"],
        compute_seconds=row["compute_seconds"],
        reason=row["reason"],
        notes=tuple(json.loads(row["notes"])),
        discarded=bool(row["discarded"]),
        source_gone=bool(row["source_gone"]),
        deaths=row["deaths"],
        told=bool(row["told"]),
        attachment_limit=row["attachment_limit"],
        role_ids=frozenset(json.loads(row["role_ids"])),
        parent_channel_id=row["parent_channel_id"],
        hold=_hold(row["hold"]),
        bumped=bool(row["bumped"]),
        claimed_at=_time(row["claimed_at"]),
        over_at=_time(row["over_at"]),
    )


def _hold(said: str | None) -> Hold | None:
    if said is None:
        return None
    hold = json.loads(said)
    return Hold(by=hold["by"], at=time_from_integer(hold["at"]), why=hold["why"])


def _time(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else time_from_integer(microseconds)
