"""When everybody's turn comes and when they are done, if nobody else asks: the fair queue played on. Pure."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Final

from inference.fair_owner import Owner, turn_key

TURNS: Final = 500
"""Played at most, or nearly: where they would be more, longer ones are as good an estimate."""


def forecast(
    owners: Iterable[Owner], remaining: Mapping[str, float], *, quantum: float, virtual_time: float
) -> dict[str, tuple[float, float]]:
    """Seconds until each ticket's turn begins and until it is done, as one processor gets through them.

    As if no cap kept anybody back. Of those that wait and are held nothing is said.

    Args:
        owners: as the fair queue has them.
        remaining: compute-seconds that each of their tickets still needs.
        quantum: compute-seconds of a turn.
        virtual_time: where those begin who may start nothing now.
    """
    busy = [owner for owner in owners if not owner.idle]
    running = [(number, ticket) for number, owner in enumerate(busy) for ticket in owner.in_flight.values()]
    rest_of_turn = [
        min(remaining[ticket.id], max(0.0, quantum - ticket.received))
        if ticket.parkable
        else remaining[ticket.id]
        for _, ticket in running
    ]
    all_of_it = shared([remaining[ticket.id] for _, ticket in running])
    left = dict(remaining)
    counters = [owner.reached + owner.behind(virtual_time) for owner in busy]
    times: dict[str, tuple[float, float]] = {}
    for (number, ticket), rest, end in zip(running, rest_of_turn, all_of_it, strict=True):
        left[ticket.id] -= rest
        counters[number] += rest / ticket.terms.weight
        times[ticket.id] = (0.0, end)
    lines = [
        owner.line(each for each in reversed(owner.in_flight.values()) if left[each.id] > 0) for owner in busy
    ]
    now, turn = sum(rest_of_turn), max(quantum, sum(left[each.id] for line in lines for each in line) / TURNS)
    turns = count(1 + max((owner.last_turn for owner in busy), default=0))
    heap = [
        (turn_key(line[0], counter=counter, last_turn=owner.last_turn), number, counter)
        for number, (owner, line, counter) in enumerate(zip(busy, lines, counters, strict=True))
        if line
    ]
    heapq.heapify(heap)
    while heap:
        _, number, counter = heapq.heappop(heap)
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
            counter += got / ticket.terms.weight
            heapq.heappush(heap, (turn_key(line[0], counter=counter, last_turn=next(turns)), number, counter))
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
