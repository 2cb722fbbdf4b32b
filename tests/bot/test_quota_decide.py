"""What is allowed, what pays it, and what a refusal promises."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.quota import (
    DAY,
    EVERYONE,
    NO_LIMIT,
    SERVER,
    Allowed,
    Bounds,
    Budget,
    Credit,
    Payment,
    Policies,
    Policy,
    Refused,
    Spent,
    Tally,
    Usage,
    Why,
    Wish,
    bounds,
    decide,
    left,
    lent_out,
    opens,
    parse_hours,
    recheck,
)

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def everyone(server: Policy | None = None, **limits: Any) -> Bounds:  # noqa: ANN401 — a policy's fields
    own = {EVERYONE: Policy(**limits)} | ({} if server is None else {SERVER: server})
    return bounds(Policies(default=Policy(), own=own), member=1, roles=(), channel=2)


def tally(*entries: tuple[float, float], waiting: int = 0) -> Tally:
    """Entries as (hours ago, seconds), oldest first."""
    spent = tuple(Spent(at=NOW - hours * HOUR, seconds=seconds) for hours, seconds in entries)
    return Tally(spent=spent, waiting=waiting)


def a_day(seconds: float, burst: float | None = None) -> Bounds:
    return everyone(budget=Budget(seconds=seconds, burst=burst))


def credit(
    seconds: float, *, number: int = 1, hours: float = 1, used: float = 0, lent: bool = False
) -> Credit:
    return Credit(number=number, seconds=seconds, left=seconds - used, until=NOW + hours * HOUR, lent=lent)


def test_what_fits_is_allowed_and_says_what_is_left() -> None:
    """One's own budget pays it."""
    answer = decide(a_day(100), Usage(own=tally((1, 60))), Wish(price=40), NOW)
    assert answer == Allowed(payment=Payment(budget=40), left_after=0, budget=Budget(seconds=100))


def test_what_does_not_fit_is_refused_with_when_it_will() -> None:
    """Enough is free when as many of the oldest entries as it takes have left the window."""
    answer = decide(a_day(100), Usage(own=tally((23, 10), (20, 30), (1, 60))), Wish(price=20), NOW)
    assert answer == Refused(
        why=Why.BUDGET, by=EVERYONE, asked=20, left=0, limit=100, window=DAY, frees_at=NOW - 20 * HOUR + DAY
    )


def test_what_can_never_fit_says_so() -> None:
    """A price above the whole limit, or above what may be used at once, frees up never."""
    for limits in (a_day(100), a_day(1_000, burst=100)):
        answer = decide(limits, Usage(own=tally((1, 5))), Wish(price=101), NOW)
        assert isinstance(answer, Refused)
        assert answer.frees_at is None


def test_a_burst_comes_back_at_the_budgets_rate() -> None:
    """240 s a day are 10 s an hour; with a burst of 30, an hour after using 30 there are 10."""
    limits = a_day(240, burst=30)
    usage = Usage(own=tally((1, 30)))
    assert isinstance(decide(limits, usage, Wish(price=10), NOW), Allowed)
    refused = decide(limits, usage, Wish(price=20), NOW)
    assert isinstance(refused, Refused)
    assert refused.left == 10
    assert refused.frees_at == NOW + HOUR


def test_credits_pay_what_the_budget_cannot_the_first_to_end_first() -> None:
    """So that one's own budget, which comes back by itself, goes first."""
    given_ = (credit(5, number=7, hours=1), credit(50, number=8, hours=2))
    answer = decide(a_day(100), Usage(own=tally((1, 90)), credits=given_), Wish(price=20), NOW)
    assert isinstance(answer, Allowed)
    assert answer.payment == Payment(budget=10, credits={7: 5, 8: 5})
    assert answer.left_after == 45


def test_a_credit_that_has_ended_pays_nothing() -> None:
    """Nor does one that is used up."""
    gone = (credit(50, hours=0), credit(50, number=2, used=50))
    answer = decide(a_day(10), Usage(own=tally((1, 10)), credits=gone), Wish(price=1), NOW)
    assert isinstance(answer, Refused)
    assert answer.left == 0


