"""What is in the making through stock pipelines: a step of one picture at a time."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from inference import images
from inference.forwards import tried
from inference.job import ImageResult
from inference.messages import Finished, FromWorker, Parked, Previewed, Stepped
from inference.preview import preview_is_due
from inference.request import ImageRequest
from inference.solo.run import Run
from inference.warm_models import WarmPipeline
from inference.writing import VERSIONS, written

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True, eq=False)
class Making:
    """One request's pictures in the making.

    Attributes:
        runs: one a picture, in order.
        files: those that are being written, or are, by their pictures' place.
        seconds: computed so far.
        parked: nothing of it is computed until it is gone on with.
    """

    job_id: str
    request: ImageRequest
    warm: WarmPipeline
    runs: tuple[Run, ...]
    files: dict[int, Future[ImageResult]] = field(default_factory=dict)
    seconds: float = 0.0
    steps_said: int = 0
    previewed_at: float | None = None
    parked: bool = False

    @property
    def steps_done(self) -> int:
        """As far as the picture that is least far."""
        return min(run.steps_done for run in self.runs)

    @property
    def next(self) -> int | None:
        """The picture whose step is next: the one that is least far. None when all are made."""
        waiting = [index for index, run in enumerate(self.runs) if not run.done]
        return min(waiting, key=lambda index: self.runs[index].stops, default=None)


class SoloBench:
    """Makes pictures through their stock pipelines. `tick` takes one step of one picture.

    All pictures of a job go on together, so that its previews show every one of them.

    Args:
        preview_every: least compute-seconds between two previews of a job.
        say: hears what happens to jobs.
        fail: hears of a job that cannot be done: its id, why, and what it took.
    """

    def __init__(
        self,
        *,
        preview_every: float,
        say: Callable[[FromWorker], None],
        fail: Callable[[str, Exception, float], None],
    ) -> None:
        self._preview_every = preview_every
        self._say = say
        self._fail = fail
        self._making: OrderedDict[str, Making] = OrderedDict()
        self._writers = ThreadPoolExecutor(2, thread_name_prefix="png")

    @property
    def busy(self) -> bool:
        """Whether a tick has anything to do."""
        return any(not making.parked for making in self._making.values())

    @property
    def keeping(self) -> tuple[WarmPipeline, ...]:
        """The models of parked jobs."""
        return tuple(making.warm for making in self._making.values() if making.parked)

    def begin(self, job_id: str, request: ImageRequest, warm: WarmPipeline) -> None:
        """The request's pictures take their first step in one of the next ticks.

        Raises:
            InvalidRequest: the model cannot do it.
        """
        warm.pipeline.require_possible(request)
        runs = tuple(Run(warm.pipeline, request.picture(index)) for index in range(request.count))
        self._making[job_id] = Making(job_id=job_id, request=request, warm=warm, runs=runs)

    def stop(self, job_id: str) -> float | None:
        """Somebody does not want it any more; returns what it took.

        None where it is not here, or is parked: then what it took was said.
        """
        making = self._making.get(job_id)
        if making is None:
            return None
        seconds = self._leave(making)
        return None if making.parked else seconds

    def park(self, job_id: str) -> Parked | None:
        """Takes no more steps of it until `resume`; None where all are taken, or it is not here."""
        making = self._making.get(job_id)
        if making is None or making.parked or making.steps_done >= making.request.steps:
            return None
        making.parked = True
        return Parked(
            job_id=job_id,
            step=making.steps_done,
            steps=making.request.steps,
            compute_seconds=making.seconds,
        )

    def resume(self, job_id: str) -> None:
        """Goes on with a parked job; one that is not here is no matter."""
        making = self._making.get(job_id)
        if making is not None:
            making.parked = False

    def tick(self) -> None:
        """One step of one picture of the job that waits longest for one, and whatever files are written."""
        making = next((making for making in self._making.values() if _computes(making)), None)
        if making is not None:
            self._making.move_to_end(making.job_id)
            failure = tried(partial(self._advance, making))
            if failure is not None:
                self._fail(making.job_id, failure, self._leave(making))
        self._collect()

    def _advance(self, making: Making) -> None:
        self._go_on(making)
        self._progress(making)

    def _go_on(self, making: Making) -> None:
        index = making.next
        if index is None:
            return
        run, began = making.runs[index], time.perf_counter()
        try:
            run.go_on()
        finally:
            making.seconds += time.perf_counter() - began
        if run.done:
            circumstances = images.Circumstances(
                device=making.warm.device,
                precision=making.warm.pipeline.precision,
                batch="1",
                versions=VERSIONS,
                own_sampler=making.warm.pipeline.sampler,
            )
            making.files[index] = self._writers.submit(
                written, making.request, index, run.picture, circumstances
            )

    def _progress(self, making: Making) -> None:
        """Says how far a job is."""
        step, steps = making.steps_done, making.request.steps
        if step == making.steps_said:
            return
        making.steps_said = step
        self._say(Stepped(job_id=making.job_id, step=step, steps=steps, compute_seconds=making.seconds))
        since = None if making.previewed_at is None else making.seconds - making.previewed_at
        if preview_is_due(step, steps, since=since, every=self._preview_every):
            making.previewed_at = making.seconds
            failure = tried(partial(self._preview, making))
            if failure is not None:  # the pictures themselves are none the worse
                log.info("no preview of %s: %s", making.job_id, failure)

    def _preview(self, making: Making) -> None:
        seen = self._seen(making)
        if seen:
            self._say(
                Previewed(
                    job_id=making.job_id, step=making.steps_done, steps=making.request.steps, images=seen
                )
            )

    def _seen(self, making: Making) -> tuple[bytes, ...]:
        """A preview of every picture; of none where one cannot be shown."""
        width, height = making.request.width, making.request.height
        guesses = [run.clean for run in making.runs]
        files = [
            None if guess is None else making.warm.preview.render(guess, width=width, height=height)
            for guess in guesses
        ]
        return () if None in files else tuple(file for file in files if file is not None)

    def _collect(self) -> None:
        """Says of every job whose files are all written that it is finished."""
        for making in tuple(self._making.values()):
            if making.next is not None:
                continue
            if self._computing and not all(file.done() for file in making.files.values()):
                continue  # the next step need not wait for the disk
            failure = tried(partial(self._finish, making))
            if failure is not None:
                self._fail(making.job_id, failure, self._leave(making))

    def _finish(self, making: Making) -> None:
        results = tuple(making.files[index].result() for index in range(making.request.count))
        notes = making.warm.pipeline.notes(making.request)
        seconds = self._leave(making)
        self._say(Finished(job_id=making.job_id, images=results, compute_seconds=seconds, notes=notes))

    @property
    def _computing(self) -> bool:
        return any(_computes(making) for making in self._making.values())

    def _leave(self, making: Making) -> float:
        """It is over; its threads are gone."""
        del self._making[making.job_id]
        for run in making.runs:
            run.leave()
        return making.seconds


def _computes(making: Making) -> bool:
    return not making.parked and making.next is not None
