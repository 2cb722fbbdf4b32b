"""What one person sees of the loopback Discord, in the form the page draws."""

from typing import Final

from bot.playground import payloads
from bot.playground.backend import Backend
from bot.playground.permissions import Permission
from bot.playground.stored import Json, StoredMessage
from bot.playground.world import Channel, Guild, User

MESSAGES_SHOWN: Final = 100
"""The newest messages of each channel that the page is given."""


class View:
    """Everything `user` may know, and nothing more."""

    def __init__(self, backend: Backend, user: User) -> None:
        self._backend = backend
        self._world = backend.world
        self.user = user

    def state(self) -> Json:
        """The whole of it: people, servers, channels, commands and messages."""
        channels = self.channels()
        direct = next((channel for channel in channels if channel.guild_id is None), None)
        return {
            "type": "state",
            "base": self._backend.attachments.base_url,
            "me": payloads.user(self.user),
            "people": [self._person(each) for each in people(self._backend)],
            "bot": payloads.user(self._world.application.bot)
            | {
                "display_name": self._world.application.bot.display_name,
                "connected": self._backend.sessions.connected > 0,
            },
            "guilds": [self._guild(guild) for guild in self._guilds()],
            "direct": None if direct is None else {"id": str(direct.id), "name": direct.name},
            "commands": {
                str(channel.id): self._backend.commands.usable(self.user, channel) for channel in channels
            },
            "messages": {str(channel.id): self._messages(channel) for channel in channels},
        }

    def channels(self) -> list[Channel]:
        """The channels this person can look into, the direct messages with the bot last."""
        seen = [
            channel
            for guild in self._guilds()
            for channel in sorted(guild.channels.values(), key=lambda each: each.position)
            if Permission.VIEW_CHANNEL in self._world.permissions_in(self.user, channel)
        ]
        bot = self._world.application.bot.id
        if any(bot in guild.members for guild in self._guilds()):
            seen.append(self._world.direct_message(self.user))
        return seen

    def sees(self, message: StoredMessage) -> bool:
        return self._backend.messages.is_seen_by(self.user, message)

    def message(self, message: StoredMessage) -> Json:
        """Discord's message object, and with it in words what led to the message."""
        return self._backend.messages.payload(message) | {"cause": message.cause}

    def _guilds(self) -> list[Guild]:
        return [guild for guild in self._world.guilds.values() if self.user.id in guild.members]

    def _messages(self, channel: Channel) -> list[Json]:
        seen = [each for each in self._backend.messages.in_channel(channel.id) if self.sees(each)]
        return [self.message(each) for each in seen[-MESSAGES_SHOWN:]]

    def _person(self, user: User) -> Json:
        places = []
        for guild in self._world.guilds.values():
            if (member := guild.members.get(user.id)) is not None:
                roles = ", ".join(guild.roles[role].name for role in sorted(member.roles))
                places.append(f"{guild.name} ({roles})" if roles else guild.name)
        return payloads.user(user) | {"about": "; ".join(places)}

    def _guild(self, guild: Guild) -> Json:
        return {
            "id": str(guild.id),
            "name": guild.name,
            "channels": [
                {
                    "id": str(channel.id),
                    "name": channel.name,
                    "topic": channel.topic,
                    "private": _is_private(channel, guild),
                }
                for channel in self.channels()
                if channel.guild_id == guild.id
            ],
            "members": [payloads.user(member.user) for member in guild.members.values()],
            "roles": [{"id": str(role.id), "name": role.name} for role in guild.roles.values()],
        }


def people(backend: Backend) -> list[User]:
    """Those one can be: everybody but the bot and the account it belongs to."""
    application = backend.world.application
    return [user for user in backend.world.users.values() if not user.bot and user is not application.owner]


def _is_private(channel: Channel, guild: Guild) -> bool:
    return any(
        overwrite.target == guild.id and Permission.VIEW_CHANNEL in overwrite.deny
        for overwrite in channel.overwrites
    )