def test_the_servers_budget_bounds_everybody_together() -> None:
    """Whatever the member has left, credits included."""
    limits = everyone(Policy(budget=Budget(seconds=50)), budget=Budget(seconds=100))
    usage = Usage(shared={SERVER: tally((2, 45))}, credits=(credit(100),))
    answer = decide(limits, usage, Wish(price=10), NOW)
    assert isinstance(answer, Refused)
    assert (answer.by, answer.left, answer.limit) == (SERVER, 5, 50)


def test_waiting_jobs_are_limited() -> None:
    """As many may wait as the policy says, whatever is left of the day."""
    limits = everyone(waiting=3)
    assert isinstance(decide(limits, Usage(own=tally(waiting=2)), Wish(price=1), NOW), Allowed)
    answer = decide(limits, Usage(own=tally(waiting=3)), Wish(price=1), NOW)
    assert answer == Refused(why=Why.WAITING, by=EVERYONE, asked=3, limit=3)


def test_the_tightest_of_size_steps_and_count_counts() -> None:
    """And what a job has not (an upscale its steps) is not looked at."""
    limits = everyone(Policy(steps=20, side=512), steps=50, count=2, models=frozenset({"sd"}))
    for wish, why, by, limit in (
        (Wish(price=0, steps=21), Why.STEPS, SERVER, 20),
        (Wish(price=0, count=3), Why.COUNT, EVERYONE, 2),
        (Wish(price=0, side=513), Why.SIDE, SERVER, 512),
    ):
        answer = decide(limits, Usage(), wish, NOW)
        assert isinstance(answer, Refused)
        assert (answer.why, answer.by, answer.limit) == (why, by, limit)
    model = decide(limits, Usage(), Wish(price=0, model="xl"), NOW)
    assert model == Refused(why=Why.MODEL, by=EVERYONE, models=("sd",))
    assert isinstance(decide(limits, Usage(), Wish(price=0), NOW), Allowed)


def test_closed_hours_say_when_they_open() -> None:
    """Of two that must both be open, when both are."""
    limits = everyone(
        Policy(hours=(parse_hours("9-12", "UTC"),)),
        hours=(parse_hours("8-10", "UTC"), parse_hours("11-13", "UTC")),
    )
    answer = decide(limits, Usage(), Wish(price=0), NOW)
    assert isinstance(answer, Refused)
    assert (answer.why, answer.by) == (Why.HOURS, SERVER)
    assert answer.frees_at == NOW + 21 * HOUR
    assert opens(limits, NOW - HOUR) is None


def test_what_was_accepted_is_stopped_by_what_changed_alone() -> None:
    """Its own place and price count for it, not against it."""
    usage = Usage(own=tally((1, 60), (0, 40), waiting=5))
    wish = Wish(price=40, steps=30)
    assert recheck(everyone(budget=Budget(seconds=100), waiting=1), usage, wish, NOW, NOW) is None
    lowered = recheck(a_day(99), usage, wish, NOW, NOW)
    assert lowered is not None
    assert lowered.why is Why.BUDGET
    fewer = recheck(everyone(steps=20), usage, wish, NOW, NOW)
    assert fewer is not None
    assert fewer.why is Why.STEPS


def test_what_was_asked_for_later_stops_nothing_that_waits() -> None:
    """Nor does a clock that was set back, which brings back what had left the window."""
    usage = Usage(own=tally((24.5, 60), (0.5, 100), (0.25, 60)))
    asked_at = NOW - HOUR / 2
    for now in (NOW, NOW - HOUR):
        assert recheck(a_day(100), usage, Wish(price=40), now, asked_at) is None
        assert recheck(a_day(99), usage, Wish(price=40), now, asked_at) is not None


def test_a_pool_is_short_of_running_loans_and_of_what_ended_ones_used() -> None:
    """What was lent and not used comes back to it."""
    loans = [credit(30, used=10, lent=True), credit(30, used=10, hours=-1, lent=True)]
    assert lent_out(loans, NOW) == 40


