"""Tells bots what happens in a channel: those that may see it, and asked to hear of such things."""

from collections.abc import Mapping

from bot.playground.permissions import Permission
from bot.playground.resources import Channel, User
from bot.playground.sessions import Intent, Sessions
from bot.playground.stored import Json
from bot.playground.world import World


class ChannelEvents:
    """Sends events that belong to one channel."""

    def __init__(self, world: World, sessions: Sessions) -> None:
        self._world = world
        self._sessions = sessions

    def tell(
        self,
        name: str,
        channel: Channel,
        data: Json,
        *,
        intent: Intent,
        direct: Intent | None = None,
        only_for: User | None = None,
        hidden: Mapping[str, object] | None = None,
    ) -> None:
        """Send an event, with the server's id added to its data.

        Args:
            intent: what a bot must have asked for to hear of it in a server.
            direct: the same for direct messages; None where there is no such thing in them.
            only_for: the person an ephemeral message is for: it goes to their bot as a direct message does.
            hidden: see `Sessions.dispatch`.
        """
        if channel.guild_id is not None:
            data = data | {"guild_id": str(channel.guild_id)}
        if only_for is not None or channel.guild_id is None:
            self._sessions.dispatch(name, data, guild_id=channel.guild_id, intent=direct or intent)
        elif self.bot_sees(channel):
            self._sessions.dispatch(name, data, guild_id=channel.guild_id, intent=intent, hidden=hidden)

    def bot_sees(self, channel: Channel) -> bool:
        here = self._world.permissions_in(self._world.application.bot, channel)
        return Permission.VIEW_CHANNEL in here
