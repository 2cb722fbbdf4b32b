"""The sign that somebody types.

https://discord.com/developers/docs/events/gateway-events#typing-start
"""

from bot.playground import payloads
from bot.playground.channel_events import ChannelEvents
from bot.playground.clock import Clock
from bot.playground.record import Record
from bot.playground.resources import Channel, User
from bot.playground.sessions import Intent
from bot.playground.stored import Json
from bot.playground.world import World


class TypingSigns:
    """Shows that people and bots type; a sign lasts ten seconds before those who see it take it away."""

    def __init__(self, world: World, *, clock: Clock, events: ChannelEvents, record: Record) -> None:
        self._world = world
        self._clock = clock
        self._events = events
        self._record = record

    def show(self, channel: Channel, who: User) -> None:
        data: Json = {
            "channel_id": str(channel.id),
            "user_id": str(who.id),
            "timestamp": int(self._clock.now()),
        }
        if channel.guild_id is not None:
            data["member"] = payloads.member(self._world.guilds[channel.guild_id].members[who.id])
        self._events.tell(
            "TYPING_START",
            channel,
            data,
            intent=Intent.GUILD_MESSAGE_TYPING,
            direct=Intent.DIRECT_MESSAGE_TYPING,
        )
        self._record.note("typing", by=who.id, channel_id=channel.id)
