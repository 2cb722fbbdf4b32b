"""The composition root: builds every part, starts them in order, closes them in reverse."""

import asyncio
import contextlib
import logging
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import discord

from bot.assembly import assemble
from bot.client import EaselClient
from bot.config import Settings
from bot.config_problems import ConfigError, Problem
from bot.delivery import PACE, Delivery
from bot.ops import logs
from bot.ops.health import Health
from bot.ops.loop_lag import LoopLag
from bot.ops.metrics import Metrics
from bot.ops.server import OpsServer
from bot.ops.upkeep import keep_up
from bot.ops.wire_tap import WireTap
from bot.store import Store, StoreError
from bot.studio import Studio
from inference import Engine, FairCounters, InvalidRequest

log = logging.getLogger(__name__)

COUNTERS: Final = "fair_counters"
RATES: Final = "rates"
KNEES: Final = "knees"
NOTE_EVERY: Final = 10.0
"""Seconds between two notes of the fair queue's counters and of the heartbeat."""
DRAIN_LIMIT: Final = 30.0
"""Seconds that live jobs get to finish when the bot is to stop; the rest waits for the next start."""
HEARTBEAT: Final = "heartbeat"
"""A file in the storage folder, touched while the bot is connected, for a container's health check."""

TOKEN_REFUSED: Final = 4004
"""The gateway's “authentication failed”: the token was reset while Easel ran."""
UNKNOWN_TOKEN: Final = Problem(
    key="discord",
    said="Discord does not know this bot token",
    mend="copy it again, or make a new one at Discord's developer portal under Bot → Reset Token",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A running Easel, connected to its Discord."""

    store: Store
    engine: Engine
    studio: Studio
    delivery: Delivery
    client: EaselClient
    connection: asyncio.Task[None]
    ops: OpsServer | None = None

    async def drain(self, limit: float = DRAIN_LIMIT) -> None:
        """Take nothing new, and give what is live `limit` seconds to be delivered."""
        self.studio.drain()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await self.delivery.settled()


@contextlib.asynccontextmanager
async def running(settings: Settings, token: str, *, pace: float = PACE) -> AsyncIterator[App]:
    """Easel, from an open database to a connected client; all closed again on leaving.

    The model loads meanwhile: commands are answered before it is there.

    Args:
        token: the bot's.
        pace: seconds between two edits of one message.

    Raises:
        StoreError: the database is damaged, newer than this version, or in use by another bot.
        discord.LoginFailure: Discord does not know the token.
        ConfigError: health and metrics cannot be told where they should.
    """
    async with contextlib.AsyncExitStack() as stack:
        store = await Store.open(settings.storage.folder, default=settings.quota.policy())
        stack.push_async_callback(store.close)
        catalogue = settings.catalogue()
        engine = Engine(
            catalogue=catalogue,
            counters=_counters(await store.load_memory(COUNTERS)),
            rates=_rates(await store.load_memory(RATES)),
            device=settings.engine.device,
            threads=settings.engine.threads,
            slots=settings.engine.slots,
            exact=settings.engine.exact,
            compile_into=settings.storage.folder / "compiled" if settings.engine.compile else None,
            knees=_knees(await store.load_memory(KNEES)),
            preview_every=settings.engine.preview_seconds,
            watchdog=settings.engine.watchdog_seconds,
        )
        await engine.start()
        stack.push_async_callback(engine.close)
        tap = WireTap()
        parts = assemble(settings, store, engine, pace, tap)
        client, studio, delivery = parts.client, parts.studio, parts.delivery
        stack.push_async_callback(client.close)
        stack.push_async_callback(delivery.close)
        stack.push_async_callback(parts.desk.close)
        stack.push_async_callback(_note, store, engine)
        ops = await stack.enter_async_context(_watched(settings, client, store, engine, studio, tap))
        await client.login(token)
        recovered = await delivery.recover()
        if recovered:
            log.info("took up %d unfinished jobs", recovered)
        connection = asyncio.create_task(client.connect(), name="gateway")
        stack.push_async_callback(_stop, connection)
        heartbeat = settings.storage.folder / HEARTBEAT
        notes = asyncio.create_task(_take_notes(store, engine, client, heartbeat), name="notes")
        stack.push_async_callback(_stop, notes)
        hours = asyncio.create_task(parts.warden.watch(), name="hours")
        stack.push_async_callback(_stop, hours)
        telling = asyncio.create_task(parts.log_channel.work(), name="log channel")
        stack.push_async_callback(_stop, telling)
        upkeep = asyncio.create_task(keep_up(store, keep=settings.storage.keep), name="upkeep")
        stack.push_async_callback(_stop, upkeep)
        await _connected(client, connection)
        yield App(
            store=store,
            engine=engine,
            studio=studio,
            delivery=delivery,
            client=client,
            connection=connection,
            ops=ops,
        )


@contextlib.asynccontextmanager
async def _watched(
    settings: Settings, client: EaselClient, store: Store, engine: Engine, studio: Studio, tap: WireTap
) -> AsyncIterator[OpsServer | None]:
    """The loop's lateness is measured, and health and metrics are told where that is wanted.

    Raises:
        ConfigError: the port is taken, or nothing may listen there.
    """
    lag = LoopLag()
    watching = asyncio.create_task(lag.watch(), name="loop lag")
    try:
        if settings.ops.port is None:
            yield None
            return
        health = Health(
            client=client,
            store=store,
            engine=engine,
            folder=settings.storage.folder,
            lag=lag,
            draining=lambda: studio.draining,
        )
        metrics = Metrics(client=client, store=store, engine=engine, lag=lag, tap=tap)
        server = OpsServer(health=health, metrics=metrics, host=settings.ops.host, port=settings.ops.port)
        try:
            await server.start()
        except OSError as error:
            said = f"cannot listen on {settings.ops.host}:{settings.ops.port}: {error.strerror}"
            mend = "choose another port, or end what listens there"
            raise ConfigError([Problem(key="ops.port", said=said, mend=mend)]) from error
        try:
            yield server
        finally:
            await server.close()
    finally:
        await _stop(watching)


def _counters(remembered: object) -> FairCounters | None:
    if remembered is None:
        return None
    try:
        return FairCounters.from_json(remembered)
    except InvalidRequest as error:
        log.warning("the fair queue starts afresh: %s", error)
        return None


def _rates(remembered: object) -> dict[str, float]:
    if not isinstance(remembered, dict):
        return {}
    return {str(model): float(rate) for model, rate in remembered.items() if isinstance(rate, int | float)}


def _knees(remembered: object) -> dict[str, int]:
    if not isinstance(remembered, dict):
        return {}
    return {str(of): knee for of, knee in remembered.items() if isinstance(knee, int) and knee > 0}


async def _connected(client: EaselClient, connection: asyncio.Task[None]) -> None:
    """Wait until the gateway is ready; whatever ends the connection before that is raised."""
    ready = asyncio.create_task(client.wait_until_ready())
    try:
        await asyncio.wait([ready, connection], return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _stop(ready)
    if connection.done():
        connection.result()


async def _take_notes(store: Store, engine: Engine, client: EaselClient, heartbeat: Path) -> None:
    """Keep what the next start should know, and show that this one lives."""
    while True:
        await _note(store, engine)
        if client.is_ready() and not client.is_closed():
            try:
                await asyncio.to_thread(heartbeat.touch)
            except OSError as error:
                log.warning("no heartbeat: %s", error)
        await asyncio.sleep(NOTE_EVERY)


async def _note(store: Store, engine: Engine) -> None:
    try:
        await store.save_memory(COUNTERS, engine.counters().to_json())
        await store.save_memory(RATES, dict(engine.rates()))
        await store.save_memory(KNEES, dict(engine.knees()))
    except StoreError as error:
        log.warning("the fair queue's counters were not noted: %s", error)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("%s ended with an error: %r", task.get_name(), error)


async def serve(settings: Settings) -> None:
    """`easel run`: until SIGINT or SIGTERM, then drain; a second signal leaves at once.

    Raises:
        ConfigError: there is no token, or Discord does not know it.
    """
    logs.configure(settings.log.level, settings.log.format)
    token = settings.require_token()
    if settings.discord.api_base is not None:
        from bot.playground.endpoint import point_discord_py_at

        point_discord_py_at(settings.discord.api_base)
    with _Signals() as signals:
        try:
            async with running(settings, token) as app:
                await signals.attend(app)
        except discord.LoginFailure:
            raise ConfigError([UNKNOWN_TOKEN]) from None
        except discord.ConnectionClosed as error:
            if error.code == TOKEN_REFUSED:
                raise ConfigError([UNKNOWN_TOKEN]) from None
            raise ConnectionError(f"Discord ended the connection: {error}") from error
        except (discord.HTTPException, discord.ClientException) as error:
            raise ConnectionError(f"Discord ended the connection: {error}") from error


async def playground(settings: Settings, *, port: int, open_browser: Callable[[str], object] | None) -> None:
    """`easel playground`: a Discord on this machine with the bot in it.

    Args:
        port: where the page is served on 127.0.0.1; 0 takes a free one.
        open_browser: called with the page's address once everything answers.

    Raises:
        OSError: the port is taken.
    """
    from bot.ops.studio_window import EaselWindow
    from bot.playground.clock import Clock
    from bot.playground.endpoint import point_discord_py_at
    from bot.playground.inside import mount_inside
    from bot.playground.inside_traffic import Traffic
    from bot.playground.page_api import mount_page
    from bot.playground.server import LoopbackDiscord

    logs.configure(settings.log.level, settings.log.format)
    clock = Clock()
    traffic = Traffic(clock.now)
    loopback = LoopbackDiscord(port=port, clock=clock, observer=traffic)
    mount_page(loopback.app, loopback.backend)
    inside = mount_inside(loopback, traffic)
    # That Discord forgets everything when it ends, so what Easel knows of it may go with it.
    with tempfile.TemporaryDirectory(prefix="easel-playground-") as folder, _Signals() as signals:
        storage = settings.storage.model_copy(update={"folder": Path(folder)})
        async with loopback:
            point_discord_py_at(loopback.base_url)
            async with (
                running(settings.model_copy(update={"storage": storage}), loopback.token) as app,
                inside.showing(EaselWindow(engine=app.engine, store=app.store)),
            ):
                print(f"Easel's playground: {loopback.base_url}  (Ctrl-C ends it)", flush=True)  # noqa: T201
                if open_browser is not None:
                    await asyncio.to_thread(open_browser, loopback.base_url)
                await signals.attend(app, drain_limit=0)


class _Signals:
    """SIGINT and SIGTERM: the first drains, a second, or one before anything runs, leaves at once.

    discord.py knows only KeyboardInterrupt. Leaving at once still closes everything in order: what was
    accepted is stored.
    """

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._attended = False
        self._main = asyncio.current_task()
        self._left = False

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._received)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)
        return kind is asyncio.CancelledError and self._left

    async def attend(self, app: App, *, drain_limit: float = DRAIN_LIMIT) -> None:
        """Let the app work until a signal comes, then drain it.

        Raises:
            discord.ConnectionClosed: Discord ended the connection for good, and says why.
        """
        self._attended = True
        asked = asyncio.create_task(self._asked.wait())
        try:
            await asyncio.wait([asked, app.connection], return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        if app.connection.done():
            app.connection.result()
        log.info("draining; a second signal leaves at once")
        await app.drain(drain_limit)

    def _received(self) -> None:
        if self._attended and not self._asked.is_set():
            self._asked.set()
        elif self._main is not None:
            self._left = True
            self._main.cancel()
