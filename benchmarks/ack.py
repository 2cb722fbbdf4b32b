"""How soon people are answered while everybody asks at once, and what becomes of what they asked for.

`python -m benchmarks.ack` runs the real bot as a process of its own on a loopback Discord; a hundred people
type `/imagine` at a steady rate, and each waits for the bot's answer. Discord gives it three seconds. Twice:
with the worker that computes, which cannot keep up, and a limit of jobs waiting; then with a scripted worker
that can, and no limit. Everything must end: delivered, refused with the limit that is named, or refunded.
`--json` prints one object; otherwise `docs/benchmarks/ack.md` is written.
"""

import argparse
import asyncio
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from bot.playground import LoopbackDiscord, Person
from bot.playground.refusals import Refusal

TABLE: Final = Path(__file__).parents[1] / "docs" / "benchmarks" / "ack.md"
PEOPLE: Final = 100
WAITING: Final = {"real": 3, "scripted": 1000}
"""Jobs that each of them may have waiting; who has as many is refused, and told so."""
LIMIT_SAID: Final = "You already have 3 waiting"
AT_MOST: Final = 0.5
"""Seconds within which 99 in 100 are to be answered."""
NEVER: Final = 2.5
"""Seconds within which everybody is."""
PATIENCE: Final = 600.0
"""Seconds for all that was accepted to end."""

Worker = Literal["real", "scripted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one run; times in seconds.

    Attributes:
        worker: the one that computes, or one that only says so.
        accepted: answered with a card.
        refused: answered with the limit that was reached.
        unanswered: who saw “the application did not respond”, or another answer than these.
        ended: jobs in the database by their state once nothing was under way any more.
        owed: compute-seconds still held for jobs that ended without pictures; 0, or somebody was wronged.
    """

    worker: Worker
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
            and (self.worker == "real" or self.ended == {"delivered": self.accepted})
            and abs(self.owed) < 1e-6
        )


async def measure(worker: Worker, rate: float, seconds: float) -> Result:
    """One run.

    Args:
        worker: "real", or "scripted", which computes nothing.
        rate: commands a second, of all people together.
        seconds: how long they go on.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="easel-ack-")))
        discord = await stack.enter_async_context(LoopbackDiscord())
        crowd = _crowd(discord)
        bot = await _bot(discord, folder, worker)
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
            worker=worker,
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


async def _bot(discord: LoopbackDiscord, folder: Path, worker: Worker) -> asyncio.subprocess.Process:
    """`easel run` as a process of its own; what it logs goes where this process' own errors go."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("EASEL_", "DISCORD_"))}
    settings = {
        "EASEL_STORAGE__FOLDER": str(folder),
        "EASEL_DISCORD__API_BASE": discord.base_url,
        "EASEL_QUOTA__WAITING_JOBS": str(WAITING[worker]),
        "EASEL_QUOTA__SECONDS_PER_DAY": "inf",
        "EASEL_LOG__LEVEL": "error",
        "DISCORD_TOKEN": discord.token,
        "INFERENCE_WORKER": worker,
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


def table(results: Sequence[Result]) -> str:
    """The results in Markdown."""
    rows = "\n".join(
        f"| {each.worker} | {1e3 * each.p50_s:.0f} ms | {1e3 * each.p99_s:.0f} ms "
        f"| {1e3 * each.most_s:.0f} ms | {each.accepted} | {each.ended.get('delivered', 0)} "
        f"| {each.refused} | {each.unanswered} |"
        for each in results
    )
    where = f"{os.cpu_count()} cores ({platform.machine()})"
    return f"""# Answers under load

{results[0].rate:g} `/imagine` a second for {results[0].seconds:g} s, from {PEOPLE} people, on a machine
with {where} that ran the loopback Discord and those people, too. With the real worker, busy
throughout, each may have {WAITING["real"]} jobs waiting and is refused beyond, with that limit named; with
the scripted one, which computes nothing, nobody is.

| worker | median | 99 in 100 | the slowest | accepted | delivered | refused, with the limit | not answered |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

Discord waits 3 s. No compute-second was kept for a job without pictures. Made by `python -m benchmarks.ack`.
"""


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.ack", description=__doc__)
    arguments.add_argument("--json", action="store_true", help="print one JSON object, write nothing")
    arguments.add_argument("--rate", type=float, default=50.0, help="commands a second")
    arguments.add_argument("--seconds", type=float, default=60.0, help="how long")
    arguments.add_argument("--worker", choices=("real", "scripted"), help="only one of the two")
    options = arguments.parse_args()
    workers: list[Worker] = [options.worker] if options.worker else ["real", "scripted"]
    results = [asyncio.run(measure(worker, options.rate, options.seconds)) for worker in workers]
    holds = all(result.holds for result in results)
    if options.json:
        print(json.dumps({"holds": holds, "runs": [asdict(result) for result in results]}))
    else:
        text = table(results)
        if holds and not options.worker:
            TABLE.write_text(text, encoding="utf-8")
        print(text)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
