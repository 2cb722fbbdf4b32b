"""How a thread begins: on a message, or on its own; with the messages by which Discord says so.

https://discord.com/developers/docs/topics/threads
"""

from dataclasses import dataclass
from typing import Final

from bot.playground import api_error
from bot.playground.api_error import ApiError
from bot.playground.backend import Backend
from bot.playground.draft import Draft
from bot.playground.form import Form
from bot.playground.permissions import Permission
from bot.playground.resources import Channel, ChannelKind, Thread, User
from bot.playground.stored import THREAD_CREATED, THREAD_STARTER, Json, Reference, StoredMessage

LONGEST_NAME: Final = 100
LONGEST_SLOWMODE: Final = 21_600
AUTO_ARCHIVES: Final = (60, 1440, 4320, 10080)
"""Minutes of silence to choose from."""
MOST_ACTIVE: Final = 1_000
"""Active threads a server may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a new thread is to be."""

    name: str
    private: bool = False
    invitable: bool = True
    auto_archive: int = 1440
    slowmode: int = 0

    @property
    def needed(self) -> Permission:
        """The permission opening it takes."""
        return Permission.CREATE_PRIVATE_THREADS if self.private else Permission.CREATE_PUBLIC_THREADS


def check_thread(form: Form, asked: Json, *, named: bool) -> None:
    """Note every error in what a request says of a thread; with `named`, it must have a name."""
    form.text(("name",), asked.get("name"), shortest=1, longest=LONGEST_NAME, needed=named)
    if asked.get("auto_archive_duration") not in (None, *AUTO_ARCHIVES):
        form.choice(("auto_archive_duration",), asked.get("auto_archive_duration"))
    for key in ("archived", "locked", "invitable"):
        if not isinstance(asked.get(key, False), bool | None):
            form.error((key,), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
    slowmode = asked.get("rate_limit_per_user")
    if slowmode is not None and not (isinstance(slowmode, int) and 0 <= slowmode <= LONGEST_SLOWMODE):
        words = f"int value should be between 0 and {LONGEST_SLOWMODE}."
        form.error(("rate_limit_per_user",), "NUMBER_TYPE_MAX", words)


def wish(asked: Json, *, on_message: bool) -> Wish:
    """A request's wish.

    Raises:
        ApiError: 50035 with every error.
    """
    form = Form()
    check_thread(form, asked, named=True)
    # Without a message, a thread is private unless it is said to be public.
    kind = ChannelKind.PUBLIC_THREAD if on_message else asked.get("type", ChannelKind.PRIVATE_THREAD)
    if kind not in (ChannelKind.PUBLIC_THREAD, ChannelKind.PRIVATE_THREAD):
        form.choice(("type",), kind)
    form.check()
    return Wish(
        name=asked["name"],
        private=kind == ChannelKind.PRIVATE_THREAD,
        invitable=asked.get("invitable") is not False,
        auto_archive=asked.get("auto_archive_duration") or 1440,
        slowmode=asked.get("rate_limit_per_user") or 0,
    )


def opened(
    backend: Backend, by: User, parent: Channel, wished: Wish, message: StoredMessage | None = None
) -> Channel:
    """Open a thread; whether they may is the caller's to check.

    Raises:
        ApiError: 50024 where no thread can be, 160004 for a message that has one, 160006 for one too many.
    """
    guild = backend.world.guilds.get(parent.guild_id or 0)
    if guild is None or parent.type != ChannelKind.TEXT:
        raise api_error.wrong_channel_type()
    if message is not None and backend.threads.hanging_on(message.id) is not None:
        raise api_error.thread_exists()
    if sum(1 for _ in backend.threads.in_guild(guild, archived=False)) >= MOST_ACTIVE:
        raise ApiError(400, 160006, "Maximum number of active threads reached")
    channel = Channel(
        id=message.id if message is not None else backend.ids.new(),
        name=wished.name,
        guild_id=guild.id,
        nsfw=parent.nsfw,
        slowmode=wished.slowmode,
        thread=Thread(
            parent_id=parent.id,
            owner_id=by.id,
            created_at=backend.clock.now(),
            private=wished.private,
            invitable=wished.invitable,
            auto_archive=wished.auto_archive,
        ),
    )
    backend.threads.add(channel, by=by)
    if message is not None:
        reference = Reference(channel_id=parent.id, message_id=message.id)
        backend.messages.post(message.author, channel, Draft(), type=THREAD_STARTER, reference=reference)
        backend.messages.told_again(message, by)
    elif not wished.private:
        reference = Reference(channel_id=channel.id, message_id=None)
        said = Draft(content=wished.name)
        backend.messages.post(by, parent, said, type=THREAD_CREATED, reference=reference)
    return channel


def removed(backend: Backend, channel: Channel, by: User | None) -> None:
    """Delete a thread with its messages; the message it hung on loses its mark."""
    parent_id = channel.thread.parent_id if channel.thread else 0
    backend.messages.delete_all_in(channel)
    backend.threads.delete(channel, by)
    for message in backend.messages.in_channel(parent_id):
        if message.id == channel.id:
            backend.messages.told_again(message, by or message.author)
