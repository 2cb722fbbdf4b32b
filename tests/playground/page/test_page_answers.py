"""The bot's answers: buttons, menus, forms, pictures, everything that can stand in a message."""

import pytest
from page_hands import Opener, composer, newest, type_out
from page_paint import painting
from playwright.async_api import FilePayload, expect

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
        await expect(dialog.get_by_text("This is needed.")).to_be_visible()
        await dialog.get_by_role("combobox", name="Mood").click()
        await page.get_by_role("option", name="Wild").click()
        await dialog.get_by_role("button", name="Submit").click()
        await expect(dialog).to_have_count(0)
        await expect(newest(page)).to_contain_text("a white house, wild")


async def test_pictures_open_large(tab: Opener) -> None:
    """A press opens a picture with its alt text; arrows step, Esc closes."""
    async with tab("ada") as page:
        await type_out(page, "/imagine a hill count:3")
        await expect(newest(page)).to_contain_text("a hill")
        await expect(newest(page).locator(".tile")).to_have_count(3)
        await newest(page).locator(".tile").nth(2).click()
        dialog = page.locator("dialog.lightbox")
        await expect(dialog).to_contain_text("a hill, picture 3")
        await expect(dialog).to_contain_text("3 of 3")
        await page.keyboard.press("ArrowRight")
        await expect(dialog).to_contain_text("a hill, picture 1")
        await expect(dialog.locator("img.large")).to_have_attribute("alt", "a hill, picture 1")
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


async def test_every_menu_offers_and_sends(tab: Opener) -> None:
    """Texts, people, channels and roles are chosen with the mouse or keys; several at once where asked."""
    async with tab("ada") as page:
        await type_out(page, "/menus")
        menus = page.locator("[data-message-id]", has=page.locator(".body", has_text="Choose a look")).last
        await menus.get_by_role("combobox", name="One look").click()
        await expect(page.get_by_role("option").first).to_contain_text("Soft light")
        await page.get_by_role("option", name="Wild").click()
        await expect(newest(page)).to_contain_text("chosen: wild")
        await menus.get_by_role("combobox", name="Several moods").focus()
        for key in ("ArrowDown", "Enter", "ArrowDown", "Enter", "Escape"):
            await page.keyboard.press(key)
        await expect(newest(page)).to_contain_text("chosen: calm, wild")
        await menus.get_by_role("combobox", name="Somebody").click()
        await page.get_by_role("option", name="Mia").click()
        await expect(newest(page)).to_contain_text("chosen: @Mia")
        await menus.get_by_role("combobox", name="A channel").click()
        await page.get_by_role("option", name="#sketches").click()
        await expect(newest(page)).to_contain_text("chosen: #sketches")
        await menus.get_by_role("combobox", name="A role").click()
        await page.get_by_role("option", name="@Artists").click()
        await expect(newest(page)).to_contain_text("chosen: @Artists")


async def test_a_form_takes_every_kind_of_input(tab: Opener) -> None:
    """Radio buttons, checkboxes, a switch, several choices and a file arrive; gaps are named first."""
    async with tab("ada") as page:
        await type_out(page, "/form")
        dialog = page.get_by_role("dialog", name="Everything a form can ask")
        await dialog.get_by_role("button", name="Submit").click()
        await expect(dialog.get_by_text("This is needed.")).to_have_count(2)
        await dialog.get_by_role("combobox", name="Moods").click()
        for mood in ("Calm", "Wild"):
            await page.get_by_role("option", name=mood).click()
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_visible()
        await dialog.get_by_role("radio", name="Wide").check()
        await dialog.get_by_role("checkbox", name="Frame").check()
        await dialog.get_by_role("switch", name="Public").check()
        sketch = FilePayload(name="sketch.png", mimeType="image/png", buffer=painting(1))
        await dialog.get_by_role("button", name="Sketch", exact=True).set_input_files(sketch)
        await expect(dialog.get_by_text("sketch.png")).to_be_visible()
        await dialog.get_by_role("button", name="Submit").click()
        await expect(newest(page)).to_contain_text("filled in: calm+wild / 3:2 / frame / True / sketch.png")


async def test_an_embed_is_a_card(tab: Opener) -> None:
    """Author, title, text, fields, pictures and footer are one card; no picture shows twice."""
    async with tab("ada") as page:
        await type_out(page, "/card")
        card = newest(page).locator(".embed")
        for words in ("An author", "A title", "Field 3", "value 3", "A footer"):
            await expect(card).to_contain_text(words)
        await expect(card.locator("img")).to_have_count(2)
        await expect(newest(page).locator("img[draggable]")).to_have_count(2)
        await expect(card.get_by_role("link", name="A title")).to_have_attribute("rel", "noopener noreferrer")


async def test_what_is_hidden_shows_when_pressed(tab: Opener) -> None:
    """A container that is a spoiler can be neither read by a screen reader nor pressed before it is shown."""
    async with tab("ada") as page:
        await type_out(page, "/hidden")
        curtain = newest(page).locator(".container")
        await expect(curtain).to_have_attribute("inert", "")
        await newest(page).get_by_role("button", name="Spoiler").click()
        await expect(curtain).not_to_have_attribute("inert", "")
        await expect(curtain.get_by_role("heading", name="Behind the curtain")).to_be_visible()


async def test_a_command_takes_a_file(tab: Opener) -> None:
    """A picture dropped on the page while a command is written goes into its option."""
    async with tab("ada") as page:
        await composer(page).press_sequentially("/look ")
        await page.get_by_label("picture *").set_input_files(
            FilePayload(name="mine.png", mimeType="image/png", buffer=painting(2))
        )
        await page.get_by_role("button", name="Send").click()
        await expect(newest(page)).to_contain_text("saw mine.png")
