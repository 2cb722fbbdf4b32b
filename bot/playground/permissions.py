"""Permission bits and how roles and channel overwrites combine.

https://discord.com/developers/docs/topics/permissions
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from typing import Final


class Permission(IntFlag):
    """The permission bits this house cares for, with Discord's values."""

    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    PIN_MESSAGES = 1 << 51


NONE: Final = Permission(0)
ALL: Final = Permission((1 << 53) - 1)
EVERYDAY: Final = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What a new server lets everybody do."""
IN_DIRECT_MESSAGES: Final = EVERYDAY
"""What both sides may do in a direct message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwrite:
    """One channel's exception for a role or a member.

    Attributes:
        target: the role's or the user's id.
        is_member: whether `target` is a user.
        allow: bits granted here.
        deny: bits taken away here.
    """

    target: int
    is_member: bool = False
    allow: Permission = NONE
    deny: Permission = NONE


def in_channel(
    base: Permission, *, everyone: int, roles: Iterable[int], user: int, overwrites: Iterable[Overwrite]
) -> Permission:
    """A member's permissions in a channel, from those in the server and the channel's overwrites."""
    if Permission.ADMINISTRATOR in base:
        return ALL
    by_target = {overwrite.target: overwrite for overwrite in overwrites}
    granted = _apply(base, [by_target[everyone]] if everyone in by_target else [])
    granted = _apply(granted, [by_target[role] for role in roles if role in by_target and role != everyone])
    granted = _apply(granted, [by_target[user]] if user in by_target else [])
    return granted if Permission.VIEW_CHANNEL in granted else NONE


def _apply(granted: Permission, overwrites: list[Overwrite]) -> Permission:
    allow, deny = NONE, NONE
    for overwrite in overwrites:
        allow |= overwrite.allow
        deny |= overwrite.deny
    return granted & ~deny | allow
