"""What happened, in order: who posted, edited, deleted and uploaded what, and every request of the bot."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

_T = TypeVar("_T")
_REMEMBERED: Final = 100_000
_LOOK_AGAIN: Final = 0.05
_COUNTED_AS_INVALID: Final = frozenset({401, 403, 429})
INVALID_REQUEST_WINDOW: Final = 600.0
"""Seconds over which Discord counts invalid requests; at 10,000 it bans the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened.

    Attributes:
        kind: "posted", "edited", "deleted", "dismissed", "uploaded", "reacted", "typing",
            "presence" (somebody came or went), "asked" (an interaction began), "answered" (it was
            responded to), "unanswered", "connected", "resumed", "disconnected", "commands" (registered),
            "changed" (the world: channels, threads, roles, members).
        at: Unix seconds, by the loopback Discord's clock.
        by: the user's id, where somebody did it.
        detail: a file's name, a command's, a button's custom id, …
    """

    kind: str
    at: float
    by: int | None = None
    channel_id: int | None = None
    message_id: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSeen:
    """One request of the bot: its method and Discord's template of its path, and how it was answered.

    `status` is 0 where the connection was reset instead.
    """

    method: str
    template: str
    status: int
    at: float
    code: int | None = None
    accepted: bool = False


class Record:
    """Everything noted so far, and a way to wait until something is.

    Args:
        now: Unix seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.happenings: deque[Happening] = deque(maxlen=_REMEMBERED)
        self.requests: deque[RequestSeen] = deque(maxlen=_REMEMBERED)
        self._listeners: list[Callable[[Happening], None]] = []
        self._change = asyncio.Event()

    def note(
        self,
        kind: str,
        *,
        by: int | None = None,
        channel_id: int | None = None,
        message_id: int | None = None,
        detail: str = "",
    ) -> None:
        happening = Happening(
            kind=kind, at=self._now(), by=by, channel_id=channel_id, message_id=message_id, detail=detail
        )
        self.happenings.append(happening)
        for listener in tuple(self._listeners):
            listener(happening)
        self._changed()

    def note_request(
        self, method: str, template: str, *, status: int, code: int | None, accepted: bool
    ) -> None:
        self.requests.append(
            RequestSeen(
                method=method, template=template, status=status, at=self._now(), code=code, accepted=accepted
            )
        )
        self._changed()

    def listen(self, listener: Callable[[Happening], None]) -> Callable[[], None]:
        """Call `listener` at every happening from now on; what comes back stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def of(self, kind: str, *, message_id: int | None = None, by: int | None = None) -> list[Happening]:
        """The happenings of a kind, oldest first."""
        return list(self._matching(kind, message_id, by))

    def count(self, kind: str, *, message_id: int | None = None, by: int | None = None) -> int:
        return sum(1 for _ in self._matching(kind, message_id, by))

    def requested(self, method: str, template: str) -> list[RequestSeen]:
        """The bot's requests to one endpoint, oldest first."""
        return [seen for seen in self.requests if (seen.method, seen.template) == (method, template)]

    def invalid_requests(self) -> int:
        """How many of the last ten minutes' requests Discord would hold against the address."""
        since = self._now() - INVALID_REQUEST_WINDOW
        return sum(seen.at > since and seen.status in _COUNTED_AS_INVALID for seen in self.requests)

    async def until(self, condition: Callable[[], _T], *, timeout: float) -> _T:  # noqa: ASYNC109  # a test's patience
        """Wait until `condition()` is true and return what it gave.

        It is looked at again at each change here, and besides every so often, as it may concern something
        that changes elsewhere (the bot, a file).

        Raises:
            TimeoutError: it was still not true after `timeout` seconds; says what happened last.
        """
        try:
            async with asyncio.timeout(timeout):
                while not (found := condition()):
                    await self._change_or_a_while()
        except TimeoutError:
            last = "; ".join(f"{each.kind} {each.detail}".strip() for each in list(self.happenings)[-8:])
            raise TimeoutError(f"still not so after {timeout:g} s; the last happenings: {last}") from None
        return found

    async def _change_or_a_while(self) -> None:
        try:
            async with asyncio.timeout(_LOOK_AGAIN):
                await self._change.wait()
        except TimeoutError:
            return

    def _changed(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    def _matching(self, kind: str, message_id: int | None, by: int | None) -> Iterator[Happening]:
        for happening in self.happenings:
            if happening.kind != kind or (message_id is not None and happening.message_id != message_id):
                continue
            if by is None or happening.by == by:
                yield happening
