"""What the page's server refuses, and what it tells whom."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.playground import Upload
from bot.playground.page_api import mount_page
from bot.playground.server import LoopbackDiscord


@pytest.fixture
async def served() -> AsyncIterator[LoopbackDiscord]:
    server = LoopbackDiscord()
    if not any(resource.canonical == "/" for resource in server.app.router.resources()):
        mount_page(server.app, server.backend)
    async with server:
        yield server


@pytest.fixture
async def web(served: LoopbackDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(served.base_url) as session:
        yield session


async def ask(web: aiohttp.ClientSession, served: LoopbackDiscord, action: str, body: object) -> Any:  # noqa: ANN401
    async with web.post(f"/page/api/{action}", json=body, headers={"Origin": served.base_url}) as answer:
        assert answer.status == 200
        return await answer.json()


async def told(page: aiohttp.ClientWebSocketResponse, *kinds: str) -> Any:  # noqa: ANN401
    """The page's next news of one of these kinds."""
    while True:
        news = await page.receive_json()
        if news["type"] in kinds:
            return news


async def test_the_page_loads_nothing_from_elsewhere(web: aiohttp.ClientSession) -> None:
    """Its policy forbids other origins, inline code and frames; each file it names is served."""
    async with web.get("/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    named = [part.split('"')[0] for part in page.split('"/page/')[1:]]
    assert "main.js" in named
    for name in named:
        async with web.get(f"/page/{name}") as answer:
            assert answer.status == 200
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/page/../page_api.py", "/page/page_api.py", "/page/none.js", "/page/index.html"]
)
async def test_nothing_but_the_page_is_served(web: aiohttp.ClientSession, path: str) -> None:
    """Files outside the page's folder stay where they are."""
    async with web.get(path) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1:1", "localhost.evil.example"])
async def test_another_host_name_is_refused(web: aiohttp.ClientSession, host: str) -> None:
    """A name that somebody else points at this machine (DNS rebinding) opens nothing."""
    async with web.get("/", headers={"Host": host}) as answer:
        assert answer.status == 403


async def test_emoji_have_names(web: aiohttp.ClientSession) -> None:
    """For a page on a machine with no font for them."""
    async with web.get("/page/emoji.json") as answer:
        names = await answer.json()
    assert (names["🦄"], names["⭐"], names["‼"]) == (
        "unicorn_face",
        "white_medium_star",
        "double_exclamation_mark",
    )
    assert "a" not in names


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", None])
async def test_other_sites_pages_are_refused(
    web: aiohttp.ClientSession, served: LoopbackDiscord, origin: str | None
) -> None:
    """Actions and news are for the playground's own page: its origin must come along."""
    headers = {} if origin is None else {"Origin": origin}
    async with web.post("/page/api/say", json={}, headers=headers) as answer:
        assert answer.status == 403
    async with web.get("/page/news?as=ada", headers=headers) as answer:
        assert answer.status == 403
    assert not served.record.count("posted")


async def test_localhost_is_this_machine_too(web: aiohttp.ClientSession, served: LoopbackDiscord) -> None:
    """The page may be opened as localhost."""
    port = served.base_url.rpartition(":")[2]
    async with web.get("/", headers={"Host": f"localhost:{port}"}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("action", "body", "said"),
    [
        ("say", {"as": "Easel", "text": "hi"}, "There is no such person."),
        ("say", {"as": "keeper", "text": "hi"}, "There is no such person."),
        ("say", {"as": "ada", "channel": "1", "text": "hi"}, "You cannot see this channel"),
        ("say", {"as": "ada", "channel": "mods", "text": "hi"}, "You cannot see this channel"),
        ("say", {"as": "zoe", "channel": "studio", "text": "hi"}, "You cannot see this channel"),
        ("say", {"as": "ada", "channel": "studio"}, "The page did not say which text"),
        ("say", {"as": "ada", "channel": "studio", "text": ""}, "empty"),
        ("command", {"as": "ada", "channel": "studio", "command": "none"}, "There is no command /none"),
        ("press", {"as": "ada", "channel": "studio", "message": "7", "custom_id": "a"}, "not here"),
        ("press", {"as": "ada", "channel": "studio", "message": "²", "custom_id": "a"}, "no such message"),
        (
            "press",
            {"as": "ada", "channel": "studio", "message": "9" * 5000, "custom_id": "a"},
            "no such message",
        ),
        ("submit", {"as": "ada", "modal": "1", "values": {}}, "not open any more"),
        ("submit", ["as"], "do not understand each other"),
    ],
)
async def test_what_a_page_claims_is_looked_up(
    web: aiohttp.ClientSession, served: LoopbackDiscord, action: str, body: object, said: str
) -> None:
    """Persons, channels, messages and forms that are none, or none of theirs, are refused in plain words."""
    if isinstance(body, dict):
        named = {"studio": "studio", "mods": "mods-only"}.get(body.get("channel", ""))
        body |= {"channel": str(served.world.channel_named(named).id)} if named else {}
    answer = await ask(web, served, action, body)
    assert said in answer["refused"]


async def test_an_upload_cannot_act_as_the_page(web: aiohttp.ClientSession, served: LoopbackDiscord) -> None:
    """The page's origin serves attachments too: a document among them may run and load nothing."""
    page = Upload(filename="evil.html", data=b"<script>alert(1)</script>", content_type="text/html")
    (file,) = served.person("ada").say("look", page).pictures
    async with web.get(file.url) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_only_what_one_sees_alone_is_dismissed(
    web: aiohttp.ClientSession, served: LoopbackDiscord
) -> None:
    """Dismissing is no way to delete what others see."""
    said = served.person("ada").say("for all")
    body = {"as": "ada", "channel": str(said.channel.id), "message": str(said.id)}
    assert "alone" in (await ask(web, served, "dismiss", body))["refused"]
    assert served.person("ben").sees(said)


async def test_news_tell_each_person_what_they_may_see(
    web: aiohttp.ClientSession, served: LoopbackDiscord
) -> None:
    """The state holds one's own channels; news follow for those alone, the end of a message included."""
    headers = {"Origin": served.base_url}
    async with (
        web.ws_connect("/page/news?as=mia", headers=headers) as moderator,
        web.ws_connect("/page/news?as=ada", headers=headers) as member,
    ):
        ours = await moderator.receive_json()
        theirs = await member.receive_json()
        names = [[each["name"] for each in state["guilds"][0]["channels"]] for state in (ours, theirs)]
        assert names == [["studio", "sketches", "mods-only"], ["studio", "sketches"]]
        assert [each["username"] for each in theirs["people"]] == ["ada", "ben", "mia", "zoe"]
        assert theirs["bot"]["connected"] is False

        hidden = served.person("mia", channel="mods-only").say("between us")
        shown = served.person("mia", channel="studio").say("for all")
        assert (await told(moderator, "message"))["message"]["content"] == "between us"
        assert (await told(moderator, "message"))["message"]["content"] == "for all"
        assert (await told(member, "message"))["message"]["content"] == "for all"

        served.changes.delete_message(hidden.id)
        served.changes.delete_message(shown.id)
        assert (await told(moderator, "deleted"))["id"] == str(hidden.id)
        assert (await told(member, "deleted")) == {
            "type": "deleted",
            "id": str(shown.id),
            "channel_id": str(shown.channel.id),
        }
