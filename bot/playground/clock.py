"""The loopback Discord's clock, which a test can push forwards or backwards."""

import asyncio
import time


class Clock:
    """Wall-clock time plus an offset; every deadline of the loopback Discord is read from it."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Jump by `seconds` (negative: back); whoever waits for a moment looks again."""
        self._offset += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def until(self, moment: float) -> None:
        """Return once `now()` has reached `moment`."""
        while (left := moment - self.now()) > 0:
            moved = self._moved
            try:
                async with asyncio.timeout(left):
                    await moved.wait()
            except TimeoutError:
                continue
