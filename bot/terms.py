"""From what bounds a job, and what moderators did to it, to the terms on which it waits for the GPU. Pure."""

import math
from datetime import datetime

from bot.quota import Bounds, ScopeKind, opens
from bot.store import JobRecord, JobState
from inference import Cap, Terms


def terms_of(record: JobRecord, bounds: Bounds, now: datetime) -> Terms:
    """The terms of a job that waits or runs, at `now`, UTC.

    Hours keep from beginning; what runs when they end goes on, unless a moderator holds it.
    """
    shut = record.state is not JobState.RUNNING and opens(bounds, now) is not None
    return Terms(
        weight=bounds.weight.value,
        caps=tuple(
            Cap(_group(record, bound.by.kind, bound.by.id), int(bound.value))
            for bound in bounds.running
            if math.isfinite(bound.value)
        ),
        held=record.hold is not None or shut,
        first=record.bumped,
    )


def _group(record: JobRecord, kind: ScopeKind, subject: int) -> str:
    """Whose jobs are counted together."""
    if kind in (ScopeKind.SERVER, ScopeKind.CHANNEL):
        return f"{kind}:{record.guild_id}:{subject}"
    return f"member:{record.guild_id}:{record.user_id}"
