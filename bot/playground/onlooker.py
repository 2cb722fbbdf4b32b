"""Somebody looking at one channel: what they see there, and what they may do."""

from dataclasses import dataclass

from bot.playground.backend import Backend
from bot.playground.handles import Message
from bot.playground.permissions import Permission
from bot.playground.refusals import Refusal
from bot.playground.resources import Channel, User
from bot.playground.stored import Json, StoredMessage


@dataclass(frozen=True, slots=True)
class Onlooker:
    """A user and the channel before them."""

    backend: Backend
    user: User
    channel: Channel

    @property
    def name(self) -> str:
        return self.user.name

    def sees(self, message: Message) -> bool:
        """Whether the message is before their eyes (in whichever channel it is)."""
        return self.backend.messages.is_seen_by(self.user, message.stored)

    def messages(self) -> list[Message]:
        """What the channel shows them, oldest first."""
        return [Message(self.backend, each) for each in self._seen()]

    def message(self, message_id: int) -> Message:
        """The message of that id in their channel.

        Raises:
            Refusal: it is gone, or not for their eyes.
        """
        for message in self.messages():
            if message.id == message_id:
                return message
        raise Refusal("This message is not here (any more).")

    def history(self, *, before: int | None = None, limit: int = 50) -> tuple[list[Message], bool]:
        """The newest messages (before the one named), oldest first, and whether there are older ones."""
        seen = [each for each in self._seen() if before is None or each.id < before]
        return [Message(self.backend, each) for each in seen[-limit:]], len(seen) > limit

    def commands(self) -> list[Json]:
        """The slash commands they are offered here, as registered."""
        return self.backend.commands.usable(self.user, self.channel) if self.may_write() else []

    def may(self, *needed: Permission) -> bool:
        """Whether they have all these permissions here."""
        if self.channel.id not in self.backend.world.channels:
            return False
        here = self.backend.world.permissions_in(self.user, self.channel)
        return all(permission in here for permission in needed)

    def may_write(self) -> bool:
        """Whether they may write here; in a locked thread only those who manage threads may."""
        thread = self.channel.thread
        if thread is not None and thread.locked and not self.may(Permission.MANAGE_THREADS):
            return False
        return self.may(Permission.VIEW_CHANNEL, self.channel.to_write)

    def must_see(self, message: Message) -> None:
        if not self.sees(message):
            raise Refusal("This message is not here (any more).")

    def must(self, *needed: Permission) -> None:
        for permission in needed:
            if not self.may(permission):
                missing = (permission.name or "").replace("_", " ").title()
                raise Refusal(f"You do not have permission to do that here: {missing} is missing.")

    def must_write(self) -> None:
        self.must(Permission.VIEW_CHANNEL, self.channel.to_write)
        if not self.may_write():
            raise Refusal("This thread is locked.")

    def _seen(self) -> list[StoredMessage]:
        listed = self.backend.messages.in_channel(self.channel.id)
        return [each for each in listed if self.backend.messages.is_seen_by(self.user, each)]
