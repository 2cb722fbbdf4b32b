"""What a page sends, read with suspicion: fields of the wrong kind are refused in plain words."""

import base64
import binascii
import json

from bot.playground.refusals import Refusal
from bot.playground.stored import Json, Upload

_LONGEST_ID = 20  # digits of 2**64


def parsed(body: bytes) -> Json:
    """The JSON object a page sent. Raises `Refusal` for anything else, as all here do."""
    try:
        asked = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Refusal("This page and its server do not understand each other; reload it.")
    return asked


def text(asked: Json, key: str) -> str:
    value = asked.get(key)
    if not isinstance(value, str):
        raise Refusal(f"The page did not say which {key}.")
    return value


def optional_text(asked: Json, key: str) -> str | None:
    return None if asked.get(key) is None else text(asked, key)


def snowflake(asked: Json, key: str) -> int:
    value = text(asked, key)
    if not value.isdecimal() or not value.isascii() or len(value) > _LONGEST_ID:
        raise Refusal(f"There is no such {key}.")
    return int(value)


def mapping(asked: Json, key: str) -> dict[str, object]:
    value = asked.get(key, {})
    if not isinstance(value, dict):
        raise Refusal(f"The page did not say which {key}.")
    return value


def listed(asked: Json, key: str) -> list[object]:
    value = asked.get(key)
    if value is not None and not isinstance(value, list):
        raise Refusal(f"The page did not say which {key}.")
    return value or []


def value(given: object) -> object:
    """A value as people's side takes it; files come as {filename, content_type, base64, …}."""
    if isinstance(given, list):
        return [value(each) for each in given]
    return upload(given) if isinstance(given, dict) else given


def upload(given: object) -> Upload:
    """A file; `spoiler` hides it, `description` is its alt text."""
    if not isinstance(given, dict):
        raise Refusal("This file did not arrive whole.")
    try:
        data = base64.b64decode(str(given.get("base64", "")), validate=True)
    except binascii.Error:
        raise Refusal("This file did not arrive whole.") from None
    name = str(given.get("filename") or "unknown")
    described = given.get("description")
    return Upload(
        filename=f"SPOILER_{name}" if given.get("spoiler") is True else name,
        data=data,
        content_type=str(given.get("content_type") or "application/octet-stream"),
        description=described if isinstance(described, str) and described else None,
    )
