"""The job as the one who submitted it holds it."""

from collections.abc import AsyncIterator, Callable

from inference.job import JobEvent, Outcome
from inference.request import ImageRequest, UpscaleRequest
from inference.story import Story


class Job:
    """One submitted request. Made by `Engine.submit` only.

    Attributes:
        id: its name in the engine.
        request: what was asked.
    """

    def __init__(
        self,
        job_id: str,
        request: ImageRequest | UpscaleRequest,
        *,
        story: Story,
        cancel: Callable[[], None],
    ) -> None:
        self.id = job_id
        self.request = request
        self._story = story
        self._cancel = cancel

    def events(self) -> AsyncIterator[JobEvent]:
        """What happens, from the beginning on, ending after the outcome; for any number of listeners.

        Of `Queued`, `Paused`, `Progress` and `Preview`, who listens late or slowly hears the latest of each.
        """
        return self._story.events()

    async def outcome(self) -> Outcome:
        """Waits until the job is over."""
        return await self._story.ending()

    @property
    def over(self) -> bool:
        """Whether its outcome is there: there is nothing left to cancel."""
        return self._story.outcome is not None

    def cancel(self) -> None:
        """Asks for its end, as often as one likes.

        A waiting or paused job is over at once; a running one within two steps, unless it is done before.
        While its model is still being loaded it takes no steps: then it is over once the model is there.
        """
        self._cancel()
