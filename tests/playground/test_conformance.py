"""The conformance checker passes what Discord takes and gives, and is able to fail."""

from typing import Any

import pytest
from conformance import DESCRIPTION, Conformance, Description

from bot.playground.observer import Exchange

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.is_file(),
    reason="Discord's API description is not beside the repository (../shared/discord-openapi.json)",
)

CALLBACK = "/api/v10/interactions/1/a-token/callback"
ORIGINAL = "/api/v10/webhooks/5/a-token/messages/@original"
USER = {
    "id": "5",
    "username": "easel",
    "avatar": None,
    "discriminator": "0000",
    "public_flags": 0,
    "flags": 0,
    "global_name": None,
    "primary_guild": None,
    "bot": True,
}
BUTTON = {"type": 2, "id": 4, "style": 2, "label": "V1", "custom_id": "easel:1:vary:a:1", "disabled": False}
MESSAGE = {
    "type": 0,
    "content": "",
    "mentions": [],
    "mention_roles": [],
    "attachments": [],
    "embeds": [],
    "timestamp": "2026-01-02T03:04:05+00:00",
    "edited_timestamp": None,
    "flags": 1 << 15,
    "components": [
        {
            "type": 17,
            "id": 1,
            "accent_color": None,
            "spoiler": False,
            "components": [
                {"type": 10, "id": 2, "content": "hello"},
                {"type": 1, "id": 3, "components": [BUTTON]},
            ],
        }
    ],
    "id": "9",
    "channel_id": "7",
    "author": USER,
    "pinned": False,
    "mention_everyone": False,
    "tts": False,
}
TEXT = {"type": 10, "content": "hello"}
ROW = {"type": 1, "components": [{"type": 2, "style": 1, "label": "U1", "custom_id": "u1"}]}
GALLERY = {"type": 12, "items": [{"media": {"url": "attachment://1.png"}, "description": "a house"}]}
V2 = 1 << 15


@pytest.fixture(scope="module")
def description() -> Description:
    return Description.load()


@pytest.fixture
def conformance(description: Description) -> Conformance:
    return Conformance(description=description)


def asked(
    conformance: Conformance,
    method: str,
    path: str,
    body: object = None,
    *,
    query: dict[str, str] | None = None,
    files: tuple[str, ...] = (),
) -> list[str]:
    """The problems with a request alone, whose answer was a planned fault."""
    exchange = Exchange(
        method=method,
        template="",
        path=path,
        query=query or {},
        content_type="",
        payload=body,
        files=files,
        status=500,
        answer=None,
        injected=True,
    )
    conformance.exchanged(exchange)
    return conformance.problems


def answered(conformance: Conformance, method: str, path: str, status: int, answer: object) -> list[str]:
    """The problems with the answer to a request without a body."""
    exchange = Exchange(
        method=method,
        template="",
        path=path,
        query={},
        content_type="",
        payload=None,
        files=(),
        status=status,
        answer=answer,
    )
    conformance.exchanged(exchange)
    return conformance.problems


def dispatched(conformance: Conformance, event: str, data: dict[str, Any]) -> list[str]:
    conformance.dispatched(event, data)
    return conformance.problems


def callback(**data: object) -> dict[str, Any]:
    return {"type": 4, "data": data}


@pytest.mark.parametrize(
    ("method", "path", "body", "more"),
    [
        ("POST", CALLBACK, callback(flags=V2, components=[TEXT, ROW]), {"query": {"with_response": "true"}}),
        ("POST", CALLBACK, {"type": 5, "data": {"flags": 64}}, {}),
        ("POST", CALLBACK, {"type": 8, "data": {"choices": [{"name": "Euler", "value": "euler"}]}}, {}),
        ("POST", CALLBACK, {"type": 8, "data": {"choices": []}}, {}),
        (
            "PATCH",
            ORIGINAL,
            {
                "components": [GALLERY],
                "attachments": [{"id": 0, "filename": "1.png"}, {"id": "123456789012345678"}],
                "tts": False,
            },
            {"files": ("files[0]",)},
        ),
        (
            "POST",
            "/api/v10/channels/7/messages",
            {"content": "done", "nonce": "job-1", "enforce_nonce": True, "allowed_mentions": {"parse": []}},
            {},
        ),
        (
            "PUT",
            "/api/v10/applications/5/commands",
            [
                {
                    "name": "imagine",
                    "description": "make pictures",
                    "type": 1,
                    "nsfw": False,
                    "options": [
                        {"type": 3, "name": "prompt", "description": "what to see", "required": True}
                    ],
                }
            ],
            {},
        ),
        ("DELETE", "/api/v10/channels/7/messages/9", None, {}),
    ],
)
def test_a_request_as_client_libraries_send_it_passes(
    conformance: Conformance, method: str, path: str, body: object, more: dict[str, Any]
) -> None:
    """What discord.py sends on a good day is not complained of, its known oddities included."""
    assert asked(conformance, method, path, body, **more) == []


