"""What one person sees of the loopback Discord, in the form the page draws."""

from typing import Final

from bot.playground import page_looks
from bot.playground.backend import Backend
from bot.playground.command_rules import CommandKind
from bot.playground.people import Person
from bot.playground.permissions import Permission
from bot.playground.resources import Channel, Guild, User
from bot.playground.stored import Json, StoredMessage

MESSAGES_SHOWN: Final = 50
"""The newest messages of each channel that the page is given; older ones it asks for."""


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
        lookers = [Person(self._backend, self.user, channel) for channel in channels]
        pages = {str(each.channel.id): each.history(limit=MESSAGES_SHOWN) for each in lookers}
        bot = self._world.application.bot
        return {
            "type": "state",
            "base": self._backend.attachments.base_url,
            "me": page_looks.user(self._backend, self.user),
            "people": [page_looks.person(self._backend, each) for each in people(self._backend)],
            "bot": page_looks.user(self._backend, bot) | {"connected": self._backend.sessions.connected > 0},
            "guilds": [self._guild(guild, channels) for guild in self._guilds()],
            "direct": None if direct is None else page_looks.channel(self._backend, self.user, direct),
            "commands": {str(each.channel.id): each.commands() for each in lookers},
            "menus": {str(each.channel.id): _menus(each) for each in lookers},
            "messages": {key: [self.message(each.stored) for each in page[0]] for key, page in pages.items()},
            "more": {key: page[1] for key, page in pages.items()},
        }

    def channels(self) -> list[Channel]:
        """The channels and threads this person can look into, the direct messages with the bot last."""
        seen = []
        for guild in self._guilds():
            for channel in sorted(guild.channels.values(), key=lambda each: each.position):
                seen += [each for each in (channel, *self._backend.threads.of(channel)) if self._sees(each)]
        bot = self._world.application.bot.id
        if any(bot in guild.members for guild in self._guilds()):
            seen.append(self._world.direct_message(self.user))
        return seen

    def sees(self, message: StoredMessage) -> bool:
        return self._backend.messages.is_seen_by(self.user, message)

    def message(self, message: StoredMessage) -> Json:
        """Discord's message object, and with it in words what led to the message."""
        return self._backend.messages.payload(message, self.user) | {"cause": message.cause}

    def _guilds(self) -> list[Guild]:
        return [guild for guild in self._world.guilds.values() if self.user.id in guild.members]

    def _sees(self, channel: Channel) -> bool:
        return Permission.VIEW_CHANNEL in self._world.permissions_in(self.user, channel)

    def _guild(self, guild: Guild, channels: list[Channel]) -> Json:
        backend = self._backend
        here = guild.members[self.user.id]
        manages = Permission.MANAGE_ROLES in self._world.permissions_at(guild, here)
        return {
            "id": str(guild.id),
            "name": guild.name,
            "channels": [
                page_looks.channel(backend, self.user, channel)
                for channel in channels
                if channel.guild_id == guild.id
            ],
            "members": [page_looks.member(backend, guild, each) for each in guild.members.values()],
            "roles": page_looks.roles(guild),
            "may": ["manage_roles"] if manages else [],
        }


def people(backend: Backend) -> list[User]:
    """Those one can be: everybody but the bot and the account it belongs to."""
    application = backend.world.application
    return [user for user in backend.world.users.values() if not user.bot and user is not application.owner]


def _menus(who: Person) -> Json:
    return {
        "user": [{"name": each["name"]} for each in who.menu_commands(CommandKind.USER)],
        "message": [{"name": each["name"]} for each in who.menu_commands(CommandKind.MESSAGE)],
    }
