"""What a studio may show of its inside, as plain values: the loopback Discord need not know any studio."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLine:
    """How the process that computes is.

    Attributes:
        state: one word, such as "loading" or "ready".
        device: where it computes, such as "cpu"; None while unknown.
        model: the model that is loading, warm or broken; None before any.
        detail: what is wrong, in one line; empty when nothing is.
    """

    state: str
    device: str | None
    model: str | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerLine:
    """One person in one server, as the fair queue sees them.

    Attributes:
        guild_id: the server's snowflake.
        user_id: the person's.
        weight: their share of compute-seconds against others'.
        used_seconds: compute-seconds of the last 24 hours, what waits included.
        ahead_seconds: compute-seconds per weight by which they are ahead of whoever has the least.
        waiting: jobs in line.
        running: jobs at work.
    """

    guild_id: int
    user_id: int
    weight: float
    used_seconds: float
    ahead_seconds: float
    waiting: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One job that is not over.

    Attributes:
        job_id: which.
        guild_id: the server's snowflake.
        user_id: the snowflake of who asked.
        state: "waiting", "held" (by a moderator, or until its hours), "running", "paused" (waiting with
            steps done), "delivering" (made, and on its way to Discord) or "accepted".
        position: 0 runs, 1 is next; None outside the line.
        estimate: compute-seconds it was thought to cost.
        eta: seconds until it is done; None while nobody knows.
        steps: denoising steps done.
        of_steps: of how many; 0 before the first.
    """

    job_id: str
    guild_id: int
    user_id: int
    state: str
    position: int | None
    estimate: float
    eta: float | None
    steps: int
    of_steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLine:
    """One picture in the making: `picture` (from 1) of a job, in `slot` (from 0), at `step` of `of`."""

    slot: int
    job_id: str
    picture: int
    step: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One entry of the ledger.

    Attributes:
        at: Unix seconds.
        kind: "reserve", "settle" or "refund".
        seconds: compute-seconds taken (more than 0) or given back.
    """

    at: float
    guild_id: int
    user_id: int
    kind: str
    seconds: float
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioView:
    """A studio at one moment: jobs in serving order, ledger entries newest first.

    Attributes:
        slots: pictures that the worker makes at once, at most.
        lanes: those that are in the making.
        gap_s: the most compute-seconds by which two people who both waited have drifted apart so far.
        bound_s: by how much they may; 0 while no two have waited together.
    """

    worker: WorkerLine
    owners: tuple[OwnerLine, ...] = ()
    jobs: tuple[JobLine, ...] = ()
    slots: int = 0
    lanes: tuple[LaneLine, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    gap_s: float = 0.0
    bound_s: float = 0.0


class StudioWindow(Protocol):
    """A studio that lets itself be looked into."""

    async def view(self) -> StudioView:
        """How it is now; asked a few times a second while somebody looks."""
        ...
