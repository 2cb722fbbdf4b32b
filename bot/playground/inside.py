"""The drawer beside the chat: the studio's inside over a WebSocket while one plays, and fault switches."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from bot.playground import page_request
from bot.playground.inside_faults import FaultSwitches
from bot.playground.inside_studio import JobLine, LedgerLine, OwnerLine, StudioView, StudioWindow
from bot.playground.inside_traffic import Traffic
from bot.playground.page_guard import guarded
from bot.playground.refusals import Refusal
from bot.playground.server import LoopbackDiscord
from bot.playground.stored import Json

PULSE: Final = 0.25
"""Seconds between two looks at the studio; what has not changed is not sent."""


def mount_inside(discord: LoopbackDiscord, traffic: Traffic) -> "Inside":
    """Add `/page/inside` (WebSocket) and `/page/inside/fault` to a Discord that is not started yet.

    Args:
        traffic: the observer that `discord` was given.
    """
    inside = Inside(discord, traffic)
    app, backend = discord.app, discord.backend
    app.router.add_get("/page/inside", guarded(backend, inside.serve, from_page=True))
    app.router.add_post("/page/inside/fault", guarded(backend, inside.switch, from_page=True))
    # The outer one times what the inner one spoils.
    app.middlewares.extend([traffic.timed, inside.faults.striking])
    app.on_shutdown.append(inside.hang_up)
    backend.record.listen(traffic.happened)
    return inside


class Inside:
    """Shows whoever looks how things are.

    Attributes:
        faults: the switches.
    """

    def __init__(self, discord: LoopbackDiscord, traffic: Traffic) -> None:
        self.faults = FaultSwitches(discord)
        self._discord = discord
        self._traffic = traffic
        self._window: StudioWindow | None = None
        self._looking = asyncio.Lock()
        self._sockets: set[web.WebSocketResponse] = set()

    @contextlib.asynccontextmanager
    async def showing(self, window: StudioWindow) -> AsyncIterator[None]:
        """Show this studio for as long as the block runs; nobody looks into it any more afterwards."""
        self._window = window
        try:
            yield
        finally:
            self._window = None
            async with self._looking:  # whoever is looking finishes
                pass

    async def snapshot(self) -> Json:
        """Everything the drawer shows; `worker` is null while there is no studio."""
        view = await self._view()
        return {
            "queue": {
                "owners": [self._owner(each) for each in view.owners] if view else [],
                "jobs": [self._job(each) for each in view.jobs] if view else [],
                "gap_s": view.gap_s if view else 0.0,
                "bound_s": view.bound_s if view else 0.0,
            },
            "worker": asdict(view.worker) if view else None,
            "slots": view.slots if view else 0,
            "lanes": [asdict(each) for each in view.lanes] if view else [],
            "ledger": [self._entry(each) for each in view.ledger] if view else [],
            "traffic": self._traffic.json(),
            "faults": self.faults.json(),
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Tell one open drawer how things are whenever they changed, until it closes."""
        socket = web.WebSocketResponse(heartbeat=30.0)
        await socket.prepare(request)
        self._sockets.add(socket)
        telling = asyncio.create_task(self._tell(socket), name="inside")
        try:
            async for message in socket:
                if message.type in {WSMsgType.ERROR, WSMsgType.CLOSE}:
                    break
        finally:
            self._sockets.discard(socket)
            telling.cancel()
            await asyncio.wait([telling])
        if not telling.cancelled():
            telling.result()  # what kept it from telling belongs in the log
        return socket

    async def switch(self, request: web.Request) -> web.Response:
        """Switch a fault: {name, on, settings}; what cannot be done is answered with `refused`."""
        try:
            asked = page_request.parsed(await request.read())
            self.faults.set(
                page_request.text(asked, "name"),
                on=asked.get("on") is True,
                settings=page_request.mapping(asked, "settings"),
            )
        except Refusal as refusal:
            return web.json_response({"refused": refusal.words, "field": refusal.field})
        return web.json_response({"faults": self.faults.json()})

    async def hang_up(self, _: web.Application) -> None:
        """Close every open drawer, which would keep the server from ending, and mend what was spoilt."""
        self.faults.close()
        for socket in tuple(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    async def _tell(self, socket: web.WebSocketResponse) -> None:
        told = ""
        try:
            while not socket.closed:
                now = json.dumps(await self.snapshot())
                if now != told:
                    await socket.send_str(now)
                    told = now
                await asyncio.sleep(PULSE)
        except ConnectionError:
            return  # the page went away; the reading side sees the same
        finally:
            await socket.close()

    async def _view(self) -> StudioView | None:
        async with self._looking:
            return None if self._window is None else await self._window.view()

    def _owner(self, line: OwnerLine) -> Json:
        return {"owner": f"{line.guild_id}:{line.user_id}"} | self._named(
            line.guild_id, line.user_id, asdict(line)
        )

    def _job(self, line: JobLine) -> Json:
        return {"owner": f"{line.guild_id}:{line.user_id}"} | self._named(
            line.guild_id, line.user_id, asdict(line)
        )

    def _entry(self, line: LedgerLine) -> Json:
        return self._named(line.guild_id, line.user_id, asdict(line))

    def _named(self, guild_id: int, user_id: int, line: Json) -> Json:
        """With names for people, as not everybody who looks is in every server."""
        world = self._discord.world
        guild, user = world.guilds.get(guild_id), world.users.get(user_id)
        del line["guild_id"], line["user_id"]
        return line | {
            "guild": guild.name if guild else str(guild_id),
            "user": user.display_name if user else str(user_id),
        }
