"""Takes the docs' pictures of the playground, with the real bot and model. Run by `make screenshots`.

Everything that is seen is made through the page, as the people in it would; only then is the picture taken.
"""

import asyncio
import contextlib
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Literal

from chromium import chromium
from page_hands import ask_menu, newest, type_out
from playwright.async_api import Browser, Page, ViewportSize, expect

ROOT: Final = Path(__file__).parents[2]
IMAGES: Final = ROOT / "docs" / "images"
PATIENCE: Final = 60_000
"""Milliseconds; the model may have to load first."""

WIDE: Final = ViewportSize(width=1440, height=1080)
TABLET: Final = ViewportSize(width=820, height=1100)
PHONE: Final = ViewportSize(width=390, height=844)
FIRST_IDEA: Final = "/imagine a lighthouse by the sea at sunset"
Scheme = Literal["dark", "light"]


@contextlib.asynccontextmanager
async def playground(folder: Path) -> AsyncIterator[str]:
    """Run `easel playground` until its page is up; gives the page's address."""
    config = folder / "config.toml"
    config.touch()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "playground", "--no-browser", "--port", "0"),
        cwd=ROOT,
        env=os.environ | {"EASEL_CONFIG": str(config)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            if said := re.match(r"Easel's playground: (\S+)", line.decode()):
                yield said[1]
                break
    finally:
        os.killpg(process.pid, signal.SIGINT)
        await process.wait()


@contextlib.asynccontextmanager
async def tab(
    browser: Browser, url: str, person: str, *, size: ViewportSize = WIDE, scheme: Scheme = "dark"
) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{url}/?as={person}")
    await page.locator(f'[data-person="{person}"][aria-pressed="true"]').wait_for()
    yield page
    await context.close()


async def shoot(page: Page, name: str) -> None:
    """Save what is seen once every picture has loaded; the newest message is in sight."""
    await page.locator("#scroll").evaluate("(node) => { node.scrollTop = node.scrollHeight; }")
    await page.evaluate("Promise.all([...document.images].map((image) => image.decode().catch(() => null)))")
    await page.mouse.move(0, 0)
    await page.screenshot(path=IMAGES / f"{name}.png")


async def drawn(page: Page, pictures: int) -> None:
    """Wait until the newest message is a finished job of that many pictures."""
    await expect(newest(page).get_by_role("button", name="V1", exact=True)).to_be_visible(timeout=PATIENCE)
    await expect(newest(page).locator(".gallery img")).to_have_count(pictures)


async def talk(ada: Page, ben: Page, mia: Page) -> None:
    """A morning in the studio."""
    await type_out(mia, "Morning! We need a poster for the **summer fair** by tonight.")
    await expect(newest(ada)).to_contain_text("Morning!")
    await type_out(ada, "I have an idea: *lights by the water*. One moment…")
    await expect(newest(ben)).to_contain_text("One moment")
    await ask_menu(newest(ben).locator(".body"), "Reply")
    await type_out(ben, "Go on, @Ada! I will do the lettering :tada:")
    await expect(newest(mia)).to_contain_text("lettering")
    await newest(mia).hover()
    await newest(mia).get_by_role("button", name="React with thumbsup").click()
    await expect(newest(ada).locator(".reaction").first).to_contain_text("1")
    await type_out(ada, FIRST_IDEA)
    await drawn(ada, 4)
    await newest(ada).hover()
    await newest(ada).get_by_role("button", name="React with heart").click()
    await drawn(ben, 4)
    reactions = newest(ben).locator(".reaction").first
    await reactions.click()
    await expect(reactions).to_contain_text("2")


async def take(browser: Browser, url: str) -> None:
    async with (
        tab(browser, url, "ada") as ada,
        tab(browser, url, "ben") as ben,
        tab(browser, url, "mia") as mia,
    ):
        await talk(ada, ben, mia)
        await shoot(ada, "playground")
        await ada.locator("#composer").press_sequentially("/")
        await ada.get_by_role("option").first.wait_for()
        await shoot(ada, "playground-commands")
        await ada.locator("#composer").press("Escape")
        await ada.locator("#composer").fill("")
        await newest(ada).locator(".tile").first.click()
        await shoot(ada, "playground-picture")
        await ada.keyboard.press("Escape")
        await ada.get_by_role("button", name="Inside").click()
        await ada.locator("#inside").get_by_role("heading").first.wait_for()
        await shoot(ada, "playground-inside")
        sizes: dict[str, tuple[ViewportSize, Scheme]] = {
            "playground-light": (WIDE, "light"),
            "playground-tablet": (TABLET, "light"),
            "playground-phone": (PHONE, "dark"),
        }
        for name, (size, scheme) in sizes.items():
            async with tab(browser, url, "ben", size=size, scheme=scheme) as page:
                await drawn(page, 4)
                await shoot(page, name)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with playground(Path(folder)) as url, chromium() as browser:
            await take(browser, url)


if __name__ == "__main__":
    asyncio.run(main())
