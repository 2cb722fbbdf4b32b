"""What a person's hands do on the page, for the page's tests."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from playwright.async_api import Locator, Page, expect

PATIENCE: Final = 15_000
"""Milliseconds that a test waits for what it expects to see, on a machine busy with much else."""

Opener = Callable[..., AbstractAsyncContextManager[Page]]
"""Opens a tab as somebody: `tab("ada", channel="sketches", width=390, scheme="light")`."""


def composer(page: Page) -> Locator:
    return page.locator("#composer")


def newest(page: Page) -> Locator:
    return page.locator("[data-message-id]").last


async def type_out(page: Page, text: str) -> None:
    """Type into the message box, key by key, and press Enter."""
    await composer(page).press_sequentially(text)
    await page.keyboard.press("Enter")


async def say(page: Page, text: str) -> Locator:
    """Type out a message, wait until it stands last in the channel, and give it."""
    await type_out(page, text)
    message = page.locator("[data-message-id]").filter(has_text=text).last
    await expect(message).to_be_visible()
    return message


async def ask_menu(message: Locator, item: str) -> None:
    """Right-click a message or person and take an item of the menu."""
    await message.click(button="right")
    await message.page.get_by_role("menuitem", name=item, exact=True).click()
