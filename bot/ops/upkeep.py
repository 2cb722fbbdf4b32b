"""Beside everybody's work: files without rows are removed, and what was kept long enough is forgotten."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.store import Store, StoreError

log = logging.getLogger(__name__)

EVERY: Final = 6 * 3600.0
"""Seconds between two looks."""
UPLOADS_OF_FAILED: Final = timedelta(days=7)
"""How long what a failed or cancelled job began from is kept, so that it can be tried again."""


async def keep_up(store: Store, *, keep: timedelta | None, every: float = EVERY) -> None:
    """Sweeps and forgets, at once and again and again, until cancelled.

    Args:
        keep: how long pictures are kept; None for good.
        every: seconds between.
    """
    while True:
        try:
            await _once(store, keep)
        except (StoreError, OSError) as error:
            log.warning("no upkeep this time: %s", error)
        await asyncio.sleep(every)


async def _once(store: Store, keep: timedelta | None) -> None:
    swept = await store.sweep()
    if swept.orphans:
        log.info("removed %d picture files that nothing needed", swept.orphans)
    if swept.missing:
        log.warning(
            "%d pictures have lost their files; `easel restore` brings them back from a backup", swept.missing
        )
    now = datetime.now(UTC)
    expired = await store.expire(
        pictures=None if keep is None else now - keep, uploads=now - UPLOADS_OF_FAILED
    )
    for guild_id, days in (await store.kept_days()).items():
        expired += await store.expire(pictures=now - timedelta(days=days), guild_id=guild_id)
    if expired:
        log.info("forgot the pictures of %d jobs that were kept long enough", expired)