COMMAND = {"name": "imagine", "description": "make pictures"}
OPTION = {"type": 3, "name": "prompt", "description": "what to see"}


def commands(**more: object) -> list[dict[str, Any]]:
    return [COMMAND | more]


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "/api/v10/channels/7/mesages", {"content": "hi"}, "no such route"),
        ("POST", "/api/v10/channels/seven/messages", {"content": "hi"}, "path channel_id"),
        ("POST", "/api/v10/channels/7/messages", {"content": 7}, "$.content"),
        ("POST", "/api/v10/channels/7/messages", {"content": "hi", "colour": 3}, "$.colour: no such key"),
        ("POST", "/api/v10/channels/7/messages", {"content": "x" * 2001}, "longer than 2000"),
        ("POST", "/api/v10/channels/7/messages", {"content": "hi", "nonce": "x" * 26}, "$.nonce"),
        ("POST", "/api/v10/channels/7/messages", {}, "an empty message"),
        ("POST", "/api/v10/channels/7/messages", {"components": [TEXT], "content": "a"}, "without the flag"),
        ("POST", CALLBACK, {"type": 99}, "asked"),
        ("POST", CALLBACK, callback(flags=V2, components=[TEXT], content="hi"), "together with content"),
        ("POST", CALLBACK, callback(flags=V2, components=[ROW, ROW]), "custom ids used twice: u1"),
        ("POST", CALLBACK, callback(flags=V2, components=[{"type": 10}]), "'content' is a required property"),
        (
            "POST",
            CALLBACK,
            callback(flags=V2, components=[TEXT | {"kontent": "a"}]),
            "components[0].kontent: no such key",
        ),
        (
            "POST",
            CALLBACK,
            callback(
                flags=V2,
                components=[
                    {"type": 17, "components": [{"type": 1, "components": [BUTTON | {"label": "x" * 81}]}]}
                ],
            ),
            "components[0].components[0].components[0].label",
        ),
        ("POST", CALLBACK, callback(flags=V2, components=[TEXT] * 40 + [ROW]), "asked"),
        ("POST", CALLBACK, callback(flags=V2, components=[TEXT] * 39 + [ROW]), "41 components"),
        ("POST", CALLBACK, callback(flags=V2, components=[TEXT | {"content": "x" * 4000}, TEXT]), "4000"),
        ("POST", CALLBACK, callback(components=[ROW] * 6), "asked"),
        ("POST", CALLBACK, {"type": 5, "data": {"flags": V2}}, "only the EPHEMERAL flag"),
        ("POST", CALLBACK, {"type": 8, "data": {"choices": [{"name": "a"}]}}, "asked"),
        (
            "POST",
            CALLBACK,
            callback(flags=V2, components=[GALLERY], attachments=[{"id": 0}]),
            "without their file: 0",
        ),
        ("PATCH", ORIGINAL, {"attachments": [{"id": 1}]}, "without their file: 1"),
        ("PATCH", ORIGINAL, {"attachments": [{"filename": "a.png"}]}, "'id' is a required property"),
        ("PATCH", ORIGINAL, {"embeds": [{"description": "x" * 4000}] * 2}, "longer than 6000"),
        ("PUT", "/api/v10/applications/5/commands", commands(name="Imagine"), "the command name 'Imagine'"),
        ("PUT", "/api/v10/applications/5/commands", commands(name="a b"), "the command name 'a b'"),
        ("PUT", "/api/v10/applications/5/commands", commands(options=[OPTION] * 26), "asked"),
        (
            "PUT",
            "/api/v10/applications/5/commands",
            commands(options=[OPTION, OPTION | {"name": "b", "required": True}]),
            "required but follows",
        ),
        (
            "PUT",
            "/api/v10/applications/5/commands",
            commands(options=[OPTION | {"autocomplete": True, "choices": [{"name": "a", "value": "a"}]}]),
            "autocomplete and choices",
        ),
        ("DELETE", "/api/v10/channels/7/messages/9", {"reason": "old"}, "a body where none is taken"),
    ],
)
def test_a_wrong_request_is_told(
    conformance: Conformance, method: str, path: str, body: object, said: str
) -> None:
    """Each mistake a bot can make is named with its place, whether the description states the rule or not."""
    found = asked(conformance, method, path, body)
    assert any(said in line for line in found), found


@pytest.mark.parametrize(
    ("query", "said"),
    [({"with_response": "maybe"}, "query with_response"), ({"whith": "1"}, "query whith: no such parameter")],
)
def test_a_wrong_query_is_told(conformance: Conformance, query: dict[str, str], said: str) -> None:
    """Query parameters must be described, and of the described type."""
    found = asked(conformance, "POST", CALLBACK, {"type": 5}, query=query)
    assert any(said in line for line in found), found


