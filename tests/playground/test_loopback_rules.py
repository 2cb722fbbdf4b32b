"""Discord's rules about what a message, a modal and a command may be, one at a time and over bare HTTP."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest
from trial_bot import Interaction, TrialBot

from bot.playground import LoopbackDiscord

V2 = 1 << 15
Json = dict[str, Any]


def text(words: str = "x") -> Json:
    return {"type": 10, "content": words}


def button(custom_id: str = "a", **more: object) -> Json:
    return {"type": 2, "style": 1, "label": "A", "custom_id": custom_id} | more


def row(*inside: Json) -> Json:
    return {"type": 1, "components": list(inside)}


def gallery(count: int = 1, name: str = "a.png", **more: object) -> Json:
    return {"type": 12, "items": [{"media": {"url": f"attachment://{name}"}} | more for _ in range(count)]}


def select(**more: object) -> Json:
    return {"type": 3, "custom_id": "s", "options": [{"label": "A", "value": "a"}]} | more


def v2(*components: Json, **more: object) -> Json:
    return {"flags": V2, "components": list(components)} | more


def box(*inside: Json) -> Json:
    return {"type": 17, "components": list(inside)}


def section(*inside: Json, **more: object) -> Json:
    return {"type": 9, "components": list(inside), "accessory": button()} | more


GOOD = [
    pytest.param({"content": "x" * 2000}, id="2000 characters"),
    pytest.param(
        {"content": "x", "components": [row(*(button(str(n)) for n in range(5)))]}, id="five buttons"
    ),
    pytest.param(v2(text("x" * 4000)), id="4000 characters of text"),
    pytest.param(v2(*(text() for _ in range(40))), id="40 components"),
    pytest.param(v2(gallery(10, description="x" * 1024)), id="ten pictures, long alt texts"),
    pytest.param(v2(box(section(text()), row(select()), {"type": 14}, gallery())), id="a container of all"),
    pytest.param(v2(row(button("x" * 100, label="x" * 80))), id="long ids and labels"),
    pytest.param(v2(row({"type": 2, "style": 5, "label": "L", "url": "https://example.org"})), id="a link"),
    pytest.param(v2({"type": 13, "file": {"url": "attachment://a.png"}}), id="a file"),
    pytest.param(
        v2(gallery(name="https://x"))
        | {"components": [{"type": 12, "items": [{"media": {"url": "https://example.org/a.png"}}]}]},
        id="an outside picture",
    ),
    pytest.param({"embeds": [{"description": "x" * 4096}, {"description": "x" * 1904}]}, id="6000 in embeds"),
]
BAD = [
    pytest.param({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH", id="content too long"),
    pytest.param({"content": 5}, "content", "STRING_TYPE_CONVERT", id="content no text"),
    pytest.param(
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
        "embeds",
        "MAX_EMBED_SIZE_EXCEEDED",
        id="6001 in embeds",
    ),
    pytest.param({"embeds": [{}] * 11}, "embeds", "BASE_TYPE_MAX_LENGTH", id="eleven embeds"),
    pytest.param(
        {"embeds": [{"title": "x" * 257}]}, "embeds.0.title", "BASE_TYPE_MAX_LENGTH", id="embed title"
    ),
    pytest.param(
        v2(text(), content="x"),
        "content",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        id="V2 and content",
    ),
    pytest.param(
        v2(text(), embeds=[{"title": "x"}]),
        "embeds",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        id="V2 and embeds",
    ),
    pytest.param(
        {"content": "x", "components": [text()]},
        "components.0.type",
        "UNION_TYPE_CHOICES",
        id="text display without the flag",
    ),
    pytest.param(
        {"content": "x", "components": [row(button(str(n))) for n in range(6)]},
        "components",
        "BASE_TYPE_MAX_LENGTH",
        id="six rows",
    ),
    pytest.param(
        v2(*(box(text(), text(), text()) for _ in range(11))),
        "components",
        "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
        id="44 nested components",
    ),
    pytest.param(
        v2(text("x" * 2000), box(text("x" * 2001))),
        "components",
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        id="4001 characters of text",
    ),
    pytest.param(v2(text("")), "components.0.content", "BASE_TYPE_BAD_LENGTH", id="empty text display"),
    pytest.param(
        v2(row(button("a"), button("a"))),
        "components.0.components.1.custom_id",
        "COMPONENT_CUSTOM_ID_DUPLICATED",
        id="the same custom id twice",
    ),
    pytest.param(
        v2(text() | {"id": 7}, text() | {"id": 7}),
        "components.1.id",
        "COMPONENT_ID_DUPLICATED",
        id="the same component id twice",
    ),
    pytest.param(
        v2(row(button("x" * 101))),
        "components.0.components.0.custom_id",
        "BASE_TYPE_BAD_LENGTH",
        id="custom id too long",
    ),
    pytest.param(
        v2(row(button(custom_id=""))),
        "components.0.components.0.custom_id",
        "BASE_TYPE_BAD_LENGTH",
        id="no custom id",
    ),
    pytest.param(
        v2(row(button(label="x" * 81))),
        "components.0.components.0.label",
        "BASE_TYPE_MAX_LENGTH",
        id="label too long",
    ),
    pytest.param(
        v2(row(button(label=None))),
        "components.0.components.0",
        "BUTTON_COMPONENT_LABEL_REQUIRED",
        id="neither label nor emoji",
    ),
    pytest.param(
        v2(row(button(style=9))), "components.0.components.0.style", "BASE_TYPE_CHOICES", id="unknown style"
    ),
    pytest.param(
        v2(row(*(button(str(n)) for n in range(6)))),
        "components.0.components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        id="six buttons in a row",
    ),
    pytest.param(
        v2(row(button(), select())),
        "components.0.components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        id="a button beside a menu",
    ),
    pytest.param(v2(row()), "components.0.components", "BASE_TYPE_BAD_LENGTH", id="an empty row"),
    pytest.param(v2(button()), "components.0.type", "UNION_TYPE_CHOICES", id="a button without a row"),
    pytest.param(
        v2(box(box(text()))), "components.0.components.0.type", "UNION_TYPE_CHOICES", id="a box in a box"
    ),
    pytest.param(
        v2(section(text(), accessory=None)),
        "components.0.accessory",
        "BASE_TYPE_REQUIRED",
        id="a section without accessory",
    ),
    pytest.param(
        v2(section(*(text() for _ in range(4)))),
        "components.0.components",
        "BASE_TYPE_BAD_LENGTH",
        id="a section of four texts",
    ),
    pytest.param(v2(gallery(11)), "components.0.items", "BASE_TYPE_BAD_LENGTH", id="eleven pictures"),
    pytest.param(
        v2(gallery(description="x" * 1025)),
        "components.0.items.0.description",
        "BASE_TYPE_MAX_LENGTH",
        id="alt text too long",
    ),
    pytest.param(
        v2(gallery(name="b.png")),
        "components.0.items.0.media.url",
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
        id="a picture that is not attached",
    ),
    pytest.param(
        v2(row(select(options=[{"label": str(n), "value": str(n)} for n in range(26)]))),
        "components.0.components.0.options",
        "BASE_TYPE_BAD_LENGTH",
        id="26 options",
    ),
    pytest.param(
        v2(row(select(options=[{"label": "A", "value": "a"}] * 2))),
        "components.0.components.0.options.1.value",
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        id="an option twice",
    ),
    pytest.param(
        {"content": "x", "attachments": [{"id": 3}]},
        "attachments.0.id",
        "ATTACHMENT_NOT_FOUND",
        id="no such file",
    ),
    pytest.param(
        {"content": "x", "attachments": [{"id": 0, "description": "x" * 1025}]},
        "attachments.0.description",
        "BASE_TYPE_MAX_LENGTH",
        id="a file's alt text too long",
    ),
    pytest.param({"content": "x", "nonce": "x" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH", id="nonce too long"),
    pytest.param({"content": "x", "flags": "V2"}, "flags", "NUMBER_TYPE_COERCE", id="flags no number"),
]


def multipart(payload: Json, *files: tuple[str, bytes]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(payload))
    for number, (name, data) in enumerate(files):
        form.add_field(
            f"files[{number}]", io.BytesIO(data), filename=name, content_type="application/octet-stream"
        )
    return form


@pytest.fixture
def url(loopback: LoopbackDiscord) -> str:
    return f"channels/{loopback.person('ada').channel.id}/messages"


@pytest.mark.parametrize("payload", GOOD)
async def test_what_discord_takes(http: aiohttp.ClientSession, url: str, payload: Json) -> None:
    """At the limit, all is well."""
    async with http.post(url, data=multipart(payload, ("a.png", b"bytes"))) as answer:
        assert answer.status == 200, await answer.text()


@pytest.mark.parametrize(("payload", "path", "code"), BAD)
async def test_what_discord_refuses(
    http: aiohttp.ClientSession, url: str, payload: Json, path: str, code: str
) -> None:
    """Over the limit: 400, 50035, and the error under its field."""
    async with http.post(url, data=multipart(payload, ("a.png", b"bytes"))) as answer:
        body = await answer.json()
    assert (answer.status, body["code"], body["message"]) == (400, 50035, "Invalid Form Body")
    node = body["errors"]
    for key in path.split("."):
        node = node[key]
    assert code in [error["code"] for error in node["_errors"]]


@pytest.mark.parametrize("payload", [{}, {"content": ""}, {"flags": V2}, {"flags": V2, "components": []}])
async def test_a_message_of_nothing(http: aiohttp.ClientSession, url: str, payload: Json) -> None:
    """50006."""
    async with http.post(url, json=payload) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50006)


async def test_files_have_a_size_and_a_number(http: aiohttp.ClientSession, url: str) -> None:
    """10 MiB each and 25 MiB in all, ten to a message."""
    mebibyte = b"x" * 1024**2
    for files in ([mebibyte * 10 + b"x"], [mebibyte * 9] * 3):
        named_files = [(f"{number}.bin", data) for number, data in enumerate(files)]
        async with http.post(url, data=multipart({}, *named_files)) as answer:
            assert (answer.status, (await answer.json())["code"]) == (413, 40005)
    eleven = [(f"{number}.bin", b"x") for number in range(11)]
    async with http.post(url, data=multipart({}, *eleven)) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50035)
    async with http.post(
        url,
        data=multipart(
            {},
            *eleven[:10],
        ),
    ) as answer:
        assert len((await answer.json())["attachments"]) == 10
    async with http.post(url, data=multipart({}, ("max.bin", mebibyte * 10))) as answer:
        assert answer.status == 200


async def test_components_v2_cannot_be_taken_back(http: aiohttp.ClientSession, url: str) -> None:
    """An edit of such a message cannot bring content; one without the flag leaves it."""
    async with http.post(url, json=v2(text("a"))) as answer:
        made = await answer.json()
    async with http.patch(f"{url}/{made['id']}", json={"content": "b"}) as answer:
        assert answer.status == 400
    async with http.patch(f"{url}/{made['id']}", json={"components": [text("b")], "flags": 0}) as answer:
        edited = await answer.json()
    assert edited["flags"] & V2
    assert edited["components"] == [{"type": 10, "id": 1, "content": "b"}]
    async with http.patch(f"{url}/{made['id']}", json={"components": []}) as answer:
        assert (await answer.json())["code"] == 50006


def field(**more: object) -> Json:
    return {"type": 18, "label": "L", "component": {"type": 4, "custom_id": "f", "style": 1} | more}


@pytest.mark.parametrize(
    ("modal", "path"),
    [
        ({"components": []}, "components"),
        ({"components": [field(custom_id=str(n)) for n in range(6)]}, "components"),
        ({"components": [field()], "title": "x" * 46}, "title"),
        ({"components": [field()], "title": ""}, "title"),
        ({"components": [field()], "custom_id": "x" * 101}, "custom_id"),
        ({"components": [field(), field()]}, "components.1.component.custom_id"),
        ({"components": [field() | {"label": "x" * 46}]}, "components.0.label"),
        ({"components": [field(value="x" * 4001)]}, "components.0.component.value"),
        ({"components": [field(type=2)]}, "components.0.component.type"),
        ({"components": [row(button())]}, "components.0.components.0.type"),
        ({"components": [gallery()]}, "components.0.type"),
        ({"components": [field(type=21, options=[])]}, "components.0.component.options"),
    ],
)
async def test_what_a_modal_may_not_be(
    loopback: LoopbackDiscord, bot: TrialBot, http: aiohttp.ClientSession, modal: Json, path: str
) -> None:
    """One to five inputs, a title of 45 characters, ids of 100."""
    got: asyncio.Future[Json] = asyncio.get_running_loop().create_future()

    async def ask(interaction: Interaction) -> None:
        data = {"custom_id": "m", "title": "T"} | modal
        url = f"interactions/{interaction.id}/{interaction.token}/callback"
        async with http.post(url, json={"type": 9, "data": data}) as answer:
            got.set_result(await answer.json())
        await interaction.response.send_message("no")

    bot.handlers["ask"] = ask
    await loopback.person("ada").type_command("ask", {})
    node = (await got)["errors"]["data"]
    for key in path.split("."):
        node = node[key]
    assert node["_errors"]


def command(**more: object) -> Json:
    return {"name": "paint", "description": "d", "type": 1} | more


def option(name: str = "a", kind: int = 3, **more: object) -> Json:
    return {"name": name, "description": "d", "type": kind} | more


@pytest.mark.parametrize(
    ("described", "path"),
    [
        (command(name="Paint"), "name"),
        (command(name="paint it"), "name"),
        (command(name="x" * 33), "name"),
        (command(description=""), "description"),
        (command(description="x" * 101), "description"),
        (command(options=[option(f"o{n}") for n in range(26)]), "options"),
        (command(options=[option(), option()]), "options.1.name"),
        (command(options=[option("A")]), "options.0.name"),
        (command(options=[option("a"), option("b", required=True)]), "options.1"),
        (command(options=[option(kind=12)]), "options.0.type"),
        (command(options=[option("a", 1), option("b", 3)]), "options"),
        (command(options=[option("a", 2, options=[option("b", 2)])]), "options.0.options.0.type"),
        (
            command(options=[option(autocomplete=True, choices=[{"name": "A", "value": "a"}])]),
            "options.0.autocomplete",
        ),
        (command(options=[option(choices=[{"name": "A", "value": "a"}] * 26)]), "options.0.choices"),
        (command(options=[option(kind=5, choices=[{"name": "A", "value": "a"}])]), "options.0.type"),
        (
            command(
                options=[
                    option(f"o{n}", choices=[{"name": "x" * 90, "value": "y" * 90} for _ in range(25)])
                    for n in range(2)
                ]
            ),
            "",
        ),
    ],
)
async def test_what_a_command_may_not_be(
    loopback: LoopbackDiscord, http: aiohttp.ClientSession, described: Json, path: str
) -> None:
    """Names, lengths, numbers of options and choices, 8000 characters in all."""
    url = f"applications/{loopback.world.application.id}/commands"
    async with http.put(url, json=[described]) as answer:
        body = await answer.json()
    assert (answer.status, body["code"]) == (400, 50035)
    node = body["errors"]["0"]
    for key in filter(None, path.split(".")):
        node = node[key]
    assert node["_errors"]


async def test_registering_commands(loopback: LoopbackDiscord, http: aiohttp.ClientSession) -> None:
    """A bulk overwrite keeps the ids of what stays; 200 creations a day are allowed; names are unique."""
    base = f"applications/{loopback.world.application.id}"
    async with http.put(f"{base}/commands", json=[command(), command(name="queue")]) as answer:
        first = await answer.json()
    async with http.put(f"{base}/commands", json=[command(description="new")]) as answer:
        second = await answer.json()
    assert [each["name"] for each in first] == ["paint", "queue"]
    assert [(each["id"], each["description"]) for each in second] == [(first[0]["id"], "new")]
    async with http.put(f"{base}/commands", json=[command(), command()]) as answer:
        assert answer.status == 400
    async with http.post(f"{base}/commands", json=command(name="help")) as answer:
        assert answer.status == 201
        made = await answer.json()
    async with http.patch(f"{base}/commands/{made['id']}", json={"description": "other"}) as answer:
        assert (await answer.json())["description"] == "other"
    async with http.delete(f"{base}/commands/{made['id']}") as answer:
        assert answer.status == 204
    async with http.get(f"{base}/commands/{made['id']}") as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, 10063)
    guild = loopback.world.guild_named("Other Place")
    async with http.put(f"{base}/guilds/{guild.id}/commands", json=[command(name="here")]) as answer:
        assert (await answer.json())[0]["guild_id"] == str(guild.id)
    assert [each["name"] for each in loopback.person("ada").commands()] == ["paint"]
    assert [each["name"] for each in loopback.person("zoe", channel="lobby").commands()] == ["paint", "here"]
    for batch in range(2):
        many = [command(name=f"c{batch}-{number}") for number in range(100)]
        async with http.put(f"{base}/commands", json=many) as answer:
            code = None if answer.status == 200 else (await answer.json())["code"]
    assert code == 30034
