"""The drawer beside the chat, in a real browser."""

from collections.abc import AsyncIterator

import pytest
from chromium import CHROMIUM, NO_CHROMIUM, chromium
from playwright.async_api import Page, ViewportSize, expect
from trial_bot import connected

from bot.playground.clock import Clock
from bot.playground.inside import Inside, mount_inside
from bot.playground.inside_studio import JobLine, LaneLine, LedgerLine, OwnerLine, StudioView, WorkerLine
from bot.playground.inside_traffic import Traffic
from bot.playground.page_api import mount_page
from bot.playground.server import LoopbackDiscord

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
PATIENCE = 10_000  # milliseconds


class Studio:
    """A studio at work for ada and for mia, with ben paused for them."""

    def __init__(self, discord: LoopbackDiscord) -> None:
        self._guild = next(iter(discord.world.guilds))
        self._ada, self._ben, self._mia = (discord.person(name).user.id for name in ("ada", "ben", "mia"))
        self.step = 3

    async def view(self) -> StudioView:
        return StudioView(
            worker=WorkerLine(state="ready", device="cpu", model="pocket", detail=""),
            owners=(self._owner(self._ada, 40.0, 0, 1), self._owner(self._ben, 10.0, 1, 0)),
            jobs=(
                self._job("aaaaaaaaaaaa", self._ada, 0, self.step),
                self._job("cccccccccccc", self._mia, 0),
                self._job("bbbbbbbbbbbb", self._ben, 1, 7),
            ),
            slots=4,
            gap_s=1.5,
            bound_s=6.0,
            lanes=(
                LaneLine(slot=0, job_id="aaaaaaaaaaaa", picture=1, step=self.step, of=20),
                LaneLine(slot=2, job_id="aaaaaaaaaaaa", picture=2, step=self.step, of=20),
                LaneLine(slot=1, job_id="cccccccccccc", picture=1, step=0, of=0),
            ),
            ledger=(
                LedgerLine(
                    at=1.0,
                    guild_id=self._guild,
                    user_id=self._ben,
                    kind="refund",
                    seconds=-4.0,
                    job_id="cccccccccccc",
                ),
            ),
        )

    def _owner(self, user: int, used: float, waiting: int, running: int) -> OwnerLine:
        return OwnerLine(
            guild_id=self._guild,
            user_id=user,
            weight=1.0,
            used_seconds=used,
            ahead_seconds=0.0,
            waiting=waiting,
            running=running,
        )

    def _job(self, job_id: str, user: int, position: int, steps: int = 0) -> JobLine:
        return JobLine(
            job_id=job_id,
            guild_id=self._guild,
            user_id=user,
            state="paused" if position else "running",
            position=position,
            estimate=8.0,
            eta=None,
            steps=steps,
            of_steps=20 if steps else 0,
        )


@pytest.fixture
async def served() -> AsyncIterator[tuple[LoopbackDiscord, Inside]]:
    clock = Clock()
    traffic = Traffic(clock.now)
    discord = LoopbackDiscord(clock=clock, observer=traffic)
    mount_page(discord.app, discord.backend)
    inside = mount_inside(discord, traffic)
    async with discord:
        yield discord, inside


@pytest.fixture
async def page(served: tuple[LoopbackDiscord, Inside]) -> AsyncIterator[Page]:
    """The playground as ada; at the end, its console may hold no error."""
    said: list[str] = []
    async with chromium() as browser:
        context = await browser.new_context(viewport=ViewportSize(width=1440, height=900))
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(f"{served[0].base_url}/?as=ada")
        await page.locator('[data-person="ada"][aria-pressed="true"]').wait_for()
        yield page
    assert said == []


