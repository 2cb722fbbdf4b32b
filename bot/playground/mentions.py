"""Whom a message mentions: the users it names, as far as `allowed_mentions` lets it."""

import re
from collections.abc import Iterable
from typing import Final

from bot.playground.components import Kind, walk
from bot.playground.stored import Json

_USER: Final = re.compile(r"<@!?(\d{15,20})>")


def mentioned(content: str, components: list[Json], allowed: Json | None, known: Iterable[int]) -> list[int]:
    """The ids of the users whom this text notifies, each once, in order of appearance.

    `allowed` is Discord's `allowed_mentions` (None allows everybody), `known` the users there are.
    """
    texts = [content, *(c["content"] for _, c in walk(components) if c["type"] == Kind.TEXT_DISPLAY)]
    named = dict.fromkeys(int(found) for text in texts for found in _USER.findall(text))
    if isinstance(allowed, dict) and "users" not in (allowed.get("parse") or []):
        listed = {str(user) for user in allowed.get("users") or []}
        named = {user: None for user in named if str(user) in listed}
    return [user for user in named if user in set(known)]
