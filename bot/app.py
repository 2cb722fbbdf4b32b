"""The composition root: builds every part, starts them in order, closes them in reverse."""

import asyncio
import contextlib
import logging
import secrets
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.client import EaselClient
from bot.commands.help import add_help
from bot.commands.imagine import add_imagine
from bot.commands.presses import JobPresses
from bot.commands.queue import add_queue
from bot.commands.quota import add_quota
from bot.config import Settings
from bot.delivery import PACE, Delivery
from bot.ops import logs
from bot.post import Post
from bot.store import Store
from bot.studio import Studio
from inference import Engine, FairCounters, InvalidRequest
from inference.request import SEEDS

log = logging.getLogger(__name__)

COUNTERS: Final = "fair_counters"
RATES: Final = "rates"
NOTE_EVERY: Final = 10.0
"""Seconds between two notes of the fair queue's counters and of the heartbeat."""
DRAIN_LIMIT: Final = 30.0
"""Seconds that live jobs get to finish when the bot is to stop; the rest waits for the next start."""
HEARTBEAT: Final = "heartbeat"
"""A file in the storage folder, touched while the bot is connected, for a container's health check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A running Easel, connected to its Discord."""

    store: Store
    engine: Engine
    studio: Studio
    delivery: Delivery
    client: EaselClient

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
    """
    async with contextlib.AsyncExitStack() as stack:
        store = await Store.open(settings.storage.folder)
        stack.push_async_callback(store.close)
        catalogue = settings.catalogue()
        engine = Engine(
            catalogue=catalogue,
            counters=_counters(await store.load_memory(COUNTERS)),
            rates=_rates(await store.load_memory(RATES)),
            device=settings.engine.device,
            threads=settings.engine.threads,
            preview_every=settings.engine.preview_seconds,
        )
        await engine.start()
        stack.push_async_callback(engine.close)
        app = _assemble(settings, store, engine, pace)
        stack.push_async_callback(app.client.close)
        stack.push_async_callback(app.delivery.close)
        await app.client.login(token)
        recovered = await app.delivery.recover()
        if recovered:
            log.info("took up %d unfinished jobs", recovered)
        connection = asyncio.create_task(app.client.connect(), name="gateway")
        notes = asyncio.create_task(_take_notes(app, settings.storage.folder), name="notes")
        stack.push_async_callback(_stop, notes)
        try:
            await _connected(app.client, connection)
            yield app
        finally:
            await _note(app)
            await app.delivery.close()
            await app.client.close()
            await _stop(connection)


def _assemble(settings: Settings, store: Store, engine: Engine, pace: float) -> App:
    client = EaselClient(store=store, test_guilds=settings.discord.test_guilds)
    studio = Studio(
        store=store,
        engine=engine,
        catalogue=settings.catalogue(),
        limits=settings.limits,
        fallback_policy=settings.quota.policy(),
        fresh_seed=lambda: secrets.randbelow(SEEDS),
    )
    post = Post(client)
    delivery = Delivery(store=store, post=post, studio=studio, pace=pace, previews=settings.engine.previews)
    client.connect_studio(JobPresses(studio=studio, delivery=delivery, store=store, post=post), delivery)
    add_imagine(
        client.tree,
        studio,
        delivery,
        max_count=settings.limits.max_count,
        max_steps=settings.limits.max_steps,
    )
    add_queue(client.tree, studio, delivery)
    add_quota(client.tree, studio)
    add_help(client.tree, studio)
    return App(store=store, engine=engine, studio=studio, delivery=delivery, client=client)


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
    return {str(model): float(rate) for model, rate in remembered.items()}


async def _connected(client: EaselClient, connection: asyncio.Task[None]) -> None:
    """Wait until the gateway is ready; whatever ends the connection before that is raised."""
    ready = asyncio.create_task(client.wait_until_ready())
    await asyncio.wait([ready, connection], return_when=asyncio.FIRST_COMPLETED)
    if connection.done():
        await _stop(ready)
        connection.result()


async def _take_notes(app: App, folder: Path) -> None:
    """Keep what the next start should know, and show that this one lives."""
    heartbeat = folder / HEARTBEAT
    while True:
        await _note(app)
        if not app.client.is_closed() and app.client.is_ready():
            await asyncio.to_thread(heartbeat.touch)
        await asyncio.sleep(NOTE_EVERY)


async def _note(app: App) -> None:
    await app.store.save_memory(COUNTERS, app.engine.counters().to_json())
    await app.store.save_memory(RATES, dict(app.engine.rates()))


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def serve(settings: Settings) -> None:
    """`easel run`: until SIGINT or SIGTERM, then drain; a second signal leaves at once.

    Raises:
        ConfigError: there is no token.
    """
    logs.configure(settings.log.level, settings.log.format)
    token = settings.require_token()
    if settings.discord.api_base is not None:
        from bot.playground.endpoint import point_discord_py_at

        point_discord_py_at(settings.discord.api_base)
    asked = _signals()
    async with running(settings, token) as app:
        await _until_asked(app, asked)


async def _until_asked(app: App, asked: "asyncio.Queue[signal.Signals]") -> None:
    await asked.get()
    log.info("draining; a second signal leaves at once")
    draining = asyncio.create_task(app.drain())
    again = asyncio.create_task(asked.get())
    await asyncio.wait([draining, again], return_when=asyncio.FIRST_COMPLETED)
    for task in (draining, again):
        task.cancel()


def _signals() -> "asyncio.Queue[signal.Signals]":
    """Every SIGINT and SIGTERM from now on. discord.py knows only KeyboardInterrupt."""
    asked: asyncio.Queue[signal.Signals] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.put_nowait, number)
    return asked


async def playground(settings: Settings, *, port: int, open_browser: Callable[[str], object] | None) -> None:
    """`easel playground`: a Discord on this machine with the bot in it.

    Args:
        port: where the page is served on 127.0.0.1; 0 takes a free one.
        open_browser: called with the page's address once everything answers.

    Raises:
        OSError: the port is taken.
    """
    from bot.playground.endpoint import point_discord_py_at
    from bot.playground.page_api import mount_page
    from bot.playground.server import LoopbackDiscord

    logs.configure(settings.log.level, settings.log.format)
    asked = _signals()
    discord = LoopbackDiscord(port=port)
    mount_page(discord.app, discord.backend)
    async with discord:
        point_discord_py_at(discord.base_url)
        async with running(settings, discord.token) as app:
            print(f"Easel's playground: {discord.base_url}  (Ctrl-C ends it)", flush=True)  # noqa: T201
            if open_browser is not None:
                await asyncio.to_thread(open_browser, discord.base_url)
            await _until_asked(app, asked)
