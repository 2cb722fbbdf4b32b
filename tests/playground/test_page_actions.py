"""What people do in the page besides commands: write, edit, react, open threads, come, get roles."""

import base64
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from trial_bot import Interaction, TrialBot, connected

from bot.playground import LoopbackDiscord
from bot.playground.page_api import mount_page

Json = dict[str, Any]
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03").decode()
PICTURE = {"filename": "house.png", "content_type": "image/png", "base64": PNG}


class Pages:
    """Open pages' side of the wire."""

    def __init__(self, web: aiohttp.ClientSession, served: LoopbackDiscord) -> None:
        self._web = web
        self.served = served

    async def ask(self, action: str, who: str, channel: str | None = "studio", **more: object) -> Json:
        asked: Json = {"as": who} | more
        if channel is not None:
            asked["channel"] = str(self.served.world.channel_named(channel).id)
        headers = {"Origin": self.served.base_url}
        body = io.BytesIO(json.dumps(asked).encode())
        async with self._web.post(f"/page/api/{action}", data=body, headers=headers) as answer:
            assert answer.status == 200
            found: Json = await answer.json()
            return found

    @asynccontextmanager
    async def open_as(self, name: str) -> AsyncIterator["Page"]:
        headers = {"Origin": self.served.base_url}
        async with self._web.ws_connect(f"/page/news?as={name}", headers=headers) as socket:
            yield Page(socket)

    async def state(self, name: str) -> Json:
        async with self.open_as(name) as page:
            return await page.news("state")


class Page:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def news(self, kind: str) -> Json:
        """The next news of that kind."""
        while True:
            found: Json = await self._socket.receive_json()
            if found["type"] == kind:
                return found


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    server = LoopbackDiscord()
    mount_page(server.app, server.backend)
    async with server, aiohttp.ClientSession(server.base_url) as web:
        yield Pages(web, server)


async def test_the_state_says_who_looks_how(pages: Pages) -> None:
    """Names, colours, roles and states of people; roles from the highest down."""
    ada = pages.served.world.user_named("ada")
    pages.served.world.guild_named("Easel Studio").members[ada.id].nick = "Countess"
    state = await pages.state("ada")
    assert (state["me"]["display_name"], state["me"]["status"]) == ("Ada", "online")
    guild = state["guilds"][0]
    members = {each["username"]: each for each in guild["members"]}
    assert members["ada"]["display_name"] == members["ada"]["nick"] == "Countess"
    assert (members["ada"]["colour"], members["ada"]["roles"]) == (None, [])
    assert members["mia"]["colour"] == "#e67e22"
    assert {name: each["status"] for name, each in members.items()} == {
        "keeper": "offline",
        "ada": "online",
        "ben": "offline",
        "mia": "offline",
        "Easel": "offline",
    }
    assert [(each["name"], each["hoist"]) for each in guild["roles"]] == [
        ("Easel", False),
        ("Moderators", True),
        ("Artists", True),
        ("@everyone", False),
    ]
    (held,) = members["mia"]["roles"]
    assert held == next(each["id"] for each in guild["roles"] if each["name"] == "Moderators")
    abouts = {each["username"]: each["about"] for each in state["people"]}
    assert abouts == {
        "ada": "Easel Studio",
        "ben": "Easel Studio (Artists); Other Place",
        "mia": "Easel Studio (Moderators)",
        "zoe": "Other Place",
    }


async def test_each_sees_what_they_may(pages: Pages) -> None:
    """The moderator more than the member; the stranger not even the server."""
    may = {name: (await pages.state(name))["guilds"][0] for name in ("ada", "mia", "zoe")}
    assert may["ada"]["channels"][0]["may"] == ["send", "attach", "react", "thread", "use_commands"]
    assert "manage_messages" in may["mia"]["channels"][0]["may"]
    assert (may["ada"]["may"], may["mia"]["may"]) == ([], ["manage_roles"])
    assert may["zoe"]["name"] == "Other Place"
    direct = (await pages.state("ada"))["direct"]
    assert (direct["type"], direct["may"]) == (1, ["send", "attach", "react", "use_commands"])


async def test_files_are_said(pages: Pages) -> None:
    """With alt text and spoiler; too many are refused in Discord's words."""
    files = [PICTURE | {"description": "a house", "spoiler": True}, PICTURE]
    assert await pages.ask("say", "ada", text="look", files=files) == {}
    (message,) = pages.served.person("ada").messages()
    assert [(each.filename, each.description) for each in message.pictures] == [
        ("SPOILER_house.png", "a house"),
        ("house.png", None),
    ]
    assert "10 or fewer" in (await pages.ask("say", "ada", text="", files=[PICTURE] * 11))["refused"]
    broken = await pages.ask("say", "ada", text="", files=[{"filename": "a", "base64": "%"}])
    assert "did not arrive" in broken["refused"]
    assert "which files" in (await pages.ask("say", "ada", text="", files="words"))["refused"]


