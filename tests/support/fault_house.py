"""Houses to break: the real bot with the scripted worker, whose steps take as long as a test needs."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from house import House, opened

from bot.playground import Message, Person
from inference.scripted_worker import STEP_SECONDS
from inference.worker_process import WORKER

ACKNOWLEDGING = "POST /interactions"
EDITING = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages"
EDITING_AS_BOT = "PATCH /channels/{channel_id}/messages/{message_id}"
POSTING = "POST /channels/{channel_id}/messages"


@contextlib.asynccontextmanager
async def scripted(
    folder: Path,
    *,
    step: float = 0.02,
    pace: float = 0.1,
    ahead: float = 0.0,
    observed: bool = True,
    **environment: str,
) -> AsyncIterator[House]:
    """A house whose worker computes nothing, ready for work.

    Args:
        step: seconds that a step takes.
        pace: seconds between two edits of one message.
        ahead: seconds that Discord's clock is ahead of this machine's.
        observed: as in `opened`.
    """
    roomy = {
        "EASEL_QUOTA__SECONDS_PER_DAY": "100000",
        "EASEL_QUOTA__WAITING_JOBS": "100",
        "EASEL_ENGINE__SLOTS": "8",
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(WORKER, "scripted")
        patched.setenv(STEP_SECONDS, str(step))
        async with opened(
            folder, pace=pace, ahead=ahead, observed=observed, **{**roomy, **environment}
        ) as house:
            await house.app.engine.ready()
            yield house


def worker_of(house: House) -> int:
    """The process id of the worker there is."""
    pid = house.app.engine.worker_pid
    assert pid is not None
    os.kill(pid, 0)
    return pid


def newest(house: House, what: str) -> object:
    """A column of the newest job."""
    ((value,),) = house.rows(f"SELECT {what} FROM jobs ORDER BY number DESC LIMIT 1")  # noqa: S608
    return value


def with_words(person: Person, words: str) -> list[Message]:
    """The messages in the person's channel that say so."""
    return [message for message in person.messages() if words in message.text]


def nothing_is_owed(house: House) -> bool:
    """Every job is over; one that failed cost nothing, any other at most its price."""
    rows = house.rows(
        "SELECT jobs.state, jobs.price, coalesce(sum(ledger.amount), 0), count(DISTINCT ledger.kind) "
        "FROM jobs LEFT JOIN ledger ON ledger.job = jobs.id GROUP BY jobs.id"
    )
    for state, price, paid, kinds in rows:
        assert state in ("delivered", "failed", "cancelled")
        assert kinds == 2, "a reserve, and a settlement or a refund"
        assert isinstance(price, float)
        assert isinstance(paid, float)
        assert abs(paid) < 1e-9 if state == "failed" else -1e-9 <= paid <= price
    return True
