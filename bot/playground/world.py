"""The world the loopback Discord plays: people, servers, channels, roles. Plain state, no network.

Changing it here tells nobody; to change it while a bot is connected, see `changes.Changes`.
"""

from typing import Final, TypeVar

from bot.playground import permissions
from bot.playground.permissions import Overwrite, Permission
from bot.playground.resources import FIRST_DAY, Application, Channel, Guild, Member, Role, User
from bot.playground.snowflakes import Snowflakes

_T = TypeVar("_T")
_ORANGE: Final = 0xE67E22
_GREEN: Final = 0x2ECC71
_VIOLET: Final = 0x8A7CF0


class World:
    """Everybody and everything there is, except messages."""

    def __init__(self, *, bot_name: str = "Easel") -> None:
        self._day = FIRST_DAY
        self._ids = Snowflakes(self._next_second)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        bot = self.add_user(bot_name, display_name=bot_name, bot=True)
        keeper = self.add_user("keeper", display_name="Keeper")
        # Since 2016 a bot's user and its application share one id.
        self.application = Application(id=bot.id, name=bot_name, bot=bot, owner=keeper)

    @classmethod
    def studio(cls) -> "World":
        """Two servers: "Easel Studio" and "Other Place".

        In the first, ada and ben (an artist) are members and mia moderates; zoe is a stranger to it. She owns
        the second, where ben is a member too. The bot is in both.
        """
        world = cls()
        ada, ben, mia, zoe = (world.add_user(name) for name in ("ada", "ben", "mia", "zoe"))
        studio = world.add_guild("Easel Studio", owner=world.application.owner)
        artists = world.add_role(studio, "Artists", colour=_GREEN, hoist=True)
        moderators = world.add_role(
            studio,
            "Moderators",
            permissions=Permission.MANAGE_GUILD
            | Permission.MANAGE_MESSAGES
            | Permission.PIN_MESSAGES
            | Permission.MANAGE_CHANNELS
            | Permission.MANAGE_THREADS
            | Permission.MANAGE_ROLES
            | Permission.KICK_MEMBERS
            | Permission.MODERATE_MEMBERS,
            colour=_ORANGE,
            hoist=True,
        )
        world.add_channel(studio, "studio", topic="Where pictures are made")
        world.add_channel(studio, "sketches")
        world.add_channel(studio, "mods-only", private_to=[moderators])
        world.join(studio, ada)
        world.join(studio, ben, roles=[artists])
        world.join(studio, mia, roles=[moderators])
        other = world.add_guild("Other Place", owner=zoe)
        world.add_channel(other, "lobby")
        world.add_channel(other, "gallery")
        world.join(other, ben)
        for guild in (studio, other):
            world.install_bot(guild)
        return world

    def add_user(self, name: str, *, display_name: str | None = None, bot: bool = False) -> User:
        user = User(id=self._ids.new(), name=name, display_name=display_name or name.title(), bot=bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, *, owner: User) -> Guild:
        guild = Guild(id=self._ids.new(), name=name, owner_id=owner.id)
        guild.roles[guild.id] = Role(
            id=guild.id, name="@everyone", permissions=permissions.EVERYDAY, position=0
        )
        self.guilds[guild.id] = guild
        self.join(guild, owner)
        return guild

    def add_role(
        self,
        guild: Guild,
        name: str,
        *,
        permissions: Permission = permissions.NONE,
        colour: int = 0,
        hoist: bool = False,
        mentionable: bool = False,
        managed: bool = False,
    ) -> Role:
        """Make a role, above all there are."""
        role = Role(
            id=self._ids.new(),
            name=name,
            permissions=permissions,
            position=1 + max(role.position for role in guild.roles.values()),
            colour=colour,
            hoist=hoist,
            mentionable=mentionable,
            managed=managed,
        )
        guild.roles[role.id] = role
        return role

    def add_channel(
        self,
        guild: Guild,
        name: str,
        *,
        private_to: list[Role] | None = None,
        topic: str | None = None,
        nsfw: bool = False,
    ) -> Channel:
        """Make a text channel; with `private_to`, only those roles see it."""
        channel = Channel(
            id=self._ids.new(),
            name=name,
            guild_id=guild.id,
            topic=topic,
            nsfw=nsfw,
            position=len(guild.channels),
        )
        if private_to is not None:
            channel.overwrites.append(Overwrite(target=guild.id, deny=Permission.VIEW_CHANNEL))
            channel.overwrites.extend(
                Overwrite(target=role.id, allow=Permission.VIEW_CHANNEL) for role in private_to
            )
        guild.channels[channel.id] = channel
        self.channels[channel.id] = channel
        return channel

    def join(self, guild: Guild, user: User, *, roles: list[Role] | None = None) -> Member:
        member = Member(user=user, roles={role.id for role in roles or []})
        guild.members[user.id] = member
        return member

    def install_bot(self, guild: Guild) -> Member:
        """Add the bot, with the managed role Discord makes for it."""
        role = self.add_role(
            guild, self.application.name, permissions=permissions.EVERYDAY, colour=_VIOLET, managed=True
        )
        return self.join(guild, self.application.bot, roles=[role])

    def has_bot(self, guild_id: int) -> bool:
        """Whether the bot is a member of that server."""
        return self.application.bot.id in self.guilds[guild_id].members

    def shares_a_server(self, user: User) -> bool:
        """Whether user and bot have a server in common, without which they cannot write to each other."""
        return any(user.id in guild.members and self.has_bot(guild.id) for guild in self.guilds.values())

    def direct_message(self, user: User) -> Channel:
        """The channel between this person and the bot, made at first use."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(id=self._ids.new(), name=user.name, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def user_named(self, name: str) -> User:
        return _only([user for user in self.users.values() if user.name == name], f"a user named {name!r}")

    def guild_named(self, name: str) -> Guild:
        return _only([guild for guild in self.guilds.values() if guild.name == name], f"a server {name!r}")

    def channel_named(self, name: str, *, guild: str | None = None) -> Channel:
        """The text channel or thread of that name; `guild` picks the server where several have one."""
        guilds = [self.guild_named(guild)] if guild else self.guilds.values()
        places = [place for each in guilds for place in (*each.channels.values(), *each.threads.values())]
        found = [place for place in places if place.name == name]
        return _only(found, f"a channel named {name!r}")

    def permissions_in(self, user: User, channel: Channel) -> Permission:
        """What this user may do there; nothing where they are not a member."""
        if channel.guild_id is None:
            inside = user is channel.recipient or user is self.application.bot
            return permissions.IN_DIRECT_MESSAGES if inside else permissions.NONE
        guild = self.guilds[channel.guild_id]
        if channel.thread is not None:
            return self._permissions_in_thread(user, channel, guild)
        member = guild.members.get(user.id)
        if member is None or channel.id not in guild.channels:
            return permissions.NONE
        return permissions.in_channel(
            self.permissions_at(guild, member),
            everyone=guild.id,
            roles=member.roles,
            user=user.id,
            overwrites=channel.overwrites,
        )

    def _permissions_in_thread(self, user: User, channel: Channel, guild: Guild) -> Permission:
        thread = channel.thread
        parent = guild.channels.get(thread.parent_id) if thread else None
        if thread is None or parent is None or channel.id not in guild.threads:
            return permissions.NONE
        here = self.permissions_in(user, parent)
        invited = not thread.private or user.id in thread.members or Permission.MANAGE_THREADS in here
        return here if invited else permissions.NONE

    def permissions_at(self, guild: Guild, member: Member) -> Permission:
        """What this member may do in the server, before any channel's overwrites."""
        if member.user.id == guild.owner_id:
            return permissions.ALL
        granted = guild.roles[guild.id].permissions
        for role in member.roles:
            granted |= guild.roles[role].permissions
        return permissions.ALL if Permission.ADMINISTRATOR in granted else granted

    def is_above(self, guild: Guild, member: Member, role: Role) -> bool:
        """Whether a member's highest role stands above this one, so that they may manage it."""
        return member.user.id == guild.owner_id or guild.roles_of(member)[0].position > role.position

    def _next_second(self) -> float:
        self._day += 1
        return self._day


def _only(found: list[_T], what: str) -> _T:
    if len(found) != 1:
        raise LookupError(f"there is not exactly one of: {what} (found {len(found)})")
    return found[0]
