"""All messages: posting, editing, deleting, and who sees what. Every change is recorded and dispatched."""

from collections.abc import Iterable, Mapping
from typing import Final

from bot.playground import api_error, payloads
from bot.playground.attachments import Attachments
from bot.playground.clock import Clock
from bot.playground.draft import Draft, Drafting
from bot.playground.mentions import mentioned
from bot.playground.permissions import Permission
from bot.playground.record import Record
from bot.playground.sessions import Intent, Sessions
from bot.playground.snowflakes import Snowflakes
from bot.playground.stored import LOADING, ORDINARY, Json, StoredFile, StoredMessage
from bot.playground.world import Channel, User, World

NONCE_MEMORY: Final = 300.0
"""Seconds a nonce is remembered; Discord says "a few minutes"."""

_HIDDEN: Final[Mapping[str, object]] = {"content": "", "embeds": [], "attachments": [], "components": []}
"""What a bot without the message content intent reads in a message that is not its business."""


class Messages:
    """The messages of every channel."""

    def __init__(
        self,
        world: World,
        *,
        clock: Clock,
        ids: Snowflakes,
        attachments: Attachments,
        sessions: Sessions,
        record: Record,
    ) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids
        self._attachments = attachments
        self._sessions = sessions
        self._record = record
        self._by_id: dict[int, StoredMessage] = {}
        self._by_channel: dict[int, list[StoredMessage]] = {}
        self._nonces: dict[tuple[int, str], tuple[float, StoredMessage]] = {}

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
        replies_to: int | None = None,
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
            replies_to=replies_to,
        )
        self._fill(message, draft, allowed_mentions)
        self._by_id[message.id] = message
        self._by_channel.setdefault(channel.id, []).append(message)
        if only_for is None:
            channel.last_message_id = message.id
        if nonce is not None:
            self._nonces[(author.id, str(nonce))] = (message.created_at, message)
        self._tell("MESSAGE_CREATE", message)
        self._note("posted", message, author)
        return message

    def with_nonce(self, author: User, nonce: str | int) -> StoredMessage | None:
        """The message this author posted under that nonce in the last few minutes."""
        posted_at, message = self._nonces.get((author.id, str(nonce)), (0.0, None))
        return message if self._clock.now() - posted_at <= NONCE_MEMORY else None

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
        self._tell("MESSAGE_UPDATE", message)
        self._note("edited", message, by, detail="filled in" if fills_in else "")

    def delete(self, message: StoredMessage, by: User | None) -> None:
        """Take a message away; deleting one that is gone changes nothing."""
        if message.deleted:
            return
        self._forget(message)
        channel = self._world.channels.get(message.channel_id)
        guild_id = channel.guild_id if channel else None
        data: Json = {"id": str(message.id), "channel_id": str(message.channel_id)}
        if guild_id is not None:
            data["guild_id"] = str(guild_id)
        self._send("MESSAGE_DELETE", message, data)
        self._note("deleted", message, by)

    def dismiss(self, message: StoredMessage) -> None:
        """Put an ephemeral message away from its person's eyes; the bot is not told and may go on editing."""
        message.dismissed = True
        self._note("dismissed", message, message.only_for)

    def delete_all_in(self, channel: Channel) -> None:
        """A channel is gone, and its messages with it; nobody is told of each."""
        for message in self._by_channel.pop(channel.id, []):
            self._forget(message)

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

    def is_seen_by(self, user: User, message: StoredMessage) -> bool:
        """Whether that person has the message before their eyes."""
        channel = self._world.channels.get(message.channel_id)
        if message.deleted or message.dismissed or channel is None:
            return False
        if message.only_for not in (None, user):
            return False
        allowed = self._world.permissions_in(user, channel)
        return Permission.VIEW_CHANNEL in allowed and Permission.READ_MESSAGE_HISTORY in allowed

    def payload(self, message: StoredMessage) -> Json:
        """Discord's message object."""
        return payloads.message(message, self._world, self._attachments)

    def react(self, message: StoredMessage, emoji: str, who: User, *, add: bool) -> None:
        """Add or take away one person's reaction; doing so twice changes nothing."""
        reactors = message.reactions.setdefault(emoji, [])
        if add == (who.id in reactors):
            return
        (reactors.append if add else reactors.remove)(who.id)
        if not reactors:
            del message.reactions[emoji]
        channel = self._world.channels[message.channel_id]
        data: Json = {
            "user_id": str(who.id),
            "channel_id": str(message.channel_id),
            "message_id": str(message.id),
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        intent = Intent.DIRECT_MESSAGE_REACTIONS
        if channel.guild_id is not None:
            intent = Intent.GUILD_MESSAGE_REACTIONS
            data["guild_id"] = str(channel.guild_id)
            if add:
                data["member"] = payloads.member(self._world.guilds[channel.guild_id].members[who.id])
        name = "MESSAGE_REACTION_ADD" if add else "MESSAGE_REACTION_REMOVE"
        self._sessions.dispatch(name, data, guild_id=channel.guild_id, intent=intent)
        self._note("reacted", message, who, detail=emoji)

    def _fill(self, message: StoredMessage, draft: Draft, allowed_mentions: Json | None) -> None:
        message.content = draft.content
        message.embeds = draft.embeds
        message.components = draft.components
        message.files = draft.files
        message.flags = draft.flags
        message.mentions = mentioned(draft.content, draft.components, allowed_mentions, self._world.users)
        for file in draft.files:
            self._keep(file, message)

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
        for file in message.files:
            self._attachments.drop(file)

    def _tell(self, event: str, message: StoredMessage) -> None:
        channel = self._world.channels[message.channel_id]
        data = self.payload(message)
        if channel.guild_id is not None:
            data["guild_id"] = str(channel.guild_id)
            author = self._world.guilds[channel.guild_id].members.get(message.author.id)
            if author is not None:
                data["member"] = payloads.member(author, with_user=False)
        self._send(event, message, data)

    def _send(self, event: str, message: StoredMessage, data: Json) -> None:
        channel = self._world.channels[message.channel_id]
        bot = self._world.application.bot
        # An ephemeral message goes to its person and its bot alone, as a direct message does.
        direct = message.only_for is not None or channel.guild_id is None
        if direct or Permission.VIEW_CHANNEL in self._world.permissions_in(bot, channel):
            intent = Intent.DIRECT_MESSAGES if direct else Intent.GUILD_MESSAGES
            hidden = None if direct or message.author is bot or bot.id in message.mentions else _HIDDEN
            self._sessions.dispatch(event, data, guild_id=channel.guild_id, intent=intent, hidden=hidden)

    def _note(self, kind: str, message: StoredMessage, by: User | None, *, detail: str = "") -> None:
        self._record.note(
            kind,
            by=by.id if by else None,
            channel_id=message.channel_id,
            message_id=message.id,
            detail=detail,
        )
