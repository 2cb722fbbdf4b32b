"""What the drawer beside the chat is told, and what its switches do."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from trial_bot import TrialBot, connected

from bot.playground.clock import Clock
from bot.playground.inside import Inside, mount_inside
from bot.playground.inside_studio import JobLine, LedgerLine, OwnerLine, StudioView, WorkerLine
from bot.playground.inside_traffic import KEPT, Traffic
from bot.playground.inside_verdict import verdict
from bot.playground.server import LoopbackDiscord

Json = dict[str, Any]


class Studio:
    """A studio that shows what it was given."""

    def __init__(self, shown: StudioView) -> None:
        self.shown = shown

    async def view(self) -> StudioView:
        return self.shown


@pytest.fixture
async def served() -> AsyncIterator[tuple[LoopbackDiscord, Inside]]:
    clock = Clock()
    traffic = Traffic(clock.now)
    discord = LoopbackDiscord(clock=clock, observer=traffic)
    inside = mount_inside(discord, traffic)
    async with discord:
        yield discord, inside


@pytest.fixture
def discord(served: tuple[LoopbackDiscord, Inside]) -> LoopbackDiscord:
    return served[0]


@pytest.fixture
def inside(served: tuple[LoopbackDiscord, Inside]) -> Inside:
    return served[1]


@pytest.fixture
async def page(discord: LoopbackDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client that speaks as the playground's page does."""
    headers = {"Origin": discord.base_url}
    async with aiohttp.ClientSession(discord.base_url, headers=headers) as session:
        yield session


