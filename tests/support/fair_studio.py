"""A studio in numbers: slots, ticks and requests around a fair queue, with books of its own."""

import math
from dataclasses import dataclass, field, replace
from typing import Final

from inference.fair_queue import FairQueue
from inference.terms import USUAL_TERMS, Terms

TICK: Final = 0.5
"""Compute-seconds of a tick, shared evenly by whoever is in it."""


@dataclass(frozen=True)
class Asked:
    """A request: who wants it, from when on, what it is thought to take and what it takes, in seconds."""

    owner: str
    at: float
    estimate: float
    cost: float
    parkable: bool = True
    terms: Terms = USUAL_TERMS

    def turn(self, quantum: float) -> float:
        """The most it may receive before others' turn comes."""
        whole = max(self.estimate, self.cost)
        return min(whole, quantum + TICK) if self.parkable else whole


@dataclass(frozen=True)
class Change:
    """From a moment on, the request that came as number so and so is there on other terms, if it still is."""

    at: float
    number: int
    terms: Terms


@dataclass
class Moment:
    """Between two ticks: what everybody has received per weight, and stints of having work without a break.

    Attributes:
        backlogged: stints of having something that runs or may start.
        waiting: stints of having something that waits and may start.
    """

    at: float
    received: dict[str, float]
    backlogged: dict[str, int]
    waiting: dict[str, int]


