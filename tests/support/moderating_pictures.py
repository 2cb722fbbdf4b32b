"""Takes the pictures of docs/moderating.md on the playground's page, by doing it. See `screenshots`."""

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from chromium import chromium
from page_hands import newest, type_out
from playwright.async_api import Browser, FloatRect, Locator, Page, ViewportSize, expect
from screenshots import IMAGES, PATIENCE, drawn, playground, tab

DESK: Final = ViewportSize(width=1180, height=1000)


async def _shoot(part: Locator, name: str) -> None:
    page = part.page
    await page.locator("#scroll").evaluate("(node) => { node.scrollTop = node.scrollHeight; }")
    await page.mouse.move(0, 0)
    box = await part.bounding_box()  # not the part itself: a list that is live may be drawn anew meanwhile
    assert box is not None
    clip = FloatRect(x=box["x"], y=box["y"], width=box["width"], height=box["height"])
    await page.screenshot(path=IMAGES / f"{name}.png", clip=clip)


async def _role_quota(mia: Page) -> None:
    """From `/settings` to a role with ten minutes a day."""
    await type_out(mia, "/settings")
    panel = newest(mia)
    await expect(panel).to_contain_text("Settings of this server", timeout=PATIENCE)
    await _shoot(panel, "moderating-settings")
    await panel.get_by_role("button", name="Give a role a quota").click()
    form = mia.get_by_role("dialog", name="What a role may use")
    await form.get_by_role("combobox", name="Role").click()
    await mia.get_by_role("option", name="Artists").click()
    await form.get_by_label("Compute").fill("10 min")
    await _shoot(form, "moderating-role")
    await form.get_by_role("button", name="Submit").click()
    await expect(newest(mia)).to_contain_text("It counts at once")
    await _shoot(newest(mia), "moderating-done")


async def take(browser: Browser, url: str) -> None:
    async with (
        tab(browser, url, "ada", size=DESK) as ada,
        tab(browser, url, "ben", size=DESK) as ben,
        tab(browser, url, "mia", size=DESK) as mia,
    ):
        await _role_quota(mia)
        for page, words in ((ada, "a red house by the sea at night"), (ben, "a tree in the snow")):
            await type_out(page, f"/imagine {words}")
            await drawn(page, 4)
        await type_out(mia, "/quota why")
        await expect(newest(mia)).to_contain_text("Which rule decides")
        await _shoot(newest(mia), "moderating-why")
        await type_out(mia, "/quota usage")
        await expect(newest(mia).locator(".gallery img").first).to_be_visible(timeout=PATIENCE)
        await mia.evaluate(
            "Promise.all([...document.images].map((image) => image.decode().catch(() => null)))"
        )
        await _shoot(newest(mia), "moderating-usage")
        for words in ("a boat", "a cat", "a lighthouse"):
            await type_out(ada, f"/imagine {words} --steps 60")
        await type_out(mia, "/moderate jobs")
        await expect(newest(mia)).to_contain_text("Jobs of this server")
        await _shoot(newest(mia), "moderating-jobs")
        await newest(mia).get_by_role("button", name="Manage").last.click()
        await _shoot(mia.get_by_role("dialog"), "moderating-manage")
        await mia.keyboard.press("Escape")
        await type_out(mia, "/audit")
        await expect(newest(mia)).to_contain_text("What moderators did")
        await _shoot(newest(mia), "moderating-audit")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with playground(Path(folder)) as url, chromium() as browser:
            await take(browser, url)


if __name__ == "__main__":
    asyncio.run(main())
