"""`easel run` in a process that is started and ended again and again, always on the same storage."""

import asyncio
import ctypes
import os
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bot.playground import LoopbackDiscord

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
LONGEST_LIFE: Final = 3.0
"""Seconds after which a bot that did not come past its trap is killed all the same."""
TO_START: Final = 60.0
STEP_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How one life of the bot shall end.

    Attributes:
        real: with the worker that computes.
        point: where it kills itself, one of `POINTS`; None to be killed from outside at a random moment.
        passes: at the how-many-th time there.
        end: how it is ended from outside: SIGKILL, or SIGTERM, which lets it finish what runs.
        moment: seconds after everything was asked for, where nothing else ends it.
        worker_first: its worker is killed before it.
        trouble: Discord answers some of its requests badly.
    """

    real: bool = False
    point: str | None = None
    passes: int = 1
    end: signal.Signals = signal.SIGKILL
    moment: float = LONGEST_LIFE
    worker_first: bool = False
    trouble: bool = False


def drop_power() -> None:
    """Takes from a process about to be started what lets the superuser write everywhere (Linux)."""
    drop, override = 24, 1  # PR_CAPBSET_DROP and CAP_DAC_OVERRIDE, from linux/prctl.h and capability.h
    ctypes.CDLL(None).prctl(drop, override, 0, 0, 0)


class Bot:
    """`easel run` in a process, in one storage folder.

    Args:
        broken: which of `kill_points.BREAKS` it has.
        powerless: the rights of files bind it, whoever runs it.
        settings: more of its environment.

    Attributes:
        process: its latest life.
        said: everything it logged, in all its lives.
    """

    def __init__(
        self,
        folder: Path,
        discord: LoopbackDiscord,
        *,
        broken: str = "none",
        powerless: bool = False,
        **settings: str,
    ) -> None:
        self._folder = folder
        self._discord = discord
        self._broken = broken
        self._powerless = powerless
        self._settings = settings
        self.process: asyncio.subprocess.Process | None = None
        self._logging: asyncio.Task[None] | None = None
        self.said = ""

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
            **self._settings,
        }
        if life.point is None and self._broken == "none":
            command = [sys.executable, "-m", "bot", "run"]
        else:
            trap = [life.point or "none", str(life.passes), self._broken]
            command = [sys.executable, str(HERE / "kill_points.py"), *trap]
        connections = self._discord.record.count("connected")
        self.process = process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            preexec_fn=drop_power if self._powerless else None,
        )
        assert process.stderr is not None
        self._logging = asyncio.create_task(self._log(process.stderr))
        await self._discord.until(
            lambda: process.returncode is not None or self._discord.record.count("connected") > connections,
            timeout=TO_START,
        )
        return process.returncode is None

    async def _log(self, lines: asyncio.StreamReader) -> None:
        """By way of a pipe: what binds the bot's own files shall not bind its log."""
        while line := await lines.readline():
            self.said += line.decode()
            with (self._folder.parent / "bot.log").open("ab") as log:
                log.write(line)

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
            status = await self.process.wait()
            if self._logging is not None:
                await self._logging
            return status


async def finished(storage: Path, discord: LoopbackDiscord, within: float) -> None:
    """Wait until no job is open; one that stays open is for the reckoning to find."""

    def settled() -> bool:
        return not unfinished(storage)

    try:
        await discord.until(settled, timeout=within)
    except TimeoutError:
        print(f"{unfinished(storage)} jobs are still open after {within:.0f} s", file=sys.stderr)  # noqa: T201


def unfinished(storage: Path) -> int:
    """How many jobs are not over, read from outside."""
    with closing(sqlite3.connect(f"file:{storage / 'easel.db'}?mode=ro", uri=True)) as connection:
        ((count,),) = connection.execute(
            "SELECT count(*) FROM jobs WHERE state NOT IN ('delivered', 'failed', 'cancelled')"
        )
        return int(count)
