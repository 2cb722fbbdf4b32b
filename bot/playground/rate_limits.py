"""Rate limits as Discord shows and enforces them: a bucket for each route and resource, and a global one.

https://discord.com/developers/docs/topics/rate-limits
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

GLOBAL_LIMIT: Final = 50
"""Requests a second with the bot's token."""


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a request stands with its bucket. `retry_after` (seconds) is set where it is refused."""

    headers: dict[str, str]
    retry_after: float | None = None
    is_global: bool = False


class RateLimits:
    """Counts requests in fixed windows.

    Args:
        now: Unix seconds.
        limit: requests a bucket takes per window. Discord publishes none of its numbers.
        window: seconds.
    """

    def __init__(self, now: Callable[[], float], *, limit: int = 50, window: float = 1.0) -> None:
        self.limit = limit
        self.window = window
        self._now = now
        self._windows: dict[str, _Window] = {}

    def count(self, endpoint: str, major: str, *, with_token: bool) -> Standing:
        """Count one request of `endpoint` ("METHOD /template") on the resource `major`."""
        if with_token:
            everything = self._window("global")
            everything.used += 1
            if everything.used > GLOBAL_LIMIT:
                return self._refused(everything, {"X-RateLimit-Global": "true"}, scope="global")
        window = self._window(f"{endpoint} {major}")
        window.used += 1
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - window.used)),
            "X-RateLimit-Reset": f"{window.ends:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, window.ends - self._now()):.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(endpoint.encode()).hexdigest()[:32],
        }
        if window.used > self.limit:
            return self._refused(window, headers, scope="user")
        return Standing(headers=headers)

    def _window(self, key: str) -> _Window:
        window = self._windows.get(key)
        # A clock that was set back leaves windows that would end far in the future.
        if window is None or not 0 < window.ends - self._now() <= self.window:
            window = self._windows[key] = _Window(self._now() + self.window)
            self._forget_old()
        return window

    def _refused(self, window: _Window, headers: dict[str, str], *, scope: str) -> Standing:
        return Standing(
            headers=headers | {"X-RateLimit-Scope": scope},
            retry_after=round(max(0.001, window.ends - self._now()), 3),
            is_global=scope == "global",
        )

    def _forget_old(self) -> None:
        if len(self._windows) > 4_096:
            now = self._now()
            self._windows = {key: each for key, each in self._windows.items() if each.ends > now}
