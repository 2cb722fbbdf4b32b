"""What happened to one job so far, for any number of listeners, early or late."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from inference.job import Cancelled, Done, Failed, JobEvent, Outcome, Paused, Preview, Progress, Queued

_LATEST_ONLY: Final = (Queued, Paused, Progress, Preview)
"""Of these a new one makes the old one moot: who listens slowly is told the latest."""


class Story:
    """Events in order, ending with an outcome. Belongs to one event loop."""

    def __init__(self) -> None:
        self._said: list[tuple[int, JobEvent]] = []
        self._count = 0
        self._news = asyncio.Event()

    def __len__(self) -> int:
        """How much was said, what does not count any more included."""
        return self._count

    @property
    def outcome(self) -> Outcome | None:
        last = self._said[-1][1] if self._said else None
        return last if isinstance(last, Done | Failed | Cancelled) else None

    def tell(self, event: JobEvent) -> None:
        """What happened next; after an outcome nothing more happens."""
        if self.outcome is not None:
            return
        if isinstance(event, _LATEST_ONLY):
            self._said = [entry for entry in self._said if type(entry[1]) is not type(event)]
        self._count += 1
        self._said.append((self._count, event))
        self._news.set()
        self._news = asyncio.Event()

    async def events(self) -> AsyncIterator[JobEvent]:
        """What was said and still counts, then what is said, up to the outcome."""
        heard = 0
        while True:
            news = self._news
            for number, event in tuple(self._said):
                if number > heard:
                    heard = number
                    yield event
            if self.outcome is not None and heard == self._count:
                return
            if heard == self._count:
                await news.wait()

    async def ending(self) -> Outcome:
        """Waits for the outcome."""
        while (outcome := self.outcome) is None:
            await self._news.wait()
        return outcome
