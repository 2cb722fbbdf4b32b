"""A moderator who has never seen Easel, on the playground's page, and what members then run into."""

import re
from pathlib import Path

import pytest
from chromium import CHROMIUM, NO_CHROMIUM, chromium
from page_hands import newest, type_out
from playwright.async_api import ViewportSize, expect
from screenshots import PATIENCE, drawn, playground, tab

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
WIDE = ViewportSize(width=1180, height=1000)


async def test_settings_alone_lead_to_a_roles_quota_which_members_then_meet(tmp_path: Path) -> None:
    """In four actions; who runs into it reads what is left and when there is more, and why."""
    async with (
        playground(tmp_path) as url,
        chromium() as browser,
        tab(browser, url, "mia", size=WIDE) as mia,
        tab(browser, url, "ben", size=WIDE) as ben,
    ):
        await type_out(mia, "/settings")
        panel = newest(mia)
        await expect(panel).to_contain_text("Settings of this server", timeout=PATIENCE)
        await panel.get_by_role("button", name="Give a role a quota").click()
        form = mia.get_by_role("dialog", name="What a role may use")
        await form.get_by_role("combobox", name="Role").click()
        await mia.get_by_role("option", name="Artists").click()
        await form.get_by_label("Compute").fill("2 s")
        await form.get_by_role("button", name="Submit").click()
        await expect(newest(mia)).to_contain_text("2 s of compute a day")
        await type_out(ben, "/imagine a tree in the snow --count 1 --steps 2")
        await drawn(ben, 1)
        await type_out(ben, "/imagine a boat on the sea --count 4 --steps 60")
        told = newest(ben)
        await expect(told).to_contain_text("of your 2 s of compute a day")
        await expect(told).to_contain_text("Nothing was charged")
        await type_out(ben, "/quota why")
        await expect(newest(ben)).to_contain_text(
            re.compile("2 s of compute a day.*by the rule for @Artists")
        )
        await type_out(mia, "/quota grant member:Ben compute:5 min why:for the fair")
        await expect(newest(mia)).to_contain_text("5 min of compute")
        await type_out(ben, "/imagine a boat on the sea --count 4 --steps 60")
        await drawn(ben, 4)
        await type_out(mia, "/audit")
        await expect(newest(mia)).to_contain_text("for the fair")
        await expect(newest(mia)).to_contain_text("set the rule for @Artists")
