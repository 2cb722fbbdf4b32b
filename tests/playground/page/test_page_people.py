"""Being somebody, being somebody else, and several people at once."""

import re

import pytest
from page_hands import Opener, ask_menu, composer, newest, say, type_out
from playwright.async_api import expect

from bot.playground.server import LoopbackDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


async def test_a_change_of_the_world_leaves_the_reader_alone(tab: Opener, discord: LoopbackDiscord) -> None:
    """A new channel appears; who scrolled up stays there, and what is being sent still says so."""
    ada = discord.person("ada")
    for number in range(30):
        ada.say(f"line {number}")
    guild = discord.world.guild_named("Easel Studio")
    async with tab("ada") as page:
        await type_out(page, "/sulk")
        await discord.until(lambda: any(each.detail == "sulk" for each in discord.record.of("asked")))
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


async def test_somebody_new_can_be_added(tab: Opener) -> None:
    """The form asks for a name, a place and roles; one is then that person, and everybody sees them."""
    async with tab("ada") as ada, tab("mia") as mia:
        await ada.get_by_role("button", name="Add a person").click()
        form = ada.get_by_role("dialog", name="Add a person")
        await form.get_by_label("Name").fill("Kim Lee")
        await form.get_by_role("checkbox", name="Artists").check()
        await form.get_by_role("button", name="Add", exact=True).click()
        await expect(ada.locator('[data-person="kim_lee"]')).to_have_attribute("aria-pressed", "true")
        await expect(mia.locator('[data-group="Artists"]')).to_contain_text("Kim Lee")
        await mia.get_by_role("button", name="Add a person").click()
        again = mia.get_by_role("dialog", name="Add a person")
        await again.get_by_label("Name").fill("ada")
        await again.get_by_role("button", name="Add", exact=True).click()
        await expect(again.get_by_text("This name is taken.")).to_be_visible()


async def test_a_stranger_sees_no_server(tab: Opener) -> None:
    """Who is added to no server has nothing to open, and is told why."""
    async with tab("ada") as page:
        await page.get_by_role("button", name="Add a person").click()
        form = page.get_by_role("dialog", name="Add a person")
        await form.get_by_label("Name").fill("Sam")
        await form.get_by_role("radio", name="No server").check()
        await form.get_by_role("button", name="Add", exact=True).click()
        await expect(page.locator('[data-person="sam"]')).to_have_attribute("aria-pressed", "true")
        await expect(page.locator("[data-channel]")).to_have_count(0)
        await expect(page.get_by_role("heading", name="Sam is on no server")).to_be_visible()
        await expect(composer(page)).to_be_disabled()
        await page.locator("[data-person=ada]").click()
        await expect(page.get_by_role("heading", name="is on no server")).to_have_count(0)


async def test_a_moderator_gives_roles(tab: Opener) -> None:
    """The member's menu leads to their roles; the list of members follows; others are not offered it."""
    async with tab("mia") as mia, tab("ada") as ada:
        await ask_menu(mia.locator("[data-member=ada]"), "Roles")
        form = mia.get_by_role("dialog", name="Roles of Ada")
        await form.get_by_role("checkbox", name="Artists").check()
        await form.get_by_role("button", name="Save").click()
        await expect(ada.locator('[data-group="Artists"]')).to_contain_text("Ada")
        await ada.locator("[data-member=ben]").click(button="right")
        await expect(ada.get_by_role("menuitem", name="Mention")).to_be_visible()
        await expect(ada.get_by_role("menuitem", name="Roles")).to_have_count(0)


async def test_the_members_show_who_is_there(tab: Opener) -> None:
    """Online is who has a page open, under their highest role, and the bot while it is connected."""
    async with tab("ada") as ada:
        await expect(ada.locator("[data-member=Easel]")).to_have_class(re.compile("online"))
        ben = ada.locator("[data-member=ben]")
        await expect(ben).to_have_class(re.compile("offline"))
        async with tab("ben"):
            await expect(ada.locator('[data-group="Artists"]').locator("[data-member=ben]")).to_be_visible()


async def test_three_tabs_as_three_people_stay_in_step(tab: Opener) -> None:
    """What is written, answered and changed reaches all, in the same order."""
    async with tab("ada") as ada, tab("ben") as ben, tab("mia") as mia:
        pages = {"ada": ada, "ben": ben, "mia": mia}
        for turn in range(3):
            for name, page in pages.items():
                await say(page, f"{name} says {turn}")
        await type_out(mia, "/imagine a shared hill count:1")
        wanted = [f"{name} says {turn}" for turn in range(3) for name in pages]
        said = "[...document.querySelectorAll('[data-message-id] .text')].map((n) => n.innerText)"
        for page in pages.values():
            await expect(newest(page).locator(".tile")).to_have_count(1)
            assert [each for each in await page.evaluate(said) if " says " in each] == wanted
        await newest(ben).get_by_role("button", name="V1").click()
        for page in pages.values():
            await expect(newest(page)).to_contain_text("V1 pressed by @Ben")


async def test_a_mention_elsewhere_is_counted(tab: Opener, discord: LoopbackDiscord) -> None:
    """Channel and server show how often one was meant; opening it shows where the new begins."""
    ben = discord.world.user_named("ben")
    async with tab("ben", channel="studio") as page:
        ada = discord.person("ada", channel="sketches")
        ada.say("an old word")
        ada.say(f"<@{ben.id}> come and look")
        channel = page.locator('[data-channel="sketches"]')
        await expect(channel).to_contain_text("1 mention")
        await channel.click()
        await expect(page.locator(".divider.new")).to_have_count(1)
        await expect(channel).not_to_contain_text("mention")
