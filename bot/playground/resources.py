"""What the loopback Discord's world is made of, in Discord's words: users, roles, members, channels, servers.

https://discord.com/developers/docs/resources/channel
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from bot.playground.permissions import Overwrite, Permission

FIRST_DAY: Final = 1_704_067_200.0
"""2024-01-01, when every world begins: its ids are the same each time it is built."""


class ChannelKind(IntEnum):
    """Channel types, with Discord's values."""

    TEXT = 0
    DIRECT_MESSAGE = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12


@dataclass(slots=True, kw_only=True)
class User:
    """An account: a person's or the bot's."""

    id: int
    name: str
    display_name: str
    bot: bool = False
    locale: str = "en-US"


@dataclass(slots=True, kw_only=True)
class Role:
    """A role of one server; the one whose id is the server's own is @everyone.

    Attributes:
        position: the higher, the more it may; 0 is @everyone's.
        colour: 0xRRGGBB; 0 is none.
        hoist: whether its members stand in a group of their own.
    """

    id: int
    name: str
    permissions: Permission
    position: int
    colour: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed: bool = False


@dataclass(slots=True, kw_only=True)
class Member:
    """A user in a server, with the ids of their roles (never @everyone's)."""

    user: User
    roles: set[int] = field(default_factory=set)
    nick: str | None = None
    joined_at: float = FIRST_DAY

    @property
    def display_name(self) -> str:
        return self.nick or self.user.display_name


@dataclass(slots=True, kw_only=True)
class Thread:
    """What a channel that is a thread has besides.

    Attributes:
        invitable: whether members of a private thread may add others.
        auto_archive: minutes of silence after which it is archived.
        archived_at: Unix seconds at which it was last archived or taken up again.
        members: user ids with the moment each joined.
        sent: messages ever sent in it, deleted ones included.
        standing: messages in it now.
    """

    parent_id: int
    owner_id: int
    created_at: float
    private: bool = False
    invitable: bool = True
    archived: bool = False
    locked: bool = False
    auto_archive: int = 1440
    archived_at: float = 0.0
    active_at: float = 0.0
    members: dict[int, float] = field(default_factory=dict)
    sent: int = 0
    standing: int = 0


@dataclass(slots=True, kw_only=True)
class Channel:
    """A text channel or a thread of a server, or (`guild_id` None) a person's direct messages with the bot.

    Attributes:
        slowmode: seconds between two messages of one person; told, not enforced here.
        last_pin_at: Unix seconds.
    """

    id: int
    name: str
    guild_id: int | None = None
    recipient: User | None = None
    topic: str | None = None
    nsfw: bool = False
    position: int = 0
    slowmode: int = 0
    overwrites: list[Overwrite] = field(default_factory=list)
    last_message_id: int | None = None
    last_pin_at: float | None = None
    thread: Thread | None = None

    @property
    def type(self) -> ChannelKind:
        if self.thread is not None:
            return ChannelKind.PRIVATE_THREAD if self.thread.private else ChannelKind.PUBLIC_THREAD
        return ChannelKind.DIRECT_MESSAGE if self.guild_id is None else ChannelKind.TEXT

    @property
    def to_write(self) -> Permission:
        """The permission that writing here takes."""
        return Permission.SEND_MESSAGES_IN_THREADS if self.thread is not None else Permission.SEND_MESSAGES


@dataclass(slots=True, kw_only=True)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    upload_limit: int = 10 * 1024 * 1024

    def roles_of(self, member: Member) -> list[Role]:
        """A member's roles, the highest first, @everyone's last."""
        held = [self.roles[role] for role in {*member.roles, self.id}]
        return sorted(held, key=lambda role: role.position, reverse=True)


@dataclass(slots=True, kw_only=True)
class Application:
    """The bot's application.

    Attributes:
        token: what the bot logs in with.
        privileged_intents: gateway intents switched on in the developer portal; none, unless said.
    """

    id: int
    name: str
    bot: User
    owner: User
    token: str = "loopback"  # noqa: S105  # the password of a world that exists on this machine only
    privileged_intents: int = 0
