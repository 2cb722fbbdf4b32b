"""Nonces: what keeps a message that was sent twice from being posted twice.

https://discord.com/developers/docs/resources/message#create-message
"""

from collections.abc import Callable
from typing import Final

from bot.playground.resources import User
from bot.playground.stored import StoredMessage

MEMORY: Final = 300.0
"""Seconds a nonce is remembered; Discord says "a few minutes"."""


class Nonces:
    """Which message each author posted under which nonce.

    Args:
        now: Unix seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._posted: dict[tuple[int, str], StoredMessage] = {}

    def remember(self, message: StoredMessage) -> None:
        if message.nonce is not None:
            self._posted[(message.author.id, str(message.nonce))] = message

    def posted(self, author: User, nonce: str | int) -> StoredMessage | None:
        """The message this author posted under that nonce in the last few minutes."""
        message = self._posted.get((author.id, str(nonce)))
        return message if message is not None and self._now() - message.created_at <= MEMORY else None
