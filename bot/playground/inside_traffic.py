"""The newest requests and gateway events between the bot and the loopback Discord, for people to read."""

import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any, Final

from aiohttp import web

from bot.playground.inside_verdict import verdict
from bot.playground.observer import Exchange
from bot.playground.record import Happening
from bot.playground.rest import PREFIXES
from bot.playground.stored import Json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

KEPT: Final = 100
_LIFE: Final = {"connected": "IDENTIFY", "resumed": "RESUME", "disconnected": "connection lost"}
_CUT: Final = 0
UNKNOWN: Final = "/api/{unknown}"
"""Where the API answers that there is no such route."""
_ASKS: Final = {1: "ping", 2: "command", 3: "press", 4: "autocomplete", 5: "form"}


@dataclass(slots=True, kw_only=True)
class _Line:
    """One request or event. `status` is None while a request is under way, 0 where its line was cut."""

    number: int
    at: float
    direction: str
    what: str
    note: str = ""
    status: int | None = None
    ms: int | None = None
    verdict: str | None = None
    injected: bool = False


_under_way: ContextVar[_Line | None] = ContextVar("_under_way", default=None)


class Traffic:
    """Notes what crosses the wire; give it to the loopback Discord as its observer.

    What is kept holds no token and nothing anybody wrote: templates of paths, statuses, names of events.

    Args:
        now: Unix seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lines: deque[_Line] = deque(maxlen=KEPT)
        self._count = 0

    def json(self) -> list[Json]:
        """The newest `KEPT`, newest first; `ms` is how long an answer took."""
        return [asdict(line) for line in reversed(self._lines)]

    @web.middleware
    async def timed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """An aiohttp middleware: times requests to the API, also those that no endpoint answers."""
        if not request.path.startswith("/api/"):
            return await self._connecting(request, handler)
        line = self._add("rest", endpoint_of(request) or f"{request.method} {request.path}")
        began = time.perf_counter()
        token = _under_way.set(line)
        try:
            response = await handler(request)
            if line.status is None:  # no endpoint, or nothing that one could read
                line.status = response.status
                line.verdict = verdict(response.status, _said(response))
        finally:
            _under_way.reset(token)
            line.ms = round((time.perf_counter() - began) * 1000)
            line.status = line.status or _CUT
        return response

    async def _connecting(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPServiceUnavailable as refused:
            line = self._add("gateway", "connection refused")
            line.status, line.injected = refused.status, True
            raise

    def exchanged(self, exchange: Exchange) -> None:
        """A request was answered."""
        line = _under_way.get() or self._add("rest", f"{exchange.method} {exchange.template}")
        line.status = exchange.status
        line.injected = exchange.injected
        files = len(exchange.files)
        line.note = f"{files} file{'s' if files > 1 else ''}" if files else ""
        line.verdict = None if exchange.injected else verdict(exchange.status, exchange.answer)

    def dispatched(self, event: str, data: dict[str, Any]) -> None:
        """A gateway event went out."""
        kind = _ASKS.get(data.get("type", 0), "") if event == "INTERACTION_CREATE" else ""
        self._add("gateway", event, note=kind, verdict="ok")

    def happened(self, happening: Happening) -> None:
        """For `Record.listen`: gateway connections come and go."""
        if happening.kind in _LIFE:
            self._add("gateway", _LIFE[happening.kind])

    def _add(self, direction: str, what: str, *, note: str = "", verdict: str | None = None) -> _Line:
        self._count += 1
        line = _Line(
            number=self._count, at=self._now(), direction=direction, what=what, note=note, verdict=verdict
        )
        self._lines.append(line)
        return line


def endpoint_of(request: web.Request) -> str | None:
    """The endpoint asked, such as "POST /channels/{channel_id}/messages"; None where there is none."""
    resource = request.match_info.route.resource
    path = resource.canonical if resource is not None else ""
    prefix = next((each for each in PREFIXES if path.startswith(f"{each}/")), None)
    return None if prefix is None or path == UNKNOWN else f"{request.method} {path.removeprefix(prefix)}"


def _said(response: web.StreamResponse) -> object:
    body = response.body if isinstance(response, web.Response) else None
    return (
        json.loads(body) if isinstance(body, bytes) and response.content_type == "application/json" else None
    )
