"""`make soak-load`: people ask steadily, for long; memory stays flat, answers stay quick, nothing is lost.

    python tests/support/soak_load.py --minutes 30

One bot with the worker that computes, on a loopback Discord that is in trouble now and then. Each minute's
figures go to standard error, the last line with all of them to standard output.
"""

import argparse
import asyncio
import random
import signal
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import psutil
from kill_bot import Bot, Life, finished
from kill_count import Tally, reckon
from kill_load import Load
from kill_watch import Watch

from bot.playground import LoopbackDiscord

A_MINUTE: Final = 60.0
TROUBLE_SHARE: Final = 0.5
"""Of the minutes, those in which Discord answers some requests badly."""
FLAT: Final = 1.1
"""The median of the last third of the minutes over that of the second, at most; in the first, caches fill."""
AT_MOST: Final = 0.5
"""Seconds within which 99 in 100 who ask are answered."""
NEVER: Final = 2.5
TO_FINISH: Final = 900.0
TO_LEAVE: Final = 90.0
MIB: Final = 2**20


@dataclass(slots=True, kw_only=True)
class Figures:
    """What was measured, a number a minute: memory in MiB, waits in seconds."""

    bot: list[float] = field(default_factory=list)
    worker: list[float] = field(default_factory=list)
    waits: list[list[float]] = field(default_factory=list)

    def note(self, bot: Bot, load: Load) -> str:
        """One minute's; answers a line about it."""
        assert bot.process is not None
        process = psutil.Process(bot.process.pid)
        self.bot.append(process.memory_info().rss / MIB)
        self.worker.append(sum(child.memory_info().rss for child in process.children(recursive=True)) / MIB)
        self.waits.append(load.waits)
        load.waits = []
        p99 = np.percentile(self.waits[-1], 99) if self.waits[-1] else 0.0
        return (
            f"minute {len(self.bot)}: bot {self.bot[-1]:.0f} MiB, worker {self.worker[-1]:.0f} MiB, "
            f"{len(self.waits[-1])} answers, p99 {1e3 * p99:.0f} ms"
        )

    def grew(self, minutes: list[float]) -> float:
        """By how much the last third is above the second; 1 where there are too few to tell."""
        third = len(minutes) // 3
        if third == 0:
            return 1.0
        return statistics.median(minutes[-third:]) / statistics.median(minutes[third : 2 * third])

    @property
    def p99(self) -> float:
        return float(np.percentile([wait for minute in self.waits for wait in minute], 99))

    @property
    def longest(self) -> float:
        return max(wait for minute in self.waits for wait in minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it came out."""

    asked: int
    tally: Tally
    figures: Figures
    troubled: bool

    @property
    def line(self) -> str:
        """All of it in one line."""
        figures = self.figures
        counted = self.tally.line(kills=0, asked=self.asked).removeprefix("kills=0 ")
        return (
            f"minutes={len(figures.bot)} {counted} "
            f"answer_p99_ms={1e3 * figures.p99:.0f} answer_max_ms={1e3 * figures.longest:.0f} "
            f"bot_mib={figures.bot[-1]:.0f} bot_growth={figures.grew(figures.bot):.3f} "
            f"worker_mib={figures.worker[-1]:.0f} worker_growth={figures.grew(figures.worker):.3f}"
        )

    @property
    def faults(self) -> list[str]:
        """What is not as it should be, a line each."""
        figures = self.figures
        found = [*self.tally.faults]
        if not self.tally.good and not found:
            found.append("too few were delivered")
        for who, minutes in (("bot", figures.bot), ("worker", figures.worker)):
            if figures.grew(minutes) > FLAT:
                found.append(f"the {who}'s memory grew by {figures.grew(minutes) - 1:.0%}")
        if figures.p99 >= AT_MOST and not self.troubled:
            found.append(f"99 in 100 answers took up to {figures.p99:.2f} s")
        if figures.longest >= NEVER and not self.troubled:
            found.append(f"an answer took {figures.longest:.2f} s")
        return found


async def soak(
    minutes: int, *, rate: float, seed: int, folder: Path, a_minute: float = A_MINUTE, trouble: bool = False
) -> Outcome:
    """Have people ask for so long, then let the bot finish and leave, and count.

    Args:
        rate: things asked for a second.
        folder: an empty one, for the bot's storage and log.
        a_minute: how long one is, in seconds.
        trouble: Discord answers badly now and then; answers that it held up are no fault of the bot's.
    """
    storage = folder / "storage"
    storage.mkdir()
    chance = random.Random(seed)
    figures = Figures()
    async with LoopbackDiscord() as discord:
        watch = Watch(discord)
        load = Load(discord, watch, random.Random(seed))
        bot = Bot(storage, discord)
        try:
            await bot.start(Life(real=True))
            for _ in range(minutes):
                if trouble and chance.random() < TROUBLE_SHARE:
                    load.trouble()
                await load.burst(round(rate * a_minute), over=a_minute)
                print(figures.note(bot, load), file=sys.stderr, flush=True)  # noqa: T201
            await load.answered()
            await finished(storage, discord, TO_FINISH)
            if (status := await bot.end(signal.SIGTERM, within=TO_LEAVE)) != 0:
                raise RuntimeError(f"the bot ended with exit status {status}")
        finally:
            if bot.process is not None:
                await bot.end(signal.SIGKILL)
        tally = await asyncio.to_thread(reckon, storage, watch)
    return Outcome(asked=load.asked, tally=tally, figures=figures, troubled=trouble)


def main() -> int:
    arguments = argparse.ArgumentParser(description="Ask steadily for long, and measure.")
    arguments.add_argument("--minutes", type=int, default=30)
    arguments.add_argument("--rate", type=float, default=1.0, help="things asked for a second")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--trouble", action="store_true", help="Discord answers badly now and then")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="easel-load-", ignore_cleanup_errors=True) as folder:
        outcome = asyncio.run(
            soak(
                options.minutes,
                rate=options.rate,
                seed=options.seed,
                folder=Path(folder),
                trouble=options.trouble,
            )
        )
    for fault in outcome.faults:
        print(fault, file=sys.stderr)  # noqa: T201
    print(outcome.line)  # noqa: T201 — what it is run for
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