@pytest.fixture
async def http(discord: LoopbackDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession(f"{discord.base_url}/api/v10/", headers=headers) as session:
        yield session


@pytest.fixture
async def bot(discord: LoopbackDiscord) -> AsyncIterator[TrialBot]:
    async with connected(discord) as trial:
        yield trial


def view_of(discord: LoopbackDiscord) -> StudioView:
    guild, ada = next(iter(discord.world.guilds)), discord.person("ada").user.id
    return StudioView(
        worker=WorkerLine(state="ready", device="cpu", model="pocket", detail=""),
        owners=(
            OwnerLine(
                guild_id=guild,
                user_id=ada,
                weight=1.0,
                used_seconds=12.5,
                ahead_seconds=3.0,
                waiting=0,
                running=1,
            ),
        ),
        jobs=(
            JobLine(
                job_id="a1",
                guild_id=guild,
                user_id=ada,
                state="running",
                position=0,
                estimate=4.0,
                eta=2.0,
                steps=5,
                of_steps=20,
            ),
        ),
        ledger=(LedgerLine(at=1.0, guild_id=guild, user_id=1, kind="reserve", seconds=4.0, job_id="a1"),),
    )


async def switch(page: aiohttp.ClientSession, name: str, on: bool, **settings: object) -> Json:
    body = {"name": name, "on": on, "settings": settings}
    async with page.post("/page/inside/fault", json=body) as answer:
        assert answer.status == 200
        told: Json = await answer.json()
        return told


async def test_the_drawer_shows_the_studio_by_name(
    discord: LoopbackDiscord, inside: Inside, page: aiohttp.ClientSession
) -> None:
    """People and servers come with their names; who left the world comes with the number alone."""
    async with inside.showing(Studio(view_of(discord))), page.ws_connect("/page/inside") as drawer:
        told = await drawer.receive_json()
    assert told["worker"] == {"state": "ready", "device": "cpu", "model": "pocket", "detail": ""}
    (owner,), (job,), (entry,) = told["queue"]["owners"], told["queue"]["jobs"], told["ledger"]
    guild = next(iter(discord.world.guilds.values()))
    ada = discord.person("ada").user
    assert owner["owner"] == job["owner"] == f"{guild.id}:{ada.id}"
    assert (owner["user"], owner["guild"]) == (ada.display_name, guild.name)
    assert (owner["used_seconds"], owner["ahead_seconds"], owner["running"]) == (12.5, 3.0, 1)
    assert (job["job_id"], job["state"], job["position"]) == ("a1", "running", 0)
    assert (job["steps"], job["of_steps"]) == (5, 20)
    assert (entry["kind"], entry["seconds"], entry["user"]) == ("reserve", 4.0, "1")


async def test_without_a_studio_there_is_still_traffic(
    discord: LoopbackDiscord, inside: Inside, page: aiohttp.ClientSession
) -> None:
    """Before the bot is there, and after it left, the drawer stays open and says that nobody is inside."""
    async with page.ws_connect("/page/inside") as drawer:
        assert (await drawer.receive_json())["worker"] is None
        async with inside.showing(Studio(view_of(discord))):
            assert (await drawer.receive_json())["worker"]["state"] == "ready"
        assert (await drawer.receive_json())["worker"] is None


async def test_the_drawer_is_told_of_changes_alone(
    page: aiohttp.ClientSession, http: aiohttp.ClientSession
) -> None:
    """What is said next differs from what was said before."""
    async with page.ws_connect("/page/inside") as drawer:
        first = await drawer.receive_json()
        async with http.get("users/@me") as answer:
            assert answer.status == 200
        second = await drawer.receive_json()
    assert first["traffic"] == []
    (line,) = second["traffic"]
    assert (line["direction"], line["what"], line["status"]) == ("rest", "GET /users/@me", 200)
    assert line["verdict"] == "ok"
    assert line["ms"] >= 0


async def test_traffic_shows_both_directions(discord: LoopbackDiscord, inside: Inside, bot: TrialBot) -> None:
    """Requests, events and the gateway's connections, newest first, a hundred at most, without any token."""
    channel = discord.person("ada").channel.id
    for number in range(KEPT):
        await bot.get_partial_messageable(channel).send(f"words {number}")
    lines = (await inside.snapshot())["traffic"]
    assert len(lines) == KEPT
    assert [line["number"] for line in lines] == sorted((line["number"] for line in lines), reverse=True)
    assert {line["direction"] for line in lines} == {"rest", "gateway"}
    assert {"POST /channels/{channel_id}/messages", "MESSAGE_CREATE"} <= {line["what"] for line in lines}
    assert discord.token not in str(lines)
    assert "words" not in str(lines)


async def test_a_request_that_discord_does_not_know_is_told_apart(
    discord: LoopbackDiscord, inside: Inside, http: aiohttp.ClientSession
) -> None:
    """A bad form, an unreadable body and an unknown route are against the description, with the place."""
    channel = discord.person("ada").channel.id
    url = f"channels/{channel}/messages"
    async with http.post(url, json={"content": "x" * 2001}):
        pass
    async with http.post(url, data="{", headers={"Content-Type": "application/json"}):
        pass
    async with http.post("no/such/route"):
        pass
    async with http.get(f"channels/{channel}/messages/1"):
        pass
    gone, nowhere, unreadable, long = (line["verdict"] for line in (await inside.snapshot())["traffic"])
    assert gone == "refused: Unknown Message (10008)"
    assert nowhere.startswith("not in Discord's description: 404")
    assert unreadable.startswith("not in Discord's description: The request body contains invalid JSON")
    assert long.startswith("not in Discord's description: content: ")


def test_what_only_the_loopback_lacks_is_not_the_bots_fault() -> None:
    """Discord offers more than the loopback does; the verdict says so."""
    wrong = {"_errors": [{"code": "LOOPBACK_NOT_OFFERED", "message": "The loopback cannot do this."}]}
    answer = {"code": 50035, "message": "Invalid Form Body", "errors": {"poll": wrong}}
    assert verdict(400, answer) == "refused: the loopback does not offer poll"


async def test_a_fault_strikes_one_request_in_so_many(
    inside: Inside, page: aiohttp.ClientSession, http: aiohttp.ClientSession
) -> None:
    """Switched on it strikes every second request, and is not held against the bot; off, it is over."""
    told = await switch(page, "server_errors", True, every=2, status=502)
    fault = next(each for each in told["faults"] if each["name"] == "server_errors")
    assert fault["on"]
    assert {setting["name"]: setting["value"] for setting in fault["settings"]} == {"every": 2, "status": 502}
    statuses = []
    for _ in range(4):
        async with http.get("users/@me") as answer:
            statuses.append(answer.status)
    assert statuses == [200, 502, 200, 502]
    newest = (await inside.snapshot())["traffic"][0]
    assert (newest["status"], newest["injected"], newest["verdict"]) == (502, True, None)
    await switch(page, "server_errors", False)
    for _ in range(2):
        async with http.get("users/@me") as answer:
            assert answer.status == 200


@pytest.mark.usefixtures("bot")
async def test_a_lost_gateway_takes_no_connection_until_it_is_back(
    discord: LoopbackDiscord, inside: Inside, page: aiohttp.ClientSession
) -> None:
    """The bot is cut off, knocks in vain, and resumes its session once the switch is off again."""
    await switch(page, "lost_gateway", True, seconds=60)
    await discord.until(lambda: discord.record.count("disconnected"))
    async with page.get("/gateway") as answer:
        assert answer.status == 503
    await switch(page, "lost_gateway", False)
    await discord.until(lambda: discord.record.count("resumed"), timeout=20)
    whats = [line["what"] for line in (await inside.snapshot())["traffic"]]
    assert whats.index("RESUME") < whats.index("connection refused") < whats.index("connection lost")


@pytest.mark.usefixtures("bot")
async def test_a_lost_gateway_comes_back_by_itself(
    discord: LoopbackDiscord, inside: Inside, page: aiohttp.ClientSession
) -> None:
    """After its seconds the switch is off, and the bot is back."""
    await switch(page, "lost_gateway", True, seconds=0)
    await discord.until(lambda: discord.record.count("resumed"), timeout=20)
    fault = next(each for each in inside.faults.json() if each["name"] == "lost_gateway")
    assert (fault["on"], fault["struck"]) == (False, 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "earthquake", "on": True}, "name"),
        ({"name": "rate_limits", "on": True, "settings": {"every": 0}}, "every"),
        ({"name": "rate_limits", "on": True, "settings": {"every": "2"}}, "every"),
        ({"name": "rate_limits", "on": True, "settings": {"volume": 1}}, "volume"),
        ({"name": "rate_limits", "on": True, "settings": []}, None),
        ({"on": True}, None),
    ],
)
async def test_a_switch_that_cannot_be_set_stays_as_it_is(
    inside: Inside, page: aiohttp.ClientSession, body: Json, field: str | None
) -> None:
    """A page is told in words what is wrong, and nothing changed."""
    before = inside.faults.json()
    async with page.post("/page/inside/fault", json=body) as answer:
        told = await answer.json()
    assert told["refused"]
    assert told["field"] == field
    assert inside.faults.json() == before


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_other_sites_see_and_switch_nothing(discord: LoopbackDiscord, origin: str | None) -> None:
    """The drawer is for the playground's own page."""
    headers = {} if origin is None else {"Origin": origin}
    async with aiohttp.ClientSession(discord.base_url, headers=headers) as other:
        async with other.get("/page/inside") as answer:
            assert answer.status == 403
        async with other.post("/page/inside/fault", json={"name": "rate_limits", "on": True}) as answer:
            assert answer.status == 403
