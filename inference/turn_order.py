"""The order in which those who wait are served, if nobody else asks: the fair queue played on. Pure."""

import heapq
from collections.abc import Iterable
from itertools import count

from inference.fair_owner import Owner, Ticket, turn_key


def turn_order(owners: Iterable[Owner], upcoming: Ticket | None, *, virtual_time: float) -> tuple[str, ...]:
    """Every waiting ticket in the order in which their turns begin; those that are held come last.

    When a cap lets go of somebody nobody can know: whom one keeps back now is placed as if it did not from
    the second turn on.

    Args:
        owners: as the fair queue has them.
        upcoming: whose turn is next; None where nobody may start now.
        virtual_time: where those begin who may start nothing now.
    """
    waiting = [owner for owner in owners if owner.waiting]
    lines = [owner.line() for owner in waiting]
    counters = [owner.counter + owner.behind(virtual_time) for owner in waiting]
    last_turns = [owner.last_turn for owner in waiting]
    turns = count(1 + max(last_turns, default=0))
    served = []

    def serve(ticket: Ticket, number: int) -> None:
        served.append(ticket.id)
        # All of it at once: with the same start tags, turns in between begin in the same order.
        counters[number] += ticket.estimate / ticket.terms.weight
        last_turns[number] = next(turns)

    if upcoming is not None:
        number = next(number for number, owner in enumerate(waiting) if owner.head is upcoming)
        lines[number].remove(upcoming)
        serve(upcoming, number)

    def entry(number: int) -> tuple[tuple[bool, float, int, int], int]:
        key = turn_key(lines[number][0], counter=counters[number], last_turn=last_turns[number])
        return key, number

    heap = [entry(number) for number, line in enumerate(lines) if line]
    heapq.heapify(heap)
    while heap:
        _, number = heap[0]
        serve(lines[number].popleft(), number)
        if lines[number]:
            heapq.heapreplace(heap, entry(number))
        else:
            heapq.heappop(heap)
    held = sorted(
        (ticket.arrival, ticket.id) for owner in waiting for ticket in owner.waiting if ticket.terms.held
    )
    return (*served, *(ticket for _, ticket in held))
