"""What a person writes and does with what is written: messages, files, edits, reactions, threads."""

from bot.playground import thread_opening
from bot.playground.handles import Message
from bot.playground.onlooker import Onlooker
from bot.playground.permissions import Permission
from bot.playground.refusals import Refusal
from bot.playground.resolved import refuse_too_large
from bot.playground.resources import Channel, ChannelKind
from bot.playground.stored import REPLY, THREAD_STARTER, Json, Reference, Upload
from bot.playground.thread_opening import Wish


class Writer(Onlooker):
    """An onlooker who writes."""

    __slots__ = ()

    def say(self, text: str = "", *uploads: Upload, reply_to: Message | None = None) -> Message:
        """Write a message.

        A file whose name begins with `SPOILER_` hides behind a spoiler.

        Raises:
            Refusal: they may not write or attach files here, or do not see what they answer.
            ApiError: it is empty, too long, or has too many or too large files.
        """
        self.must_write()
        if uploads:
            self.must(Permission.ATTACH_FILES)
            refuse_too_large(uploads, self.backend.messages.upload_limit(self.channel))
        if reply_to is not None:
            self.must(Permission.READ_MESSAGE_HISTORY)
            self._must_be_here(reply_to)
            if reply_to.ephemeral:
                raise Refusal("Nobody else sees this message: it cannot be answered.")
        listed = [{"id": number, "description": each.description} for number, each in enumerate(uploads)]
        form: Json = {"content": text} | ({"attachments": listed} if listed else {})
        draft = self.backend.messages.drafting(self.channel).new(form, dict(enumerate(uploads)))
        reference = None
        if reply_to is not None:
            reference = Reference(channel_id=self.channel.id, message_id=reply_to.id)
        stored = self.backend.messages.post(
            self.user, self.channel, draft, type=REPLY if reply_to else 0, reference=reference
        )
        return Message(self.backend, stored)

    def edit(self, message: Message, text: str) -> None:
        """Give one's own message other words; its files stay.

        Raises:
            Refusal: it is another's, or not to be changed any more.
            ApiError: nothing would be left, or it is too long.
        """
        self._must_be_here(message)
        if message.stored.author is not self.user or message.stored.system:
            raise Refusal("You can edit your own messages only.")
        self.must_write()
        draft = self.backend.messages.drafting(self.channel).edited(message.stored, {"content": text}, {})
        self.backend.messages.edit(message.stored, draft, self.user)

    def delete(self, message: Message) -> None:
        """Take a message away: one's own, or with Manage Messages any; an ephemeral one is dismissed.

        Raises:
            Refusal: they may not.
        """
        self.must_see(message)
        if message.ephemeral:
            self.backend.messages.dismiss(message.stored)
            return
        if message.stored.author is not self.user:
            self.must(Permission.MANAGE_MESSAGES)
        if message.stored.type == THREAD_STARTER:
            raise Refusal("Discord itself wrote this message: it stays.")
        self.backend.messages.delete(message.stored, self.user)

    def react(self, message: Message, emoji: str, *, add: bool = True) -> None:
        """Put an emoji under a message, or take it back.

        Raises:
            Refusal: they do not see it or may not react.
            ApiError: it is no emoji, or there are too many kinds already.
        """
        self.must_see(message)
        if message.ephemeral:
            raise Refusal("You can't react to this message.")
        thread = self.channel.thread
        if thread is not None and thread.archived:
            raise Refusal("This thread is archived.")
        if not add:
            self.backend.reactions.remove(message.stored, emoji, self.user)
            return
        if emoji not in message.stored.reactions:
            # Joining in with others takes no permission of its own.
            self.must(Permission.ADD_REACTIONS)
        self.backend.reactions.add(message.stored, emoji, self.user)

    def type(self) -> None:
        """Let the others see that they are typing. Raises `Refusal` where they may not write."""
        self.must_write()
        self.backend.typing_signs.show(self.channel, self.user)

    def open_thread(self, name: str, message: Message | None = None, *, private: bool = False) -> Channel:
        """Open a thread on a message, or without one; its channel.

        Raises:
            Refusal: they may not, or do not see the message.
            ApiError: the name is not 1 to 100 characters long, or the message has a thread already.
        """
        if message is not None:
            self._must_be_here(message)
            if message.ephemeral:
                raise Refusal("Nobody else sees this message: it can have no thread.")
        kind = ChannelKind.PRIVATE_THREAD if private else ChannelKind.PUBLIC_THREAD
        wished: Wish = thread_opening.wish({"name": name, "type": int(kind)}, on_message=message is not None)
        self.must(Permission.VIEW_CHANNEL, wished.needed)
        stored = message.stored if message is not None else None
        return thread_opening.opened(self.backend, self.user, self.channel, wished, stored)

    def _must_be_here(self, message: Message) -> None:
        self.must_see(message)
        if message.stored.channel_id != self.channel.id:
            raise Refusal("This message is not here (any more).")
