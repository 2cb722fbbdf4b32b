"""How soon people are answered while everybody asks at once.

`python -m benchmarks.ack` runs the real bot as a process of its own on a loopback Discord; many people type
`/imagine` at a steady rate, far more than the worker can make, and each waits for the bot's answer. Discord
gives it three seconds. Everything must then end: delivered, refused with a limit that is named, or refunded.
`--json` prints one object; otherwise `docs/benchmarks/ack.md` is written.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.report import FOLDER
from bot.playground import LoopbackDiscord, Person
from bot.playground.refusals import Refusal

PEOPLE: Final = 100
WAITING: Final = "3"
"""Jobs that each of them may have waiting: the limit that is set, and named to who is refused."""
LIMIT_SAID: Final = f"You already have {WAITING} waiting"
AT_MOST: Final = 0.5
"""Seconds within which 99 in 100 are to be answered."""
NEVER: Final = 2.5
"""Seconds within which everybody is."""
PATIENCE: Final = 600.0
"""Seconds for all that was accepted to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one run; times in seconds.

    Attributes:
        accepted: answered with a card.
        refused: answered with the limit that was reached.
        unanswered: who saw “the application did not respond”, or another answer than these.
        ended: jobs in the database by their state once nothing was under way any more.
        owed: compute-seconds still held for jobs that ended without pictures; 0, or somebody was wronged.
    """

    rate: float
    seconds: float
    p50_s: float
    p99_s: float
    most_s: float
    accepted: int
    refused: int
    unanswered: int
    ended: dict[str, int]
    owed: float

    @property
    def holds(self) -> bool:
        """Whether everybody was answered in time, and everything came to its end."""
        over = self.ended.get("delivered", 0) + self.ended.get("failed", 0) == sum(self.ended.values())
        return (
            self.p99_s < AT_MOST
            and self.most_s < NEVER
            and not self.unanswered
            and over
            and sum(self.ended.values()) == self.accepted
            and abs(self.owed) < 1e-6
        )


async def measure(rate: float, seconds: float) -> Result:
    """One run.

    Args:
        rate: commands a second, of all people together.
        seconds: how long they go on.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="easel-ack-")))
        discord = await stack.enter_async_context(LoopbackDiscord())
        crowd = _crowd(discord)
        bot = await _bot(discord, folder)
        try:
            await discord.connected(timeout=60)
            first = await crowd[0].command("imagine", prompt="a star", count=1, steps=4)
            await discord.until(lambda: bool(first.pictures), timeout=120)  # the model is warm
            began = time.perf_counter()
            answers = await asyncio.gather(
                *(
                    _one(crowd[number % PEOPLE], began + number / rate)
                    for number in range(round(rate * seconds))
                )
            )
            ended = await _ended(folder / "easel.db")
        finally:
            bot.terminate()
            await bot.wait()
        kinds = Counter(kind for _, kind in answers)
        waits = [wait for wait, _ in answers]
        return Result(
            rate=rate,
            seconds=seconds,
            p50_s=float(np.percentile(waits, 50)),
            p99_s=float(np.percentile(waits, 99)),
            most_s=max(waits),
            accepted=kinds["accepted"] + 1,
            refused=kinds["refused"],
            unanswered=kinds["unanswered"],
            ended=ended,
            owed=_owed(folder / "easel.db"),
        )


def _crowd(discord: LoopbackDiscord) -> list[Person]:
    """Members of the studio's server, all in one channel."""
    guild = discord.world.guild_named("Easel Studio")
    names = [f"person{number}" for number in range(PEOPLE)]
    for name in names:
        discord.world.join(guild, discord.world.add_user(name))
    return [discord.person(name) for name in names]


async def _bot(discord: LoopbackDiscord, folder: Path) -> asyncio.subprocess.Process:
    """`easel run` as a process of its own; what it logs goes where this process' own errors go."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("EASEL_", "DISCORD_"))}
    settings = {
        "EASEL_STORAGE__FOLDER": str(folder),
        "EASEL_DISCORD__API_BASE": discord.base_url,
        "EASEL_QUOTA__WAITING_JOBS": WAITING,
        "EASEL_QUOTA__SECONDS_PER_DAY": "inf",
        "EASEL_LOG__LEVEL": "warning",
        "DISCORD_TOKEN": discord.token,
    }
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=kept | settings)


async def _one(person: Person, at: float) -> tuple[float, str]:
    """Somebody types a command at that moment; how long they waited, and what they read."""
    await asyncio.sleep(at - time.perf_counter())
    began = time.perf_counter()
    try:
        answer = await person.command("imagine", prompt="a star", count=1, steps=4)
    except Refusal:
        return time.perf_counter() - began, "unanswered"
    wait = time.perf_counter() - began
    if not answer.ephemeral:
        return wait, "accepted"
    return wait, "refused" if LIMIT_SAID in answer.text else "unanswered"


async def _ended(database: Path) -> dict[str, int]:
    """The jobs by state once all are over, or after a while."""
    states: dict[str, int] = {}
    for _ in range(round(PATIENCE)):
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            states = dict(connection.execute("SELECT state, count(*) FROM jobs GROUP BY state"))
        if not states.keys() - {"delivered", "failed", "cancelled"}:
            break
        await asyncio.sleep(1)
    return states


def _owed(database: Path) -> float:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        ((owed,),) = connection.execute(
            "SELECT coalesce(sum(amount), 0) FROM ledger JOIN jobs ON jobs.id = ledger.job "
            "WHERE jobs.state = 'failed'"
        )
    return float(owed)


def table(result: Result) -> str:
    """The result in Markdown."""
    ended = ", ".join(f"{count} {state}" for state, count in sorted(result.ended.items()))
    return f"""# Answers under load

{result.rate:g} `/imagine` a second for {result.seconds:g} s from {
        PEOPLE
    } people, the worker busy throughout, on a
machine with {os.cpu_count()} cores, which also ran the loopback Discord:

| median | 99 in 100 | the slowest | accepted | refused with the limit named | not answered |
| --- | --- | --- | --- | --- | --- |
| {1e3 * result.p50_s:.0f} ms | {1e3 * result.p99_s:.0f} ms | {1e3 * result.most_s:.0f} ms | {
        result.accepted
    } | {result.refused} | {result.unanswered} |

Discord waits 3 s. In the end the jobs were {ended}; {
        result.owed:.1f} compute-seconds were kept for jobs without
pictures.

Made by `python -m benchmarks.ack`.
"""


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.ack", description=__doc__)
    arguments.add_argument("--json", action="store_true", help="print one JSON object, write nothing")
    arguments.add_argument("--rate", type=float, default=50.0, help="commands a second")
    arguments.add_argument("--seconds", type=float, default=60.0, help="how long")
    options = arguments.parse_args()
    result = asyncio.run(measure(options.rate, options.seconds))
    if options.json:
        print(json.dumps(asdict(result) | {"holds": result.holds}))
    else:
        text = table(result)
        (FOLDER / "ack.md").write_text(text, encoding="utf-8")
        print(text)
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main())
