"""What time it is at Discord: tokens live by its clock, and this machine's may be a day off."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

WORTH_SAYING: Final = 30.0
"""Seconds of difference that an operator should hear of."""

log = logging.getLogger(__name__)


class DiscordTime:
    """Learned from the `Date` of Discord's answers, to a second (RFC 9110, section 6.6.1).

    Args:
        clock: seconds since 1970 by this machine.

    Attributes:
        ahead: seconds that Discord is ahead of this machine; 0 before the first answer.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._said = 0.0
        self.ahead = 0.0

    def now(self) -> datetime:
        """UTC."""
        return datetime.fromtimestamp(self._clock() + self.ahead, UTC)

    def heard(self, date: str | None) -> None:
        """The `Date` of an answer; without one, or with what is none, nothing is learned."""
        if date is None:
            return
        try:
            moment = parsedate_to_datetime(date)
        except ValueError:
            return
        self.ahead = moment.timestamp() - self._clock()
        if abs(self.ahead - self._said) > WORTH_SAYING:
            self._said = self.ahead
            log.warning("this machine's clock is %+.0f s off Discord's; set it right", -self.ahead)
