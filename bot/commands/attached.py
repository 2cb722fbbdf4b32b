"""The picture attached to a command, fetched from Discord's CDN and nowhere else."""

import asyncio
from typing import Final

import aiohttp
import discord
import yarl

from bot import uploads
from bot.uploads import UploadFault, UploadReader, UploadRefused

PATIENCE: Final = 2.2
"""Seconds for fetching and reading an upload: Discord wants its answer within three."""
PROXY: Final = "https://media.discordapp.net"


async def picture(attachment: discord.Attachment, reader: UploadReader) -> bytes:
    """The attachment as a PNG file of our own making; see `uploads.UploadReader`.

    Raises:
        UploadRefused: it cannot be had, or used.
    """
    if attachment.size > uploads.MAX_BYTES:
        raise UploadRefused(UploadFault.TOO_LARGE)
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.picture_of(await _fetched(attachment.url))
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
