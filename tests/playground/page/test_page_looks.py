"""How the page looks and is reached: narrow and wide, dark and light, with keys alone."""

from importlib import resources

import pytest
from page_hands import Opener, composer, newest, type_out
from playwright.async_api import Page, expect

from bot.playground.server import LoopbackDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


async def test_a_phone_shows_everything_too(tab: Opener) -> None:
    """At 390 pixels nothing runs off the side, and the channels open over the messages."""
    async with tab("ben", width=390) as page:
        await type_out(page, "/imagine a narrow house between two very tall trees")
        await expect(newest(page).locator(".tile")).to_have_count(4)
        wide = (
            "[...document.querySelectorAll('.main *')].filter((n) => n.getBoundingClientRect().right > 391)"
        )
        assert await page.evaluate(f"{wide}.map((n) => n.className)") == []
        channel = page.locator('[data-channel="sketches"]')
        await expect(channel).to_be_hidden()
        await page.get_by_role("button", name="Servers and channels").click()
        await channel.click()
        await expect(page.locator("#channel-name")).to_have_text("#sketches")
        await expect(channel).to_be_hidden()


async def everything(page: Page) -> None:
    """Fill the channel with one of each thing."""
    for command in ("/imagine a red house", "/menus", "/card", "/gallery", "/whisper"):
        await type_out(page, command)
        await expect(newest(page)).to_contain_text(f"used {command.split()[0]}")
    await type_out(page, "**words** `code` <t:1767225600:R> @Ben ||hidden||")
    await expect(newest(page)).to_contain_text("@Ben")


async def blame(page: Page, where: str, within: str = "html") -> list[str]:
    """What axe finds wrong. The order of headings inside a message is its author's, so it is not asked."""
    await expect(page.locator(within).last).to_be_visible()
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    run = "(within) => axe.run(within, { rules: { 'heading-order': { enabled: false } } })"
    found = await page.evaluate(run, within)
    nodes = [(each["id"], node["html"]) for each in found["violations"] for node in each["nodes"]]
    # The list of suggestions is scrolled from the box it belongs to, by its arrow keys.
    return [f"{where}: {rule}: {html}" for rule, html in nodes if 'class="suggestions"' not in html]


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_axe_finds_nothing_to_mend(tab: Opener, scheme: str) -> None:
    """Contrast, names, roles and landmarks hold in both themes, with everything open in turn."""
    async with tab("ada", scheme=scheme) as page:
        await everything(page)
        wrong = await blame(page, "messages")
        await newest(page).locator(".body").click(button="right")
        wrong += await blame(page, "menu", "[role=menu]")
        await page.keyboard.press("Escape")
        await page.locator("[data-member=ben]").click()
        wrong += await blame(page, "profile", ".profile")
        await page.keyboard.press("Escape")
        await page.locator('[data-custom-id="page:look"]').last.click()
        wrong += await blame(page, "choices", "[role=listbox]")
        await page.keyboard.press("Escape")
        await composer(page).press_sequentially("/")
        wrong += await blame(page, "commands", "#bottom")
        await composer(page).press_sequentially("imagine a hill")
        await page.locator('[data-add-option="count"]').click()
        wrong += await blame(page, "options", "#bottom")
        await composer(page).press("Escape")
        await type_out(page, "/form")
        await page.get_by_role("button", name="Submit").click()
        wrong += await blame(page, "form", "dialog")
        await page.keyboard.press("Escape")
        await page.locator(".tile").first.click()
        wrong += await blame(page, "picture", "dialog")
    assert wrong == []


async def test_axe_finds_nothing_on_a_phone(tab: Opener) -> None:
    """Narrow, with the channels open and closed."""
    async with tab("ada", width=390) as page:
        wrong = await blame(page, "messages")
        await page.get_by_role("button", name="Servers and channels").click()
        wrong += await blame(page, "channels")
    assert wrong == []


async def test_all_of_it_works_with_keys_alone(tab: Opener) -> None:
    """From the address bar to a picture, a button, a reaction, a reply, another channel, another person."""
    async with tab("ada") as page:
        press = page.keyboard.press
        await press("Tab")
        await expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
        await press("Enter")
        await page.keyboard.type("/ima")
        await press("Tab")
        await page.keyboard.type("a tree on a hill count:1")
        await press("Enter")
        await expect(newest(page)).to_contain_text("a tree on a hill")
        await expect(newest(page).locator(".tile")).to_have_count(1)
        await newest(page).get_by_role("button", name="V1").focus()
        await press("Enter")
        await expect(newest(page)).to_contain_text("V1 pressed by @Ada")
        await expect(newest(page).get_by_role("button", name="V1")).to_be_focused()
        await page.locator("#scroll").focus()
        await press("ArrowUp")
        await expect(newest(page)).to_be_focused()
        await press("ContextMenu")
        await expect(page.get_by_role("menuitem", name="Add a reaction")).to_be_focused()
        await press("Enter")
        await page.keyboard.type("fire")
        await press("Enter")
        await expect(newest(page).get_by_role("button", name="fire, 1 reaction")).to_be_visible()
        await newest(page).focus()
        await press("Shift+F10")
        await press("r")
        await press("Enter")
        await page.keyboard.type("lovely")
        await press("Enter")
        await expect(newest(page)).to_contain_text("lovely")
        await page.locator('[data-channel="sketches"]').focus()
        await press("Enter")
        await expect(page.locator("#channel-name")).to_have_text("#sketches")
        await page.locator('[data-person="ben"]').focus()
        await press("Enter")
        await expect(page.locator('[data-person="ben"]')).to_have_attribute("aria-pressed", "true")


