"""What people saw of every job: kept from the loopback Discord's own record, so no bot can talk it away."""

import re
from collections import defaultdict
from typing import Final

from bot.playground import LoopbackDiscord, Message
from bot.playground.api_error import ApiError
from bot.playground.record import Happening

BUTTON: Final = re.compile(r"easel:1:(?P<verb>[a-z]+):(?P<job>[0-9a-z]{12}):[0-9]")


class Watch:
    """Looks at every message of the bot at the moment it is posted or edited.

    Attributes:
        cards: by job, the messages that named it as their own, by a button to cancel, retry or delete.
        shown: by job, the ids of the messages that ever showed its finished pictures.
        finished: the messages that show finished pictures, oldest first.
        cancellable: the messages with a Cancel button, likewise.
    """

    def __init__(self, discord: LoopbackDiscord) -> None:
        self._backend = discord.backend
        self._bot = discord.world.application.bot.id
        self.cards: dict[str, set[int]] = defaultdict(set)
        self.shown: dict[str, set[int]] = defaultdict(set)
        self.finished: dict[int, Message] = {}
        self.cancellable: dict[int, Message] = {}
        discord.record.listen(self._happened)

    def _happened(self, happening: Happening) -> None:
        if happening.kind not in ("posted", "edited") or happening.by != self._bot:
            return
        if happening.channel_id is None or happening.message_id is None:
            return
        try:
            stored = self._backend.messages.find(happening.channel_id, happening.message_id)
        except ApiError:
            return
        message = Message(self._backend, stored)
        verbs = own_verbs(message)
        for job in verbs.values():
            self.cards[job].add(message.id)
        self.cancellable.pop(message.id, None)
        if "cancel" in verbs:
            self.cancellable[message.id] = message
        if "bin" in verbs and message.pictures:
            self.shown[verbs["bin"]].add(message.id)
            self.finished[message.id] = message

    @property
    def going_on(self) -> set[str]:
        """Jobs whose message offers to cancel them."""
        return {own_verbs(message)["cancel"] for message in self.cancellable.values()}


def own_verbs(message: Message) -> dict[str, str]:
    """The job of each button that speaks of the message's own job, by what the button does."""
    found = (BUTTON.fullmatch(button.custom_id) for button in message.buttons)
    return {
        each["verb"]: each["job"] for each in found if each and each["verb"] in ("cancel", "retry", "bin")
    }


def more_of(message: Message) -> list[str]:
    """The custom ids of the buttons that have more made: reroll, vary, upscale."""
    found = (BUTTON.fullmatch(button.custom_id) for button in message.buttons)
    return [each.string for each in found if each and each["verb"] in ("again", "vary", "up")]
