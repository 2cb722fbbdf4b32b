"""What people do with messages: write, answer, edit, delete, react, begin threads, send files."""

import re

import pytest
from page_hands import Opener, ask_menu, composer, newest, say, type_out
from page_paint import painting
from playwright.async_api import FilePayload, Page, expect

from bot.playground.server import LoopbackDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_markdown_is_drawn_as_discord_draws_it(tab: Opener) -> None:
    """Bold, italics, underline, strike, code, lists, quotes, headings, links, times have their element."""
    text = (
        "# Title\n***both*** **bold** *soft* __under__ ~~gone~~ `code` <t:1767225600:D>\n"
        "- one\n  - inner\n- two\n1. first\n> quoted\n> still\n-# small\n"
        "```py\nprint(1)\n```\n[words](https://example.org/a) <https://example.org/b>"
    )
    async with tab("ada") as page:
        await composer(page).fill(text)
        await page.keyboard.press("Enter")
        body = newest(page).locator(".body")
        for css, words in {
            "h3": "Title",
            "em > strong": "both",
            "strong >> nth=1": "bold",
            "u": "under",
            "s": "gone",
            "p code": "code",
            "time": "1 January 2026",
            "ul ul li": "inner",
            "ol li": "first",
            "p.subtext": "small",
            "pre code": "print(1)",
            "a >> nth=0": "words",
            "a >> nth=1": "https://example.org/b",
        }.items():
            await expect(body.locator(css)).to_have_text(words)
        await expect(body.locator("blockquote")).to_have_text(re.compile(r"quoted\s+still"))


async def test_a_mention_stands_out_for_whom_it_means(tab: Opener) -> None:
    """`@Ben` typed by name becomes his mention, marks the message for him alone, and shows his profile."""
    async with tab("ada") as ada, tab("ben") as ben:
        await composer(ada).press_sequentially("look here @be")
        await expect(ada.get_by_role("option").first).to_contain_text("@Ben")
        await ada.keyboard.press("Tab")
        await ada.keyboard.press("Enter")
        await expect(newest(ben)).to_have_class(re.compile("for-me"))
        await expect(newest(ada)).to_contain_text("look here @Ben")
        await expect(newest(ada)).not_to_have_class(re.compile("for-me"))
        await newest(ada).get_by_role("button", name="@Ben").click()
        card = ada.get_by_role("dialog", name="Profile of Ben")
        await expect(card.get_by_role("list", name="Roles")).to_contain_text("Artists")
        await expect(card.get_by_role("button", name="Wave at")).to_be_visible()


async def test_a_reply_shows_what_it_answers(tab: Opener) -> None:
    """Reply names whom one answers; the answer carries a preview that leads to the message."""
    async with tab("ada") as ada, tab("ben") as ben:
        await type_out(ada, "shall we paint a **boat**?")
        await expect(newest(ben)).to_contain_text("boat")
        await ask_menu(newest(ben).locator(".body"), "Reply")
        await expect(ben.get_by_text("Replying to Ada")).to_be_visible()
        await type_out(ben, "yes!")
        await expect(newest(ada).locator(".origin")).to_contain_text("shall we paint a boat?")
        await newest(ada).get_by_role("button", name=re.compile("Go to the message")).click()
        await expect(ada.locator("[data-message-id]:focus")).to_contain_text("shall we paint")


async def test_own_messages_can_be_rewritten(tab: Opener) -> None:
    """Arrow up edits one's last message in its place; the mark says so to all; others' cannot be edited."""
    async with tab("ada") as ada, tab("ben") as ben:
        await type_out(ada, "a tyop")
        await expect(newest(ada)).to_contain_text("a tyop")
        await composer(ada).press("ArrowUp")
        box = ada.get_by_role("textbox", name="Edit the message")
        await expect(box).to_have_value("a tyop")
        await box.fill("a typo")
        await box.press("Enter")
        for page in (ada, ben):
            await expect(newest(page)).to_contain_text("a typo")
            await expect(newest(page)).to_contain_text("(edited)")
        await newest(ben).locator(".body").click(button="right")
        await expect(ben.get_by_role("menuitem", name="Reply")).to_be_visible()
        await expect(ben.get_by_role("menuitem", name="Edit message")).to_have_count(0)
        await expect(ben.get_by_role("menuitem", name="Delete message")).to_have_count(0)


async def test_a_moderator_deletes_what_others_wrote(tab: Opener) -> None:
    """The page asks first; the message goes for everybody."""
    async with tab("ada") as ada, tab("mia") as mia:
        await type_out(ada, "this will be taken away")
        await expect(newest(mia)).to_contain_text("taken away")
        await ask_menu(newest(mia).locator(".body"), "Delete message")
        await mia.get_by_role("dialog").get_by_role("button", name="Delete").click()
        for page in (ada, mia):
            await expect(page.locator("#messages").get_by_text("this will be taken away")).to_have_count(0)


