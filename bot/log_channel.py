"""Tells a server's log channel what its moderators do; the audit trail knows anyway."""

import asyncio
import logging

import aiohttp
import discord

from bot.guild_settings import GuildSettings
from bot.pacing import Pacing
from bot.render import audit_lines
from bot.store import AuditEntry, Store, StoreError

log = logging.getLogger(__name__)


class LogChannel:
    """Posts acts where a server wants them, in order, without anybody waiting for it.

    Args:
        pacing: what is written to Discord takes its turn with everything else.
    """

    def __init__(self, client: discord.Client, *, store: Store, pacing: Pacing) -> None:
        self._client = client
        self._store = store
        self._pacing = pacing
        self._entries: asyncio.Queue[AuditEntry] = asyncio.Queue()

    def announce(self, entry: AuditEntry) -> None:
        """To be told as soon as there is time."""
        self._entries.put_nowait(entry)

    async def work(self) -> None:
        """Tell what is announced, for good."""
        while True:
            entry = await self._entries.get()
            try:
                await self._tell(entry)
            except (discord.HTTPException, aiohttp.ClientError, OSError, StoreError) as error:
                log.warning("the log channel of server %d was not told: %s", entry.guild_id, error)

    async def _tell(self, entry: AuditEntry) -> None:
        settings = GuildSettings.of(await self._store.settings(entry.guild_id))
        if settings.log_channel is None:
            return
        await self._pacing.turn(settings.log_channel)
        channel = self._client.get_partial_messageable(settings.log_channel)
        await channel.send(audit_lines.line(entry), silent=True)
