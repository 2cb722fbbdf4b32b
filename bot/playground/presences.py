"""Who is here: people while a page is open as them, the bot while it is connected to the gateway.

https://discord.com/developers/docs/events/gateway-events#presence-update
"""

from collections import Counter
from typing import Final

from bot.playground.record import Record
from bot.playground.resources import Guild, User
from bot.playground.sessions import Intent, Session, Sessions
from bot.playground.stored import Json
from bot.playground.world import World

ONLINE: Final = "online"
IDLE: Final = "idle"
OFFLINE: Final = "offline"
_SHOWN_AS: Final = {"online": ONLINE, "dnd": ONLINE, "idle": IDLE, "invisible": OFFLINE, "offline": OFFLINE}
"""What a bot may call its own state, and how others see it here."""


class Presences:
    """Counts the open pages of each person and remembers what bots say of themselves."""

    def __init__(self, world: World, *, sessions: Sessions, record: Record) -> None:
        self._world = world
        self._sessions = sessions
        self._record = record
        self._open: Counter[int] = Counter()

    def status(self, user: User) -> str:
        """How somebody is: "online", "idle" or "offline"."""
        if user is not self._world.application.bot:
            return ONLINE if self._open[user.id] else OFFLINE
        told = {session.status for session in self._sessions if session.connection is not None}
        return next((status for status in (ONLINE, IDLE) if status in told), OFFLINE)

    def opened(self, user: User) -> None:
        """One more page is open as that person."""
        self._open[user.id] += 1
        if self._open[user.id] == 1:
            self._changed(user)

    def closed(self, user: User) -> None:
        self._open[user.id] -= 1
        if not self._open[user.id]:
            self._changed(user)

    def told(self, session: Session, status: object) -> None:
        """A bot says how it is; what is no state changes nothing."""
        if isinstance(status, str) and _SHOWN_AS.get(status, session.status) != session.status:
            session.status = _SHOWN_AS[status]
            self._changed(self._world.application.bot)

    def of(self, guild: Guild) -> list[Json]:
        """The presences of those of a server's members who are here."""
        here = [member.user for member in guild.members.values()]
        return [self._payload(user, guild) for user in here if self.status(user) != OFFLINE]

    def _changed(self, user: User) -> None:
        for guild in self._world.guilds.values():
            if user.id in guild.members and self._world.has_bot(guild.id):
                self._sessions.dispatch(
                    "PRESENCE_UPDATE",
                    self._payload(user, guild),
                    guild_id=guild.id,
                    intent=Intent.GUILD_PRESENCES,
                )
        self._record.note("presence", by=user.id, detail=self.status(user))

    def _payload(self, user: User, guild: Guild) -> Json:
        status = self.status(user)
        return {
            "user": {"id": str(user.id)},
            "guild_id": str(guild.id),
            "status": status,
            "activities": [],
            "client_status": {} if status == OFFLINE else {"web": status},
        }
