"""Why a job that is held does not run: a moderator keeps it, or these are not its hours."""

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.quota import Bound, opens
from bot.store import Hold, JobRecord, Store, StoreError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Why, as far as that is known.

    Attributes:
        hold: a moderator's; it comes first.
        closed: whose hours are over, and when they begin again, UTC; None where it is not for hours.
    """

    hold: Hold | None = None
    closed: Bound[datetime | None] | None = None

    @property
    def known(self) -> bool:
        """Whether anything keeps it."""
        return self.hold is not None or self.closed is not None


async def why_held(store: Store, record: JobRecord, now: datetime) -> Held:
    """Read anew why a job is held; nothing is known where the database cannot be read.

    Args:
        now: the present at Discord, UTC.
    """
    try:
        current = await store.job(record.id) or record
        books = await store.books(record.asker, now)
    except StoreError as error:
        log.warning("nobody can be told why it is held: %s", error, extra={"job": record.id})
        return Held(hold=record.hold)
    return Held(hold=current.hold, closed=opens(books.bounds, now))
