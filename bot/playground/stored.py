"""What the loopback Discord keeps of messages and files."""

from dataclasses import dataclass, field
from typing import Any, Final

from bot.playground.world import User

Json = dict[str, Any]

SUPPRESS_EMBEDS: Final = 1 << 2
EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
COMPONENTS_V2: Final = 1 << 15

ORDINARY: Final = 0
REPLY: Final = 19
CHAT_INPUT_COMMAND: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in: from the bot (`files[n]`) or from a person."""

    filename: str
    data: bytes
    content_type: str = "application/octet-stream"


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
    edited_at: float | None = None
    nonce: str | int | None = None
    only_for: User | None = None
    webhook_id: int | None = None
    interaction: Json | None = None
    cause: str = ""
    replies_to: int | None = None
    edits: int = 0
    deleted: bool = False
    dismissed: bool = False
    reactions: dict[str, list[int]] = field(default_factory=dict)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still only says that the bot is thinking."""
        return bool(self.flags & LOADING)
