"""Threads: who is in them, when they sleep, and what bots hear of it.

https://discord.com/developers/docs/topics/threads
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bot.playground import payloads
from bot.playground.channel_events import ChannelEvents
from bot.playground.clock import Clock
from bot.playground.permissions import Permission
from bot.playground.record import Record
from bot.playground.resources import Channel, Guild, Thread, User
from bot.playground.sessions import Intent, Sessions
from bot.playground.stored import Json
from bot.playground.world import World

CHANGEABLE: Final[Mapping[str, str]] = {
    "archived": "archived",
    "locked": "locked",
    "invitable": "invitable",
    "auto_archive_duration": "auto_archive",
}
"""What a request may change of a thread, with our word for it; name and slowmode are its channel's."""


LOOK_EVERY: Final = 60.0
"""Seconds between two looks for threads that have been silent for their time."""


class Threads:
    """The threads of every server."""

    def __init__(
        self, world: World, *, clock: Clock, sessions: Sessions, events: ChannelEvents, record: Record
    ) -> None:
        self._world = world
        self._clock = clock
        self._sessions = sessions
        self._events = events
        self._record = record

    def add(self, channel: Channel, *, by: User) -> None:
        """Make a drafted thread real; who opened it is its first member."""
        thread = _thread_of(channel)
        now = self._clock.now()
        thread.archived_at = thread.active_at = now
        thread.members = {by.id: now}
        self._guild(channel).threads[channel.id] = channel
        self._world.channels[channel.id] = channel
        self._told_whole("THREAD_CREATE", channel, newly_created=True)
        self._record.note("changed", by=by.id, channel_id=channel.id, detail=f"thread {channel.name} opened")

    def change(self, channel: Channel, by: User | None, changes: Mapping[str, object]) -> None:
        """Change what `CHANGEABLE` names, the name or the slowmode; checked by who asks."""
        thread = _thread_of(channel)
        was_archived = thread.archived
        for key, value in changes.items():
            if key in CHANGEABLE:
                setattr(thread, CHANGEABLE[key], value)
        channel.name = str(changes.get("name") or channel.name)
        slowmode = changes.get("rate_limit_per_user")
        channel.slowmode = slowmode if isinstance(slowmode, int) else channel.slowmode
        if thread.archived != was_archived or "auto_archive_duration" in changes:
            thread.archived_at = thread.active_at = self._clock.now()
        self._told_whole("THREAD_UPDATE", channel)
        self._noted(channel, by, "changed")

    def delete(self, channel: Channel, by: User | None) -> None:
        """Forget a thread; its messages are the caller's to forget first."""
        thread = _thread_of(channel)
        gone: Json = {
            "id": str(channel.id),
            "parent_id": str(thread.parent_id),
            "type": int(channel.type),
        }
        # Told while the bot's sight of it can still be looked up.
        self._events.tell("THREAD_DELETE", channel, gone, intent=Intent.GUILDS)
        del self._guild(channel).threads[channel.id]
        del self._world.channels[channel.id]
        self._noted(channel, by, "deleted")

    def join(self, channel: Channel, user: User) -> None:
        """Make somebody a member; who is one already stays one."""
        thread = _thread_of(channel)
        if user.id in thread.members:
            return
        thread.members[user.id] = self._clock.now()
        if user is self._world.application.bot and thread.private:
            self._told_whole("THREAD_CREATE", channel)
        self._members_changed(channel, added=user)

    def leave(self, channel: Channel, user: User) -> None:
        thread = _thread_of(channel)
        if thread.members.pop(user.id, None) is not None:
            self._members_changed(channel, removed=user)

    def written_in(self, channel: Channel, author: User, mentioned: Iterable[int]) -> None:
        """A message came: count it, wake the thread, and take its author and whom it mentions in."""
        thread = channel.thread
        if thread is None:
            return
        thread.sent += 1
        thread.standing += 1
        thread.active_at = self._clock.now()
        if thread.archived:
            self.change(channel, author, {"archived": False})
        self.join(channel, author)
        members = self._guild(channel).members
        for user_id in mentioned:
            if user_id in members:
                self.join(channel, self._world.users[user_id])

    async def archive_silent(self) -> None:
        """Archive threads in which nothing has been said for their time, until cancelled."""
        while True:
            await self._clock.until(self._clock.now() + LOOK_EVERY)
            for guild in self._world.guilds.values():
                for channel in list(self.in_guild(guild, archived=False)):
                    thread = _thread_of(channel)
                    if self._clock.now() - thread.active_at >= 60 * thread.auto_archive:
                        self.change(channel, None, {"archived": True})

    def deleted_in(self, channel: Channel | None) -> None:
        """A message is gone."""
        if channel is not None and channel.thread is not None:
            channel.thread.standing = max(0, channel.thread.standing - 1)

    def of(self, parent: Channel, *, archived: bool | None = None) -> list[Channel]:
        """The threads of a channel, the newest first."""
        found = self.in_guild(self._guild(parent), archived=archived)
        return [each for each in found if _thread_of(each).parent_id == parent.id]

    def in_guild(self, guild: Guild, *, archived: bool | None = None) -> Iterator[Channel]:
        """A server's threads, the newest first; `archived` picks those that are, or are not."""
        for channel in sorted(guild.threads.values(), key=lambda each: each.id, reverse=True):
            if archived is None or _thread_of(channel).archived == archived:
                yield channel

    def hanging_on(self, message_id: int) -> Channel | None:
        """The thread of a message, which shares its id."""
        channel = self._world.channels.get(message_id)
        return channel if channel is not None and channel.thread is not None else None

    def member(self, channel: Channel, user_id: int, *, with_member: bool = False) -> Json:
        """Discord's thread member object; `with_member` adds what they are in the server."""
        told = payloads.thread_member(channel.id, user_id, _thread_of(channel).members[user_id])
        member = self._guild(channel).members.get(user_id)
        if with_member and member is not None:
            told["member"] = payloads.member(member)
        return told

    def _members_changed(
        self, channel: Channel, *, added: User | None = None, removed: User | None = None
    ) -> None:
        data: Json = {
            "id": str(channel.id),
            "guild_id": str(channel.guild_id),
            "member_count": min(len(_thread_of(channel).members), 50),
            "added_members": [],
            "removed_member_ids": [str(removed.id)] if removed else [],
        }
        if added is not None:
            data["added_members"] = [self.member(channel, added.id, with_member=True) | {"presence": None}]
        # Of others a bot hears only with the members intent; of itself in any case.
        about_bot = self._world.application.bot in (added, removed)
        intent = Intent.GUILDS if about_bot else Intent.GUILD_MEMBERS
        if about_bot or self._events.bot_sees(channel):
            self._sessions.dispatch("THREAD_MEMBERS_UPDATE", data, guild_id=channel.guild_id, intent=intent)
        who = added or removed
        self._noted(channel, who, "joined" if added else "left")

    def _told_whole(self, event: str, channel: Channel, **more: object) -> None:
        told = payloads.channel(channel, me=self._world.application.bot.id) | more
        self._events.tell(event, channel, told, intent=Intent.GUILDS)

    def _noted(self, channel: Channel, by: User | None, what: str) -> None:
        detail = f"thread {channel.name} {what}"
        self._record.note("changed", by=by.id if by else None, channel_id=channel.id, detail=detail)

    def _guild(self, channel: Channel) -> Guild:
        return self._world.guilds[channel.guild_id or 0]


def _thread_of(channel: Channel) -> Thread:
    if channel.thread is None:
        raise ValueError(f"#{channel.name} is no thread")
    return channel.thread


def may_manage(world: World, user: User, channel: Channel) -> bool:
    """Whether that person may lock, rename and delete the thread."""
    return Permission.MANAGE_THREADS in world.permissions_in(user, channel)
