"""One bot's WebSocket to the gateway."""

import asyncio
import json
import zlib
from typing import Final

from aiohttp import web

from bot.playground.sessions import Session

_PATIENCE: Final = 1.0


class GatewayConnection:
    """One WebSocket: frames leave in order, compressed where the client asked for it."""

    def __init__(
        self, socket: web.WebSocketResponse, line: asyncio.BaseTransport | None, *, compressed: bool
    ) -> None:
        self.socket = socket
        self._line = line
        self.session: Session | None = None
        self._compressor = zlib.compressobj() if compressed else None
        self._frames: asyncio.Queue[str | None] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def send(self, frame: str) -> None:
        self._frames.put_nowait(frame)

    def send_op(self, op: int, data: object) -> None:
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def cut(self) -> None:
        """End the connection without a word."""
        if isinstance(self._line, asyncio.Transport):
            self._line.abort()

    async def finish(self) -> None:
        """Stop once what was sent so far is on its way; a peer that does not read is not waited for."""
        self._frames.put_nowait(None)
        await asyncio.wait({self._writer}, timeout=_PATIENCE)
        self._writer.cancel()

    async def _write(self) -> None:
        while (frame := await self._frames.get()) is not None:
            if self.socket.closed:
                continue
            try:
                if self._compressor is None:
                    await self.socket.send_str(frame)
                else:
                    packed = self._compressor.compress(frame.encode())
                    await self.socket.send_bytes(packed + self._compressor.flush(zlib.Z_SYNC_FLUSH))
            except ConnectionError:
                continue  # the reading side sees the same end and tidies up
