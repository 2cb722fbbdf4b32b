"""All messages: posting, editing, deleting, and who sees what. Every change is recorded and dispatched."""

from collections.abc import Iterable

from bot.playground import api_error
from bot.playground.attachments import Attachments
from bot.playground.channel_events import ChannelEvents
from bot.playground.clock import Clock
from bot.playground.draft import Draft, Drafting
from bot.playground.mentions import mentioned, pings_the_answered
from bot.playground.message_views import MessageViews
from bot.playground.nonces import Nonces
from bot.playground.permissions import Permission
from bot.playground.record import Record
from bot.playground.resources import Channel, User
from bot.playground.sessions import Intent
from bot.playground.snowflakes import Snowflakes
from bot.playground.stored import (
    LOADING,
    ORDINARY,
    REPLY,
    THREAD_STARTER,
    Json,
    Reference,
    StoredFile,
    StoredMessage,
)
from bot.playground.threads import Threads
from bot.playground.world import World


class Messages:
    """The messages of every channel."""

    def __init__(
        self,
        world: World,
        *,
        clock: Clock,
        ids: Snowflakes,
        attachments: Attachments,
        events: ChannelEvents,
        threads: Threads,
        record: Record,
    ) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids
        self._attachments = attachments
        self._events = events
        self._threads = threads
        self._record = record
        self._by_id: dict[int, StoredMessage] = {}
        self._views = MessageViews(
            world, attachments=attachments, events=events, threads=threads, known=self._by_id.get
        )
        self._by_channel: dict[int, list[StoredMessage]] = {}
        self.nonces = Nonces(clock.now)

    def drafting(self, channel: Channel) -> Drafting:
        """What checks a request to write in this channel."""
        return Drafting(self._ids.new, channel_id=channel.id, upload_limit=self.upload_limit(channel))

    def upload_limit(self, channel: Channel) -> int:
        """Bytes one file may have there."""
        guild = self._world.guilds.get(channel.guild_id or 0)
        return guild.upload_limit if guild else 10 * 1024 * 1024

    def post(
        self,
        author: User,
        channel: Channel,
        draft: Draft,
        *,
        type: int = ORDINARY,  # noqa: A002  # Discord's word
        nonce: str | int | None = None,
        only_for: User | None = None,
        webhook_id: int | None = None,
        interaction: Json | None = None,
        cause: str = "",
        reference: Reference | None = None,
        allowed_mentions: Json | None = None,
    ) -> StoredMessage:
        """Put a message at the end of a channel."""
        message = StoredMessage(
            id=self._ids.new(),
            channel_id=channel.id,
            author=author,
            created_at=self._clock.now(),
            type=type,
            nonce=nonce,
            only_for=only_for,
            webhook_id=webhook_id,
            interaction=interaction,
            cause=cause,
            reference=reference,
        )
        self._fill(message, draft, allowed_mentions)
        self._by_id[message.id] = message
        self._by_channel.setdefault(channel.id, []).append(message)
        if only_for is None:
            channel.last_message_id = message.id
        if only_for is None and type != THREAD_STARTER:
            self._threads.written_in(channel, author, message.mentions)
        self.nonces.remember(message)
        self._views.tell("MESSAGE_CREATE", message)
        self._note("posted", message, author)
        return message

    def edit(
        self, message: StoredMessage, draft: Draft, by: User, *, allowed_mentions: Json | None = None
    ) -> None:
        """Give a message its new form; the first edit of a deferred answer fills it in."""
        for file in message.files:
            if file not in draft.files:
                self._attachments.drop(file)
        fills_in = message.loading
        draft.flags &= ~LOADING
        self._fill(message, draft, allowed_mentions)
        if not fills_in:
            message.edits += 1
            message.edited_at = self._clock.now()
        self._views.tell("MESSAGE_UPDATE", message)
        self._note("edited", message, by, detail="filled in" if fills_in else "")

    def delete(self, message: StoredMessage, by: User | None) -> None:
        """Take a message away; deleting one that is gone changes nothing."""
        if message.deleted:
            return
        self._forget(message)
        channel = self._world.channels.get(message.channel_id)
        if channel is not None:
            self._views.send("MESSAGE_DELETE", message, channel, _place(message))
        self._note("deleted", message, by)

    def delete_many(self, channel: Channel, messages: list[StoredMessage], by: User) -> None:
        """Take several of a channel's messages away at once."""
        for message in messages:
            self._forget(message)
        data: Json = {"ids": [str(message.id) for message in messages], "channel_id": str(channel.id)}
        self._events.tell("MESSAGE_DELETE_BULK", channel, data, intent=Intent.GUILD_MESSAGES)
        for message in messages:
            self._note("deleted", message, by)

    def dismiss(self, message: StoredMessage) -> None:
        """Put an ephemeral message away from its person's eyes; the bot is not told and may go on editing."""
        message.dismissed = True
        self._note("dismissed", message, message.only_for)

    def delete_all_in(self, channel: Channel) -> None:
        """A channel goes, and its messages with it; nobody is told of each."""
        for message in self._by_channel.pop(channel.id, []):
            self._forget(message)

    def told_again(self, message: StoredMessage, by: User) -> None:
        """Something about a message changed that is no edit, such as its pin."""
        self._views.tell("MESSAGE_UPDATE", message)
        self._note("edited", message, by, detail="not its words")

    def find(self, channel_id: int, message_id: int) -> StoredMessage:
        """The message there.

        Raises:
            ApiError: 10008; also for one deleted.
        """
        message = self._by_id.get(message_id)
        if message is None or message.deleted or message.channel_id != channel_id:
            raise api_error.unknown_message()
        return message

    def in_channel(self, channel_id: int) -> Iterable[StoredMessage]:
        """The channel's messages, oldest first, ephemeral ones included."""
        return tuple(self._by_channel.get(channel_id, ()))

    def concerned(self, user: User, channel_id: int, message_id: int) -> bool:
        """Whether that person had, or would have had, the message before their eyes while it was there."""
        message, channel = self._by_id.get(message_id), self._world.channels.get(channel_id)
        if message is None or channel is None or message.only_for not in (None, user):
            return False
        return Permission.VIEW_CHANNEL in self._world.permissions_in(user, channel)

    def is_seen_by(self, user: User, message: StoredMessage) -> bool:
        """Whether that person has the message before their eyes."""
        return self._views.is_seen_by(user, message)

    def payload(self, message: StoredMessage, viewer: User | None = None) -> Json:
        """Discord's message object, as `viewer` (the bot, unless said) is shown it."""
        return self._views.payload(message, viewer)

    def readable(self, message: StoredMessage) -> Json:
        """The message object as REST gives it to the bot: without the words that it lacks the intent for."""
        return self._views.readable(message)

    def _fill(self, message: StoredMessage, draft: Draft, allowed_mentions: Json | None) -> None:
        message.content = draft.content
        message.embeds = draft.embeds
        message.components = draft.components
        message.files = draft.files
        message.flags = draft.flags
        self._mention(message, allowed_mentions)
        for file in draft.files:
            self._keep(file, message)

    def _mention(self, message: StoredMessage, allowed: Json | None) -> None:
        channel = self._world.channels[message.channel_id]
        guild = self._world.guilds.get(channel.guild_id or 0)
        everybody = Permission.MENTION_EVERYONE in self._world.permissions_in(message.author, channel)
        roles = guild.roles.values() if guild is not None else ()
        found = mentioned(
            message.content,
            message.components,
            allowed,
            users=self._world.users,
            roles=[role.id for role in roles if role.mentionable or everybody],
            everybody=everybody,
        )
        answered = self._views.referenced(message) if message.type == REPLY else None
        message.mentions, message.mentioned_roles = found.users, found.roles
        message.mentions_everybody = found.everybody
        # An app's answer to an interaction hangs on a message of its own, which it does not notify.
        if answered is not None and message.webhook_id is None and pings_the_answered(allowed):
            message.mentions = list(dict.fromkeys([answered.author.id, *found.users]))

    def _keep(self, file: StoredFile, message: StoredMessage) -> None:
        if self._attachments.get(file.id) is not None:
            return
        file.ephemeral = message.only_for is not None
        self._attachments.keep(file)
        self._note("uploaded", message, message.author, detail=file.filename)

    def _forget(self, message: StoredMessage) -> None:
        message.deleted = True
        if message in self._by_channel.get(message.channel_id, ()):
            self._by_channel[message.channel_id].remove(message)
        if message.only_for is None:
            self._threads.deleted_in(self._world.channels.get(message.channel_id))
        for file in message.files:
            self._attachments.drop(file)
        message.files = []

    def _note(self, kind: str, message: StoredMessage, by: User | None, *, detail: str = "") -> None:
        self._record.note(
            kind,
            by=by.id if by else None,
            channel_id=message.channel_id,
            message_id=message.id,
            detail=detail,
        )


def _place(message: StoredMessage) -> Json:
    return {"id": str(message.id), "channel_id": str(message.channel_id)}
