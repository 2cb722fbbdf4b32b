"""One message on the screen: shows the latest state, never two edits at once, never too often.

discord.py serialises requests per interaction token, so a slow preview upload would hold up the pictures.
Hence at most one edit in flight, `pace` seconds apart, and whatever is overtaken is dropped.
"""

import asyncio
import logging
from collections.abc import Callable

from bot.outbox import passes
from bot.post import Frame, MessageGone, OutOfReach, Post
from bot.store import JobRecord

log = logging.getLogger(__name__)


class Pane:
    """The passing states of one job's message. The last state is not shown here: see `delivery`.

    Args:
        pace: answers how many seconds lie between two edits, at least.
    """

    def __init__(self, post: Post, record: JobRecord, *, pace: Callable[[], float]) -> None:
        self._post = post
        self._record = record
        self._pace = pace
        self._next: Frame | None = None
        self._news = asyncio.Event()
        self._painter: asyncio.Task[None] | None = None
        self.lost = asyncio.Event()
        """Set when nothing can be written there any more, for good."""

    def show(self, frame: Frame) -> None:
        """Show this as soon as the pace allows, unless something newer comes first."""
        self._next = frame
        self._news.set()
        if self._painter is None:
            self._painter = asyncio.create_task(self._paint(), name=f"pane-{self._record.id}")

    async def close(self) -> None:
        """Drop what is pending and wait for the edit in flight, so that what follows has the last word."""
        if self._painter is None:
            return
        self._painter.cancel()
        await asyncio.wait([self._painter])
        self._painter = None

    async def _paint(self) -> None:
        # The answer has only just been shown: a first edit at once would say the same again.
        await asyncio.sleep(self._pace() / 2)
        while True:
            await self._news.wait()
            self._news.clear()
            if not self._post.spare(self._record):
                self._news.set()  # somebody's pictures wait to be sent: a progress bar can wait longer
            elif (frame := self._taken()) is not None and not await self._whole(frame):
                return
            await asyncio.sleep(self._pace())

    def _taken(self) -> Frame | None:
        frame, self._next = self._next, None
        return frame

    async def _whole(self, frame: Frame) -> bool:
        """Send one frame; False when there is no use in sending more.

        A request half sent when the pane closes may still arrive after the last word, so it is let finish.
        """
        sending = asyncio.create_task(self._send(frame))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            await asyncio.wait([sending])
            raise

    async def _send(self, frame: Frame) -> bool:
        try:
            await self._post.edit(self._record, frame)
        except MessageGone:
            return False  # the pictures will be posted anew; nobody misses a progress bar
        except OutOfReach:
            self.lost.set()
            return False
        except Exception as error:
            if not passes(error):
                log.exception("a progress edit was refused", extra={"job": self._record.id})
                return False
            log.info("a progress edit did not arrive: %s", error, extra={"job": self._record.id})
        return True
