"""Getting a request to Discord through: what passes by itself, how long to wait, when to give up.

discord.py repeats a request on its own after a 429, honouring `retry_after`, and after most 5xx; a connection
that was reset, it does not. Whatever still fails then is tried again here, ever more rarely and never all at
the same moment, until it succeeds or can never succeed.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar

import aiohttp
import discord

from bot.store import DatabaseUnusable, DiskFull, StoreError

log = logging.getLogger(__name__)
T = TypeVar("T")

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
TRANSIENT: Final = (discord.RateLimited, aiohttp.ClientError, OSError)
"""What passes by itself; timeouts are an OSError. `discord.HTTPException` is judged by its status."""


def passes(error: Exception) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, discord.HTTPException):
        # Unauthorised is the bot's token: it was revoked, and the next start with another goes on.
        return error.status >= 500 or error.status in (401, 429)
    return isinstance(error, TRANSIENT)


async def pauses() -> AsyncIterator[int]:
    """Count attempts, waiting ever longer before each, up to a minute; jitter keeps many from marching."""
    attempt = 0
    pause = FIRST_PAUSE
    while True:
        yield attempt
        attempt += 1
        await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311 — no secret
        pause = min(pause * 2, LONGEST_PAUSE)


async def written(write: Callable[[], Awaitable[T]], *, though_full: bool = True) -> T:
    """Repeat a write to the store while it cannot take it: locked, read-only, or, if so wished, full.

    What was shown to people must be written down, however long that takes; the next start would do it, too.

    Raises:
        StoreError: it will not be taken later either; `DiskFull` unless `though_full`.
    """
    async for attempt in pauses():
        try:
            return await write()
        except DatabaseUnusable as error:
            failed: StoreError = error
        except DiskFull as error:
            if not though_full:
                raise
            failed = error
        if attempt == 0:
            log.error("cannot be written down for now, trying on: %s", failed)
    raise AssertionError("pauses() never ends")  # pragma: no cover — for the type checker


class NotSent(Exception):  # noqa: N818
    """Discord understood the request and refused it; repeating it would not help."""


async def persistently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat `attempt` until it succeeds or can never succeed: nothing acknowledged is dropped for a hiccup.

    Raises:
        MessageGone, OutOfReach: as `attempt` does.
        NotSent: Discord refused the request itself.
    """
    async for _ in pauses():
        try:
            return await attempt()
        except discord.HTTPException as error:
            if not passes(error):
                log.exception("Discord refused a request")
                raise NotSent from error
            log.info("Discord is in trouble, trying again: %s", error)
        except TRANSIENT as error:
            log.info("Discord could not be reached, trying again: %s", error)
    raise AssertionError("pauses() never ends")  # pragma: no cover — for the type checker
