"""A loopback Discord for each test, with everything that crosses its wire held against Discord's words."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from conformance import DESCRIPTION, Conformance, Description
from trial_bot import TrialBot, connected

from bot.playground import LoopbackDiscord


@pytest.fixture(scope="session")
def description() -> Description | None:
    """Discord's API description, where it lies beside the repository."""
    return Description.load() if DESCRIPTION.is_file() else None


@pytest.fixture
async def loopback(description: Description | None) -> AsyncIterator[LoopbackDiscord]:
    """A running loopback Discord; at the end, nothing said over its wire may break Discord's description."""
    observer = Conformance(description=description) if description else None
    async with LoopbackDiscord(observer=observer) as discord:
        yield discord
    if observer is not None:
        observer.raise_problems()


@pytest.fixture
async def bot(loopback: LoopbackDiscord) -> AsyncIterator[TrialBot]:
    """A connected discord.py bot."""
    async with connected(loopback) as trial:
        yield trial


@pytest.fixture
async def http(loopback: LoopbackDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    """A bare HTTP client with the bot's token, for what discord.py would not send."""
    headers = {"Authorization": f"Bot {loopback.token}"}
    base = f"{loopback.base_url}/api/v10/"
    async with aiohttp.ClientSession(base, headers=headers) as session:
        yield session
