"""What is stored about jobs, as frozen values."""

import math
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from inference.request import ImageRequest

CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, lower case: no i, l, o, u, so that an id survives being read aloud."""
ID_LENGTH: Final = 12
"""60 random bits: a collision among a million jobs has odds of one in two million."""


def new_job_id() -> str:
    return "".join(secrets.choice(CROCKFORD) for _ in range(ID_LENGTH))


class JobKind(StrEnum):
    """How a job came to be asked for."""

    IMAGINE = "imagine"
    REROLL = "reroll"
    VARIATION = "variation"
    UPSCALE = "upscale"


class JobState(StrEnum):
    """Where a job is in its life: accepted → queued → running → rendered → delivered | failed | cancelled."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    RUNNING = "running"
    RENDERED = "rendered"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Nothing more will happen to it."""
        return self in (JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where: all by which a policy is found.

    Attributes:
        guild_id: the server.
        user_id: the member.
        role_ids: their roles at that moment.
        channel_id: the channel or thread.
        parent_channel_id: the channel that a thread is in; None for a channel.
    """

    guild_id: int
    user_id: int
    role_ids: frozenset[int] = frozenset()
    channel_id: int
    parent_channel_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A moderator keeps a job from running: who, since when, UTC, and why."""

    by: int
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be accepted.

    Attributes:
        kind: how it was asked for.
        request: what to make; for an upscale, the request of the one picture it enlarges.
        interaction_id: the interaction's snowflake; one interaction, one job.
        application_id: the bot's application.
        token: the interaction's token, kept until the job is over.
        guild_id: the server; 0 in a direct message.
        channel_id: where it was asked for.
        user_id: who asked, and pays.
        private: only the person sees the answer.
        asked_at: the interaction's own time (its snowflake's), aware, UTC.
        price: compute-seconds to reserve, finite, at least 0.
        attachment_limit: bytes that one file may have where it was asked for.
        parent: the job it was made from, by a button.
        parent_index: which of the parent's pictures, from 0.
        role_ids: the person's roles at that moment.
        parent_channel_id: the channel that a thread is in; None for a channel.
        id: 12 characters of Crockford's base 32.

    Raises:
        ValueError: a field holds what cannot be stored.
    """

    kind: JobKind
    request: ImageRequest
    interaction_id: int
    application_id: int
    token: str = field(repr=False)
    guild_id: int
    channel_id: int
    user_id: int
    private: bool
    asked_at: datetime
    price: float
    attachment_limit: int
    parent: str | None = None
    parent_index: int | None = None
    role_ids: frozenset[int] = frozenset()
    parent_channel_id: int | None = None
    id: str = field(default_factory=new_job_id)

    @property
    def asker(self) -> Asker:
        """Who asks, where."""
        return _asker(self)

    def __post_init__(self) -> None:
        if self.asked_at.utcoffset() != timedelta(0):
            raise ValueError("asked_at must be an aware time in UTC")
        if not (math.isfinite(self.price) and self.price >= 0):
            raise ValueError(f"price must be a finite number of at least 0, not {self.price!r}")
        if len(self.id) != ID_LENGTH or not set(self.id) <= set(CROCKFORD):
            raise ValueError(f"id must be {ID_LENGTH} characters of Crockford's base 32, not {self.id!r}")
        if self.kind is JobKind.UPSCALE and (self.parent is None or self.parent_index is None):
            raise ValueError("an upscale needs a parent and the index of its picture")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """A stored job. Fields that `NewJob` has too mean the same.

    Attributes:
        state: where it is in its life.
        attempt: how often it was claimed.
        deaths: workers that died while it was alone with them.
        told: its message says how it ended; False while that may still be to be said.
        token: the interaction's token; None once the job is over.
        message_id: the message that answers; None while unknown.
        compute_seconds: what it cost, measured; None before it was rendered or cancelled.
        reason: why it failed.
        notes: what the model could not follow, a sentence each.
        discarded: its pictures were deleted.
        source_gone: so was the picture it began from, and `request` does without: nothing like it can be
            made again.
        hold: a moderator keeps it from running; None where nobody does.
        bumped: a moderator lets it go before others.
        claimed_at: when it began to run last, UTC; None before.
        over_at: when it was over, UTC; None before.
    """

    id: str
    kind: JobKind
    state: JobState
    attempt: int
    request: ImageRequest
    parent: str | None
    parent_index: int | None
    interaction_id: int
    application_id: int
    token: str | None = field(repr=False)
    guild_id: int
    channel_id: int
    user_id: int
    message_id: int | None
    private: bool
    asked_at: datetime
    price: float
    compute_seconds: float | None
    reason: str | None
    notes: tuple[str, ...]
    discarded: bool
    attachment_limit: int
    source_gone: bool = False
    deaths: int = 0
    told: bool = True
    role_ids: frozenset[int] = frozenset()
    parent_channel_id: int | None = None
    hold: Hold | None = None
    bumped: bool = False
    claimed_at: datetime | None = None
    over_at: datetime | None = None

    @property
    def asker(self) -> Asker:
        """Who asked, where, with the roles of that moment."""
        return _asker(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """As much of a stored job as it takes to end it: also of one whose request cannot be read any more."""

    id: str
    state: JobState
    guild_id: int
    user_id: int
    asked_at: datetime
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One stored picture of a job: its place from 0, seed, pixels, the SHA-256 of its PNG file, the file."""

    index: int
    seed: int
    width: int
    height: int
    digest: str
    path: Path


def _asker(job: NewJob | JobRecord) -> Asker:
    return Asker(
        guild_id=job.guild_id,
        user_id=job.user_id,
        role_ids=job.role_ids,
        channel_id=job.channel_id,
        parent_channel_id=job.parent_channel_id,
    )
