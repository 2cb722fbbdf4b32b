"""Keeps one worker alive: a dead one is replaced, a hung one is killed first."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from inference.messages import FromWorker, Ready, ToWorker
from inference.placement.local import LocalWorker

LONGEST_PAUSE: Final = 30.0
"""Seconds between two starts of a worker that keeps dying."""
GRACE: Final = 2.0
"""Seconds a worker has to leave when it is told to."""

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what becomes of the worker; the engine."""

    def worker_up(self) -> None:
        """A worker was started; what is sent now reaches it."""

    def worker_said(self, message: FromWorker) -> None:
        """It spoke."""

    def worker_lost(self, detail: str, deaths: int) -> None:
        """It is gone, the `deaths`-th time in a row before it became ready."""


class Supervisor:
    """One worker at a time, restarted with growing pauses while it dies before it is ready."""

    def __init__(self, spawn: Callable[[], Awaitable[LocalWorker]], listener: Listener) -> None:
        self._spawn = spawn
        self._listener = listener
        self._worker: LocalWorker | None = None
        self._patience: float | None = None
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The worker's process id; None between two workers."""
        return self._worker.pid if self._worker else None

    def send(self, message: ToWorker) -> None:
        """To the worker there is; between two workers nobody hears it."""
        if self._worker is not None:
            self._worker.send(message)

    def expect_word_within(self, seconds: float | None) -> None:
        """Kills the worker when it is silent for so long, from now on; None waits forever."""
        self._patience = seconds
        self._rearm()

    async def keep(self) -> None:
        """Runs until cancelled; then the worker leaves, or is killed."""
        deaths = 0
        try:
            while True:
                deaths += 1
                detail = "could not be started"
                try:
                    self._worker = await self._spawn()
                except OSError as error:
                    detail = f"could not be started: {error}"
                else:
                    if await self._heard(self._worker):
                        deaths = 1
                    self.expect_word_within(None)
                    detail = await self._worker.gone()
                    self._worker = None
                log.warning("the worker %s", detail)
                self._listener.worker_lost(detail, deaths)
                await asyncio.sleep(pause_after(deaths))
        finally:
            self.expect_word_within(None)
            if self._worker is not None:
                await self._worker.leave(within=GRACE)
                self._worker = None

    async def _heard(self, worker: LocalWorker) -> bool:
        """As `_listen`; a worker that cannot be understood is as good as dead."""
        try:
            return await self._listen(worker)
        except Exception:
            log.exception("the worker said what cannot be understood and is replaced")
            worker.kill()
            return False

    async def _listen(self, worker: LocalWorker) -> bool:
        """Passes on what the worker says until it is gone; whether it was ever ready."""
        was_ready = False
        self._listener.worker_up()
        while (message := await worker.receive()) is not None:
            self._rearm()
            was_ready = was_ready or isinstance(message, Ready)
            self._listener.worker_said(message)
        worker.kill()  # it closed its pipe: whatever is left of it is of no use
        return was_ready

    def _rearm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None
        if self._patience is not None:
            self._alarm = asyncio.get_running_loop().call_later(self._patience, self._kill_silent)

    def _kill_silent(self) -> None:
        if self._worker is not None:
            log.warning("the worker was silent for %.0f s and is killed", self._patience)
            self._worker.kill()


def pause_after(deaths: int) -> float:
    """Seconds before the next start: none after the first death in a row, then doubling."""
    return 0.0 if deaths <= 1 else min(LONGEST_PAUSE, 0.5 * 2 ** (deaths - 2))