async def test_reactions_are_counted_for_all(tab: Opener) -> None:
    """One press adds one's own, another takes it back; the picker finds an emoji by name."""
    async with tab("ada") as ada, tab("ben") as ben:
        message = await say(ada, "what do you think?")
        await message.hover()
        await message.get_by_role("button", name="React with thumbsup").click()
        seen = newest(ben).get_by_role("button", name="thumbsup, 1 reaction")
        await expect(seen).to_have_attribute("aria-pressed", "false")
        await seen.click()
        both = newest(ada).get_by_role("button", name="thumbsup, 2 reactions")
        await expect(both).to_have_attribute("aria-pressed", "true")
        await both.click()
        await expect(newest(ben).get_by_role("button", name="thumbsup, 1 reaction")).to_be_visible()
        await newest(ben).locator(".reactions").get_by_role("button", name="Add a reaction").click()
        await ben.get_by_role("searchbox", name="Find an emoji").fill("rocket")
        await ben.keyboard.press("Enter")
        await expect(newest(ada).get_by_role("button", name="rocket, 1 reaction")).to_be_visible()


async def test_a_thread_has_a_place_of_its_own(tab: Opener) -> None:
    """It begins at a message, opens, stands below its channel for all, and leads back up."""
    async with tab("ada") as ada, tab("ben") as ben:
        message = await say(ada, "ideas for the poster?")
        await ask_menu(message.locator(".body"), "Create thread")
        form = ada.get_by_role("dialog", name="Create thread")
        await form.get_by_label("Thread name").fill("Poster")
        await form.get_by_role("button", name="Create").click()
        await expect(ada.locator("#channel-name")).to_have_text("Poster")
        await type_out(ada, "a lighthouse")
        await expect(newest(ada)).to_contain_text("a lighthouse")
        card = ben.locator('[data-thread="Poster"]')
        await expect(card).to_contain_text("1 message")
        await card.click()
        await expect(newest(ben)).to_contain_text("a lighthouse")
        await ben.get_by_role("button", name="#studio").click()
        await expect(ben.locator("#channel-name")).to_have_text("#studio")
        await expect(ben.get_by_role("list", name="Threads of studio")).to_contain_text("Poster")


async def test_an_archived_thread_says_how_to_wake_it(tab: Opener, discord: LoopbackDiscord) -> None:
    """It leaves the list of whoever looks elsewhere; a message brings it back for all."""
    ada = discord.person("ada")
    thread = ada.open_thread("Sleepy")
    async with tab("ada") as page, tab("ben") as ben:
        row = page.locator(f'[data-channel="{thread.name}"]')
        await row.click()
        discord.backend.threads.change(thread, None, {"archived": True})
        await expect(ben.locator(f'[data-channel="{thread.name}"]')).to_have_count(0)
        await expect(composer(page)).to_have_attribute("placeholder", re.compile("archived"))
        await say(page, "awake!")
        await expect(ben.locator(f'[data-channel="{thread.name}"]')).to_be_visible()


async def test_a_channels_beginning_stays_above_its_messages(tab: Opener, discord: LoopbackDiscord) -> None:
    """Also when the first message comes while a command, already drawn there, is on its way."""
    fresh = discord.changes.add_channel(discord.world.guild_named("Easel Studio"), "fresh")
    async with tab("ada", channel=fresh.name) as page:
        await type_out(page, "/sulk")
        await expect(page.locator("[data-pending=sulk]")).to_be_visible()
        discord.person("ben", channel=fresh.name).say("first!")
        await expect(newest(page)).to_contain_text("first!")
        order = (
            "[...document.getElementById('messages').children].map((node) => node.className.split(' ')[0])"
        )
        assert await page.evaluate(order) == ["head", "divider", "message", "message"]


async def test_no_emoji_is_an_empty_box(tab: Opener) -> None:
    """Where no font draws one, its name stands in its place; those of buttons are drawn by the page."""
    drawn = """async (emoji) => (await import("/page/emoji_fonts.js")).hasFont(emoji)"""
    async with tab("ada") as page:
        await type_out(page, "of the future \U0001fc00")
        await expect(newest(page).locator(".emoji-name")).to_have_text(":u+1fc00:")
        await type_out(page, "of old \U0001f984")
        known = await page.evaluate(drawn, "\U0001f984")
        await expect(newest(page)).to_contain_text("of old \U0001f984" if known else "of old :unicorn_face:")
        assert await page.evaluate(drawn, "A")
        for sign in ("🔄", "✏️", "🗑️"):
            await type_out(page, f"{sign} is {sign.encode().hex()}")
            await expect(newest(page)).to_contain_text(sign.encode().hex())
            await expect(newest(page).locator(".body svg.icon")).to_have_count(1)


