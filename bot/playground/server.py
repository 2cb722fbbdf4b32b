"""`LoopbackDiscord`: a Discord on this machine, for the playground and for tests."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Callable
from email.utils import formatdate
from types import TracebackType
from typing import Final, Self, TypeVar

from aiohttp import web

from bot.playground.backend import Backend
from bot.playground.call import LARGEST_REQUEST
from bot.playground.changes import Changes
from bot.playground.clock import Clock
from bot.playground.faults import Faults
from bot.playground.gateway import HEARTBEAT_INTERVAL, Gateway
from bot.playground.observer import Observer
from bot.playground.people import Person
from bot.playground.rate_limits import RateLimits
from bot.playground.record import Record
from bot.playground.rest import RestApi
from bot.playground.routes import ENDPOINTS
from bot.playground.world import World

_T = TypeVar("_T")
HOST: Final = "127.0.0.1"


class LoopbackDiscord:
    """Gateway, REST API and CDN on 127.0.0.1, with people to act in it.

    Args:
        port: to listen on; 0 takes a free one.
        world: who and what there is; by default `World.studio()`.
        observer: watches everything that crosses the wire.
        clock: what deadlines are read from; advance it instead of waiting.
        limits: rate limits; by default generous.
        heartbeat_interval: seconds between a bot's heartbeats.

    Attributes:
        changes: what moderators and fate do to the world while bots are connected.
        record: everything that happened.
        faults: what shall go wrong.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        world: World | None = None,
        observer: Observer | None = None,
        clock: Clock | None = None,
        limits: RateLimits | None = None,
        heartbeat_interval: float = HEARTBEAT_INTERVAL,
    ) -> None:
        self.clock = clock or Clock()
        self.backend = Backend.of(world or World.studio(), self.clock, observer)
        self.changes = Changes(self.backend)
        self.gateway = Gateway(
            self.backend.world,
            sessions=self.backend.sessions,
            presences=self.backend.presences,
            clock=self.clock,
            record=self.backend.record,
            heartbeat_interval=heartbeat_interval,
        )
        self.app = web.Application(client_max_size=LARGEST_REQUEST)
        self.app.router.add_get("/gateway", self.gateway.serve)
        self.app.router.add_get("/gateway/", self.gateway.serve)
        path = r"/cdn/attachments/{channel_id:\d+}/{attachment_id:\d+}/{filename}"
        self.app.router.add_get(path, self._serve_file)
        RestApi(self.backend, limits or RateLimits(self.clock.now)).add_to(self.app, ENDPOINTS)
        self.app.on_response_prepare.append(self._date)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._archiving: asyncio.Task[None] | None = None

    async def _date(self, _: web.Request, response: web.StreamResponse) -> None:
        """Answers say what time it is here, as any server's do."""
        response.headers["Date"] = formatdate(self.clock.now(), usegmt=True)

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        held = self.faults.take_file()
        if held is not None:
            await held.wait()
        return await self.backend.attachments.serve(request)

    @property
    def base_url(self) -> str:
        """Such as "http://127.0.0.1:8420"; empty before `start`."""
        return self.backend.attachments.base_url

    @property
    def world(self) -> World:
        return self.backend.world

    @property
    def record(self) -> Record:
        return self.backend.record

    @property
    def faults(self) -> Faults:
        return self.backend.faults

    @property
    def token(self) -> str:
        """What the bot logs in with."""
        return self.world.application.token

    async def revoke_token(self) -> str:
        """Make another token for the bot, as *Reset Token* does; whoever has the old one is thrown out."""
        self.world.application.token = secrets.token_urlsafe()
        await self.gateway.expel()
        return self.token

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        listener = socket.create_server((HOST, self._port))
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()
        base = f"http://{HOST}:{listener.getsockname()[1]}"
        self.backend.attachments.base_url = base
        self.gateway.url = f"ws{base.removeprefix('http')}/gateway"
        self._archiving = asyncio.create_task(self.backend.threads.archive_silent(), name="archiving")

    async def close(self) -> None:
        """Hang up on everybody and stop listening."""
        if self._archiving is not None:
            self._archiving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._archiving
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def person(
        self, name: str, *, channel: str | None = None, guild: str | None = None, dm: bool = False
    ) -> Person:
        """Somebody, looking at a channel: by its name, or with `dm` their direct messages with the bot.

        Raises:
            LookupError: there is no such person or channel, or several channels of that name.
        """
        user = self.world.user_named(name)
        if dm:
            return Person(self.backend, user, self.world.direct_message(user))
        return Person(self.backend, user, self.world.channel_named(channel or "studio", guild=guild))

    async def until(self, condition: Callable[[], _T], *, timeout: float = 10.0) -> _T:  # noqa: ASYNC109
        """Wait until `condition()` is true, and return what it gave; it is looked at again at each change.

        Raises:
            TimeoutError: after `timeout` seconds; says what happened last.
        """
        return await self.record.until(condition, timeout=timeout)

    async def connected(self, *, timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Wait until a bot is connected to the gateway. Raises as `until` does."""
        await self.until(lambda: self.backend.sessions.connected, timeout=timeout)
