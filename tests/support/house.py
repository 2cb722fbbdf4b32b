"""Easel as people meet it: the real bot, the real worker, a real database, on the loopback Discord."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from conformance import DESCRIPTION, Conformance, Description

from bot.app import App, running
from bot.config import Settings, load_settings
from bot.playground import LoopbackDiscord, Message, Person
from bot.playground.endpoint import point_discord_py_at

PICTURES = 60.0
"""Seconds within which pictures come on any machine; a patience, not a measurement."""

OVER = {"delivered", "failed", "cancelled"}


class House:
    """A Discord with Easel in it; Easel can leave and come back.

    Args:
        pace: seconds between two edits of one message; many cards at once need a slow one.
    """

    def __init__(self, discord: LoopbackDiscord, settings: Settings, *, pace: float = 0.2) -> None:
        self.discord = discord
        self.settings = settings
        self._pace = pace
        self._stack: AsyncExitStack | None = None
        self._app: App | None = None

    @property
    def app(self) -> App:
        assert self._app is not None
        return self._app

    async def open(self) -> None:
        self._stack = AsyncExitStack()
        self._app = await self._stack.enter_async_context(
            running(self.settings, self.discord.token, pace=self._pace)
        )

    async def close(self) -> None:
        if self._stack is not None:
            await self._stack.aclose()
            self._stack = None

    async def restart(self) -> None:
        await self.close()
        await self.open()

    def person(self, name: str, channel: str = "studio", guild: str | None = None) -> Person:
        return self.discord.person(name, channel=channel, guild=guild)

    async def pictures(self, message: Message) -> Message:
        """Wait until the message shows finished pictures."""
        await self.discord.until(lambda: has_pictures(message), timeout=PICTURES)
        await self.settled()
        return message

    async def settled(self) -> None:
        """Wait until every job is over and written down."""
        await self.discord.until(lambda: OVER.issuperset(self.states()), timeout=PICTURES)

    def says(self, message: Message, words: str) -> Callable[[], bool]:
        return lambda: words in message.text

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Look into the database from outside, as it is on the disk."""
        path = self.settings.storage.folder / "easel.db"
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def spent(self, person: Person) -> float:
        """Compute-seconds on the person's account, over all servers."""
        ((total,),) = self.rows(
            "SELECT coalesce(sum(amount), 0) FROM ledger WHERE user_id = ? AND job IS NOT NULL",
            person.user.id,
        )
        assert isinstance(total, int | float)
        return float(total)

    def states(self) -> list[object]:
        """The states of all jobs, oldest first."""
        return [state for (state,) in self.rows("SELECT state FROM jobs ORDER BY number")]


def has_pictures(message: Message) -> bool:
    """Finished ones: previews have no buttons to enlarge or delete them."""
    return bool(message.pictures) and any(button.emoji for button in message.buttons)


def is_drawing(message: Message) -> bool:
    """The bar is on the screen: the worker has the job."""
    return "▱" in message.text


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


def settings_in(folder: Path, **environment: str) -> Settings:
    return load_settings(None, {"EASEL_STORAGE__FOLDER": str(folder), **environment})


@contextlib.asynccontextmanager
async def opened(
    folder: Path, *, pace: float = 0.2, ahead: float = 0.0, observed: bool = True, **environment: str
) -> AsyncIterator[House]:
    """A house that closes itself; at the end, nothing on the wire may have broken Discord's description.

    Args:
        pace: seconds between two edits of one message.
        ahead: seconds that Discord's clock is ahead of this machine's.
        observed: False where a test itself sends what Discord never would.
    """
    described = observed and DESCRIPTION.is_file()
    observer = Conformance(description=Description.load()) if described else None
    async with LoopbackDiscord(observer=observer) as discord:
        discord.clock.advance(ahead)
        point_discord_py_at(discord.base_url)
        house = House(discord, settings_in(folder, **environment), pace=pace)
        await house.open()
        try:
            yield house
        finally:
            await house.close()
    if observer is not None:
        observer.raise_problems()
