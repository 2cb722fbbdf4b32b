"""`make soak-kills`: the bot is killed again and again under load, and every job is accounted for.

python tests/support/soak_kills.py --kills 1000 --seed 1
"""

import argparse
import asyncio
import os
import random
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from kill_count import Tally, reckon
from kill_load import Load
from kill_points import BREAKS, EDGES
from kill_watch import Watch

from bot.playground import LoopbackDiscord
from bot.playground.clock import Clock

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
REAL_EVERY: Final = 20
"""Of so many kills, one with the worker that computes."""
REQUESTS: Final = 12
"""Things asked for in a life."""
SPREAD: Final = 0.8
"""Seconds over which they come."""
LONGEST_LIFE: Final = 3.0
"""Seconds after which a bot that did not come past its trap is killed all the same."""
TO_DRAW: Final = 60.0
"""Seconds within which the real worker has begun something, on any machine."""
TO_START: Final = 60.0
TO_FINISH: Final = 300.0
"""Seconds within which the last life finishes everything."""
STEP_SECONDS: Final = 0.01
POINTS: Final = tuple(f"{when}:{edge}" for edge in (*EDGES, "files") for when in ("before", "after"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How one life of the bot shall end.

    Attributes:
        real: with the worker that computes.
        point: where it kills itself, one of `POINTS`; None to be killed from outside at a random moment.
        passes: at the how-many-th time there.
        moment: seconds after everything was asked for, where nothing else ends it.
        worker_first: its worker is killed before it.
    """

    real: bool = False
    point: str | None = None
    passes: int = 1
    moment: float = LONGEST_LIFE
    worker_first: bool = False


def lives(kills: int, random_numbers: random.Random) -> list[Life]:
    """As many as there shall be kills: every edge in turn, in between random moments."""
    points: list[str] = []
    plan = []
    for number in range(1, kills + 1):
        if number % 3 == 0:
            moment = random_numbers.uniform(0, 1.2)
            plan.append(
                Life(
                    real=number % REAL_EVERY == 0, moment=moment, worker_first=random_numbers.random() < 0.25
                )
            )
            continue
        if not points:
            points = random_numbers.sample(POINTS, len(POINTS))
        plan.append(
            Life(real=number % REAL_EVERY == 0, point=points.pop(), passes=random_numbers.randint(1, 6))
        )
    return plan


class Bot:
    """`easel run` in a process, in one storage folder.

    Args:
        broken: which of `kill_points.BREAKS` it has.
    """

    def __init__(self, folder: Path, discord: LoopbackDiscord, *, broken: str = "none") -> None:
        self._folder = folder
        self._discord = discord
        self._broken = broken
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, life: Life) -> bool:
        """Whether it got as far as being connected."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("EASEL_", "DISCORD_"))
        }
        environment = kept | {
            "EASEL_STORAGE__FOLDER": str(self._folder),
            "EASEL_DISCORD__API_BASE": self._discord.base_url,
            "EASEL_QUOTA__WAITING_JOBS": "1000",
            "EASEL_QUOTA__SECONDS_PER_DAY": "1e9",
            "DISCORD_TOKEN": self._discord.token,
            "INFERENCE_WORKER": "real" if life.real else "scripted",
            "INFERENCE_STEP_SECONDS": str(STEP_SECONDS),
        }
        if life.point is None and self._broken == "none":
            command = [sys.executable, "-m", "bot", "run"]
        else:
            trap = [life.point or "none", str(life.passes), self._broken]
            command = [sys.executable, str(HERE / "kill_points.py"), *trap]
        connections = self._discord.record.count("connected")
        with (self._folder.parent / "bot.log").open("ab") as log:
            self.process = process = await asyncio.create_subprocess_exec(
                *command, env=environment, stderr=log, cwd=ROOT
            )
        await self._discord.until(
            lambda: process.returncode is not None or self._discord.record.count("connected") > connections,
            timeout=TO_START,
        )
        return process.returncode is None

    async def died(self, within: float) -> bool:
        """Whether it killed itself in so many seconds."""
        assert self.process is not None
        try:
            async with asyncio.timeout(within):
                await self.process.wait()
        except TimeoutError:
            return False
        return True

    def kill_worker(self) -> None:
        """SIGKILL to every process it has started."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children(recursive=True):
            child.kill()

    async def end(self, number: signal.Signals, within: float = 60.0) -> int:
        """Send a signal to a bot that may be dead already; its exit status."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(within):
            return await self.process.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a soak came to."""

    kills: int
    asked: int
    tally: Tally

    @property
    def line(self) -> str:
        return self.tally.line(kills=self.kills, asked=self.asked)


async def soak(
    plan: Sequence[Life], *, seed: int, folder: Path, broken: str = "none", to_finish: float = TO_FINISH
) -> Outcome:
    """Live every life of the plan, then one without a kill, and count.

    Args:
        folder: an empty one, for the bot's storage and log.
        broken: what is wrong with the bot, on purpose; one of `kill_points.BREAKS`.
        to_finish: seconds that the last life gets to finish everything.

    Raises:
        RuntimeError: a life ended by itself, other than by the trap.
    """
    storage = folder / "storage"
    storage.mkdir()
    async with LoopbackDiscord(clock=Clock()) as discord:
        watch = Watch(discord)
        load = Load(discord, watch, random.Random(seed))
        bot = Bot(storage, discord, broken=broken)
        try:
            for number, life in enumerate(plan, start=1):
                await _live(life, bot, load, discord)
                if number % 50 == 0:
                    print(f"{number} kills, {len(watch.shown)} jobs delivered", file=sys.stderr, flush=True)  # noqa: T201
            await bot.start(Life())
            await load.answered()
            await _finished(storage, discord, to_finish)
            if (status := await bot.end(signal.SIGTERM)) != 0:
                raise RuntimeError(f"the last life ended with exit status {status}")
        finally:
            if bot.process is not None:
                await bot.end(signal.SIGKILL)
        tally = await asyncio.to_thread(reckon, storage, cards=watch.cards, shown=watch.shown)
    return Outcome(kills=len(plan), asked=load.asked, tally=tally)


async def _live(life: Life, bot: Bot, load: Load, discord: LoopbackDiscord) -> None:
    if await bot.start(life):
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
            await bot.end(signal.SIGKILL)
    if (status := await bot.end(signal.SIGKILL)) != -signal.SIGKILL:
        raise RuntimeError(f"a bot that was to be killed ended with exit status {status}: see its log")


async def _drawing(discord: LoopbackDiscord, process: asyncio.subprocess.Process) -> None:
    """Wait until the real worker has made something, or the bot has died at its trap."""
    before = discord.record.count("uploaded")
    await discord.until(
        lambda: process.returncode is not None or discord.record.count("uploaded") > before, timeout=TO_DRAW
    )


async def _finished(storage: Path, discord: LoopbackDiscord, within: float) -> None:
    """Wait until no job is open; one that stays open is for the reckoning to find."""

    def settled() -> bool:
        return not unfinished(storage)

    try:
        await discord.until(settled, timeout=within)
    except TimeoutError:
        print(f"{unfinished(storage)} jobs are still open after {within:.0f} s", file=sys.stderr)  # noqa: T201


def unfinished(storage: Path) -> int:
    """How many jobs are not over, read from outside."""
    connection = sqlite3.connect(f"file:{storage / 'easel.db'}?mode=ro", uri=True)
    try:
        ((count,),) = connection.execute(
            "SELECT count(*) FROM jobs WHERE state NOT IN ('delivered', 'failed', 'cancelled')"
        )
        return int(count)
    finally:
        connection.close()


def main() -> int:
    arguments = argparse.ArgumentParser(
        description="Kill Easel again and again, and count what became of it."
    )
    arguments.add_argument("--kills", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--broken", choices=BREAKS, default="none", help="a bot that fails on purpose")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="easel-kills-", ignore_cleanup_errors=True) as folder:
        plan = lives(options.kills, random.Random(options.seed))
        outcome = asyncio.run(soak(plan, seed=options.seed, folder=Path(folder), broken=options.broken))
    for fault in outcome.tally.faults:
        print(fault, file=sys.stderr)  # noqa: T201
    print(outcome.line)  # noqa: T201 — what it is run for
    return 0 if outcome.tally.good else 1


if __name__ == "__main__":
    sys.exit(main())
