"""The checker that recomputes fairness from a log."""

import random

import pytest

from benchmarks.checker import Entry, check

LENGTHS = {"ada": 3.0, "ben": 1.0}


def simulated(turns: list[str], *, tail: str = "") -> list[Entry]:
    """One job after the other, in this order of owners, everything asked for at the start."""
    jobs = [(f"{number}", owner) for number, owner in enumerate([*turns, *tail.split()])]
    log = [Entry(at=0.0, owner=owner, job=job, kind="asked") for job, owner in jobs]
    now = 0.0
    for job, owner in jobs:
        log.append(Entry(at=now, owner=owner, job=job, kind="began"))
        half = LENGTHS[owner] / 2
        for kind in ("served", "over"):
            now += half
            log.append(Entry(at=now, owner=owner, job=job, kind=kind, seconds=half))
    return log


def test_who_is_served_in_turn_by_seconds_is_even() -> None:
    """Three short jobs for each long one: the gap is one long job, the index 1."""
    found = check(simulated(["ada", "ben", "ben", "ben"] * 16), at_once=1)
    assert found.gap_s == pytest.approx(3.0)
    assert found.bound_s == pytest.approx(4.0)
    assert found.jain == pytest.approx(1.0, abs=5e-3)


def test_taking_turns_by_jobs_is_found_out() -> None:
    """Who asks for long pictures then gets three times the seconds: the gap grows past any bound."""
    found = check(simulated(["ada", "ben"] * 40), at_once=1)
    assert found.gap_s > found.bound_s
    assert found.jain is not None
    assert found.jain < 0.85


def test_first_come_first_served_is_found_out() -> None:
    """Everything of one before anything of the other."""
    found = check(simulated(["ada"] * 20 + ["ben"] * 20), at_once=1)
    assert found.gap_s == pytest.approx(60.0)
    assert found.gap_s > found.bound_s


def two_at_once(parked: int) -> list[Entry]:
    """One of ada and one of ben run beside each other; ada's is parked after so many of its three seconds."""
    log = [
        Entry(at=0.0, owner=owner, job=f"{owner} {number}", kind="asked")
        for owner in LENGTHS
        for number in range(9)
    ]
    for number in range(9):
        begins = 3.0 * number
        for owner, seconds in LENGTHS.items():
            job = f"{owner} {number}"
            log.append(Entry(at=begins, owner=owner, job=job, kind="began"))
            log += [
                Entry(at=begins + each + 1, owner=owner, job=job, kind="served", seconds=1.0)
                for each in range(int(seconds))
            ]
            log.append(Entry(at=begins + seconds, owner=owner, job=job, kind="over"))
        if parked:
            at = begins + parked
            log.append(Entry(at=at, owner="ada", job=f"ada {number}", kind="parked"))
            log.append(Entry(at=at, owner="ada", job=f"ada {number}", kind="began"))
    return log


def test_with_several_at_once_what_runs_is_part_of_the_bound() -> None:
    """Two slots: three times the larger turn and once the smaller; a turn ends where a job is parked."""
    whole = check(two_at_once(0), at_once=2)
    assert whole.bound_s == pytest.approx(3 * 3.0 + 1.0)
    assert whole.gap_s == pytest.approx(2.0 * 8)  # ada's counter runs away while both have more that waits
    assert check(two_at_once(2), at_once=2).bound_s == pytest.approx(3 * 2.0 + 1.0)


def test_only_time_in_which_both_have_jobs_counts() -> None:
    """What one receives after the other has gone is nobody's loss."""
    even = check(simulated(["ada", "ben", "ben", "ben"] * 16), at_once=1)
    assert (
        check(simulated(["ada", "ben", "ben", "ben"] * 16, tail="ada " * 30), at_once=1).gap_s == even.gap_s
    )


def test_a_window_too_short_to_mean_anything_has_no_index() -> None:
    """Two jobs say nothing about sharing; nor does one owner."""
    assert check(simulated(["ada", "ben"]), at_once=1).jain is None
    alone = check(simulated(["ada"] * 50), at_once=1)
    assert (alone.gap_s, alone.bound_s, alone.jain) == (0.0, 0.0, None)


def test_the_order_of_the_log_does_not_matter() -> None:
    """Jobs tell at their own pace; times count."""
    log = simulated(["ada", "ben", "ben", "ben"] * 16)
    mixed = sorted(log, key=lambda entry: entry.job)
    assert check(mixed, at_once=1).gap_s == check(log, at_once=1).gap_s
    random.Random(1).shuffle(mixed)
    assert check(mixed, at_once=1).bound_s == check(log, at_once=1).bound_s
