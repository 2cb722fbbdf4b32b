"""Whether Easel lives, and whether it can do its work now."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import discord

from bot.ops.loop_lag import LoopLag
from bot.store import Store, StoreError
from inference import Engine

ROOM_NEEDED: Final = 100 * 1024**2
"""Bytes on the disk under which nothing more should be accepted."""
STANDSTILL: Final = 30.0
"""Seconds of a minute: who stands still for so many of them does not live; one halt passes."""
PATIENCE: Final = 2.0
"""Seconds that the database has to take a write."""
MARK: Final = "readyz"


class Health:
    """Looks at every part there is.

    Args:
        client: connected or not.
        store: open.
        engine: started.
        folder: where the store lies.
        lag: of the event loop.
        draining: whether nothing new is taken any more.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        store: Store,
        engine: Engine,
        folder: Path,
        lag: LoopLag,
        draining: Callable[[], bool],
    ) -> None:
        self._client = client
        self._store = store
        self._engine = engine
        self._folder = folder
        self._lag = lag
        self._draining = draining

    def trouble_living(self) -> str | None:
        """Why it should be started anew; None where it lives."""
        if self._lag.stood_still >= STANDSTILL:
            return f"the event loop stood still for {self._lag.stood_still:.0f} s of the last minute"
        return None

    async def troubles(self) -> dict[str, str]:
        """What keeps it from its work, by part; empty when it is ready."""
        database = await self._database()
        found = {
            "gateway": self._gateway(),
            "database": database,
            "worker": self._worker(),
            "disk": await asyncio.to_thread(self._disk),
            "bot": "it is closing and takes nothing new" if self._draining() else None,
        }
        return {part: trouble for part, trouble in found.items() if trouble is not None}

    def _gateway(self) -> str | None:
        ready = self._client.is_ready() and not self._client.is_closed() and self._client.ws is not None
        return None if ready and self._client.ws.open else "not connected to Discord"

    async def _database(self) -> str | None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._store.save_memory(MARK, True)
        except TimeoutError:
            return f"no write within {PATIENCE:g} s"
        except (StoreError, OSError) as error:
            return str(error)
        return None

    def _worker(self) -> str | None:
        status = self._engine.status
        if status.state == "ready":
            return None
        return f"{status.state}: {status.detail}" if status.detail else status.state

    def _disk(self) -> str | None:
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            return f"{self._folder}: {error.strerror}"
        return f"only {free / 1024**2:.0f} MiB free" if free < ROOM_NEEDED else None
