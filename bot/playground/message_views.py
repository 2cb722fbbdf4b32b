"""A message as others get it: bots over gateway and REST, people before their eyes."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.playground import message_payloads, payloads
from bot.playground.attachments import Attachments
from bot.playground.channel_events import ChannelEvents
from bot.playground.permissions import Permission
from bot.playground.resources import Channel, User
from bot.playground.sessions import Intent
from bot.playground.stored import Json, StoredMessage
from bot.playground.threads import Threads
from bot.playground.world import World

_HIDDEN: Final[Mapping[str, object]] = {"content": "", "embeds": [], "attachments": [], "components": []}
"""What a bot without the message content intent reads in a message that is not its business."""


class MessageViews:
    """Shows messages.

    Args:
        known: finds a message by its id, deleted or not.
    """

    def __init__(
        self,
        world: World,
        *,
        attachments: Attachments,
        events: ChannelEvents,
        threads: Threads,
        known: Callable[[int], StoredMessage | None],
    ) -> None:
        self._world = world
        self._attachments = attachments
        self._events = events
        self._threads = threads
        self._known = known

    def payload(self, message: StoredMessage, viewer: User | None = None) -> Json:
        """Discord's message object, as `viewer` (the bot, unless said) is shown it."""
        referenced = self.referenced(message)
        if viewer is not None and referenced is not None and not self.is_seen_by(viewer, referenced):
            referenced = None  # such as an ephemeral answer, which a public one may follow
        around = message_payloads.Around(
            world=self._world,
            attachments=self._attachments,
            viewer=viewer or self._world.application.bot,
            referenced=referenced,
            thread=self._threads.hanging_on(message.id),
        )
        return message_payloads.message(message, around)

    def readable(self, message: StoredMessage) -> Json:
        """The message object as REST gives it to the bot: without the words that it lacks the intent for."""
        told = self.payload(message)
        intents = self._world.application.privileged_intents
        if intents & Intent.MESSAGE_CONTENT or not self._is_veiled(message):
            return told
        return {key: _HIDDEN.get(key, value) for key, value in told.items()}

    def referenced(self, message: StoredMessage) -> StoredMessage | None:
        """The message that this one answers or tells of; None where it is gone."""
        reference = message.reference
        if reference is None or reference.message_id is None:
            return None
        found = self._known(reference.message_id)
        return None if found is None or found.deleted else found

    def is_seen_by(self, user: User, message: StoredMessage) -> bool:
        """Whether that person has the message before their eyes."""
        channel = self._world.channels.get(message.channel_id)
        if message.deleted or message.dismissed or channel is None:
            return False
        if message.only_for not in (None, user):
            return False
        allowed = self._world.permissions_in(user, channel)
        return Permission.VIEW_CHANNEL in allowed and Permission.READ_MESSAGE_HISTORY in allowed

    def tell(self, event: str, message: StoredMessage) -> None:
        """Send bots an event that carries the whole message."""
        channel = self._world.channels[message.channel_id]
        data = self.payload(message)
        if channel.guild_id is not None:
            author = self._world.guilds[channel.guild_id].members.get(message.author.id)
            if author is not None:
                data["member"] = payloads.member(author, with_user=False)
        self.send(event, message, channel, data)

    def send(self, event: str, message: StoredMessage, channel: Channel, data: Json) -> None:
        """Send bots an event about a message, veiled from those that may not read it."""
        self._events.tell(
            event,
            channel,
            data,
            intent=Intent.GUILD_MESSAGES,
            direct=Intent.DIRECT_MESSAGES,
            only_for=message.only_for,
            hidden=_HIDDEN if self._is_veiled(message) else None,
        )

    def _is_veiled(self, message: StoredMessage) -> bool:
        """Whether the message is none of the bot's business: another's, in a server, not mentioning it."""
        bot = self._world.application.bot
        channel = self._world.channels[message.channel_id]
        direct = message.only_for is not None or channel.guild_id is None
        return not (direct or message.author is bot or bot.id in message.mentions)