async def test_more_than_a_request_holds_is_refused_in_words(pages: Pages) -> None:
    """A page learns that its files are too large as it learns anything else."""
    huge = {"filename": "a.bin", "base64": "A" * (26 * 1024 * 1024)}
    assert "too powerful" in (await pages.ask("say", "ada", text="", files=[huge]))["refused"]
    large = {"filename": "a.bin", "base64": base64.b64encode(bytes(10 * 1024 * 1024 + 1)).decode()}
    assert "size is 10 MB" in (await pages.ask("say", "ada", text="", files=[large]))["refused"]


async def test_messages_are_answered_edited_and_deleted(pages: Pages) -> None:
    """Each page hears of it; others' messages only a moderator deletes."""
    async with pages.open_as("ben") as ben:
        await ben.news("state")
        await pages.ask("say", "ada", text="a qestion")
        asked = (await ben.news("message"))["message"]
        await pages.ask("edit", "ada", message=asked["id"], text="a question")
        edited = (await ben.news("message"))["message"]
        assert (edited["content"], edited["edited_timestamp"] is not None) == ("a question", True)
        await pages.ask("say", "ben", text="an answer", reply_to=asked["id"])
        answer = (await ben.news("message"))["message"]
        assert answer["referenced_message"]["content"] == "a question"
        assert "your own" in (await pages.ask("edit", "ben", message=asked["id"], text="x"))["refused"]
        assert "Manage Messages" in (await pages.ask("delete", "ben", message=asked["id"]))["refused"]
        assert await pages.ask("delete", "mia", message=asked["id"]) == {}
        assert (await ben.news("deleted"))["id"] == asked["id"]
    gone = (await pages.state("ben"))["messages"]
    assert [each["referenced_message"] for each in gone[answer["channel_id"]]] == [None]


async def test_reactions_are_each_viewers_own(pages: Pages) -> None:
    """`me` is whoever looks, not the bot."""
    said = pages.served.person("mia").say("look")
    async with pages.open_as("ada") as ada, pages.open_as("ben") as ben:
        await pages.ask("react", "ada", message=str(said.id), emoji="❤️", on=True)
        seen = [(await page.news("message"))["message"]["reactions"] for page in (ada, ben)]
        assert [[(each["emoji"]["name"], each["count"], each["me"]) for each in found] for found in seen] == [
            [("❤️", 1, True)],
            [("❤️", 1, False)],
        ]
        await pages.ask("react", "ada", message=str(said.id), emoji="❤️", on=False)
        assert "reactions" not in (await ben.news("message"))["message"]
    assert (await pages.ask("react", "ada", message=str(said.id), emoji="x", on=True))["refused"] == (
        "Unknown Emoji"
    )


async def test_typing_and_presence_are_news(pages: Pages) -> None:
    """Of those who see the channel; one's own typing is none."""
    async with pages.open_as("ada") as ada:
        await ada.news("state")
        async with pages.open_as("mia") as mia:
            assert (await ada.news("presence"))["status"] == "online"
            await mia.news("state")
            await pages.ask("typing", "mia", "mods-only")
            await pages.ask("typing", "ada")
            await pages.ask("typing", "mia")
            found = await ada.news("typing")
            assert found["channel_id"] == str(pages.served.world.channel_named("studio").id)
            assert found["user_id"] == str(pages.served.world.user_named("mia").id)
            assert (await mia.news("typing"))["user_id"] == str(pages.served.world.user_named("ada").id)
        assert (await ada.news("presence"))["status"] == "offline"


async def test_threads_are_opened(pages: Pages) -> None:
    """The page gets the new channel as its state has it, and everybody's list grows."""
    said = pages.served.person("ada").say("look")
    opened = await pages.ask("thread", "ada", message=str(said.id), name="About it")
    parent = str(said.channel.id)
    assert (opened["channel"]["type"], opened["channel"]["parent_id"]) == (11, parent)
    assert await pages.ask("say", "ben", "About it", text="hello") == {}
    state = await pages.state("ben")
    names = [(each["name"], each["parent_id"]) for each in state["guilds"][0]["channels"]]
    assert names == [("studio", None), ("About it", parent), ("sketches", None)]
    assert state["messages"][parent][0]["thread"]["name"] == "About it"
    assert "100" in (await pages.ask("thread", "ada", name="n" * 101))["refused"]
    hidden = await pages.ask("thread", "ada", name="Secret", private=True)
    assert hidden["channel"]["private"] is True
    assert "Secret" not in [each["name"] for each in (await pages.state("ben"))["guilds"][0]["channels"]]


