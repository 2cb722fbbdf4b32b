"""What happens to the world while bots are connected: each change tells them, as Discord would."""

from collections.abc import Mapping

from bot.playground import payloads, thread_opening
from bot.playground.backend import Backend
from bot.playground.permissions import NONE, Overwrite, Permission
from bot.playground.resources import Channel, Guild, Member, Role, User
from bot.playground.sessions import Intent
from bot.playground.stored import Json


class Changes:
    """Changes by fiat: no permission is asked for. What people do with rights is in `people`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._world = backend.world

    def delete_message(self, message_id: int) -> None:
        """Take a message away; one that is gone stays gone."""
        for channel_id in tuple(self._world.channels):
            for message in self._backend.messages.in_channel(channel_id):
                if message.id == message_id:
                    self._backend.messages.delete(message, None)

    def delete_channel(self, channel: Channel) -> None:
        guild = self._guild_of(channel)
        gone = payloads.channel(channel)
        for thread in self._backend.threads.of(channel):
            thread_opening.removed(self._backend, thread, None)
        self._backend.messages.delete_all_in(channel)
        del guild.channels[channel.id]
        del self._world.channels[channel.id]
        self._tell("CHANNEL_DELETE", gone, guild, f"#{channel.name} deleted", channel_id=channel.id)

    def add_channel(
        self,
        guild: Guild,
        name: str,
        *,
        private_to: list[Role] | None = None,
        nsfw: bool = False,
        asked: Mapping[str, object] | None = None,
        overwrites: list[Overwrite] | None = None,
    ) -> Channel:
        """Make a text channel; `asked` as in `change_channel`."""
        channel = self._world.add_channel(guild, name, private_to=private_to, nsfw=nsfw)
        _shape(channel, asked or {})
        channel.overwrites += overwrites or []
        self._tell("CHANNEL_CREATE", payloads.channel(channel), guild, f"#{name} made", channel_id=channel.id)
        return channel

    def change_channel(
        self, channel: Channel, asked: Mapping[str, object], overwrites: list[Overwrite] | None = None
    ) -> None:
        """Give a channel another name, topic, position, slowmode, age limit or (not None) overwrites."""
        _shape(channel, asked)
        for thread in self._backend.threads.of(channel):
            thread.nsfw = channel.nsfw
        if overwrites is not None:
            channel.overwrites = overwrites
        self._channel_updated(channel)

    def set_age_restricted(self, channel: Channel, restricted: bool) -> None:
        """Restrict a channel, and with it its threads, to adults; or no longer."""
        self.change_channel(channel, {"nsfw": restricted})

    def set_overwrite(
        self,
        channel: Channel,
        target: User | Role,
        *,
        allow: Permission = NONE,
        deny: Permission = NONE,
    ) -> None:
        """Make an exception in a channel for somebody or for a role; with neither bit, take it back."""
        channel.overwrites = [each for each in channel.overwrites if each.target != target.id]
        if allow or deny:
            member = isinstance(target, User)
            channel.overwrites.append(Overwrite(target=target.id, is_member=member, allow=allow, deny=deny))
        self._channel_updated(channel)

    def remove_bot(self, guild: Guild) -> None:
        """Kick the bot; its managed role goes with it."""
        bot = self._world.application.bot
        member = guild.members.pop(bot.id)
        for role_id in member.roles:
            if guild.roles[role_id].managed:
                del guild.roles[role_id]
        self._tell("GUILD_DELETE", {"id": str(guild.id)}, guild, f"the bot removed from {guild.name}")

    def add_bot(self, guild: Guild) -> None:
        """Install the bot (again)."""
        self._world.install_bot(guild)
        created = payloads.guild_create(guild, self._world)
        self._tell("GUILD_CREATE", created, guild, f"the bot added to {guild.name}")

    def add_person(
        self,
        name: str,
        guild: Guild | None = None,
        *,
        roles: list[Role] | None = None,
        display_name: str | None = None,
    ) -> User:
        """Somebody new, in a server or in none."""
        user = self._world.add_user(name, display_name=display_name)
        self._backend.record.note("changed", by=user.id, detail=f"{name} came")
        if guild is not None:
            self.join(user, guild, roles=roles)
        return user

    def join(self, user: User, guild: Guild, *, roles: list[Role] | None = None) -> Member:
        member = self._world.join(guild, user, roles=roles)
        data = payloads.member(member) | {"guild_id": str(guild.id)}
        self._tell("GUILD_MEMBER_ADD", data, guild, f"{user.name} joined", intent=Intent.GUILD_MEMBERS)
        return member

    def leave(self, user: User, guild: Guild) -> None:
        for thread in guild.threads.values():
            self._backend.threads.leave(thread, user)
        del guild.members[user.id]
        data: Json = {"guild_id": str(guild.id), "user": payloads.user(user)}
        self._tell("GUILD_MEMBER_REMOVE", data, guild, f"{user.name} left", intent=Intent.GUILD_MEMBERS)

    def set_roles(self, user: User, guild: Guild, roles: list[Role]) -> None:
        """Give a member exactly these roles (and keep those Discord manages)."""
        member = guild.members[user.id]
        managed = {role for role in member.roles if guild.roles[role].managed}
        member.roles = managed | {role.id for role in roles}
        self.member_changed(guild, member, f"{user.name}'s roles")

    def member_changed(self, guild: Guild, member: Member, what: str) -> None:
        """Tell of a member whose roles or nick are others now; `what` is for the record."""
        data = payloads.member(member) | {"guild_id": str(guild.id)}
        intent = None if member.user is self._world.application.bot else Intent.GUILD_MEMBERS
        self._tell("GUILD_MEMBER_UPDATE", data, guild, what, intent=intent)

    def add_role(
        self,
        guild: Guild,
        name: str,
        *,
        permissions: Permission = NONE,
        colour: int = 0,
        hoist: bool = False,
        mentionable: bool = False,
    ) -> Role:
        """Make a role, below all others."""
        for other in guild.roles.values():
            other.position += other.position > 0
        role = self._world.add_role(
            guild, name, permissions=permissions, colour=colour, hoist=hoist, mentionable=mentionable
        )
        role.position = 1
        self._role_told("GUILD_ROLE_CREATE", guild, role)
        return role

    def set_permissions(self, guild: Guild, role: Role, permissions: Permission) -> None:
        role.permissions = permissions
        self._role_told("GUILD_ROLE_UPDATE", guild, role)

    def role_changed(self, guild: Guild, role: Role) -> None:
        """Tell of a role that looks otherwise now."""
        self._role_told("GUILD_ROLE_UPDATE", guild, role)

    def delete_role(self, guild: Guild, role: Role) -> None:
        del guild.roles[role.id]
        for member in guild.members.values():
            member.roles.discard(role.id)
        data = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self._tell("GUILD_ROLE_DELETE", data, guild, f"role {role.name} deleted")

    def _role_told(self, event: str, guild: Guild, role: Role) -> None:
        described = payloads.role(role, self._world.application)
        self._tell(event, {"guild_id": str(guild.id), "role": described}, guild, f"role {role.name}")

    def _channel_updated(self, channel: Channel) -> None:
        guild = self._guild_of(channel)
        data = payloads.channel(channel)
        self._tell("CHANNEL_UPDATE", data, guild, f"#{channel.name} changed", channel_id=channel.id)

    def _guild_of(self, channel: Channel) -> Guild:
        if channel.guild_id is None:
            raise ValueError("a direct message belongs to no server")
        return self._world.guilds[channel.guild_id]

    def _tell(
        self,
        event: str,
        data: Json,
        guild: Guild,
        detail: str,
        *,
        intent: Intent | None = Intent.GUILDS,
        channel_id: int | None = None,
    ) -> None:
        is_in = self._world.application.bot.id in guild.members
        if is_in or event == "GUILD_DELETE":
            self._backend.sessions.dispatch(event, data, guild_id=guild.id, intent=intent)
        self._backend.record.note("changed", channel_id=channel_id, detail=detail)


def _shape(channel: Channel, asked: Mapping[str, object]) -> None:
    channel.name = str(asked.get("name", channel.name))
    topic = asked.get("topic", channel.topic)
    channel.topic = None if topic is None else str(topic)
    channel.nsfw = bool(asked.get("nsfw", channel.nsfw))
    for key, field in (("position", "position"), ("rate_limit_per_user", "slowmode")):
        value = asked.get(key)
        if isinstance(value, int):
            setattr(channel, field, value)
