"""Faults on demand: what a network and a busy Discord do to a bot."""

import asyncio
from dataclasses import dataclass
from enum import Enum


class Moment(Enum):
    """When a fault strikes: before the request had any effect, or after it had its full effect."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True, kw_only=True)
class RateLimited:
    """429. `via` False leaves out the header without which a client takes it for a ban."""

    retry_after: float
    is_global: bool = False
    via: bool = True


@dataclass(slots=True, kw_only=True)
class ServerError:
    status: int
    moment: Moment


@dataclass(slots=True, kw_only=True)
class Reset:
    """The connection ends with a TCP reset instead of an answer."""

    moment: Moment


class Held:
    """The request waits until `release()` (or `seconds`, where given), then is treated as usual."""

    def __init__(self, *, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._released = asyncio.Event()
        self._arrived = asyncio.Event()

    def release(self) -> None:
        self._released.set()

    async def arrived(self) -> None:
        """Wait until a request is being held."""
        await self._arrived.wait()

    async def wait(self) -> None:
        self._arrived.set()
        if self._seconds is None:
            await self._released.wait()
        else:
            await asyncio.sleep(self._seconds)


Fault = RateLimited | ServerError | Reset | Held


@dataclass(slots=True)
class _Planned:
    matching: str
    fault: Fault
    left: int


class Faults:
    """The faults planned, each for the next so many requests that match.

    `matching` is a piece of the method and Discord's path template, such as "PATCH /webhooks" or
    "POST /channels/{channel_id}/messages"; the empty string matches every request.
    """

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._files: list[Held] = []
        self._dropped: dict[str, int] = {}
        self._repeated: dict[str, int] = {}

    def rate_limit(
        self,
        matching: str = "",
        *,
        times: int = 1,
        retry_after: float = 0.05,
        is_global: bool = False,
        via: bool = True,
    ) -> None:
        self._plan(matching, RateLimited(retry_after=retry_after, is_global=is_global, via=via), times)

    def error(self, matching: str = "", *, times: int = 1, status: int = 500, after: bool = False) -> None:
        """A 5xx, before the request was acted upon or (`after`) when it already was."""
        self._plan(matching, ServerError(status=status, moment=_moment(after)), times)

    def reset(self, matching: str = "", *, times: int = 1, after: bool = False) -> None:
        self._plan(matching, Reset(moment=_moment(after)), times)

    def delay(self, matching: str = "", *, seconds: float, times: int = 1) -> None:
        self._plan(matching, Held(seconds=seconds), times)

    def hold(self, matching: str = "", *, times: int = 1) -> Held:
        """Keep the next matching request waiting until the returned hold is released."""
        held = Held()
        self._plan(matching, held, times)
        return held

    def hold_file(self) -> Held:
        """Keep the next fetch of an attachment from the CDN waiting until the returned hold is released."""
        held = Held()
        self._files.append(held)
        return held

    def drop(self, event: str, *, times: int = 1) -> None:
        """Lose the next gateway events of that name, such as "INTERACTION_CREATE"."""
        self._dropped[event] = self._dropped.get(event, 0) + times

    def repeat(self, event: str, *, times: int = 1) -> None:
        """Send the next gateway events of that name twice."""
        self._repeated[event] = self._repeated.get(event, 0) + times

    def clear(self) -> None:
        """Forget everything planned."""
        self._planned.clear()
        self._files.clear()
        self._dropped.clear()
        self._repeated.clear()

    def take(self, endpoint: str) -> Fault | None:
        """The fault for this request, counted down."""
        for planned in self._planned:
            if planned.matching in endpoint:
                planned.left -= 1
                if not planned.left:
                    self._planned.remove(planned)
                return planned.fault
        return None

    def take_file(self) -> Held | None:
        """The hold for this fetch of an attachment."""
        return self._files.pop(0) if self._files else None

    def copies(self, event: str) -> int:
        """How often to send this gateway event: once, unless it is to be dropped or repeated."""
        if self._dropped.get(event):
            self._dropped[event] -= 1
            return 0
        if self._repeated.get(event):
            self._repeated[event] -= 1
            return 2
        return 1

    def _plan(self, matching: str, fault: Fault, times: int) -> None:
        self._planned.append(_Planned(matching, fault, times))


def _moment(after: bool) -> Moment:
    return Moment.AFTER if after else Moment.BEFORE
