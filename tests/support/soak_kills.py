"""`make soak-kills`: the bot is killed again and again under load, and every job is accounted for.

    python tests/support/soak_kills.py --kills 1000 --seed 1

Every life of the bot has people ask for pictures and press buttons, Discord in trouble now and then, and an
end: by its own hand at an edge of a job's life, by SIGKILL at a random moment, with or without its worker, or
by SIGTERM. The last life finishes everything; then what people saw is held against the database.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kill_bot import Bot, Life, finished
from kill_count import Tally, reckon
from kill_load import Load
from kill_points import BREAKS, EDGES
from kill_watch import Watch

from bot.playground import LoopbackDiscord

REAL_EVERY: Final = 20
"""Of so many kills, one with the worker that computes."""
TERM_EVERY: Final = 10
"""After so many kills comes one life that is asked to leave instead."""
TROUBLE_SHARE: Final = 0.3
STUDIOS: Final = 3
"""Bots side by side, each with a Discord and a database of its own: most of a life is waiting."""
REQUESTS: Final = 20
"""Things asked for in a life."""
SPREAD: Final = 1.0
"""Seconds over which they come."""
TO_DRAW: Final = 60.0
"""Seconds within which the real worker has begun something, on any machine."""
TO_LEAVE: Final = 90.0
"""Seconds within which a bot that is asked to leave has left: twice its limit, and some more."""
TO_FINISH: Final = 300.0
"""Seconds within which the last life finishes everything."""
POINTS: Final = tuple(f"{when}:{edge}" for edge in (*EDGES, "files") for when in ("before", "after"))


def lives(kills: int, random_numbers: random.Random) -> list[Life]:
    """As many that end in a kill as there shall be, every edge in turn, in between random moments."""
    points: list[str] = []
    plan: list[Life] = []
    for number in range(1, kills + 1):
        real = number % REAL_EVERY == 0
        trouble = random_numbers.random() < TROUBLE_SHARE
        if number % 3 == 0:
            moment, worker_first = random_numbers.uniform(0, 1.2), random_numbers.random() < 0.25
            plan.append(Life(real=real, moment=moment, worker_first=worker_first, trouble=trouble))
        else:
            points = points or random_numbers.sample(POINTS, len(POINTS))
            passes = random_numbers.randint(2, 12)
            plan.append(Life(real=real, point=points.pop(), passes=passes, trouble=trouble))
        if number % TERM_EVERY == 0:
            plan.append(Life(end=signal.SIGTERM, moment=random_numbers.uniform(0, 1.2)))
    return plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a soak came to."""

    kills: int
    asked: int
    tally: Tally

    @property
    def line(self) -> str:
        return self.tally.line(kills=self.kills, asked=self.asked)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            kills=self.kills + other.kills, asked=self.asked + other.asked, tally=self.tally + other.tally
        )


async def side_by_side(
    plan: Sequence[Life], *, seed: int, folder: Path, broken: str, studios: int
) -> Outcome:
    """As `soak`, the lives dealt out to so many studios; at most one for two lives."""
    studios = max(1, min(studios, len(plan) // 2))
    parts = []
    for number in range(studios):
        part = folder / str(number)
        part.mkdir()
        parts.append(soak(plan[number::studios], seed=seed + number, folder=part, broken=broken))
    first, *others = await asyncio.gather(*parts)
    return sum(others, start=first)


async def soak(
    plan: Sequence[Life], *, seed: int, folder: Path, broken: str = "none", to_finish: float = TO_FINISH
) -> Outcome:
    """Live every life of the plan, then one without an end, and count.

    Args:
        folder: an empty one, for the bot's storage and log.
        broken: what is wrong with the bot, on purpose; one of `kill_points.BREAKS`.
        to_finish: seconds that the last life gets to finish everything.

    Raises:
        RuntimeError: a life ended otherwise than it was to.
    """
    storage = folder / "storage"
    storage.mkdir()
    async with LoopbackDiscord() as discord:
        watch = Watch(discord)
        load = Load(discord, watch, random.Random(seed))
        bot = Bot(storage, discord, broken=broken)
        kills = 0
        try:
            for life in plan:
                await _live(life, bot, load, discord)
                kills += life.end is signal.SIGKILL
                if kills % 50 == 0 and life.end is signal.SIGKILL:
                    print(f"{kills} kills, {len(watch.shown)} jobs delivered", file=sys.stderr, flush=True)  # noqa: T201
            await bot.start(Life())
            await load.answered()
            await finished(storage, discord, to_finish)
            if (status := await bot.end(signal.SIGTERM, within=TO_LEAVE)) != 0:
                raise RuntimeError(f"the last life ended with exit status {status}")
        finally:
            if bot.process is not None:
                await bot.end(signal.SIGKILL)
        tally = await asyncio.to_thread(reckon, storage, watch)
    return Outcome(kills=kills, asked=load.asked, tally=tally)


async def _live(life: Life, bot: Bot, load: Load, discord: LoopbackDiscord) -> None:
    if await bot.start(life):
        if life.trouble:
            load.trouble()
        if life.real:
            assert bot.process is not None
            await load.burst(2, over=SPREAD)
            await _drawing(discord, bot.process)
        else:
            await load.burst(REQUESTS, over=SPREAD)
        if not await bot.died(within=life.moment):
            if life.worker_first:
                bot.kill_worker()
                await asyncio.sleep(0.2)
            await bot.end(life.end, within=TO_LEAVE)
        discord.faults.clear()
    wanted = 0 if life.end is signal.SIGTERM else -signal.SIGKILL
    if (status := await bot.end(signal.SIGKILL)) != wanted:
        raise RuntimeError(f"a life ended with exit status {status} instead of {wanted}: see its log")


async def _drawing(discord: LoopbackDiscord, process: asyncio.subprocess.Process) -> None:
    """Wait until the real worker has made something, or the bot has died at its trap."""
    before = discord.record.count("uploaded")
    await discord.until(
        lambda: process.returncode is not None or discord.record.count("uploaded") > before, timeout=TO_DRAW
    )


def main() -> int:
    arguments = argparse.ArgumentParser(
        description="Kill Easel again and again, and count what became of it."
    )
    arguments.add_argument("--kills", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--studios", type=int, default=STUDIOS, help="bots side by side")
    arguments.add_argument("--broken", choices=BREAKS, default="none", help="a bot that fails on purpose")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="easel-kills-", ignore_cleanup_errors=True) as folder:
        plan = lives(options.kills, random.Random(options.seed))
        outcome = asyncio.run(
            side_by_side(
                plan,
                seed=options.seed,
                folder=Path(folder),
                broken=options.broken,
                studios=options.studios,
            )
        )
    for fault in outcome.tally.faults:
        print(fault, file=sys.stderr)  # noqa: T201
    print(outcome.line)  # noqa: T201 — what it is run for
    return 0 if outcome.tally.good else 1


if __name__ == "__main__":
    sys.exit(main())
