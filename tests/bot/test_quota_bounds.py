"""Whose policy counts: a member's own, the roles', everyone's, the default; bound by channel and server."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quota import (
    ANY_MODEL,
    DEFAULT,
    EVERYONE,
    NO_LIMIT,
    SERVER,
    Bound,
    Bounds,
    Budget,
    Policies,
    Policy,
    Scope,
    ScopeKind,
    bounds,
    parse_hours,
)

ADA, CHANNEL, THREAD = 1, 70, 71
ARTIST, GUEST, STAFF = 10, 11, 12
OWN = Policy(budget=Budget(seconds=600), waiting=3)


def role(number: int) -> Scope:
    return Scope(ScopeKind.ROLE, number)


def channel(number: int = CHANNEL) -> Scope:
    return Scope(ScopeKind.CHANNEL, number)


def rules(own: dict[Scope, Policy]) -> Policies:
    return Policies(default=OWN, own=own)


def found(own: dict[Scope, Policy], *roles: int, channel: int = CHANNEL, parent: int | None = None) -> Bounds:
    return bounds(rules(own), member=ADA, roles=roles, channel=channel, parent=parent)


def test_where_nothing_is_said_the_default_counts() -> None:
    """And what it does not speak of is not limited."""
    all_ = found({})
    assert all_.budgets == (Bound(Budget(seconds=600), DEFAULT),)
    assert all_.waiting == (Bound(3.0, DEFAULT),)
    assert all_.running == (Bound(NO_LIMIT, DEFAULT),)
    assert all_.weight == Bound(1.0, DEFAULT)


def test_each_limit_is_looked_up_by_itself() -> None:
    """A role that only speaks of waiting leaves the budget to everyone's."""
    all_ = found({role(ARTIST): Policy(waiting=9), EVERYONE: Policy(budget=Budget(seconds=1))}, ARTIST)
    assert all_.waiting == (Bound(9.0, role(ARTIST)),)
    assert all_.own_budget == Bound(Budget(seconds=1), EVERYONE)


def test_the_most_generous_role_wins_limit_by_limit() -> None:
    """Also against a role that says there is no limit; roles the member lacks do not count."""
    own = {
        role(ARTIST): Policy(budget=Budget(seconds=50), waiting=1, models=frozenset({"sd"})),
        role(GUEST): Policy(budget=Budget(seconds=5), waiting=9, models=frozenset({"xl"}), weight=2),
        role(STAFF): Policy(budget=Budget(seconds=NO_LIMIT), models=frozenset({ANY_MODEL})),
    }
    two = found(own, ARTIST, GUEST)
    assert two.own_budget == Bound(Budget(seconds=50), role(ARTIST))
    assert two.waiting[0] == Bound(9, role(GUEST))
    assert two.models[0].value == {"sd", "xl"}
    assert two.weight == Bound(2, role(GUEST))
    three = found(own, ARTIST, GUEST, STAFF)
    assert three.own_budget == Bound(Budget(seconds=NO_LIMIT), role(STAFF))
    assert three.models[0].value == {ANY_MODEL}


def test_a_members_own_policy_overrides_the_roles_even_downwards() -> None:
    """A moderator who says 10 of one person means 10."""
    own = {Scope(ScopeKind.MEMBER, ADA): Policy(budget=Budget(seconds=10)), role(ARTIST): OWN}
    assert found(own, ARTIST).own_budget.value.seconds == 10


def test_channel_and_server_bound_whatever_is_above_them() -> None:
    """Also an exempt member; where they say no limit they bound nothing."""
    own = {
        role(STAFF): Policy(exempt=True),
        channel(): Policy(budget=Budget(seconds=30), steps=20),
        SERVER: Policy(budget=Budget(seconds=NO_LIMIT), running=2),
    }
    all_ = found(own, STAFF)
    assert all_.exempt == role(STAFF)
    assert all_.own_budget == Bound(Budget(seconds=NO_LIMIT), role(STAFF))
    assert all_.budgets[1:] == (Bound(Budget(seconds=30), channel()),)
    assert min(bound.value for bound in all_.steps) == 20
    assert all_.running[1:] == (Bound(2, SERVER),)


def test_a_member_can_be_told_not_to_be_exempt() -> None:
    """The more special policy counts, as everywhere."""
    own = {role(STAFF): Policy(exempt=True), Scope(ScopeKind.MEMBER, ADA): Policy(exempt=False)}
    assert found(own, STAFF).exempt is None


def test_a_thread_is_bound_by_its_channel_unless_it_has_a_policy() -> None:
    """What is used in it counts to whichever bounds it."""
    own = {channel(): Policy(steps=20)}
    assert Bound(20, channel()) in found(own, channel=THREAD, parent=CHANNEL).steps
    own[channel(THREAD)] = Policy(steps=30)
    assert found(own, channel=THREAD, parent=CHANNEL).steps[1:] == (Bound(30, channel(THREAD)),)


def test_hours_of_several_roles_are_open_while_any_is() -> None:
    """And of one that is always open, always."""
    day, night = parse_hours("8-18", "UTC"), parse_hours("18-23", "UTC")
    own = {role(ARTIST): Policy(hours=(day,)), role(GUEST): Policy(hours=(night,))}
    assert set(found(own, ARTIST, GUEST).hours[0].value) == {day, night}
    own[role(STAFF)] = Policy(hours=())
    assert found(own, ARTIST, STAFF).hours[0].value == ()


policies = st.builds(
    Policy,
    budget=st.none() | st.builds(Budget, seconds=st.floats(0, 100) | st.just(NO_LIMIT)),
    waiting=st.none() | st.integers(0, 5).map(float) | st.just(NO_LIMIT),
    weight=st.none() | st.floats(0.1, 9),
    exempt=st.none() | st.booleans(),
)
scopes = st.sampled_from(
    [EVERYONE, SERVER, channel(), *map(role, (ARTIST, GUEST, STAFF)), Scope(ScopeKind.MEMBER, ADA)]
)


@given(
    own=st.dictionaries(scopes, policies),
    roles=st.frozensets(st.sampled_from([ARTIST, GUEST])),
    one_more=st.just(STAFF),
)
def test_another_role_takes_nothing_away(
    own: dict[Scope, Policy], roles: frozenset[int], one_more: int
) -> None:
    """Unless it is the first role to speak of a limit: then it may be less than everyone has."""
    fewer, more = found(own, *roles), found(own, *roles, one_more)
    if fewer.exempt and not more.exempt:
        return  # the first role to say "not exempt" against everyone's
    kinds = {ScopeKind.ROLE, ScopeKind.MEMBER}
    if fewer.waiting[0].by.kind in kinds:
        assert more.waiting[0].value >= fewer.waiting[0].value
    if fewer.own_budget.by.kind in kinds:
        assert more.own_budget.value.generosity() >= fewer.own_budget.value.generosity()


@pytest.mark.parametrize(
    "broken",
    [
        {"waiting": -1},
        {"waiting": 1.5},
        {"running": 0},
        {"models": frozenset()},
        {"weight": 0},
        {"weight": NO_LIMIT},
        {"steps": float("nan")},
    ],
)
def test_a_policy_is_valid_once_built(broken: dict[str, Any]) -> None:
    """What it may hold is said."""
    with pytest.raises(ValueError, match=next(iter(broken))):
        Policy(**broken)
