"""Long channels: older messages come as one scrolls, and scrolling stays smooth."""

import pytest
from page_hands import Opener, composer, newest, type_out
from playwright.async_api import Page, expect

from bot.playground.server import LoopbackDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")
MESSAGES = 1_000
LONGEST_TASK = 200
"""Milliseconds of one task after which a person feels that the page hangs."""
ATTEMPTS = 3

WATCH = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
  }).observe({ type: "longtask" });
}"""
SCROLL_UP = """() => new Promise((resolve) => {
  const scroller = document.getElementById("scroll");
  const step = () => {
    scroller.scrollTop -= 700;
    const done = scroller.scrollTop === 0 && !document.querySelector(".head.loading");
    if (done) resolve(document.querySelectorAll("[data-message-id]").length);
    else requestAnimationFrame(step);
  };
  step();
})"""
SCROLL_DOWN = """() => new Promise((resolve) => {
  const scroller = document.getElementById("scroll");
  const step = () => {
    const before = scroller.scrollTop;
    scroller.scrollTop += 700;
    if (scroller.scrollTop === before) resolve();
    else requestAnimationFrame(step);
  };
  step();
})"""


async def test_a_thousand_messages_scroll_smoothly(tab: Opener, discord: LoopbackDiscord) -> None:
    """All of them can be reached by scrolling, and no task on the way takes longer than a person notices."""
    speakers = [discord.person(name, channel="sketches") for name in ("ada", "ben", "mia")]
    for number in range(MESSAGES):
        words = f"**{number}** some `words` about <@{speakers[0].user.id}>, ||hidden||"
        speakers[number // 4 % 3].say(words)
    async with tab("ada", channel="sketches") as page:
        longest = [await _longest_task(page)]
        # A machine busy with something else stretches a task now and then; a slow page, every time.
        while longest[-1] > LONGEST_TASK and len(longest) < ATTEMPTS:
            await page.reload()
            longest.append(await _longest_task(page))
        assert min(longest) <= LONGEST_TASK, longest


async def _longest_task(page: Page) -> float:
    """Scroll all the way up and down again; milliseconds."""
    await expect(newest(page)).to_contain_text(f"{MESSAGES - 1}")
    await page.evaluate(WATCH)
    assert await page.evaluate(SCROLL_UP) == MESSAGES
    await expect(page.get_by_role("heading", name="Welcome to #sketches")).to_be_visible()
    await page.evaluate(SCROLL_DOWN)
    longest = await page.evaluate("longest")
    assert isinstance(longest, int | float)
    return longest


async def test_older_messages_do_not_move_what_one_reads(tab: Opener, discord: LoopbackDiscord) -> None:
    """What is in view when older messages arrive above stays where it is."""
    mia = discord.person("mia", channel="mods-only")
    for number in range(120):
        mia.say(f"line {number}")
    held = """() => new Promise((resolve) => {
      const scroller = document.getElementById("scroll");
      const list = document.getElementById("messages");
      const first = list.querySelector("[data-message-id]");
      new MutationObserver((_, watcher) => {
        if (list.querySelector("[data-message-id]") === first) return;
        watcher.disconnect();
        const after = first.getBoundingClientRect().top;
        resolve(Math.abs(after - before));
      }).observe(list, { childList: true });
      scroller.scrollTop = 100;
      const before = first.getBoundingClientRect().top;
    })"""
    async with tab("mia", channel="mods-only") as page:
        await expect(newest(page)).to_contain_text("line 119")
        assert await page.evaluate(held) < 2


async def test_news_of_an_old_message_leaves_no_gap(tab: Opener, discord: LoopbackDiscord) -> None:
    """A reaction far above what was fetched leaves all between to be fetched as one scrolls."""
    lake = discord.changes.add_channel(discord.world.guild_named("Easel Studio"), "lake")
    ben = discord.person("ben", channel=lake.name)
    oldest = ben.say("drop 0")
    for number in range(1, 200):
        ben.say(f"drop {number}\nand a ripple")
    async with tab("ada", channel=lake.name) as page:
        await expect(newest(page)).to_contain_text("drop 199")
        ben.react(oldest, "⭐")
        ben.say("the last drop")
        await expect(newest(page)).to_contain_text("the last drop")
        assert await page.evaluate(SCROLL_UP) == 201
        await expect(page.get_by_role("button", name="star, 1 reaction")).to_be_visible()


async def test_one_is_led_back_to_the_present(tab: Opener, discord: LoopbackDiscord) -> None:
    """Who scrolled up stays there when messages come, is told how many, and is at the end with one press."""
    ada = discord.person("ada")
    for number in range(45):
        ada.say(f"row {number}\nand more")
    async with tab("ben") as page:
        await expect(newest(page)).to_contain_text("row 44")
        scroller = page.locator("#scroll")
        await scroller.hover()
        await page.mouse.wheel(0, -1500)
        await expect(page.get_by_role("button", name="Jump to present")).to_be_visible()
        ada.say("something new")
        present = page.get_by_role("button", name="1 new message · Jump to present")
        await expect(present).to_be_visible()
        await present.click()
        await expect(newest(page)).to_be_in_viewport()
        await expect(composer(page)).to_be_focused()
        await expect(present).to_be_hidden()
        await type_out(page, "I am here")
        await expect(newest(page)).to_contain_text("I am here")
        await expect(newest(page)).to_be_in_viewport()


async def test_a_reply_leads_to_messages_not_yet_fetched(tab: Opener, discord: LoopbackDiscord) -> None:
    """Pressing a preview fetches older messages until the one that was answered is there."""
    ben = discord.person("ben", channel="gallery")
    first = ben.say("the very first")
    for number in range(80):
        ben.say(f"between {number}")
    ben.say("do you remember?", reply_to=first)
    async with tab("ben", channel="studio") as page:
        await page.get_by_role("button", name="Other Place").click()
        await page.locator('[data-channel="gallery"]').click()
        await newest(page).get_by_role("button", name="Go to the message this answers").click()
        await expect(page.locator("[data-message-id]:focus")).to_contain_text("the very first")
        await expect(page.locator("[data-message-id]:focus")).to_be_in_viewport()
