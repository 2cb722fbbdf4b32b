"""Which of a server's policies count for one member in one channel: every limit with whose it is. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bot.quota.hours import Hours
from bot.quota.policy import (
    ANY_MODEL,
    DEFAULT,
    EVERYONE,
    NO_LIMIT,
    SERVER,
    Budget,
    Policies,
    Policy,
    Scope,
    ScopeKind,
)

T = TypeVar("T")

UNBOUND: Final = Policy(
    budget=Budget(seconds=NO_LIMIT),
    waiting=NO_LIMIT,
    running=NO_LIMIT,
    side=NO_LIMIT,
    steps=NO_LIMIT,
    count=NO_LIMIT,
    models=frozenset({ANY_MODEL}),
    hours=(),
)
"""What an exempt member's own limits are."""


@dataclass(frozen=True, slots=True)
class Bound(Generic[T]):
    """A limit and whose policy set it."""

    value: T
    by: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """All that bounds one member in one channel.

    The member's own limit comes first in each, where there is one; then the channel's and the server's,
    which bound everybody together.

    Attributes:
        budgets: each must have room; only those that limit anything, but for the member's own.
        waiting, running: jobs; each must have room.
        side, steps, count: the smallest counts.
        models: what is asked for must be in each.
        hours: each must be open.
        weight: share of the GPU.
        exempt: whose policy lifts the member's own limits; None where none does.
    """

    budgets: tuple[Bound[Budget], ...]
    waiting: tuple[Bound[float], ...]
    running: tuple[Bound[float], ...]
    side: tuple[Bound[float], ...]
    steps: tuple[Bound[float], ...]
    count: tuple[Bound[float], ...]
    models: tuple[Bound[frozenset[str]], ...]
    hours: tuple[Bound[tuple[Hours, ...]], ...]
    weight: Bound[float]
    exempt: Scope | None = None

    @property
    def own_budget(self) -> Bound[Budget]:
        """The member's own."""
        return self.budgets[0]


def bounds(
    policies: Policies, *, member: int, roles: Iterable[int], channel: int, parent: int | None = None
) -> Bounds:
    """What counts for a member with these roles in a channel.

    A member's own policy overrides the roles', each limit by itself; of the roles that say something about a
    limit the most generous counts; where none does, what everyone has; then Easel's default. The channel's
    and the server's bound that from above, whatever it is. A thread is bound by its channel's policy where it
    has none of its own.

    Args:
        parent: the channel that a thread is in.
    """
    ladder = (
        (Scope(ScopeKind.MEMBER, member),),
        tuple(Scope(ScopeKind.ROLE, role) for role in sorted(set(roles))),
        (EVERYONE,),
        (DEFAULT,),
    )
    exempt = _own(policies, ladder, lambda policy: policy.exempt, best=any)
    lifted = exempt.by if exempt is not None and exempt.value else None
    place = Scope(ScopeKind.CHANNEL, channel)
    if parent is not None and place not in policies.own:
        place = Scope(ScopeKind.CHANNEL, parent)

    def all_of(read: Callable[[Policy], T | None], best: Callable[[list[T]], T], none: T) -> list[Bound[T]]:
        if lifted is not None:
            free = read(UNBOUND)
            mine = Bound(none if free is None else free, lifted)
        else:
            mine = _own(policies, ladder, read, best=best) or Bound(none, DEFAULT)
        return [mine, *_shared(policies, (place, SERVER), read)]

    budgets = all_of(lambda policy: policy.budget, _most_budget, Budget(seconds=NO_LIMIT))
    return Bounds(
        budgets=(budgets[0], *(bound for bound in budgets[1:] if bound.value.limited)),
        waiting=tuple(all_of(lambda policy: policy.waiting, max, NO_LIMIT)),
        running=tuple(all_of(lambda policy: policy.running, max, NO_LIMIT)),
        side=tuple(all_of(lambda policy: policy.side, max, NO_LIMIT)),
        steps=tuple(all_of(lambda policy: policy.steps, max, NO_LIMIT)),
        count=tuple(all_of(lambda policy: policy.count, max, NO_LIMIT)),
        models=tuple(all_of(lambda policy: policy.models, _any_of, frozenset({ANY_MODEL}))),
        hours=tuple(all_of(lambda policy: policy.hours, _any_time_of, ())),
        weight=_own(policies, ladder, lambda policy: policy.weight, best=max) or Bound(1.0, DEFAULT),
        exempt=lifted,
    )


def _own(
    policies: Policies,
    ladder: Iterable[tuple[Scope, ...]],
    read: Callable[[Policy], T | None],
    *,
    best: Callable[[list[T]], T],
) -> Bound[T] | None:
    """The most generous of the first rung that says anything, and who says it."""
    for rung in ladder:
        said = [(scope, value) for scope in rung if (value := read(policies.of(scope))) is not None]
        if said:
            value = best([value for _, value in said])
            # Where several together came to this (two roles' models), the first of them is named.
            by = next((scope for scope, own in said if own == value), said[0][0])
            return Bound(value, by)
    return None


def _shared(
    policies: Policies, scopes: Iterable[Scope], read: Callable[[Policy], T | None]
) -> Iterator[Bound[T]]:
    for scope in scopes:
        value = read(policies.of(scope))
        if value is not None:
            yield Bound(value, scope)


def _most_budget(budgets: list[Budget]) -> Budget:
    return max(budgets, key=Budget.generosity)


def _any_of(models: list[frozenset[str]]) -> frozenset[str]:
    together = frozenset[str]().union(*models)
    return frozenset({ANY_MODEL}) if ANY_MODEL in together else together


def _any_time_of(hours: list[tuple[Hours, ...]]) -> tuple[Hours, ...]:
    """Open while any is; () is always."""
    if () in hours:
        return ()
    return tuple(dict.fromkeys(each for spans in hours for each in spans))
