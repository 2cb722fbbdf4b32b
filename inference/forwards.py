"""Steps of many jobs' lanes: in one forward, or in as many as it takes to spare who is not at fault."""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import torch

from inference.denoise.lanes import Lane, Lanes
from inference.denoise.stopwatch import Stopwatch
from inference.making import Making
from inference.memory import Room, ran_out, release

Pair = tuple[Making, Lane]
Rows = dict[Making, int]
"""Of each job in a forward."""

log = logging.getLogger(__name__)


def tried(act: Callable[[], None]) -> Exception | None:
    """What went wrong, if anything; without its traceback, which holds the tensors that did not fit."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 - told to whom it concerns; the others go on
        return error.with_traceback(None)
    return None


class Forwards:
    """Takes steps, and charges every job its rows' share of the time.

    Args:
        device: what computes.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._watch: Stopwatch[Rows] = Stopwatch(device)

    def step(self, lanes: Lanes, room: Room, pairs: Sequence[Pair]) -> dict[Making, Exception]:
        """One step of each of these lanes; returns which jobs failed, and why.

        Where the memory does not suffice it is tried with half as many at once; where something else is
        wrong, job by job.
        """
        failed: dict[Making, Exception] = {}
        while pairs:
            some = pairs[: room.of(len(pairs))]
            jobs = tuple(dict.fromkeys(making for making, _ in some))
            failure = tried(partial(self._forward, lanes, some))
            if failure is None:
                room.was_enough()
            elif ran_out(failure):
                release(self._device)
                if room.was_short(len(some)):
                    log.warning("%d pictures were too many for the memory", len(some), exc_info=failure)
                    continue
                failed[some[0][0]] = failure
            elif len(jobs) == 1:
                failed[jobs[0]] = failure
            else:
                log.warning("a shared forward failed; its jobs go on one by one", exc_info=failure)
                for job in jobs:
                    failed |= self.step(lanes, room, [pair for pair in some if pair[0] is job])
            pairs = [pair for pair in pairs[len(some) :] if pair[0] not in failed]
        return failed

    def finish(self) -> None:
        """Waits for the device, so that everybody's seconds are told."""
        self._charge(self._watch.finish())

    def _forward(self, lanes: Lanes, some: Sequence[Pair]) -> None:
        rows: Rows = {}
        for making, lane in some:
            rows[making] = rows.get(making, 0) + len(lane.texts)
        self._watch.begin()
        lanes.tick([lane for _, lane in some])
        self._charge(self._watch.end(rows))

    @staticmethod
    def _charge(over: Iterable[tuple[Rows, float]]) -> None:
        for rows, seconds in over:
            for making, own in rows.items():
                making.seconds += seconds * own / sum(rows.values())
