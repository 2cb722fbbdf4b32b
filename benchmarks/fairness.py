"""One heavy user beside others: how fairly the engine shares, and what the others notice."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.arms import EngineArm
from benchmarks.checker import check
from benchmarks.serving import served
from benchmarks.traces import KINDS, Trace, burst, poisson, shortened
from inference import Engine, ModelInfo

HEAVY: Final = "heavy"
LONG: Final = (("euler", 30),)
SHORT: Final = (("ddim", 12), ("dpmpp_2m", 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What one heavy user does to others; see `checker.Fairness` for the first three.

    Attributes:
        victim_p95_s: of the others' requests, from asking to picture, beside the heavy user.
        victim_alone_p95_s: of the same requests without the heavy user.
    """

    gap_s: float
    bound_s: float
    jain: float | None
    victim_p95_s: float
    victim_alone_p95_s: float


async def shared(
    engine: Engine, model: ModelInfo, *, rate: float, count: int, backlog: int, share: float = 1
) -> Shared:
    """Sends one trace with and without a heavy user, then lets two ask without a pause.

    Of those two, one wants long pictures and one short ones.

    Args:
        engine: warm.
        model: what is asked of.
        rate: requests a second of the others together.
        count: how many they ask for.
        backlog: how many long ones are asked for without a pause, and twice as many short ones.
        share: of the usual steps that all of them take.
    """
    kinds = shortened(KINDS, share)
    others = poisson(model, rate=rate, count=count, seed=3, kinds=kinds)
    alone = await served(EngineArm(engine), others)
    logs = []
    arm = EngineArm(engine)
    beside = await served(arm, others + burst(model, HEAVY, count, kinds))
    logs.append(arm)
    arm = EngineArm(engine)
    long, short = shortened(LONG, share), shortened(SHORT, share)
    await served(arm, burst(model, HEAVY, backlog, long) + burst(model, "light", 2 * backlog, short))
    logs.append(arm)
    found = [
        check((entry for told in log.told for entry in told.entries()), at_once=engine.slots) for log in logs
    ]
    worst = max(found, key=lambda fairness: fairness.gap_s / fairness.bound_s)
    indices = [fairness.jain for fairness in found if fairness.jain is not None]
    return Shared(
        gap_s=worst.gap_s,
        bound_s=worst.bound_s,
        jain=min(indices, default=None),
        victim_p95_s=_p95_of_others(others, beside.trace, beside.waits),
        victim_alone_p95_s=alone.percentile(95),
    )


def _p95_of_others(others: Trace, everybody: Trace, waits: tuple[float, ...]) -> float:
    owners = {request.owner for _, request in others.arrivals}
    theirs = [
        wait for (_, request), wait in zip(everybody.arrivals, waits, strict=True) if request.owner in owners
    ]
    return float(np.percentile(theirs, 95))
