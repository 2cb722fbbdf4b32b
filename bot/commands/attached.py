"""The pictures attached to a command, fetched from Discord's CDN and nowhere else."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Final

import aiohttp
import discord
import yarl

from bot import uploads
from bot.client import Interaction
from bot.commands.acknowledge import ALREADY_ANSWERED
from bot.store import AlreadyAccepted
from bot.uploads import UploadFault, UploadReader, UploadRefused, What

log = logging.getLogger(__name__)

GRACE: Final = 1.0
"""Seconds for fetching and reading an upload before the person sees that Easel is thinking.

Discord wants some answer within three; until then a refusal is one message that only they see.
"""
PATIENCE: Final = 30.0
"""Seconds for fetching and reading one upload, at most."""
PROXY: Final = "https://media.discordapp.net"


@contextlib.asynccontextmanager
async def pictures(
    interaction: Interaction,
    *,
    image: discord.Attachment,
    mask: discord.Attachment | None,
    reader: UploadReader,
    private: bool,
) -> AsyncIterator[tuple[bytes, bytes | None]]:
    """Image and mask as PNG files of our own making; see `uploads.UploadReader`.

    Where that takes long, the interaction is answered with “thinking”, for the job's card to take its place.
    What fails inside the block takes that answer back: why not is for who asked alone.

    Raises:
        UploadRefused: one of them cannot be had, or used.
    """
    attachments: dict[What, discord.Attachment] = {"image": image}
    if mask is not None:
        attachments["mask"] = mask
    for what, attachment in attachments.items():
        if attachment.size > uploads.MAX_BYTES:
            raise UploadRefused(UploadFault.TOO_LARGE, what)
    reading = asyncio.create_task(_read(attachments, reader), name=f"upload-{image.id}")
    try:
        await asyncio.wait({reading}, timeout=GRACE)
        if not reading.done():
            await _think(interaction, private=private)
        files = await reading
        yield files["image"], files.get("mask")
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


async def _read(attachments: Mapping[What, discord.Attachment], reader: UploadReader) -> dict[What, bytes]:
    files: dict[What, bytes] = {}
    for what, attachment in attachments.items():
        try:
            async with asyncio.timeout(PATIENCE):
                files[what] = await reader.picture_of(await _fetched(attachment.url, what), what)
        except TimeoutError:
            raise UploadRefused(UploadFault.TOO_SLOW, what) from None
    return files


async def _fetched(url: str, what: What) -> bytes:
    """The file at an address of Discord's; it is not followed anywhere else, nor further than its limit."""
    address = yarl.URL(url)
    if address.origin() not in {yarl.URL(known).origin() for known in (discord.Asset.BASE, PROXY)}:
        raise UploadRefused(UploadFault.OUT_OF_REACH, what)
    file = bytearray()
    try:
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise UploadRefused(UploadFault.OUT_OF_REACH, what)
            async for piece in answer.content.iter_chunked(2**16):
                file += piece
                if len(file) > uploads.MAX_BYTES:
                    raise UploadRefused(UploadFault.TOO_LARGE, what)
    except aiohttp.ClientError:
        raise UploadRefused(UploadFault.OUT_OF_REACH, what) from None
    return bytes(file)
