"""Pinned messages of a channel.

https://discord.com/developers/docs/resources/message#list-pinned-messages
"""

from typing import Final

from bot.playground import payloads
from bot.playground.api_error import ApiError
from bot.playground.channel_events import ChannelEvents
from bot.playground.clock import Clock
from bot.playground.draft import Draft
from bot.playground.messages import Messages
from bot.playground.resources import Channel, User
from bot.playground.sessions import Intent
from bot.playground.stored import MESSAGE_PINNED, Json, Reference, StoredMessage

MOST_PINS: Final = 250
"""Pinned messages a channel may have."""


class Pins:
    """Pins messages and takes the pins out; doing so twice changes nothing."""

    def __init__(self, messages: Messages, *, clock: Clock, events: ChannelEvents) -> None:
        self._messages = messages
        self._clock = clock
        self._events = events

    def add(self, channel: Channel, message: StoredMessage, by: User) -> None:
        """Pin a message, which the channel is told in a message of its own.

        Raises:
            ApiError: 30003 for one pin too many.
        """
        if message.pinned_at is not None:
            return
        if len(self.of(channel)) >= MOST_PINS:
            raise ApiError(400, 30003, f"Maximum number of pins reached for the channel ({MOST_PINS})")
        message.pinned_at = channel.last_pin_at = self._clock.now()
        self._changed(channel, message, by)
        reference = Reference(channel_id=channel.id, message_id=message.id)
        self._messages.post(by, channel, Draft(), type=MESSAGE_PINNED, reference=reference)

    def remove(self, channel: Channel, message: StoredMessage, by: User) -> None:
        if message.pinned_at is not None:
            message.pinned_at = None
            self._changed(channel, message, by)

    def of(self, channel: Channel) -> list[StoredMessage]:
        """A channel's pinned messages, the last pinned first."""
        pinned = [each for each in self._messages.in_channel(channel.id) if each.pinned_at is not None]
        return sorted(pinned, key=lambda each: each.pinned_at or 0.0, reverse=True)

    def _changed(self, channel: Channel, message: StoredMessage, by: User) -> None:
        self._messages.told_again(message, by)
        at = None if channel.last_pin_at is None else payloads.timestamp(channel.last_pin_at)
        data: Json = {"channel_id": str(channel.id), "last_pin_timestamp": at}
        self._events.tell(
            "CHANNEL_PINS_UPDATE", channel, data, intent=Intent.GUILDS, direct=Intent.DIRECT_MESSAGES
        )
