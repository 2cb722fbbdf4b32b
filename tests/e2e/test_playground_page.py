"""The first minutes of somebody new: the playground as a process of its own, its page in a browser."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import psutil
import pytest
from chromium import CHROMIUM, NO_CHROMIUM, chromium
from playwright.async_api import Locator, Page, ViewportSize, expect

ROOT = Path(__file__).parents[2]
PATIENCE = 30_000  # milliseconds; the model may have to load first
PROMPT = "a red house by the sea at night"


class Playground:
    """A running `easel playground`, however it was started."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url

    async def interrupt(self) -> int:
        """Press Ctrl-C: every process of the terminal's foreground gets SIGINT. Returns the exit code."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        assert family, "the model works in a process of its own"
        os.killpg(self.process.pid, signal.SIGINT)
        await asyncio.wait_for(self.process.communicate(), timeout=20)
        _, alive = await asyncio.to_thread(psutil.wait_procs, family, timeout=10)
        assert alive == []
        assert self.process.returncode is not None
        return self.process.returncode


@contextlib.asynccontextmanager
async def started(*command: str, folder: Path) -> AsyncIterator[Playground]:
    """Run a command until it says where its page is; at the end, nothing of it is left."""
    no_config = folder / "config.toml"
    no_config.touch()
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("EASEL_", "DISCORD_"))}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=ours | {"EASEL_CONFIG": str(no_config), "BROWSER": "true"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield Playground(process, await asyncio.wait_for(_address(process), timeout=60))
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async for line in process.stdout:
        if said := re.match(r"Easel's playground: (\S+)", line.decode()):
            return said[1]
    raise AssertionError(f"it ended with {await process.wait()} before it said where its page is")


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Page]:
    """The page in a browser; at the end, its console may hold no error."""
    said: list[str] = []
    async with chromium() as browser:
        page = await browser.new_page(viewport=ViewportSize(width=1280, height=860))
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(url)
        yield page
    assert said == []


async def type_out(page: Page, text: str) -> None:
    await page.locator("#composer").press_sequentially(text)
    await page.keyboard.press("Enter")


async def become(page: Page, person: str) -> None:
    await page.locator(f'[data-person="{person}"]').click()
    await page.locator(f'[data-person="{person}"][aria-pressed="true"]').wait_for()


def newest(page: Page) -> Locator:
    return page.locator("[data-message-id]").last


async def has_four(message: Locator) -> None:
    """The pictures are drawn, each says in words what it shows, and the buttons are there."""
    for number in range(1, 5):
        for verb in "UV":
            await expect(message.get_by_role("button", name=f"{verb}{number}", exact=True)).to_be_visible(
                timeout=PATIENCE
            )
    pictures = message.locator(".gallery img")
    await expect(pictures).to_have_count(4)
    for picture in await pictures.all():
        await expect(picture).to_have_attribute("alt", re.compile(PROMPT))
        assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0


@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
async def test_somebody_new_makes_their_first_pictures(tmp_path: Path) -> None:
    """Four pictures from a sentence, four more from one of them, a larger one, an allowance, a deletion."""
    easel = (sys.executable, "-m", "bot", "playground", "--no-browser", "--port", "0")
    async with started(*easel, folder=tmp_path) as playground:
        async with opened(playground.url) as page:
            await imagine(page)
            await press_on(page)
            await look_after(page)
        assert await playground.interrupt() == 0


async def imagine(page: Page) -> None:
    await type_out(page, f"/imagine {PROMPT}")
    card = newest(page)
    await expect(card.get_by_role("button", name="Cancel")).to_be_visible()
    await expect(card).to_contain_text("Ada used /imagine")
    await expect(card).to_contain_text(PROMPT)
    await has_four(card)


async def press_on(page: Page) -> None:
    first = page.locator("[data-message-id]").nth(0)
    await first.get_by_role("button", name="V2", exact=True).click()
    more = page.locator("[data-message-id]").nth(1)
    await expect(more).to_contain_text("Ada pressed V2")
    await expect(more).to_contain_text("Variations of picture 2")
    await has_four(more)
    await become(page, "ben")
    await page.locator("[data-message-id]").nth(1).get_by_role("button", name="U1", exact=True).click()
    larger = page.locator("[data-message-id]").nth(2)
    await expect(larger).to_contain_text("Ben pressed U1")
    await expect(larger.get_by_role("button", name="Vary")).to_be_visible(timeout=PATIENCE)
    assert await larger.locator(".gallery img").count() == 1
    await edit(page, first)


async def edit(page: Page, card: Locator) -> None:
    """✏️ opens a form with the prompt filled in; what is changed in it comes back as pictures."""
    await become(page, "ada")
    await card.get_by_role("button", name="✏").click()
    form = page.get_by_role("dialog", name="Edit · about")
    prompt = form.get_by_role("textbox", name="Prompt")
    await expect(prompt).to_have_value(PROMPT)
    await prompt.fill("the sea at sunset --count 1")
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_be_hidden()
    edited = page.locator("[data-message-id]").nth(3)
    await expect(edited).to_contain_text("the sea at sunset")
    await expect(edited.get_by_role("button", name="U1", exact=True)).to_be_visible(timeout=PATIENCE)
    await edited.get_by_role("button", name="🗑").click()
    await expect(page.locator("[data-message-id]")).to_have_count(3)


async def look_after(page: Page) -> None:
    await become(page, "mia")
    await type_out(page, "/quota set compute:15 min waiting:2")
    await expect(newest(page)).to_contain_text("For everyone: 15 min of compute a day")
    await expect(newest(page)).to_contain_text("Only you can see this")
    await type_out(page, "/queue")
    await expect(newest(page)).to_contain_text("Mia used /queue")
    await become(page, "ada")
    messages = page.locator("[data-message-id]")
    await expect(messages).to_have_count(3)
    await messages.nth(0).get_by_role("button", name="🗑").click()
    await expect(messages).to_have_count(2)


@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
async def test_pictures_show_while_they_form(tmp_path: Path) -> None:
    """A job long enough to wait for is watched: a bar, and previews where the pictures will be."""
    easel = (sys.executable, "-m", "bot", "playground", "--no-browser", "--port", "0")
    async with started(*easel, folder=tmp_path) as playground, opened(playground.url) as page:
        await type_out(page, f"/imagine {PROMPT} steps:60 count:4")
        preview = newest(page).locator('img[alt^="Preview of picture"]')
        await expect(preview).to_have_count(4, timeout=PATIENCE)
        await newest(page).get_by_role("button", name="Cancel").click()
        await expect(newest(page)).to_contain_text("Cancelled")


async def test_make_playground_is_all_it_takes(tmp_path: Path) -> None:
    """`make playground` answers on its port, and Ctrl-C ends all of it."""
    if not (ROOT / ".venv" / "bin" / "easel").exists() or shutil.which("make") is None:
        pytest.skip("there is no environment made by `make setup` here")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # What is set up stays as it is, even where its pins are older than the list of them.
    make = ("make", "--assume-old=.venv/.ready", f"PORT={port}", "playground")
    async with started(*make, folder=tmp_path) as playground:
        assert playground.url == f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as session, session.get(playground.url) as answer:
            assert answer.status == 200
            assert "Easel" in await answer.text()
        await playground.interrupt()
