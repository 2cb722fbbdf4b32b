"""The picture attached to a command, fetched from Discord's CDN and nowhere else."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import discord
import yarl

from bot import uploads
from bot.client import Interaction
from bot.commands.acknowledge import ALREADY_ANSWERED
from bot.store import AlreadyAccepted
from bot.uploads import UploadFault, UploadReader, UploadRefused

log = logging.getLogger(__name__)

GRACE: Final = 1.0
"""Seconds for fetching and reading an upload before the person sees that Easel is thinking.

Discord wants some answer within three; until then a refusal is one message that only they see.
"""
PATIENCE: Final = 30.0
"""Seconds for fetching and reading an upload, at most."""
PROXY: Final = "https://media.discordapp.net"


@contextlib.asynccontextmanager
async def picture(
    interaction: Interaction, attachment: discord.Attachment, reader: UploadReader, *, private: bool
) -> AsyncIterator[bytes]:
    """The attachment as a PNG file of our own making; see `uploads.UploadReader`.

    Where that takes long, the interaction is answered with “thinking”, for the job's card to take its place.
    What fails inside the block takes that answer back: why not is for who asked alone.

    Raises:
        UploadRefused: it cannot be had, or used.
    """
    if attachment.size > uploads.MAX_BYTES:
        raise UploadRefused(UploadFault.TOO_LARGE)
    reading = asyncio.create_task(_read(attachment.url, reader), name=f"upload-{attachment.id}")
    try:
        await asyncio.wait({reading}, timeout=GRACE)
        if not reading.done():
            await _think(interaction, private=private)
        yield await reading
    except AlreadyAccepted:
        raise  # the event came twice: that answer is, or will be, the job's card
    except Exception:
        if interaction.response.is_done() and not private:
            await _withdraw(interaction)
        raise
    finally:
        reading.cancel()


async def _think(interaction: Interaction, *, private: bool) -> None:
    try:
        await interaction.response.defer(thinking=True, ephemeral=private)
    except discord.HTTPException as error:
        if error.code != ALREADY_ANSWERED:  # an earlier try arrived although its reply did not
            raise


async def _withdraw(interaction: Interaction) -> None:
    try:
        await interaction.delete_original_response()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        # What is said next takes its place, and is seen by the channel.
        log.info("could not take “thinking” back: %s", error, extra={"interaction": interaction.id})


async def _read(url: str, reader: UploadReader) -> bytes:
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.picture_of(await _fetched(url))
    except TimeoutError:
        raise UploadRefused(UploadFault.TOO_SLOW) from None


async def _fetched(url: str) -> bytes:
    """The file at an address of Discord's; it is not followed anywhere else, nor further than its limit."""
    address = yarl.URL(url)
    if address.origin() not in {yarl.URL(known).origin() for known in (discord.Asset.BASE, PROXY)}:
        raise UploadRefused(UploadFault.OUT_OF_REACH)
    file = bytearray()
    try:
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise UploadRefused(UploadFault.OUT_OF_REACH)
            async for piece in answer.content.iter_chunked(2**16):
                file += piece
                if len(file) > uploads.MAX_BYTES:
                    raise UploadRefused(UploadFault.TOO_LARGE)
    except aiohttp.ClientError:
        raise UploadRefused(UploadFault.OUT_OF_REACH) from None
    return bytes(file)
