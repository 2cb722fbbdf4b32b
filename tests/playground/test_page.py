"""The playground's page in a real browser, with a real discord.py bot behind it."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
from chromium import CHROMIUM, NO_CHROMIUM, chromium
from conformance import Conformance, Description
from page_bot import COMMANDS, PageBot
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from bot.playground.endpoint import point_discord_py_at
from bot.playground.page_api import mount_page
from bot.playground.server import LoopbackDiscord

PATIENCE = 5_000  # milliseconds

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]
Opener = Callable[..., AbstractAsyncContextManager[Page]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(description: Description | None) -> AsyncIterator[LoopbackDiscord]:
    """One server for all tests here; what the page brings about must keep to Discord's description too."""
    observer = Conformance(description=description) if description else None
    server = LoopbackDiscord(observer=observer)
    if not any(resource.canonical == "/" for resource in server.app.router.resources()):
        mount_page(server.app, server.backend)
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
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def tab(discord: LoopbackDiscord, bot: PageBot, browser: Browser) -> AsyncIterator[Opener]:
    """Opens tabs as people; at the end, no tab's console may hold an error."""
    await bot.wait_until_ready()
    said: list[str] = []

    @asynccontextmanager
    async def open_tab(person: str, *, channel: str | None = None, width: int = 1440) -> AsyncIterator[Page]:
        context = await browser.new_context(viewport=ViewportSize(width=width, height=900))
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(f"{discord.base_url}/?as={person}")
        if channel:
            await page.locator(f'[data-channel="{channel}"]').click()
        await page.locator(f'[data-person="{person}"][aria-pressed="true"]').wait_for()
        yield page
        await context.close()

    async with AsyncExitStack() as stack:

        @asynccontextmanager
        async def opened(person: str, **how: object) -> AsyncIterator[Page]:
            yield await stack.enter_async_context(open_tab(person, **how))  # type: ignore[arg-type]

        yield opened
    assert said == []


def composer(page: Page) -> Locator:
    return page.locator("#composer")


def newest(page: Page) -> Locator:
    return page.locator("[data-message-id]").last


async def type_out(page: Page, text: str) -> None:
    await composer(page).press_sequentially(text)
    await page.keyboard.press("Enter")


async def test_a_sentence_behind_a_command_is_its_prompt(tab: Opener) -> None:
    """`/imagine a red house …` and Enter, typed as plain text, brings pictures with alt text and buttons."""
    async with tab("ada") as page:
        await type_out(page, "/imagine a red house by the sea at night")
        message = newest(page)
        await expect(message).to_contain_text("a red house by the sea at night")
        pictures = message.locator(".gallery img")
        await expect(pictures).to_have_count(4)
        alt = "a red house by the sea at night, picture 1"
        await expect(pictures.first).to_have_attribute("alt", alt)
        loaded = "(image) => image.decode().then(() => [image.naturalWidth, image.offsetWidth])"
        natural, shown = await pictures.first.evaluate(loaded)
        assert natural == 128
        assert shown >= 200, "small pictures are scaled up to fill their tile"
        await expect(message.get_by_role("button", name="V4")).to_be_visible()
        await expect(composer(page)).to_have_value("")


async def test_pasted_commands_work_too(tab: Opener) -> None:
    """A whole command put into the box at once is read with its `name:value` options."""
    async with tab("ada") as page:
        await composer(page).fill("/imagine a blue boat count:2 style:Painting")
        await composer(page).press("Enter")
        await expect(newest(page).locator(".tile")).to_have_count(2)
        await expect(newest(page)).to_contain_text("Painting")


async def test_options_may_be_typed_by_name(tab: Opener) -> None:
    """Behind a command that asks for a number first, `name:value` is read as everywhere."""
    async with tab("ada") as page:
        await type_out(page, "/quota set seconds:90 private:Yes")
        await expect(newest(page)).to_contain_text("Everybody has 90 s a day.")
        await expect(newest(page)).to_contain_text("Only you can see this")
        await type_out(page, "/quota set seconds:90 private:perhaps")
        await expect(page.get_by_role("alert")).to_contain_text("private: Yes or no is needed.")
        await page.get_by_label("private", exact=True).select_option("No")
        await composer(page).press("Enter")
        await expect(newest(page)).not_to_contain_text("Only you can see this")


async def test_typing_a_slash_lists_the_commands(tab: Opener) -> None:
    """The list says what each command does; arrows and Enter pick one; its options are labelled inputs."""
    async with tab("ada") as page:
        await composer(page).press_sequentially("/")
        offered = page.get_by_role("option")
        await expect(offered.first).to_contain_text("Make pictures from words")
        await composer(page).press_sequentially("quota s")
        await expect(offered).to_have_text([re.compile("^/quota set"), re.compile("^/quota show")])
        await page.keyboard.press("Enter")
        await composer(page).press_sequentially("1200")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("seconds: At most 1000")
        await composer(page).fill("120")
        await page.locator('[data-add-option="private"]').click()
        await page.get_by_label("private", exact=True).select_option("Yes")
        await page.keyboard.press("Enter")
        await expect(newest(page)).to_contain_text("Everybody has 120 s a day.")
        await expect(newest(page)).to_contain_text("Only you can see this")
        await expect(newest(page)).to_contain_text("Ada used /quota set")