@dataclass
class Studio:
    """So many slots, one ticket in each, run as the engine runs its worker. Keeps its own books.

    Attributes:
        weights: the least that any of an owner's tickets has.
        changes: of terms.
        moments: one a tick.
        running: tickets that have their turn.
        terms: of the tickets that are not over.
        served: tickets in the order in which their first turns began.
        parked: how often anybody was.
        gone_wrong: what should not have happened.
    """

    queue: FairQueue
    slots: int
    weights: dict[str, float]
    changes: list[Change] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    terms: dict[str, Terms] = field(default_factory=dict)
    parked: int = 0
    gone_wrong: str = ""

    def run(self, asked: list[Asked]) -> "Studio":
        coming = sorted(asked, key=lambda each: each.at)
        changes = sorted(self.changes, key=lambda each: each.at)
        by_ticket: dict[str, Asked] = {}
        done: dict[str, float] = {}
        running = self.running
        waiting: list[str] = []
        totals = dict.fromkeys(self.weights, 0.0)
        stints = [dict.fromkeys(self.weights, 0), dict.fromkeys(self.weights, 0)]
        now = 0.0
        while coming or running or waiting:
            if not running and not waiting:
                now = max(now, coming[0].at)
            if not (running or coming or changes or any(map(self.may_start, waiting))):
                return self  # the rest is held for good
            for ticket in [ticket for ticket in running if done[ticket] >= by_ticket[ticket].cost]:
                self.queue.settle(ticket, done[ticket])
                running.remove(ticket)
                del self.terms[ticket]
            self._note(stints, by_ticket, running, waiting)
            while coming and coming[0].at <= now:
                each = coming.pop(0)
                ticket = f"{each.owner} {len(by_ticket)}"
                by_ticket[ticket], done[ticket] = each, 0.0
                weight = max(each.terms.weight, self.weights[each.owner])
                self.terms[ticket] = replace(each.terms, weight=weight)
                self.queue.add(
                    ticket,
                    owner=each.owner,
                    estimate=each.estimate,
                    terms=self.terms[ticket],
                    parkable=each.parkable,
                )
                waiting.append(ticket)
            changes = self._change_those_due(changes, now, tuple(by_ticket))
            self._set_aside(by_ticket, done, waiting)
            self._note(stints, by_ticket, running, waiting)
            self._admit(running, waiting)
            for ticket in self.queue.overdue()[: 1 if waiting else 0]:
                self.queue.park(ticket, done[ticket], remaining=max(0.1, by_ticket[ticket].estimate))
                self.parked += 1
                running.remove(ticket)
                waiting.append(ticket)
                self._admit(running, waiting)
                if ticket in running:
                    self.gone_wrong = f"{ticket} was parked for nobody"
            self._note(stints, by_ticket, running, waiting)
            self.moments.append(Moment(now, dict(totals), dict(stints[0]), dict(stints[1])))
            for ticket in running:
                got = min(TICK / len(running), by_ticket[ticket].cost - done[ticket])
                done[ticket] += got
                totals[by_ticket[ticket].owner] += got / self.terms[ticket].weight
                self.queue.receive(ticket, done[ticket])
                now += got
            now += 0.0 if running else TICK
        assert len(self.queue) == 0
        return self

    def may_start(self, ticket: str) -> bool:
        """Whether it is not held and no cap keeps it back, by the books of this studio."""
        terms = self.terms[ticket]
        return not terms.held and all(
            sum(cap.group in (each.group for each in self.terms[other].caps) for other in self.running)
            < cap.running
            for cap in terms.caps
        )

    def _change_those_due(self, changes: list[Change], now: float, tickets: tuple[str, ...]) -> list[Change]:
        for change in changes:
            ticket = tickets[change.number % len(tickets)] if tickets else ""
            if change.at <= now and ticket in self.terms:
                weight = max(change.terms.weight, self.weights[ticket.split()[0]])
                self.terms[ticket] = replace(change.terms, weight=weight)
                self.queue.change(ticket, self.terms[ticket])
        return [change for change in changes if change.at > now]

    def _set_aside(self, by_ticket: dict[str, Asked], done: dict[str, float], waiting: list[str]) -> None:
        for ticket in self.queue.to_set_aside():
            self.queue.park(ticket, done[ticket], remaining=max(0.1, by_ticket[ticket].estimate))
            self.running.remove(ticket)
            waiting.append(ticket)

    def _admit(self, running: list[str], waiting: list[str]) -> None:
        while len(running) < self.slots:
            able = [ticket for ticket in waiting if self.may_start(ticket)]
            ticket = self.queue.admit()
            if ticket is None:
                if able:
                    self.gone_wrong = f"{able} might have started"
                return
            if ticket not in able:
                self.gone_wrong = f"{ticket} was not to start"
            waiting.remove(ticket)
            running.append(ticket)
            if ticket not in self.served:
                self.served.append(ticket)

    def _note(
        self,
        stints: list[dict[str, int]],
        by_ticket: dict[str, Asked],
        running: list[str],
        waiting: list[str],
    ) -> None:
        """A stint is numbered with an odd number; between two of them the number is even."""
        able = [ticket for ticket in waiting if self.may_start(ticket)]
        for stint, there in zip(stints, (running + able, able), strict=True):
            busy = {by_ticket[ticket].owner for ticket in there}
            for owner in self.weights:
                if stint[owner] % 2 != (owner in busy):
                    stint[owner] += 1

    def worst(self, asked: list[Asked], quantum: float) -> float:
        """The largest gap over any interval of any pair, in parts of what it may be; 1 is the bound."""
        largest = {
            owner: max((each.turn(quantum) for each in asked if each.owner == owner), default=0.0) / weight
            for owner, weight in self.weights.items()
        }
        pairs = [(a, b) for a in self.weights for b in self.weights if a < b and largest[a] and largest[b]]

        def bound(a: float, b: float) -> float:
            return (2 * self.slots - 1) * max(a, b) + min(a, b)

        return max((self._gap(a, b) / bound(largest[a], largest[b]) for a, b in pairs), default=0.0)

    def _gap(self, first: str, second: str) -> float:
        least, most, worst, stint = math.inf, -math.inf, 0.0, (0, 0)
        for moment in self.moments:
            stints = moment.backlogged if self.slots == 1 else moment.waiting
            now = stints[first], stints[second]
            lead = moment.received[first] - moment.received[second]
            if now != stint:
                # A stint lasts until the moment at which it is seen to be over.
                if all(number % 2 for number in stint):
                    worst = max(worst, lead - least, most - lead)
                least, most, stint = math.inf, -math.inf, now
            if all(number % 2 for number in now):
                least, most = min(least, lead), max(most, lead)
                worst = max(worst, lead - least, most - lead)
        return worst
