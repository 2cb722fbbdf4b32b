"""The world the loopback Discord plays: people, servers, channels, roles. Plain state, no network.

Changing it here tells nobody; to change it while a bot is connected, see `changes.Changes`.
"""

from dataclasses import dataclass, field
from typing import Final, TypeVar

from bot.playground import permissions
from bot.playground.permissions import Overwrite, Permission
from bot.playground.snowflakes import Snowflakes

_T = TypeVar("_T")
TEXT_CHANNEL: Final = 0
DIRECT_MESSAGE: Final = 1
_FIRST_DAY: Final = 1_704_067_200.0  # 2024-01-01: a world's ids are the same each time it is built


@dataclass(slots=True, kw_only=True)
class User:
    """An account: a person's or the bot's."""

    id: int
    name: str
    display_name: str
    bot: bool = False
    locale: str = "en-US"


@dataclass(slots=True, kw_only=True)
class Role:
    """A role of one server; the one whose id is the server's own is @everyone."""

    id: int
    name: str
    permissions: Permission
    position: int
    colour: int = 0
    managed: bool = False


@dataclass(slots=True, kw_only=True)
class Member:
    """A user in a server, with the ids of their roles (never @everyone's)."""

    user: User
    roles: set[int] = field(default_factory=set)
    nick: str | None = None
    joined_at: float = _FIRST_DAY


@dataclass(slots=True, kw_only=True)
class Channel:
    """A text channel of a server, or (`guild_id` None) a direct message between the bot and `recipient`."""

    id: int
    name: str
    guild_id: int | None = None
    recipient: User | None = None
    topic: str | None = None
    nsfw: bool = False
    position: int = 0
    overwrites: list[Overwrite] = field(default_factory=list)
    last_message_id: int | None = None

    @property
    def type(self) -> int:
        return DIRECT_MESSAGE if self.guild_id is None else TEXT_CHANNEL


@dataclass(slots=True, kw_only=True)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    upload_limit: int = 10 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Application:
    """The bot's application.

    Attributes:
        token: what the bot logs in with.
        privileged_intents: gateway intents switched on in the developer portal; none, unless said.
    """

    id: int
    name: str
    bot: User
    owner: User
    token: str = "loopback"  # noqa: S105  # the password of a world that exists on this machine only
    privileged_intents: int = 0


class World:
    """Everybody and everything there is, except messages."""

    def __init__(self, *, bot_name: str = "Easel") -> None:
        self._day = _FIRST_DAY
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
        """Two servers: "Easel Studio" (ada; ben, an artist; mia, who moderates), "Other Place" (zoe, ben)."""
        world = cls()
        ada, ben, mia, zoe = (world.add_user(name) for name in ("ada", "ben", "mia", "zoe"))
        studio = world.add_guild("Easel Studio", owner=world.application.owner)
        moderators = world.add_role(
            studio,
            "Moderators",
            permissions=Permission.MANAGE_GUILD
            | Permission.MANAGE_MESSAGES
            | Permission.MANAGE_CHANNELS
            | Permission.KICK_MEMBERS
            | Permission.MODERATE_MEMBERS,
        )
        artists = world.add_role(studio, "Artists")
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
        self, guild: Guild, name: str, *, permissions: Permission = permissions.NONE, managed: bool = False
    ) -> Role:
        role = Role(
            id=self._ids.new(),
            name=name,
            permissions=permissions,
            position=len(guild.roles),
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
        role = self.add_role(guild, self.application.name, permissions=permissions.EVERYDAY, managed=True)
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
        """The text channel of that name; `guild` picks the server where several have one."""
        guilds = [self.guild_named(guild)] if guild else self.guilds.values()
        found = [channel for each in guilds for channel in each.channels.values() if channel.name == name]
        return _only(found, f"a channel named {name!r}")

    def permissions_in(self, user: User, channel: Channel) -> Permission:
        """What this user may do there; nothing where they are not a member."""
        if channel.guild_id is None:
            inside = user is channel.recipient or user is self.application.bot
            return permissions.IN_DIRECT_MESSAGES if inside else permissions.NONE
        guild = self.guilds[channel.guild_id]
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

    def permissions_at(self, guild: Guild, member: Member) -> Permission:
        """What this member may do in the server, before any channel's overwrites."""
        if member.user.id == guild.owner_id:
            return permissions.ALL
        granted = guild.roles[guild.id].permissions
        for role in member.roles:
            granted |= guild.roles[role].permissions
        return permissions.ALL if Permission.ADMINISTRATOR in granted else granted

    def _next_second(self) -> float:
        self._day += 1
        return self._day


def _only(found: list[_T], what: str) -> _T:
    if len(found) != 1:
        raise LookupError(f"there is not exactly one of: {what} (found {len(found)})")
    return found[0]
