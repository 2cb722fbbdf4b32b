"""Whom a message mentions: the users and roles it names, as far as `allowed_mentions` lets it.

https://discord.com/developers/docs/resources/message#allowed-mentions-object
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.playground.components import Kind, walk
from bot.playground.stored import Json

_USER: Final = re.compile(r"<@!?(\d{15,20})>")
_ROLE: Final = re.compile(r"<@&(\d{15,20})>")
_EVERYBODY: Final = re.compile(r"@(?:everyone|here)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """The ids of the users and roles a message notifies, in order of appearance, and whether it is all."""

    users: list[int]
    roles: list[int]
    everybody: bool


def mentioned(
    content: str,
    components: list[Json],
    allowed: Json | None,
    *,
    users: Iterable[int],
    roles: Iterable[int] = (),
    everybody: bool = False,
) -> Mentions:
    """Whom this text notifies.

    Args:
        allowed: Discord's `allowed_mentions`; None allows everything.
        users: the users there are.
        roles: the roles that the author may mention.
        everybody: whether the author may mention @everyone and @here.
    """
    text = "\n".join(
        [content, *(each["content"] for _, each in walk(components) if each["type"] == Kind.TEXT_DISPLAY)]
    )
    return Mentions(
        users=_named(text, _USER, "users", allowed, set(users)),
        roles=_named(text, _ROLE, "roles", allowed, set(roles)),
        everybody=everybody and _parses(allowed, "everyone") and bool(_EVERYBODY.search(text)),
    )


def pings_the_answered(allowed: Json | None) -> bool:
    """Whether a reply notifies whom it answers: yes, unless the request says whom to notify."""
    return allowed is None or bool(allowed.get("replied_user"))


def _named(
    text: str, pattern: re.Pattern[str], kind: str, allowed: Json | None, known: set[int]
) -> list[int]:
    named = dict.fromkeys(int(found) for found in pattern.findall(text))
    if not _parses(allowed, kind):
        listed = {str(each) for each in (allowed or {}).get(kind) or []}
        named = {each: None for each in named if str(each) in listed}
    return [each for each in named if each in known]


def _parses(allowed: Json | None, kind: str) -> bool:
    return not isinstance(allowed, dict) or kind in (allowed.get("parse") or [])
