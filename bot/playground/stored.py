"""What the loopback Discord keeps of messages and files."""

from dataclasses import dataclass, field
from typing import Any, Final

from bot.playground.resources import User

Json = dict[str, Any]

SUPPRESS_EMBEDS: Final = 1 << 2
HAS_THREAD: Final = 1 << 5
EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
COMPONENTS_V2: Final = 1 << 15

ORDINARY: Final = 0
MESSAGE_PINNED: Final = 6
THREAD_CREATED: Final = 18
REPLY: Final = 19
CHAT_INPUT_COMMAND: Final = 20
THREAD_STARTER: Final = 21
CONTEXT_MENU_COMMAND: Final = 23


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in: from the bot (`files[n]`) or from a person, with alt text or without."""

    filename: str
    data: bytes
    content_type: str = "application/octet-stream"
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """An attachment. `description` is its alt text; width and height are pixels, for pictures."""

    id: int
    channel_id: int
    filename: str
    data: bytes
    content_type: str
    description: str | None = None
    width: int | None = None
    height: int | None = None
    ephemeral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a message refers to: the one it answers, or (`message_id` None) a whole channel."""

    channel_id: int
    message_id: int | None


@dataclass(slots=True, kw_only=True)
class StoredMessage:
    """A message as it stands.

    Attributes:
        components: in the form Discord answers with, media given by `attachment_id` or outside `url`.
        only_for: the one person who sees an ephemeral message.
        webhook_id: the application, where an interaction's token made the message.
        interaction: Discord's `interaction_metadata`, where an interaction led to the message.
        cause: what that interaction was: a command's full name, or the text of the button pressed.
        dismissed: its person has put the ephemeral message away; for the bot it is still there.
        edits: how often it was edited since it was posted (filling in a deferred answer is not an edit).
        reactions: emoji to the ids of the users who reacted, in order.
    """

    id: int
    channel_id: int
    author: User
    created_at: float
    type: int = ORDINARY
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    flags: int = 0
    mentions: list[int] = field(default_factory=list)
    mentioned_roles: list[int] = field(default_factory=list)
    mentions_everybody: bool = False
    edited_at: float | None = None
    nonce: str | int | None = None
    only_for: User | None = None
    webhook_id: int | None = None
    interaction: Json | None = None
    cause: str = ""
    reference: Reference | None = None
    pinned_at: float | None = None
    edits: int = 0
    deleted: bool = False
    dismissed: bool = False
    reactions: dict[str, list[int]] = field(default_factory=dict)

    @property
    def system(self) -> bool:
        """Whether Discord itself wrote it, such as that a thread was opened."""
        return self.type in (MESSAGE_PINNED, THREAD_CREATED, THREAD_STARTER)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still only says that the bot is thinking."""
        return bool(self.flags & LOADING)