seconds = st.floats(0, 60)
entries = st.lists(st.tuples(st.floats(0, 30), seconds), max_size=8).map(
    lambda all_: sorted(all_, reverse=True)
)
budgets = st.builds(
    Budget,
    seconds=st.floats(0, 100),
    window=st.sampled_from([HOUR, DAY, 7 * DAY]),
    burst=st.none() | st.floats(0, 80),
)


@given(entries=entries, price=st.floats(0, 120), budget=budgets)
def test_at_the_promised_moment_it_fits_and_a_second_before_it_does_not(
    entries: list[tuple[float, float]], price: float, budget: Budget
) -> None:
    """`frees_at` is true: asked again then, the same price is allowed; and it is the first such moment."""
    limits, usage = everyone(budget=budget), Usage(own=tally(*entries))
    first = decide(limits, usage, Wish(price=price), NOW)
    assume(isinstance(first, Refused))
    assert isinstance(first, Refused)
    if first.frees_at is None:
        assert price > budget.at_once
        return
    assert first.frees_at >= NOW
    assert isinstance(
        decide(limits, usage, Wish(price=price), first.frees_at + timedelta(microseconds=2)), Allowed
    )
    before = first.frees_at - timedelta(seconds=1)
    if before > NOW and left(budget, usage.own, before) < price - budget.rate - 0.01:
        assert isinstance(decide(limits, usage, Wish(price=price), before), Refused)


@given(asks=st.lists(st.tuples(st.floats(0, 3), seconds), max_size=30), budget=budgets)
def test_no_window_and_no_stretch_ever_holds_more_than_its_budget(
    asks: list[tuple[float, float]], budget: Budget
) -> None:
    """However it is asked for; so from a token bucket that begins full."""
    limits, now = everyone(budget=budget), NOW
    taken: list[Spent] = []
    for pause, price in asks:
        now += pause * HOUR
        if isinstance(decide(limits, Usage(own=Tally(spent=tuple(taken))), Wish(price=price), now), Allowed):
            taken.append(Spent(at=now, seconds=price))
    for number, begin in enumerate(taken):
        for end in range(number, len(taken)):
            passed = taken[end].at - begin.at
            used = sum(each.seconds for each in taken[number : end + 1])
            if passed < budget.window:
                assert used <= budget.seconds + 0.001
                assert used <= budget.at_once + budget.rate * passed.total_seconds() + 0.001


@given(
    entries=entries,
    budget=budgets,
    given_=st.lists(st.tuples(seconds, st.floats(-1, 5), st.floats(0, 1)), max_size=4),
    price=st.floats(0, 200),
)
def test_what_pays_is_there_and_pays_exactly_the_price(
    entries: list[tuple[float, float]],
    budget: Budget,
    given_: list[tuple[float, float, float]],
    price: float,
) -> None:
    """No credit gives more than it has, none that ended gives anything, the parts are the price."""
    lent = {
        number: credit(amount, number=number, hours=hours, used=amount * part)
        for number, (amount, hours, part) in enumerate(given_, 1)
    }
    usage = Usage(own=tally(*entries), credits=tuple(sorted(lent.values(), key=lambda each: each.until)))
    answer = decide(everyone(budget=budget), usage, Wish(price=price), NOW)
    if isinstance(answer, Refused):
        return
    payment = answer.payment
    assert abs(payment.budget + sum(payment.credits.values()) - price) < 1e-6
    assert payment.budget <= left(budget, usage.own, NOW) + 1e-5
    for number, part in payment.credits.items():
        assert 0 < part <= lent[number].left
        assert lent[number].until > NOW


def test_without_limits_everything_is_allowed() -> None:
    """And there is nothing left to tell."""
    answer = decide(everyone(), Usage(own=tally((1, 1e9), waiting=99)), Wish(price=1e9), NOW)
    assert answer == Allowed(payment=Payment(budget=1e9), left_after=None, budget=None)
    assert everyone().own_budget.value.seconds == NO_LIMIT
