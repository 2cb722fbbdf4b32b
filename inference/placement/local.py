"""A worker on this machine: a spawned process behind two pipes."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Final

from inference import wire
from inference.messages import AboutJob, AboutModel, FromWorker, ToWorker

BUFFER: Final = 4 * 1024 * 1024
"""Bytes the pipes' readers hold before they pause: a few pictures."""

_SECRET: Final = ("DISCORD_", "EASEL_")
"""Variables that the process which runs models has no use for: the bot's token is among them."""

log = logging.getLogger("inference.worker")


class LocalWorker:
    """The engine's end of one worker process.

    The process is spawned, never forked, since torch's threads do not survive a fork; and it holds no pipe
    but its own two, so that it sees them close when this process is gone, however it went.
    """

    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise ValueError("a worker needs its three pipes")
        self._process = process
        self._to, self._from, self._err = process.stdin, process.stdout, process.stderr
        self._log = asyncio.create_task(self._pass_on_log())

    @classmethod
    async def spawn(
        cls,
        *,
        device: str,
        threads: int | None,
        preview_every: float,
        exact: bool,
        compile_into: Path | None = None,
    ) -> "LocalWorker":
        """Starts the process; it says `Awake` when it listens.

        Args:
            device: "auto", "cpu", "cuda" …
            threads: of computation; None for one less than there are cores, so that the bot has one.
            preview_every: least seconds between two previews of a job.
            exact: every picture is bit for bit what it is alone.
            compile_into: where compiled U-Nets are kept; None does not compile.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "inference.worker_process",
            f"--device={device}",
            f"--threads={threads or default_threads()}",
            f"--preview-every={preview_every}",
            *(["--exact"] if exact else []),
            *([f"--compile-into={compile_into}"] if compile_into else []),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            limit=BUFFER,
            env={name: value for name, value in os.environ.items() if not name.startswith(_SECRET)},
            start_new_session=True,  # Ctrl-C is for the bot, which then sees to the worker
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: ToWorker) -> None:
        """Never blocks; to a worker that is gone it says nothing, `receive` tells."""
        if not self._to.is_closing():
            self._to.write(wire.encode(message))

    async def receive(self) -> FromWorker | None:
        """The next thing it says; None when it is gone."""
        try:
            head = await self._from.readexactly(wire.LENGTH.size)
            body = await self._from.readexactly(wire.LENGTH.unpack(head)[0])
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        message = wire.decode(body)
        if not isinstance(message, AboutModel | AboutJob):
            raise TypeError(f"the worker said something unknown: {message!r}")
        return message

    def kill(self) -> None:
        """Ends the process without asking; one that is gone is no matter."""
        if self._process.returncode is None:
            self._process.kill()

    async def gone(self) -> str:
        """Waits for the end of the process; how it ended, in words for the log."""
        code = await self._process.wait()
        await self._log
        self._to.close()
        return f"killed by signal {-code}" if code < 0 else f"left with exit status {code}"

    async def leave(self, *, within: float) -> None:
        """Closes the pipe and waits; after `within` seconds the process is killed."""
        self._to.close()
        try:
            async with asyncio.timeout(within):
                await self._process.wait()
        except TimeoutError:
            self.kill()
        await self.gone()

    async def _pass_on_log(self) -> None:
        while chunk := await self._err.read(65_536):
            for line in chunk.decode(errors="replace").splitlines():
                log.info("%s", line)


def default_threads() -> int:
    """One less than the cores this process may use, at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)
