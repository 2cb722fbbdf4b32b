"""Slash commands: picked, typed, pasted, completed, refused."""

import re

import pytest
from page_bot import PageBot
from page_hands import Opener, composer, newest, type_out
from playwright.async_api import expect

from bot.playground.server import LoopbackDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


async def test_an_empty_channel_says_what_to_try(tab: Opener) -> None:
    """The hint is a press away from being sent."""
    async with tab("zoe", channel="gallery") as page:
        await page.get_by_role("button", name="/imagine a lighthouse by the sea at sunset").click()
        await expect(composer(page)).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(newest(page).locator(".tile")).to_have_count(4)
