"""Tells an open page what is new, over a WebSocket."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import WSMsgType, web

from bot.playground.api_error import ApiError
from bot.playground.backend import Backend
from bot.playground.page_state import View
from bot.playground.record import Happening
from bot.playground.stored import Json

_WORLD: Final = frozenset({"changed", "commands", "connected", "resumed", "disconnected"})
_MESSAGE: Final = frozenset({"posted", "edited", "reacted"})
_SIGNS: Final = frozenset({"typing", "presence"})
_GONE: Final = frozenset({"deleted", "dismissed"})
_COUNTED: Final = frozenset({"posted", "deleted"})
_WAITING: Final = 2_000
"""Happenings that may wait for a slow page before it is given the whole state anew instead."""


class News:
    """One open page of one person."""

    def __init__(self, backend: Backend, view: View) -> None:
        self._backend = backend
        self._view = view
        self._happenings: asyncio.Queue[Happening] = asyncio.Queue()

    async def serve(self, socket: web.WebSocketResponse) -> None:
        """Send the state, then every change, until the page goes away."""
        # Listening begins first, so that nothing falls between the state and the news.
        stop: Callable[[], None] = self._backend.record.listen(self._happenings.put_nowait)
        sending = asyncio.create_task(self._send(socket))
        try:
            async for message in socket:
                if message.type in {WSMsgType.ERROR, WSMsgType.CLOSE}:
                    break
        finally:
            stop()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, socket: web.WebSocketResponse) -> None:
        await self._send_state(socket)
        while True:
            happening = await self._happenings.get()
            if self._happenings.qsize() > _WAITING or happening.kind in _WORLD:
                await self._send_state(socket)
            else:
                for news in (self._news(happening), self._thread_card(happening)):
                    if news is not None:
                        await socket.send_json(news)

    async def _send_state(self, socket: web.WebSocketResponse) -> None:
        while not self._happenings.empty():
            self._happenings.get_nowait()
        await socket.send_json(self._view.state())

    def _news(self, happening: Happening) -> Json | None:
        if happening.kind in _SIGNS:
            return self._sign(happening)
        if happening.message_id is None or happening.channel_id is None:
            return None
        messages = self._backend.messages
        if happening.kind in _GONE and messages.concerned(
            self._view.user, happening.channel_id, happening.message_id
        ):
            ids = {"id": str(happening.message_id), "channel_id": str(happening.channel_id)}
            return {"type": "deleted"} | ids
        if happening.kind not in _MESSAGE:
            return None
        return self._message(happening.channel_id, happening.message_id)

    def _thread_card(self, happening: Happening) -> Json | None:
        """The message that the thread hangs on, which shows how many messages are in it."""
        channel = self._backend.world.channels.get(happening.channel_id or 0)
        if channel is None or channel.thread is None or happening.kind not in _COUNTED:
            return None
        return self._message(channel.thread.parent_id, channel.id)

    def _message(self, channel_id: int, message_id: int) -> Json | None:
        try:
            message = self._backend.messages.find(channel_id, message_id)
        except ApiError:
            return None  # deleted in the meantime; that is the next happening
        if not self._view.sees(message):
            return None
        return {"type": "message", "message": self._view.message(message)}

    def _sign(self, happening: Happening) -> Json | None:
        who = {"user_id": str(happening.by)}
        if happening.kind == "presence":
            return {"type": "presence", "status": happening.detail} | who
        seen = any(channel.id == happening.channel_id for channel in self._view.channels())
        if not seen or happening.by == self._view.user.id:
            return None
        return {"type": "typing", "channel_id": str(happening.channel_id)} | who
