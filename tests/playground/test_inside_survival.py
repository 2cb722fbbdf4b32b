"""Easel survives what the drawer switches on: the real bot and worker, in the middle of a job."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from conformance import Conformance, Description
from house import House, is_drawing, settings_in

from bot.ops.studio_window import EaselWindow
from bot.playground.clock import Clock
from bot.playground.endpoint import point_discord_py_at
from bot.playground.inside import Inside, mount_inside
from bot.playground.inside_traffic import Traffic
from bot.playground.observer import Exchange, Observer
from bot.playground.server import LoopbackDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
MANY_STEPS = 40
"""Enough for a fault to strike while a picture is being drawn."""


@dataclass(frozen=True)
class Watchers:
    """Several observers of one Discord."""

    watching: tuple[Observer, ...]

    def exchanged(self, exchange: Exchange) -> None:
        for observer in self.watching:
            observer.exchanged(exchange)

    def dispatched(self, event: str, data: Json) -> None:
        for observer in self.watching:
            observer.dispatched(event, data)


@dataclass(frozen=True)
class Home:
    """A house and the drawer that looks into it."""

    house: House
    inside: Inside
    conformance: Conformance | None

    async def fault(self, name: str) -> Json:
        faults = (await self.inside.snapshot())["faults"]
        found: Json = next(each for each in faults if each["name"] == name)
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(
    tmp_path_factory: pytest.TempPathFactory, description: Description | None
) -> AsyncIterator[Home]:
    """One house for all tests here; nothing on its wire may break Discord's description, faults or not."""
    clock = Clock()
    traffic = Traffic(clock.now)
    conformance = Conformance(description=description) if description else None
    watchers = Watchers((traffic, conformance) if conformance else (traffic,))
    discord = LoopbackDiscord(clock=clock, observer=watchers)
    inside = mount_inside(discord, traffic)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(discord)
        point_discord_py_at(discord.base_url)
        house = House(discord, settings_in(tmp_path_factory.mktemp("house")))
        await house.open()
        stack.push_async_callback(house.close)
        await house.app.engine.ready()
        await stack.enter_async_context(
            inside.showing(EaselWindow(engine=house.app.engine, store=house.app.store))
        )
        yield Home(house, inside, conformance)
    if conformance is not None:
        conformance.raise_problems()


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("rate_limits", {"every": 2, "seconds": 0.1}),
        ("server_errors", {"every": 2, "status": 502}),
        ("lost_gateway", {"seconds": 1}),
        ("slow_uploads", {"seconds": 1}),
    ],
)
async def test_a_job_ends_with_its_pictures_in_spite_of(home: Home, name: str, settings: Json) -> None:
    """The fault is switched on while the job is drawn, strikes, and the pictures come, once, and are paid."""
    house = home.house
    ada = house.person("ada")
    message = await ada.command("imagine", prompt="a red house", count=2, steps=MANY_STEPS)
    await house.discord.until(lambda: is_drawing(message), timeout=20)
    posted = house.discord.record.count("posted")
    home.inside.faults.set(name, on=True, settings=settings)
    await house.pictures(message)
    assert (await home.fault(name))["struck"] >= 1
    home.inside.faults.set(name, on=False, settings={})
    await house.discord.connected(timeout=20)
    assert house.discord.record.count("posted") == posted
    assert house.states()[-1] == "delivered"


async def test_the_drawer_follows_a_job(home: Home) -> None:
    """Its lanes and steps while it is drawn; its price in the ledger; afterwards nothing is left in line."""
    house = home.house
    ben = house.person("ben")
    message = await ben.command("imagine", prompt="a green field", count=3, steps=MANY_STEPS)
    await house.discord.until(lambda: is_drawing(message), timeout=20)
    seen = await _told(home, lambda now: any(lane["step"] for lane in now["lanes"]))
    assert seen["worker"]["state"] == "ready"
    assert [lane["picture"] for lane in seen["lanes"]] == [1, 2, 3]
    assert [lane["slot"] for lane in seen["lanes"]] == [0, 1, 2]
    assert {lane["of"] for lane in seen["lanes"]} == {MANY_STEPS}
    (job,) = seen["queue"]["jobs"]
    assert (job["state"], job["position"], job["of_steps"]) == ("running", 0, MANY_STEPS)
    assert job["user"] == ben.user.display_name
    owner = next(each for each in seen["queue"]["owners"] if each["owner"] == job["owner"])
    assert (owner["running"], owner["waiting"]) == (1, 0)
    assert owner["used_seconds"] > 0
    assert seen["ledger"][0]["kind"] == "reserve"
    await house.pictures(message)
    after = await home.inside.snapshot()
    assert after["queue"]["jobs"] == after["lanes"] == []
    assert [entry["kind"] for entry in after["ledger"][:2]] == ["settle", "reserve"]
    assert after["ledger"][0]["seconds"] <= 0
    assert {line["verdict"] for line in after["traffic"] if line["direction"] == "rest"} <= {"ok", None}


async def test_the_drawer_tells_jobs_apart_that_run_together(home: Home) -> None:
    """Each has slots of its own and is at its own step: who came later is not as far."""
    house = home.house
    ada, ben = house.person("ada"), house.person("ben")
    first = await ada.command("imagine", prompt="a red house", count=2, steps=MANY_STEPS)
    await house.discord.until(lambda: is_drawing(first), timeout=20)
    second = await ben.command("imagine", prompt="a blue boat", count=1, steps=MANY_STEPS // 2)
    seen = await _told(
        home, lambda now: len(now["lanes"]) == 3 and all(lane["step"] for lane in now["lanes"])
    )
    assert {lane["slot"] for lane in seen["lanes"]} == {0, 1, 2}
    assert seen["slots"] >= 3
    assert {lane["of"] for lane in seen["lanes"]} == {MANY_STEPS, MANY_STEPS // 2}
    steps = {job["user"]: job["steps"] for job in seen["queue"]["jobs"]}
    assert steps[ada.user.display_name] > steps[ben.user.display_name] > 0
    for message in (first, second):
        await house.pictures(message)


async def _told(home: Home, wanted: Callable[[Json], bool]) -> Json:
    """What an open drawer is told first of which that is so."""
    discord = home.house.discord
    headers = {"Origin": discord.base_url}
    async with (
        asyncio.timeout(20),
        aiohttp.ClientSession(discord.base_url, headers=headers) as page,
        page.ws_connect("/page/inside") as drawer,
    ):
        now: Json = await drawer.receive_json()
        while not wanted(now):
            now = await drawer.receive_json()
    return now
