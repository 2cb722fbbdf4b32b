"""Whether there is a worker that takes jobs, and how to say so."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from inference.messages import AboutModel, Awake, Broken, Loading, Ready
from inference.status import EngineStatus, State

HOPELESS = 3
"""So many deaths in a row before a worker was ready, and whoever waits for it is told."""


class Readiness:
    """Follows one worker after the other from what they say.

    Args:
        preload: the model that decides whether the engine is ready; None when none does.
    """

    def __init__(self, preload: str | None) -> None:
        self.status = EngineStatus(state="starting")
        self.takes_jobs = False
        """Whether a worker is there and past its preloading."""
        self._knees: dict[str, int] = {}
        self._preload = preload
        self._warm: str | None = None
        self._changed = asyncio.Event()

    def slots(self, model: str | None) -> int:
        """Pictures of a model that the worker makes at once; None is the model that was made ready last."""
        return self._knees.get(model or self._warm or "", 1)

    def hear(self, message: AboutModel, *, learn_rate: Callable[[str, float], None]) -> None:
        """What a worker says about models."""
        match message:
            case Awake(device=device):
                self.takes_jobs = self._preload is None
                state: State = "ready" if self._preload is None else "loading"
                self._become(EngineStatus(state=state, device=device, model=self._preload))
            case Loading(model=model, device=device):
                self._become(EngineStatus(state="loading", device=device, model=model))
            case Ready(model=model, device=device, rate=rate, knee=knee):
                learn_rate(model, rate)
                self._knees[model] = knee
                self.takes_jobs = True
                self._warm = model
                self._become(EngineStatus(state="ready", device=device, model=model))
            case Broken(model=model, device=device, detail=detail):
                self.takes_jobs = True  # other models may work, and enlarging needs none
                if self._warm is None:
                    self._become(EngineStatus(state="failed", device=device, model=model, detail=detail))
                else:
                    self._become(EngineStatus(state="ready", device=device, model=self._warm))

    def lost(self, detail: str, deaths: int) -> None:
        """The worker is gone."""
        self.takes_jobs, self._warm = False, None
        if self.status.state == "closed":
            return
        if deaths >= HOPELESS:
            words = f"the worker {detail}, {deaths} times in a row"
            self._become(replace(self.status, state="failed", model=self._preload, detail=words))
        else:
            self._become(replace(self.status, state="restarting", detail=f"the worker {detail}"))

    def failed(self, detail: str) -> None:
        """There will be no worker any more."""
        self.takes_jobs = False
        self._become(replace(self.status, state="failed", detail=detail))

    def closed(self) -> None:
        """For good."""
        self.takes_jobs = False
        self._become(replace(self.status, state="closed", detail=""))

    async def decided(self) -> EngineStatus:
        """Waits until it is ready, failed or closed."""
        while self.status.state not in ("ready", "failed", "closed"):
            await self._changed.wait()
        return self.status

    def _become(self, status: EngineStatus) -> None:
        self.status = status
        self._changed.set()
        self._changed = asyncio.Event()
