"""How fast Easel writes to Discord: far below what Discord allows, and slower still where it refuses.

Discord takes 50 requests a second of a bot, about five edits in five seconds of a channel, and bans an
address after 10,000 invalid requests in ten minutes (https://docs.discord.com/developers/topics/rate-limits).
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

INVALID_CALM: Final = 200
"""Invalid requests in ten minutes above which nothing is sent that can be left out."""
INVALID_SLOW: Final = 1000
"""Above which everything waits for its turn once a second: 600 more in ten minutes, at most."""
LONGEST_HOLD: Final = 900.0
"""Seconds that Discord may have us wait; what it says beyond that is looked at again by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many requests a second in the long run, and so many at once."""

    per_second: float
    burst: int


OVERALL: Final = Rate(per_second=40, burst=10)
"""In no second more than the 50 that Discord takes, also after a while of silence."""
CHANNEL: Final = Rate(per_second=1, burst=4)
SLOW: Final = Rate(per_second=1, burst=1)


class _Bucket:
    """Turns in the order they were asked for (the generic cell rate algorithm, ITU-T I.371)."""

    def __init__(self, rate: Rate) -> None:
        self._interval = 1 / rate.per_second
        self._slack = (rate.burst - 1) * self._interval
        self._next = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until the next turn; 0 where there is one now."""
        return max(0.0, self._next - self._slack - now)

    def take(self, now: float) -> float:
        """Takes the next turn; seconds until it comes."""
        wait = self.wait(now)
        self._next = max(self._next, now) + self._interval
        return wait

    def idle(self, now: float) -> bool:
        """Nothing of it is worth remembering."""
        return self._next <= now


class Pacing:
    """Turns to write to Discord. Belongs to one event loop.

    Args:
        invalid: answers how many requests of the last ten minutes Discord counts as invalid.
        clock: seconds, ever growing.
    """

    def __init__(
        self, *, invalid: Callable[[], int] = lambda: 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._invalid = invalid
        self._clock = clock
        self._overall = _Bucket(OVERALL)
        self._slow = _Bucket(SLOW)
        self._channels: dict[int, _Bucket] = {}
        self._held_until = float("-inf")

    async def turn(self, channel_id: int | None = None) -> None:
        """Waits for a turn to write; `channel_id` where the request goes by the channel's own route."""
        now = self._clock()
        waits = [self._held_until - now, self._overall.take(now)]
        if channel_id is not None:
            waits.append(self._channel(channel_id, now).take(now))
        if self._invalid() > INVALID_SLOW:
            waits.append(self._slow.take(now))
        if (wait := max(waits)) > 0:
            await asyncio.sleep(wait)

    def spare(self, channel_id: int | None = None) -> bool:
        """Whether what can be left out may be sent now: nobody waits, and Discord is not in trouble."""
        now = self._clock()
        waits = [self._held_until - now, self._overall.wait(now)]
        if channel_id is not None:
            waits.append(self._channel(channel_id, now).wait(now))
        return max(waits) <= 0 and self._invalid() <= INVALID_CALM

    def hold(self, seconds: float) -> None:
        """Discord wants nothing for so long."""
        self._held_until = max(self._held_until, self._clock() + min(seconds, LONGEST_HOLD))

    def _channel(self, channel_id: int, now: float) -> _Bucket:
        if channel_id not in self._channels:
            # Only what was written to lately counts: the others need not be kept.
            self._channels = {name: bucket for name, bucket in self._channels.items() if not bucket.idle(now)}
            self._channels[channel_id] = _Bucket(CHANNEL)
        return self._channels[channel_id]