async def test_the_bots_own_menu_entries_work(tab: Opener) -> None:
    """A command on a message or person is in their menu, and its answer appears like any other."""
    async with tab("ada") as page:
        message = await say(page, "describe me")
        await ask_menu(message.locator(".body"), "Describe")
        await expect(newest(page)).to_contain_text("It says: describe me")
        await expect(newest(page)).to_contain_text("Only you can see this")
        await ask_menu(page.locator("[data-member=mia]"), "Wave at")
        await expect(newest(page)).to_contain_text("@Mia")


async def test_copying_takes_the_words(tab: Opener) -> None:
    """Copy text puts what was written, with its marks, on the clipboard."""
    async with tab("ada") as page:
        await type_out(page, "take **this** with you")
        await expect(newest(page)).to_contain_text("take this with you")
        await ask_menu(newest(page).locator(".body"), "Copy text")
        await expect(page.locator("#announcer")).to_contain_text("Copied")
        assert await page.evaluate("navigator.clipboard.readText()") == "take **this** with you"


DROP = """([kind, bytes]) => {
  const carrier = new DataTransfer();
  carrier.items.add(new File([new Uint8Array(bytes)], `${kind}.png`, { type: "image/png" }));
  const target = document.getElementById("composer");
  const how = { bubbles: true, cancelable: true };
  target.dispatchEvent(kind === "pasted"
    ? new ClipboardEvent("paste", { ...how, clipboardData: carrier })
    : new DragEvent("drop", { ...how, dataTransfer: carrier }));
}"""


async def test_files_are_picked_pasted_and_dropped(tab: Opener) -> None:
    """Each way ends in a card that can be described, hidden and taken out; all arrive in one message."""
    async with tab("ada") as page, tab("ben") as ben:
        picked = FilePayload(name="picked.png", mimeType="image/png", buffer=painting(3))
        notes = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"notes")
        await page.locator("#file-picker").set_input_files([picked, notes])
        for kind in ("pasted", "dropped"):
            await page.evaluate(DROP, [kind, list(painting(4))])
        cards = page.get_by_role("list", name="Files to send").get_by_role("listitem")
        await expect(cards).to_have_count(4)
        await page.get_by_role("button", name="Do not send dropped.png").click()
        await page.get_by_label("Description of picked.png").fill("a red hill")
        await page.get_by_role("button", name="pasted.png is a spoiler").click()
        await type_out(page, "my drawings")
        await expect(newest(ben)).to_contain_text("my drawings")
        await expect(newest(ben).get_by_role("img", name="a red hill")).to_be_visible()
        await expect(newest(ben).get_by_role("button", name="Spoiler")).to_have_count(1)
        await expect(newest(ben).get_by_role("link", name="notes.txt")).to_be_visible()
        await expect(page.get_by_role("list", name="Files to send")).to_be_hidden()


async def test_others_see_that_somebody_types(tab: Opener) -> None:
    """The sign names who writes, is not shown to themselves, and ends with the message."""
    async with tab("ada", channel="sketches") as ada, tab("ben", channel="sketches") as ben:
        await composer(ada).press_sequentially("hm")
        await expect(ben.locator("#typing")).to_have_text("Ada is typing…")
        await expect(ada.locator("#typing")).to_be_empty()
        await ada.keyboard.press("Enter")
        await expect(ben.locator("#typing")).to_be_empty()


async def test_messages_stand_in_groups_and_days(tab: Opener, discord: LoopbackDiscord) -> None:
    """What one person says at a stretch has one head; a day begins with its date; what is refused is kept."""
    async with tab("mia", channel="mods-only") as page:
        mia = discord.person("mia", channel="mods-only")
        for words in ("one", "two"):
            mia.say(words)
        await expect(newest(page)).to_contain_text("two")
        messages = page.locator("[data-message-id]")
        await expect(messages.nth(0)).not_to_have_class(re.compile("compact"))
        await expect(messages.nth(1)).to_have_class(re.compile("compact"))
        await expect(page.locator(".divider.day")).to_have_count(1)
        discord.changes.delete_message(mia.messages()[0].id)
        await expect(messages.nth(0)).not_to_have_class(re.compile("compact"))
        await refuse_long_words(page)


async def refuse_long_words(page: Page) -> None:
    await composer(page).fill("x" * 2001)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("2000")
    await expect(composer(page)).to_have_value("x" * 2001)
