"""Hears of every request to Discord: counts what became of it, and learns what time it is there."""

import time
from collections import Counter, deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Final

import aiohttp

from bot.discord_time import DiscordTime

WINDOW: Final = 600.0
"""Seconds over which Discord counts invalid requests; 10,000 in them ban the address for a while."""
INVALID: Final = frozenset({401, 403, 429})
"""What Discord counts as invalid (https://docs.discord.com/developers/topics/rate-limits)."""


class WireTap:
    """Hands out a trace for the client's HTTP session, and counts.

    Args:
        clock: seconds, ever growing.

    Attributes:
        outcomes: requests by "2xx", "4xx", "429", "5xx" or "broken" (no answer).
        time: Discord's.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.outcomes: Counter[str] = Counter()
        self.time = DiscordTime()
        self._clock = clock
        self._invalid: deque[float] = deque()

    @property
    def invalid(self) -> int:
        """Requests of the last ten minutes that Discord counts as invalid."""
        while self._invalid and self._invalid[0] < self._clock() - WINDOW:
            self._invalid.popleft()
        return len(self._invalid)

    def trace(self) -> aiohttp.TraceConfig:
        """For `discord.Client(http_trace=…)`."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._ended)
        config.on_request_exception.append(self._broke)
        return config

    async def _ended(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        params: aiohttp.TraceRequestEndParams,
    ) -> None:
        status = params.response.status
        self.outcomes["429" if status == 429 else f"{status // 100}xx"] += 1
        self.time.heard(params.response.headers.get("Date"))
        if status in INVALID:
            self._invalid.append(self._clock())

    async def _broke(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        _params: aiohttp.TraceRequestExceptionParams,
    ) -> None:
        self.outcomes["broken"] += 1