async def test_autocompletion_asks_the_bot(tab: Opener) -> None:
    """What is typed into an option is completed by the bot; the choice's value is sent, its name shown."""
    async with tab("ada") as page:
        await composer(page).press_sequentially("/imagine a tree")
        await page.locator('[data-add-option="sampler"]').click()
        await page.keyboard.type("dpm")
        await expect(page.get_by_role("option")).to_have_text(["DPMPP_2M"])
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("combobox", name="sampler")).to_have_value("DPMPP_2M")
        await page.keyboard.press("Enter")
        await expect(newest(page)).to_contain_text("seed 7 · dpmpp_2m · Photo")


async def test_a_button_edits_the_message_live_for_everybody(tab: Opener) -> None:
    """Ben sees Ada's message change while he looks; who pressed is mentioned by name."""
    async with tab("ada") as ada, tab("ben") as ben:
        await type_out(ada, "/imagine a green field")
        for page in (ada, ben):
            await expect(newest(page)).to_contain_text("a green field")
            await expect(newest(page).locator(".tile")).to_have_count(4)
        await newest(ada).get_by_role("button", name="V2").click()
        await expect(newest(ben)).to_contain_text("V2 pressed by @Ada")
        await newest(ben).get_by_role("button", name="🔄").click()
        await expect(newest(ada)).to_contain_text("pressed by @Ben")


async def test_an_ephemeral_answer_is_seen_by_its_person_alone(tab: Opener) -> None:
    """It says so, others never get it, and it can be dismissed."""
    async with tab("ada", channel="sketches") as ada, tab("ben", channel="sketches") as ben:
        await type_out(ada, "/whisper")
        secret = ada.locator(".ephemeral")
        await expect(secret).to_contain_text("A secret, just for you.")
        await type_out(ada, "/write words:said aloud")
        await expect(newest(ben)).to_contain_text("said aloud")
        await expect(ben.locator(".ephemeral")).to_have_count(0)
        await secret.get_by_role("button", name="Dismiss message").click()
        await expect(secret).to_have_count(0)
        await ada.reload()
        await expect(newest(ada)).to_contain_text("said aloud")
        await expect(secret).to_have_count(0)


async def test_a_modal_is_a_dialog_that_is_sent(tab: Opener) -> None:
    """Labels, preset values and required inputs are kept; the answer appears; focus returns to the page."""
    async with tab("ada") as page:
        await type_out(page, "/settings")
        dialog = page.get_by_role("dialog", name="Edit the prompt")
        await expect(dialog.get_by_label("Prompt")).to_have_value("a red house")
        await dialog.get_by_label("Prompt").fill("a white house")
        await dialog.get_by_role("button", name="Submit").click()
        await expect(dialog).to_be_visible()
        await dialog.get_by_label("Mood").select_option("Wild")
        await page.keyboard.press("Tab")
        await dialog.get_by_role("button", name="Submit").click()
        await expect(dialog).to_have_count(0)
        await expect(newest(page)).to_contain_text("a white house, wild")


async def test_a_deferred_answer_says_that_the_bot_thinks(tab: Opener, bot: PageBot) -> None:
    """“Thinking” shows from the deferral until the answer takes its place."""
    async with tab("ada") as page:
        await type_out(page, "/ponder")
        await expect(newest(page)).to_contain_text("is thinking")
        bot.may_finish.set()
        await expect(newest(page)).to_contain_text("Thought through.")


async def test_a_bot_that_does_not_answer_is_told_of_where_it_happened(
    tab: Opener, discord: LoopbackDiscord
) -> None:
    """After three seconds the command's own line says so, as Discord words it."""
    async with tab("ada") as page:
        await type_out(page, "/sulk")
        pending = page.locator("[data-pending=sulk]")
        await expect(pending).to_contain_text("Sending")
        await discord.until(lambda: any(each.detail == "sulk" for each in discord.record.of("asked")))
        discord.clock.advance(3)
        await expect(pending).to_contain_text("The application did not respond")