@pytest.mark.parametrize(
    ("files", "said"),
    [(("file",), "not named files[n]: file"), (tuple(f"files[{n}]" for n in range(11)), "11 files")],
)
def test_wrong_file_parts_are_told(conformance: Conformance, files: tuple[str, ...], said: str) -> None:
    """File parts are named files[0] to files[9]."""
    found = asked(conformance, "PATCH", ORIGINAL, {"attachments": []}, files=files)
    assert any(said in line for line in found), found


def test_an_answer_as_discord_gives_it_passes(conformance: Conformance) -> None:
    """A full message, with the components numbered as Discord numbers them, is not complained of."""
    path = "/api/v10/channels/7/messages/9"
    assert answered(conformance, "GET", path, 200, MESSAGE) == []
    gone = {"code": 10008, "message": "Unknown Message"}
    assert answered(conformance, "GET", path, 404, gone) == []
    conformance.raise_problems()
    assert conformance.seen["GET /channels/{channel_id}/messages/{message_id}"] == 2


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, {key: value for key, value in MESSAGE.items() if key != "author"}, "'author' is a required"),
        (200, MESSAGE | {"id": 9}, "$.id"),
        (200, MESSAGE | {"timestamp": "yesterday"}, "$.timestamp"),
        (200, MESSAGE | {"flags": 1 << 40}, "$.flags"),
        (200, MESSAGE | {"colour": "red"}, "$.colour: no such key"),
        (200, MESSAGE | {"components": [{"type": 10, "content": "no id"}]}, "'id' is a required property"),
        (201, MESSAGE, "201, and the description knows"),
        (404, {"error": "gone"}, "is a required property"),
        (200, None, "$"),
    ],
)
def test_a_wrong_answer_is_told(conformance: Conformance, status: int, answer: object, said: str) -> None:
    """The loopback server's own answers are held to the description as strictly as the bot's requests."""
    found = answered(conformance, "GET", "/api/v10/channels/7/messages/9", status, answer)
    assert any(said in line for line in found), found
    with pytest.raises(AssertionError, match="against Discord's description"):
        conformance.raise_problems()


INTERACTION = {
    "id": "11",
    "application_id": "5",
    "type": 2,
    "token": "a-token",
    "version": 1,
    "app_permissions": "8",
    "locale": "en-GB",
    "entitlements": [],
    "authorizing_integration_owners": {"0": "3"},
    "attachment_size_limit": 10485760,
    "channel_id": "7",
    "context": 0,
    "user": USER,
    "data": {"id": "2", "name": "imagine", "type": 1, "options": [{"name": "p", "type": 3, "value": "x"}]},
}
PRESS = {"custom_id": "u1", "component_type": 2, "id": 4}


def test_gateway_payloads_as_discord_gives_them_pass(conformance: Conformance) -> None:
    """Interactions and messages in Discord's shapes are not complained of; unknown events are counted."""
    assert dispatched(conformance, "INTERACTION_CREATE", INTERACTION) == []
    pressed = INTERACTION | {"type": 3, "data": PRESS, "message": MESSAGE}
    assert dispatched(conformance, "INTERACTION_CREATE", pressed) == []
    assert dispatched(conformance, "MESSAGE_CREATE", MESSAGE | {"guild_id": "3"}) == []
    assert dispatched(conformance, "VOICE_STATE_UPDATE", {}) == []
    assert conformance.seen["VOICE_STATE_UPDATE (not described)"] == 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("INTERACTION_CREATE", INTERACTION | {"id": 11}, "$.id"),
        ("INTERACTION_CREATE", INTERACTION | {"mood": "fine"}, "$.mood: no such key"),
        ("INTERACTION_CREATE", INTERACTION | {"type": 3, "data": PRESS}, "'message' is a required"),
        (
            "INTERACTION_CREATE",
            INTERACTION | {"type": 3, "data": PRESS, "message": MESSAGE | {"author": {"id": "5"}}},
            "$.message.author",
        ),
        ("MESSAGE_DELETE", {"id": "9"}, "'channel_id' is a required property"),
        ("MESSAGE_CREATE", MESSAGE | {"member": {"roles": "none"}}, "$.member"),
        ("GUILD_DELETE", {"id": 3}, "$.id"),
    ],
)
def test_a_wrong_gateway_payload_is_told(
    conformance: Conformance, name: str, data: dict[str, Any], said: str
) -> None:
    """Objects inside gateway payloads are held to their schemas."""
    found = dispatched(conformance, name, data)
    assert any(said in line for line in found), found
