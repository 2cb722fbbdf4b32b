"""When everybody's turn comes and when they are done, if nobody else asks: the fair queue played on. Pure."""

import heapq
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from inference.fair_owner import Owner

TURNS: Final = 500
"""Played at most, or nearly: where they would be more, longer ones are as good an estimate."""


def forecast(
    owners: Iterable[Owner], remaining: Mapping[str, float], *, quantum: float
) -> dict[str, tuple[float, float]]:
    """Seconds until each ticket's turn begins and until it is done, as one processor gets through them.

    Args:
        owners: as the fair queue has them.
        remaining: compute-seconds that each of their tickets still needs.
        quantum: compute-seconds of a turn.
    """
    backlogged = [owner for owner in owners if owner.backlogged]
    running = [(owner, ticket) for owner in backlogged for ticket in owner.in_flight.values()]
    rest_of_turn = [
        min(remaining[ticket.id], max(0.0, quantum - ticket.received))
        if ticket.parkable
        else remaining[ticket.id]
        for _, ticket in running
    ]
    all_of_it = shared([remaining[ticket.id] for _, ticket in running])
    left = dict(remaining)
    counters = {id(owner): owner.reached for owner in backlogged}
    lines = {id(owner): deque(owner.waiting) for owner in backlogged}
    times: dict[str, tuple[float, float]] = {}
    for (owner, ticket), rest, end in zip(running, rest_of_turn, all_of_it, strict=True):
        left[ticket.id] -= rest
        counters[id(owner)] += rest / ticket.weight
        times[ticket.id] = (0.0, end)
        if left[ticket.id] > 0:
            lines[id(owner)].appendleft(ticket)
    served = {id(owner) for owner in backlogged if owner.served_since_backlogged}
    now, turn = sum(rest_of_turn), max(quantum, sum(left.values()) / TURNS)
    heap = [
        (counters[number], number in served, line[0].arrival, number)
        for number, line in lines.items()
        if line
    ]
    heapq.heapify(heap)
    while heap:
        counter, _, _, number = heapq.heappop(heap)
        line = lines[number]
        ticket = line[0]
        got = min(left[ticket.id], turn) if ticket.parkable else left[ticket.id]
        begins, ends = times.get(ticket.id, (now, 0.0))
        now += got
        left[ticket.id] -= got
        times[ticket.id] = (begins, max(ends, now))
        if left[ticket.id] <= 0:
            line.popleft()
        if line:
            heapq.heappush(heap, (counter + got / ticket.weight, True, line[0].arrival, number))
    return times


def shared(remaining: Sequence[float]) -> list[float]:
    """When each of several jobs is done that share one processor evenly: the shortest leave first."""
    etas, passed, before = [0.0] * len(remaining), 0.0, 0.0
    order = sorted(range(len(remaining)), key=remaining.__getitem__)
    for left, number in zip(range(len(order), 0, -1), order, strict=True):
        passed += (remaining[number] - before) * left
        before = remaining[number]
        etas[number] = passed
    return etas
