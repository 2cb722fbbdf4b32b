"""The page in a real browser, with a real discord.py bot behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal

import pytest
import pytest_asyncio
from chromium import CHROMIUM, NO_CHROMIUM, chromium
from conformance import Conformance, Description
from page_bot import COMMANDS, PageBot
from page_hands import PATIENCE, Opener
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.playground.endpoint import point_discord_py_at
from bot.playground.inside import mount_inside
from bot.playground.inside_traffic import Traffic
from bot.playground.page_api import mount_page
from bot.playground.server import LoopbackDiscord


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser there is nothing to see here."""
    for item in items:
        if "tab" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(description: Description | None) -> AsyncIterator[LoopbackDiscord]:
    """One server for all tests here; what the page brings about must keep to Discord's description too."""
    observer = Conformance(description=description) if description else None
    server = LoopbackDiscord(observer=observer)
    mount_page(server.app, server.backend)
    mount_inside(server, Traffic(server.clock.now))
    async with server:
        yield server
    if observer is not None:
        observer.raise_problems()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(discord: LoopbackDiscord) -> AsyncIterator[PageBot]:
    point_discord_py_at(discord.base_url)
    bot = PageBot(COMMANDS)
    running = asyncio.create_task(bot.start(discord.token))
    await discord.connected()
    await discord.until(lambda: discord.backend.commands.all_in(None))
    yield bot
    await bot.close()
    await running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def tab(discord: LoopbackDiscord, bot: PageBot, browser: Browser) -> AsyncIterator[Opener]:
    """Opens tabs as people; at the end, no tab's console may hold an error."""
    await bot.wait_until_ready()
    said: list[str] = []

    @asynccontextmanager
    async def open_tab(
        person: str,
        *,
        channel: str | None = None,
        width: int = 1440,
        scheme: Literal["dark", "light"] = "dark",
        touch: bool = False,
    ) -> AsyncIterator[Page]:
        context = await browser.new_context(
            viewport=ViewportSize(width=width, height=900),
            color_scheme=scheme,
            has_touch=touch,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(f"{discord.base_url}/?as={person}")
        await page.locator(f'[data-person="{person}"][aria-pressed="true"]').wait_for()
        if channel:
            await page.locator(f'[data-channel="{channel}"]').click()
        yield page
        await context.close()

    async with AsyncExitStack() as stack:

        @asynccontextmanager
        async def opened(person: str, **how: object) -> AsyncIterator[Page]:
            yield await stack.enter_async_context(open_tab(person, **how))  # type: ignore[arg-type]

        yield opened
    assert said == []