async def test_one_looks_inside_with_the_keyboard(served: tuple[LoopbackDiscord, Inside], page: Page) -> None:
    """Lanes, queue and ledger are there to read, and follow the studio; the button closes them again."""
    discord, inside = served
    studio = Studio(discord)
    async with inside.showing(studio):
        toggle, drawer = page.locator("#toggle-inside"), page.locator("#inside")
        await toggle.focus()
        await page.keyboard.press("Enter")
        await expect(drawer.locator(".inside-worker")).to_have_text("Ready · pocket · on cpu")
        await expect(drawer.locator(".inside-lane")).to_have_text(
            [
                "Slot 1Adapicture 1step 3 of 20",
                "Slot 2Miapicture 1preparing",
                "Slot 3Adapicture 2step 3 of 20",
            ]
        )
        await expect(drawer.locator("[data-part=work] summary")).to_contain_text("3 of 4 slots")
        owners = drawer.get_by_role("table", name="Compute-seconds of everybody").locator("tbody tr")
        await expect(owners).to_have_count(2)
        await expect(owners.first).to_contain_text("40 s")
        jobs = drawer.get_by_role("table", name="Jobs in serving order").locator("tbody tr")
        await expect(jobs.first).to_contain_text("at work, step 3 of 20")
        await expect(jobs.nth(1)).to_contain_text("at work")
        promised = drawer.get_by_text("between two who both waited was 1.5 s; at most 6.0 s is promised")
        await expect(promised).to_have_count(1)
        await expect(jobs.nth(2)).to_contain_text("paused for others, step 7 of 20")
        ledger = drawer.get_by_role("table", name="Newest entries of the ledger")
        await expect(ledger.locator("tbody tr")).to_contain_text("refunded")
        studio.step = 9
        await expect(drawer.locator(".inside-lane").first).to_contain_text("step 9 of 20")
    await expect(drawer.locator(".inside-worker")).to_contain_text("Nobody is inside")
    await expect(drawer.locator(".inside-lane")).to_have_count(0)
    await toggle.focus()
    await page.keyboard.press("Enter")
    await expect(drawer).to_be_hidden()


async def test_a_fault_is_switched_on_and_seen_to_strike(
    served: tuple[LoopbackDiscord, Inside], page: Page
) -> None:
    """Its dial turns, a wrong number is refused in words, it strikes, and the bot is seen to survive it."""
    discord, _ = served
    async with connected(discord) as bot:
        await page.locator("#toggle-inside").click()
        fault = page.locator(".inside-fault", has_text="429 Too Many Requests")
        switch, pause = fault.get_by_role("switch"), fault.get_by_label("Try again after")
        await pause.fill("99")
        await page.keyboard.press("Tab")
        await expect(fault.locator(".problem")).to_have_text("Try again after: a number from 0 to 10.")
        await pause.fill("0")
        await switch.focus()
        await page.keyboard.press("Space")
        await expect(switch).to_have_attribute("aria-checked", "true")
        await expect(page.locator("#announcer")).to_contain_text("429 Too Many Requests: on")
        await expect(page.locator("[data-part=faults] summary")).to_contain_text("1 on")
        channel = bot.get_partial_messageable(discord.person("ada").channel.id)
        for words in ("the first", "the second"):
            await channel.send(words)
        struck = page.locator(".inside-line", has_text="a fault switched on here")
        await expect(struck).to_contain_text("POST /channels/…/messages")
        await expect(struck).to_contain_text("429")
        await expect(fault).to_contain_text("struck 1 ×")
        await expect(page.locator("#messages")).to_contain_text("the second")
        await page.get_by_label("Traffic to show").select_option("Trouble")
        await expect(page.locator(".inside-line")).to_have_count(1)
        await switch.press("Space")
        await expect(page.locator("[data-part=faults] summary")).to_contain_text("all off")


async def test_the_drawer_is_as_wide_as_one_likes(served: tuple[LoopbackDiscord, Inside], page: Page) -> None:
    """Arrow keys at its edge widen and narrow it; a narrow screen it fills, with nothing sideways."""
    async with served[1].showing(Studio(served[0])):
        await page.locator("#toggle-inside").click()
        edge = page.get_by_role("separator", name="Width of the drawer")
        drawer = page.locator("#inside")
        await page.locator(".inside-lane").first.wait_for()
        before = await drawer.bounding_box()
        await edge.press("ArrowLeft")
        after = await drawer.bounding_box()
        assert before is not None
        assert after is not None
        assert after["width"] == before["width"] + 32
        await page.set_viewport_size(ViewportSize(width=390, height=844))
        await expect(edge).to_be_hidden()
        narrow = await drawer.bounding_box()
        assert narrow is not None
        assert narrow["width"] == 390
        body = page.locator(".inside-body")
        assert await body.evaluate("(body) => body.scrollWidth <= body.clientWidth")
        assert await drawer.evaluate("(drawer) => drawer.scrollHeight <= drawer.clientHeight")