async def test_a_change_of_the_world_leaves_the_reader_alone(tab: Opener, discord: LoopbackDiscord) -> None:
    """A new channel appears; who scrolled up stays there, and what is being sent still says so."""
    ada = discord.person("ada")
    for number in range(30):
        ada.say(f"line {number}")
    guild = discord.world.guild_named("Easel Studio")
    async with tab("ada") as page:
        await type_out(page, "/sulk")
        await discord.until(lambda: discord.record.of("asked")[-1].detail == "sulk")
        scroller = page.locator("#scroll")
        await scroller.evaluate("(node) => { node.scrollTop = 40; }")
        new = discord.changes.add_channel(guild, "brand-new")
        await expect(page.locator('[data-channel="brand-new"]')).to_be_visible()
        assert await scroller.evaluate("(node) => node.scrollTop") == 40
        await expect(page.locator("[data-pending=sulk]")).to_contain_text("Sending")
        discord.clock.advance(3)
        await expect(page.locator("[data-pending=sulk]")).to_contain_text("did not respond")
        discord.changes.delete_channel(new)
        await expect(page.locator('[data-channel="brand-new"]')).to_have_count(0)


async def test_pictures_open_large(tab: Opener) -> None:
    """A press opens a picture with its alt text; arrows step, Esc closes."""
    async with tab("ada") as page:
        await type_out(page, "/imagine a hill count:3")
        await newest(page).locator(".tile").nth(2).click()
        dialog = page.locator("dialog.lightbox")
        await expect(dialog).to_contain_text("a hill, picture 3")
        await expect(dialog).to_contain_text("3 of 3")
        await page.keyboard.press("ArrowRight")
        await expect(dialog).to_contain_text("a hill, picture 1")
        await expect(dialog.locator("img")).to_have_attribute("alt", "a hill, picture 1")
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)


async def test_every_component_has_a_face(tab: Opener) -> None:
    """Headings, sections, thumbnails, spoilers, files, links and disabled buttons are drawn as such."""
    async with tab("ada") as page:
        await type_out(page, "/gallery")
        message = newest(page)
        await expect(message.get_by_role("heading", name="A heading")).to_be_visible()
        await expect(message.locator(".thumbnail img")).to_have_attribute("alt", "a small picture")
        await expect(message.locator("time[data-relative]")).to_be_visible()
        await expect(message.get_by_role("link", name="Elsewhere")).to_have_attribute("target", "_blank")
        await expect(message.get_by_role("button", name="Not now")).to_be_disabled()
        await expect(message.get_by_role("link", name="notes.txt")).to_have_attribute("download", "notes.txt")
        await message.get_by_role("button", name="Spoiler", exact=True).click()
        await message.locator(".tile").click()
        await expect(page.locator("dialog.lightbox")).to_be_visible()
        await page.keyboard.press("Escape")
        await message.get_by_role("button", name="Fine").click()
        await expect(message.locator("[aria-busy]")).to_have_text("Fine")


async def test_hostile_text_stays_text(tab: Opener) -> None:
    """Markup in what people and bots write is never more than letters."""
    async with tab("ada") as page:
        words = "<img src=x onerror=alert(1)> **bold** [x](javascript:alert(1)) <script>alert(2)</script>"
        await composer(page).fill(f"/write words:{words}")
        await composer(page).press("Enter")
        await expect(newest(page)).to_contain_text("<script>alert(2)</script>")
        await expect(newest(page).locator("strong", has_text="bold")).to_be_visible()
        assert await newest(page).locator(".body :is(img, script, a)").count() == 0


async def test_one_click_makes_one_somebody_else(tab: Opener) -> None:
    """The address keeps who and where; a private channel shows only to those who may see it."""
    async with tab("ada") as page:
        await expect(page.locator('[data-channel="mods-only"]')).to_have_count(0)
        await page.locator('[data-person="mia"]').click()
        await expect(page.locator('[data-channel="mods-only"]')).to_be_visible()
        await page.locator('[data-channel="mods-only"]').click()
        await expect(page).to_have_url(re.compile(r"as=mia&channel=\d+"))
        await page.reload()
        await expect(page.locator("#channel-name")).to_have_text("#mods-only")
        await page.locator('[data-person="zoe"]').click()
        await expect(page.locator('[data-channel="lobby"]')).to_be_visible()
        await expect(page.locator('[data-channel="studio"]')).to_have_count(0)
        await page.go_back()
        await expect(page.locator('[data-person="mia"]')).to_have_attribute("aria-pressed", "true")


async def test_an_empty_channel_says_what_to_try(tab: Opener) -> None:
    """The hint is a press away from being sent."""
    async with tab("zoe", channel="gallery") as page:
        await page.get_by_role("button", name="/imagine the sea at sunset").click()
        await expect(composer(page)).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(newest(page).locator(".tile")).to_have_count(4)


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


async def test_messages_elsewhere_mark_their_channel(tab: Opener, discord: LoopbackDiscord) -> None:
    """A channel with something new stands out until it is opened; what was deleted is gone at once."""
    async with tab("ben") as page:
        said = discord.person("ada", channel="sketches").say("look here")
        channel = page.locator('[data-channel="sketches"]')
        await expect(channel).to_have_class(re.compile("unread"))
        await channel.click()
        await expect(newest(page)).to_contain_text("look here")
        await expect(channel).not_to_have_class(re.compile("unread"))
        discord.changes.delete_message(said.id)
        await expect(page.get_by_text("look here")).to_have_count(0)
