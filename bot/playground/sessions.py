"""Gateway sessions: what each connected bot wants to hear, and what it has been told.

https://discord.com/developers/docs/events/gateway
"""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from enum import IntFlag
from typing import Final, Protocol

from bot.playground.faults import Faults
from bot.playground.observer import Observer
from bot.playground.stored import Json

_REPLAYABLE: Final = 2_000
RESUMABLE_FOR: Final = 120.0
"""Seconds a session can be resumed after its connection is gone."""


class Intent(IntFlag):
    """Gateway intents, with Discord's values."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED: Final = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT


class Connection(Protocol):
    """A live WebSocket, as far as a session cares."""

    def send(self, frame: str) -> None: ...


class Session:
    """One IDENTIFY and everything dispatched since, so that a RESUME can catch up."""

    def __init__(self, session_id: str, *, intents: Intent, shard: tuple[int, int]) -> None:
        self.id = session_id
        self.intents = intents
        self.shard = shard
        self.connection: Connection | None = None
        self.lost_at: float | None = None
        self.status = "online"
        self._sequence = 0
        self._sent: deque[tuple[int, str]] = deque(maxlen=_REPLAYABLE)

    def concerns(self, guild_id: int | None) -> bool:
        """Whether this shard serves that server; direct messages belong to shard 0."""
        number, count = self.shard
        return (0 if guild_id is None else (guild_id >> 22) % count) == number

    def dispatch(self, name: str, data: Json, *, copies: int = 1) -> None:
        """Number an event, remember it and send it so many times (0: the network lost it for good)."""
        self._sequence += 1
        frame = json.dumps({"op": 0, "s": self._sequence, "t": name, "d": data}, separators=(",", ":"))
        if copies:
            self._sent.append((self._sequence, frame))
        if self.connection is not None:
            for _ in range(copies):
                self.connection.send(frame)

    def can_resume(self, after: int, now: float) -> bool:
        oldest = self._sent[0][0] if self._sent else self._sequence + 1
        fresh = self.lost_at is None or now - self.lost_at <= RESUMABLE_FOR
        return fresh and oldest - 1 <= after <= self._sequence

    def replay(self, after: int) -> None:
        """Send again everything after that sequence number, then RESUMED."""
        if self.connection is not None:
            for number, frame in self._sent:
                if number > after:
                    self.connection.send(frame)
        self.dispatch("RESUMED", {})


class Sessions:
    """All sessions, and the one place from which events go out.

    Args:
        now: Unix seconds.
    """

    def __init__(self, now: Callable[[], float], faults: Faults, observer: Observer | None) -> None:
        self._now = now
        self._faults = faults
        self._observer = observer
        self._all: dict[str, Session] = {}

    def add(self, session: Session) -> None:
        stale = [
            each.id
            for each in self
            if each.lost_at is not None and self._now() - each.lost_at > RESUMABLE_FOR
        ]
        for session_id in stale:
            self.remove(session_id)
        self._all[session.id] = session

    def get(self, session_id: str) -> Session | None:
        return self._all.get(session_id)

    def remove(self, session_id: str) -> None:
        self._all.pop(session_id, None)

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._all.values()))

    @property
    def connected(self) -> int:
        """How many sessions have a live connection."""
        return sum(session.connection is not None for session in self)

    def dispatch(
        self,
        name: str,
        data: Json,
        *,
        guild_id: int | None,
        intent: Intent | None = None,
        hidden: Mapping[str, object] | None = None,
    ) -> None:
        """Tell every session that serves this server and asked for this intent (None: everybody hears).

        `hidden` overlays what a session without the message content intent may not read.
        """
        copies = self._faults.copies(name)
        if self._observer is not None:
            self._observer.dispatched(name, data)
        for session in self:
            if session.concerns(guild_id) and (intent is None or session.intents & intent):
                reads = hidden is None or session.intents & Intent.MESSAGE_CONTENT
                session.dispatch(name, data if reads else _veil(data, hidden or {}), copies=copies)

    def dispatch_to(self, session: Session, name: str, data: Json) -> None:
        """Tell one session alone."""
        if self._observer is not None:
            self._observer.dispatched(name, data)
        session.dispatch(name, data, copies=self._faults.copies(name))


def _veil(data: Json, hidden: Mapping[str, object]) -> Json:
    return {key: hidden.get(key, value) for key, value in data.items()}
