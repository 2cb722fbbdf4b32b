"""What was used and lent so far, as the ledger tells it. Pure values."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.quota.policy import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one job has cost so far: reserved while it is open, settled afterwards.

    Attributes:
        at: when it was asked for, UTC.
        seconds: compute-seconds, at least 0.
    """

    at: datetime
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one member, one channel or one server has used, oldest first, and what it has under way.

    Attributes:
        spent: a line a job, as far back as any window reaches. A member's holds what their own budget paid,
            a channel's and a server's all that was computed.
        waiting: jobs accepted or queued, not yet running.
        running: jobs that run.
    """

    spent: tuple[Spent, ...] = ()
    waiting: int = 0
    running: int = 0

    def used(self, window: timedelta, now: datetime) -> float:
        """Compute-seconds that count at `now`.

        What was asked for after `now` counts too: interactions may arrive out of order, none may slip by.
        """
        return sum(each.seconds for each in self.spent if each.at > now - window)

    def until(self, moment: datetime) -> "Tally":
        """This without what was asked for later."""
        return replace(self, spent=tuple(each for each in self.spent if each.at <= moment))


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Compute given to a member on top of their budget: used up once, lost when it ends.

    Attributes:
        number: of its entry in the ledger.
        seconds: as given.
        left: not yet used; at least 0, at most `seconds`.
        until: when what is left of it is lost, UTC.
        lent: from the server's pool, to which what is left goes back; else a moderator's gift.
    """

    number: int
    seconds: float
    left: float
    until: datetime
    lent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """All of it that bears on one member in one channel.

    Attributes:
        own: the member's.
        shared: the channel's and the server's, by whose policy bounds them.
        credits: what the member was given and has not used, the first to end first.
    """

    own: Tally = Tally()
    shared: dict[Scope, Tally] = field(default_factory=dict)
    credits: tuple[Credit, ...] = ()

    def of(self, scope: Scope) -> Tally:
        """What a budget of that scope bounds: the channel's and the server's, else the member's own."""
        return self.shared.get(scope, self.own)

    def given(self, now: datetime) -> tuple[Credit, ...]:
        """The credits that can be used at `now`."""
        return tuple(each for each in self.credits if each.until > now and each.left > 0)


def lent_out(loans: Iterable[Credit], now: datetime) -> float:
    """Compute-seconds that a pool is short of: all of a running loan, of an ended one what was used."""
    return sum(loan.seconds if loan.until > now else loan.seconds - loan.left for loan in loans)