async def test_letters_typed_anywhere_reach_the_message_box(tab: Opener) -> None:
    """Who looks at the messages and begins to write need not look for the box first."""
    async with tab("ada") as page:
        await page.locator("#scroll").focus()
        await page.keyboard.type("hello")
        await expect(composer(page)).to_have_value("hello")


async def test_the_theme_can_be_chosen(tab: Opener) -> None:
    """The system's is used until one presses; what one pressed is kept."""
    ground = "getComputedStyle(document.querySelector('.main')).backgroundColor"
    async with tab("ada", scheme="light") as page:
        assert await page.evaluate(ground) == "rgb(255, 255, 255)"
        await page.get_by_role("button", name="Use the dark theme").click()
        dark = await page.evaluate(ground)
        assert dark != "rgb(255, 255, 255)"
        await page.reload()
        await expect(page.get_by_role("button", name="Use the light theme")).to_be_visible()
        assert await page.evaluate(ground) == dark


async def test_a_finger_that_rests_opens_the_menu(tab: Opener) -> None:
    """On a phone, a long press does what the right mouse button does, from the bottom of the screen."""
    async with tab("ada", width=390, touch=True) as page:
        await type_out(page, "press me")
        await expect(newest(page)).to_contain_text("press me")
        body = newest(page).locator(".body")
        await body.dispatch_event("pointerdown", {"pointerType": "touch", "clientX": 60, "clientY": 400})
        menu = page.get_by_role("menu", name="Message actions")
        await expect(menu).to_be_visible()
        box = await menu.bounding_box()
        assert box is not None
        assert box["width"] == 390
        assert round(box["y"] + box["height"]) == 900


async def test_screen_readers_are_told_what_is_new(tab: Opener, discord: LoopbackDiscord) -> None:
    """A new message is said once, in words; progress is not said again and again."""
    async with tab("ada") as page:
        discord.person("ben").say("**good** morning")
        await expect(page.locator("#announcer")).to_contain_text("Ben: good morning")
        await type_out(page, "/imagine a quiet lake")
        await expect(page.locator("#announcer")).to_contain_text("Easel: 4 pictures. a quiet lake")
        assert await page.get_by_role("main").count() == 1
        assert await page.get_by_role("log", name="Messages").count() == 1


@pytest.mark.parametrize("width", [1440, 1000, 820])
async def test_the_drawer_leaves_room_for_the_chat(tab: Opener, width: int) -> None:
    """Beside it the chat stays wide enough; members and channels come in over both, and go again."""
    async with tab("ada", width=width) as page:
        await page.get_by_role("button", name="Inside").click()
        inside, main = page.locator("#inside"), page.locator(".main")
        await expect(inside).to_be_visible()
        drawer, chat = await inside.bounding_box(), await main.bounding_box()
        assert drawer is not None
        assert chat is not None
        assert chat["width"] >= 400
        assert chat["x"] + chat["width"] <= drawer["x"] + 1
        await page.get_by_role("button", name="Members").click()
        await expect(page.locator("[data-member=ben]")).to_be_in_viewport()
        await page.keyboard.press("Escape")
        await expect(page.locator("[data-member=ben]")).to_be_hidden()
        assert await main.bounding_box() == chat


@pytest.mark.parametrize("width", [820, 390])
async def test_nothing_runs_off_the_side(tab: Opener, width: int) -> None:
    """Neither the messages nor a command that is filled in nor a form make a narrow page wider."""
    overflow = "document.documentElement.scrollWidth > innerWidth"
    async with tab("ben", width=width) as page:
        await everything(page)
        assert not await page.evaluate(overflow)
        await composer(page).press_sequentially("/imagine a very long prompt that goes on and on and on")
        await page.locator('[data-add-option="sampler"]').click()
        inside = "[...document.querySelectorAll('.composer *')].map((n) => n.getBoundingClientRect().right)"
        assert max(await page.evaluate(inside)) <= width
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await type_out(page, "/form")
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert not await page.evaluate(overflow)
