"""How late the event loop comes to what is due: whoever blocks it keeps everybody waiting."""

import asyncio
import logging
from collections import deque
from typing import Final

log = logging.getLogger(__name__)

INTERVAL: Final = 0.1
"""Seconds between two looks."""
NOTABLE: Final = 0.25
"""Seconds of standing still that are worth a line in the log."""
QUIET: Final = 10.0
"""Seconds between two such lines, at least."""
REMEMBERED: Final = 60.0
"""Seconds over which `stood_still` adds up."""


class LoopLag:
    """Measures while `watch` runs.

    Attributes:
        last: seconds by which the loop was late at the last look.
        most: at the worst since the start.
    """

    def __init__(self) -> None:
        self.last = 0.0
        self.most = 0.0
        self._seen: deque[tuple[float, float]] = deque()
        self._said = -QUIET

    @property
    def stood_still(self) -> float:
        """Seconds of the last minute in which it did not turn."""
        return sum(late for _, late in self._seen if late >= NOTABLE)

    async def watch(self) -> None:
        """Runs until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + INTERVAL
            await asyncio.sleep(INTERVAL)
            self.note(loop.time() - due, now=loop.time())

    def note(self, late: float, *, now: float) -> None:
        """The loop was so late, at a moment of its own clock.

        Args:
            late: seconds.
            now: seconds of the loop's clock.
        """
        self.last = max(0.0, late)
        self.most = max(self.most, self.last)
        self._seen.append((now, self.last))
        while self._seen and self._seen[0][0] < now - REMEMBERED:
            self._seen.popleft()
        if self.last >= NOTABLE and now - self._said >= QUIET:
            self._said = now
            log.warning("the event loop stood still for %.2f s; nobody was answered meanwhile", self.last)
