"""Turns to write to Discord: far below what it allows, slower where it refuses. No time passes here."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import formatdate

import pytest

from bot.discord_time import DiscordTime
from bot.pacing import CHANNEL, INVALID_CALM, INVALID_SLOW, LONGEST_HOLD, OVERALL, Pacing


class Clock:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()

    async def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return clock


async def turns(pacing: Pacing, clock: Clock, count: int, channel: int | None = None) -> AsyncIterator[float]:
    began = clock.now
    for _ in range(count):
        await pacing.turn(channel)
        yield clock.now - began


async def test_a_burst_is_free_and_the_rest_is_paced(clock: Clock) -> None:
    """In any stretch of time no more than a burst and the rate."""
    pacing = Pacing(clock=clock)
    came = [moment async for moment in turns(pacing, clock, OVERALL.burst * 3)]
    assert came[OVERALL.burst - 1] == 0
    assert came[-1] == pytest.approx(2 * OVERALL.burst / OVERALL.per_second)
    assert OVERALL.burst + OVERALL.per_second <= 50, "what Discord takes in a second, also after a silence"


async def test_each_channel_has_its_own_pace(clock: Clock) -> None:
    """A busy channel does not slow another."""
    pacing = Pacing(clock=clock)
    came = [moment async for moment in turns(pacing, clock, CHANNEL.burst + 3, channel=1)]
    assert came[-1] == pytest.approx(3 / CHANNEL.per_second)
    now = clock.now
    await pacing.turn(2)
    assert clock.now == now


async def test_what_can_be_left_out_gives_way(clock: Clock) -> None:
    """A progress bar goes only where nobody waits, and not while Discord is in trouble."""
    invalid = 0
    pacing = Pacing(invalid=lambda: invalid, clock=clock)
    assert pacing.spare(1)
    for _ in range(CHANNEL.burst):
        await pacing.turn(1)
    assert not pacing.spare(1)
    assert pacing.spare(2)
    invalid = INVALID_CALM + 1
    assert not pacing.spare(2)


async def test_many_refusals_slow_everything_far_below_a_ban(clock: Clock) -> None:
    """Were every request refused, there would be far fewer than 10,000 in ten minutes."""
    sent = 0
    pacing = Pacing(invalid=lambda: sent, clock=clock)
    began = clock.now
    while clock.now < began + 600:
        await pacing.turn()
        sent += 1
    assert sent < INVALID_SLOW + 700


async def test_discord_is_left_alone_for_as_long_as_it_says(clock: Clock) -> None:
    """But looked at again after a quarter of an hour."""
    pacing = Pacing(clock=clock)
    pacing.hold(7)
    pacing.hold(3)
    began = clock.now
    await pacing.turn()
    assert clock.now - began == pytest.approx(7)
    pacing.hold(1e9)
    await pacing.turn()
    assert clock.now - began <= 7 + LONGEST_HOLD


async def test_quiet_channels_are_forgotten(clock: Clock) -> None:
    """However many channels there ever were, only the busy ones are kept."""
    pacing = Pacing(clock=clock)
    for channel in range(1000):
        await pacing.turn(channel)
        clock.now += 1
    assert len(pacing._channels) < 5


def test_the_time_at_discord_is_learned_from_its_answers(caplog: pytest.LogCaptureFixture) -> None:
    """A clock that is a day off is said once; what is no date teaches nothing."""
    here = 1_700_000_000.0
    time = DiscordTime(clock=lambda: here)
    assert time.now() == datetime.fromtimestamp(here, UTC)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            time.heard(formatdate(here + 86_400, usegmt=True))
        time.heard(None)
        time.heard("tomorrow")
    assert time.now() == datetime.fromtimestamp(here + 86_400, UTC)
    assert [record.getMessage() for record in caplog.records] == [
        "this machine's clock is -86400 s off Discord's; set it right"
    ]
