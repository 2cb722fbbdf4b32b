"""One interaction: somebody typed a command or pressed a button, and the bot owes an answer.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

import asyncio
from dataclasses import dataclass, field
from enum import IntEnum

from bot.playground.command_rules import CHAT_INPUT
from bot.playground.resources import Channel, User
from bot.playground.stored import CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND, Json, StoredMessage


class InteractionKind(IntEnum):
    """What a person did, with Discord's values."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


@dataclass(kw_only=True, eq=False)
class Interaction:
    """One interaction and how it was answered.

    Attributes:
        origin: the message whose component was used (also where that led to the modal submitted).
        acknowledged: the callback type the bot answered with; None while it has not.
        original: the message that "@original" means.
        choices: what an autocompletion was answered with.
        modal: the modal it was answered with, as the bot described it.
        cause: what was done, as people call it: the command's full name, or the text of what was pressed.
        metadata: Discord's `interaction_metadata` for messages it leads to.
    """

    id: int
    token: str
    kind: InteractionKind
    user: User
    channel: Channel
    data: Json
    created_at: float
    cause: str
    metadata: Json
    origin: StoredMessage | None = None
    from_modal_on_message: bool = False
    acknowledged: int | None = None
    original: StoredMessage | None = None
    choices: list[Json] = field(default_factory=list)
    modal: Json | None = None
    followups: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answered = asyncio.Event()

    @property
    def message_type(self) -> int:
        """The type of a message that answers it without answering another message."""
        by_menu = self.kind == InteractionKind.COMMAND and self.data["type"] != CHAT_INPUT
        return CONTEXT_MENU_COMMAND if by_menu else CHAT_INPUT_COMMAND
