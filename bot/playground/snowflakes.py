"""Snowflakes: Discord's 64-bit ids, which carry the moment they were made.

https://discord.com/developers/docs/reference#snowflakes
"""

from collections.abc import Callable
from typing import Final

EPOCH_MS: Final = 1_420_070_400_000
"""Discord's epoch, the first second of 2015, in Unix milliseconds."""
_LOW_BITS: Final = 22


class Snowflakes:
    """Makes ids that never repeat, even when the clock is set back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._made = 0

    def new(self) -> int:
        """An id carrying the present moment."""
        self._made = (self._made + 1) % (1 << _LOW_BITS)
        return (int(self._now() * 1000) - EPOCH_MS) << _LOW_BITS | self._made


def moment_of(snowflake: int) -> float:
    """When a snowflake was made, in Unix seconds."""
    return ((snowflake >> _LOW_BITS) + EPOCH_MS) / 1000