async def test_older_messages_are_asked_for(pages: Pages) -> None:
    """The state holds the newest fifty, oldest first, and says that there are more."""
    ada = pages.served.person("ada")
    for number in range(120):
        ada.say(str(number))
    channel = str(ada.channel.id)
    state = await pages.state("ada")
    shown = state["messages"][channel]
    assert [each["content"] for each in (shown[0], shown[-1])] == ["70", "119"]
    assert state["more"][channel] is True
    older = await pages.ask("history", "ada", before=shown[0]["id"], limit=60)
    assert [older["messages"][0]["content"], older["messages"][-1]["content"]] == ["10", "69"]
    assert older["more"] is True
    oldest = await pages.ask("history", "ada", before=older["messages"][0]["id"], limit=100)
    assert (len(oldest["messages"]), oldest["more"]) == (10, False)
    assert "1 to 100" in (await pages.ask("history", "ada", limit=101))["refused"]


async def test_menu_commands_are_chosen(pages: Pages) -> None:
    """On a message and on a person; a form comes back as any form does."""
    async with connected(pages.served, register=False) as bot:
        await _add_menus(bot)
        state = await pages.state("ada")
        channel = str(pages.served.world.channel_named("studio").id)
        menus = {"user": [{"name": "Gallery"}], "message": [{"name": "Describe"}]}
        assert state["menus"][channel] == menus
        said = pages.served.person("ben").say("a lighthouse")
        assert await pages.ask("menu", "ada", command="Describe", kind="message", target=str(said.id)) == {}
        assert pages.served.person("ada").messages()[-1].text == "a lighthouse"
        ben = str(said.stored.author.id)
        assert await pages.ask("menu", "ada", command="Gallery", kind="user", target=ben) == {}
        assert pages.served.person("ada").messages()[-1].text == "ben"
        unknown = await pages.ask("menu", "ada", command="Gallery", kind="user", target="7")
        assert "no such person" in unknown["refused"]


async def _add_menus(bot: TrialBot) -> None:
    async def describe(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content)

    async def gallery(interaction: Interaction, user: discord.User) -> None:
        await interaction.response.send_message(user.name)

    bot.tree.add_command(app_commands.ContextMenu(name="Describe", callback=describe))
    bot.tree.add_command(app_commands.ContextMenu(name="Gallery", callback=gallery))
    await bot.tree.sync()


async def test_somebody_comes(pages: Pages) -> None:
    """Into a server, with roles, or as a stranger to all; every open page learns of it."""
    guild = pages.served.world.guild_named("Easel Studio")
    artists = next(role for role in guild.roles.values() if role.name == "Artists")
    async with pages.open_as("ada") as ada:
        await ada.news("state")
        came = await pages.ask(
            "join", "ada", None, name="eve", display_name="Eve", guild=str(guild.id), roles=[str(artists.id)]
        )
        assert came["person"]["about"] == "Easel Studio (Artists)"
        state = await ada.news("state")
        while "eve" not in [each["username"] for each in state["guilds"][0]["members"]]:
            state = await ada.news("state")
    stranger = await pages.ask("join", "ada", None, name="stranger")
    assert stranger["person"]["about"] == "A stranger to every server"
    seen = await pages.state("stranger")
    assert (seen["guilds"], seen["direct"], seen["messages"]) == ([], None, {})
    assert "cannot see" in (await pages.ask("say", "stranger", text="hello"))["refused"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": "ada"}, "name"),
        ({"name": "Ada Lovelace"}, "name"),
        ({"name": "x"}, "name"),
        ({"name": "x" * 33}, "name"),
        ({"name": "a..b"}, "name"),
        ({"name": "eve", "display_name": "x" * 33}, "display_name"),
        ({"name": "eve", "guild": "7"}, "guild"),
        ({"name": "eve", "roles": ["7"]}, "roles"),
    ],
)
async def test_who_cannot_come(pages: Pages, wish: Json, field: str) -> None:
    """Names are Discord's, and free; servers and roles are there."""
    assert (await pages.ask("join", "ada", None, **wish))["field"] == field


async def test_roles_are_a_moderators_to_give(pages: Pages) -> None:
    """Those below their own; Discord's and @everyone's are nobody's."""
    guild = pages.served.world.guild_named("Easel Studio")
    ids = {role.name: str(role.id) for role in guild.roles.values()}
    ada = pages.served.world.user_named("ada")

    async def give(who: str, *names: str) -> Json:
        roles = [ids[name] for name in names]
        return await pages.ask("roles", who, None, guild=str(guild.id), person=str(ada.id), roles=roles)

    assert "Manage Roles" in (await give("ben", "Artists"))["refused"]
    assert "Manage Roles" in (await give("zoe", "Artists"))["refused"]
    assert await give("mia", "Artists") == {}
    assert {guild.roles[role].name for role in guild.members[ada.id].roles} == {"Artists"}
    assert "not below" in (await give("mia", "Moderators"))["refused"]
    for name in ("Easel", "@everyone"):
        assert "no such role" in (await give("mia", name))["refused"]
    assert await give("mia") == {}
    assert guild.members[ada.id].roles == set()
