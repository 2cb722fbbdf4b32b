"""The bot is killed at every kind of edge and asked to leave; whatever was accepted ends once.

A sample of `make soak-kills`, and a deliberately broken bot for each thing that it is to catch.
"""

import random
import signal
from pathlib import Path

import pytest
from kill_bot import Life
from soak_kills import POINTS, lives, soak

SAMPLE = [
    Life(point="before:answer", passes=2),
    Life(point="after:acknowledge", passes=3, trouble=True),
    Life(point="after:files", passes=2),
    Life(end=signal.SIGTERM, moment=0.3),
    Life(point="before:deliver", passes=2),
    Life(moment=0.4, worker_first=True),
]


async def test_nothing_is_lost_doubled_or_mischarged(tmp_path: Path) -> None:
    """Killed before and after what matters, under load: every accepted job is delivered or refunded, once."""
    outcome = await soak(SAMPLE, seed=11, folder=tmp_path)
    assert outcome.tally.faults == ()
    assert outcome.tally.good
    assert outcome.tally.delivered > 20
    assert outcome.line.startswith("kills=5 accepted=")
    assert outcome.line.endswith("lost=0 doubled=0 mischarged=0")


async def test_the_worker_that_computes_is_killed_with_its_bot(tmp_path: Path) -> None:
    """The same with real pictures in the making: they come after the restart."""
    outcome = await soak([Life(real=True, moment=0.2)], seed=12, folder=tmp_path)
    assert outcome.tally.faults == ()
    assert outcome.tally.delivered == outcome.tally.accepted > 0


@pytest.mark.parametrize(
    ("broken", "point"),
    [
        ("lost", "after:acknowledge"),
        ("doubled", "after:acknowledge"),
        ("mischarged", "before:answer"),
        ("refused", "after:acknowledge"),
        ("untold", "after:acknowledge"),
        ("orphaned", "after:acknowledge"),
    ],
)
async def test_a_broken_bot_is_caught(tmp_path: Path, broken: str, point: str) -> None:
    """For each thing that is promised there is a bot that breaks the promise, and the count tells."""
    plan = [Life(point=point, passes=2)]
    outcome = await soak(plan, seed=13, folder=tmp_path, broken=broken, to_finish=4.0)
    assert not outcome.tally.good
    found = {
        "lost": outcome.tally.lost,
        "doubled": outcome.tally.doubled,
        "mischarged": outcome.tally.mischarged,
        "refused": outcome.tally.delivered < 0.95 * outcome.tally.accepted,
        "untold": any("still offers to cancel" in fault for fault in outcome.tally.faults),
        "orphaned": any("no picture needs" in fault for fault in outcome.tally.faults),
    }
    assert found[broken], outcome.tally.faults


def test_a_plan_has_every_edge_and_the_real_worker() -> None:
    """A thousand kills pass every edge many times, every 20th with the worker that computes."""
    plan = lives(1000, random.Random(1))
    killed = [life for life in plan if life.end is signal.SIGKILL]
    assert len(killed) == 1000
    assert len(plan) - len(killed) == 100
    assert sum(life.real for life in killed) == 50
    assert {life.point for life in killed} == {None, *POINTS}
