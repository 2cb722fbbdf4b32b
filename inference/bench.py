"""What is in the making in the worker: lanes by model and size, latents to decode, files to write."""

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import torch
from PIL import Image

from inference import images
from inference.denoise.lanes import Lane, Lanes
from inference.denoise.samplers import own_sampler
from inference.denoise.start import lanes_of
from inference.errors import NumbersLost
from inference.job import ImageResult
from inference.messages import Finished, FromWorker, Parked, Previewed, Stepped
from inference.preview import preview_is_due
from inference.request import ImageRequest
from inference.warm_models import WarmFamily
from inference.writing import VERSIONS, written

Say = Callable[[FromWorker], None]
Fail = Callable[[str, Exception, float], None]
Group = tuple[int, tuple[int, int, int]]
"""Who may share a forward: the same loaded model, the same size of latents."""

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True, eq=False)
class Making:
    """One request's pictures in the making.

    Attributes:
        lanes: its pictures' lanes by their place in the request.
        latents: those that wait to be decoded.
        files: those that are being written, or are.
        seconds: its share of the time computed so far.
        parked: nothing of it is computed until it is gone on with.
    """

    job_id: str
    request: ImageRequest
    warm: WarmFamily
    group: Group
    lanes: dict[int, Lane]
    notes: tuple[str, ...]
    latents: deque[tuple[int, torch.Tensor]] = field(default_factory=deque)
    files: dict[int, Future[ImageResult]] = field(default_factory=dict)
    seconds: float = 0.0
    steps_said: int = 0
    previewed_at: float | None = None
    parked: bool = False

    @property
    def steps_done(self) -> int:
        """Of the request's steps: a sampler that asks the model twice a step counts once."""
        lane = self.lanes[0]
        return self.request.steps_taken * lane.position // len(lane.plan.steps)

    @property
    def entries(self) -> int:
        """Its rows in the next forward."""
        return 0 if self.parked else sum(len(lane.texts) for lane in self.lanes.values() if not lane.done)


class Bench:
    """Makes pictures of many requests at once. `tick` does a little of everything that waits.

    Args:
        preview_every: least compute-seconds between two previews of a job.
        say: hears what happens to jobs.
        fail: hears of a job that cannot be done: its id, why, and what it took.
        exact: see `Lanes`.
    """

    def __init__(self, *, preview_every: float, say: Say, fail: Fail, exact: bool = False) -> None:
        self._preview_every = preview_every
        self._say = say
        self._fail = fail
        self._exact = exact
        self._making: OrderedDict[str, Making] = OrderedDict()
        self._groups: OrderedDict[Group, Lanes] = OrderedDict()
        self._writers = ThreadPoolExecutor(2, thread_name_prefix="png")

    @property
    def busy(self) -> bool:
        """Whether a tick has anything to do."""
        return any(not making.parked for making in self._making.values())

    @property
    def keeping(self) -> tuple[WarmFamily, ...]:
        """The models of parked jobs."""
        return tuple(making.warm for making in self._making.values() if making.parked)

    def begin(self, job_id: str, request: ImageRequest, warm: WarmFamily) -> None:
        """Words become embeddings, seeds become noise, and the request's pictures join at the next tick."""
        began = time.perf_counter()
        shape = warm.family.latent_shape(request.width, request.height)
        lanes, notes = lanes_of(request, warm.family)
        group = (id(warm.family), shape)
        bench = self._groups.setdefault(group, Lanes(warm.family, shape, exact=self._exact))
        for lane in lanes:
            bench.join(lane)
        self._making[job_id] = Making(
            job_id=job_id,
            request=request,
            warm=warm,
            group=group,
            lanes=dict(enumerate(lanes)),
            notes=notes,
            seconds=time.perf_counter() - began,
        )

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
        """Computes no more of it until `resume`; None where it is past its last step, or not here."""
        making = self._making.get(job_id)
        if making is None or making.parked or any(lane.done for lane in making.lanes.values()):
            return None
        making.parked = True
        return Parked(
            job_id=job_id,
            step=making.steps_done,
            steps=making.request.steps_taken,
            compute_seconds=making.seconds,
        )

    def resume(self, job_id: str) -> None:
        """Goes on with a parked job; one that is not here is no matter."""
        making = self._making.get(job_id)
        if making is not None:
            making.parked = False

    def tick(self) -> None:
        """One forward for one group, one decode, and whatever files are written by now."""
        self._denoise()
        self._decode()
        self._collect()

    def _denoise(self) -> None:
        """The groups take turns."""
        for group, lanes in tuple(self._groups.items()):
            working = [making for making in self._making.values() if making.group == group and making.entries]
            if working:
                self._groups.move_to_end(group)
                self._forward(lanes, working)
                return

    def _forward(self, lanes: Lanes, working: list[Making]) -> None:
        failure = self._tried(lambda: self._step(lanes, working))
        if failure is None:
            return
        if len(working) == 1:
            self._fail(working[0].job_id, failure, self._leave(working[0]))
            return
        log.warning("a shared forward failed; its jobs go on one by one", exc_info=failure)
        for making in working:  # whoever is at fault shall be found, and the others shall go on
            self._forward(lanes, [making])

    @staticmethod
    def _tried(act: Callable[[], None]) -> Exception | None:
        """What went wrong, if anything; without its traceback, which holds the tensors that did not fit."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - told to whom it concerns; the others go on
            return error.with_traceback(None)
        return None

    def _step(self, lanes: Lanes, working: list[Making]) -> None:
        began, entries = time.perf_counter(), {making.job_id: making.entries for making in working}
        lanes.tick([lane for making in working for lane in making.lanes.values()])
        seconds, rows = time.perf_counter() - began, sum(entries.values())
        for making in working:
            making.seconds += seconds * entries[making.job_id] / rows
            failure = self._tried(partial(self._progress, making))
            if failure is not None:  # its own numbers: the others' are sound
                self._fail(making.job_id, failure, self._leave(making))
                continue
            for index, lane in making.lanes.items():
                if lane.done:
                    making.latents.append((index, lanes.leave(lane)))

    def _progress(self, making: Making) -> None:
        """Says how far a job is.

        Raises:
            NumbersLost: what is to be previewed is no picture any more.
        """
        step, steps = making.steps_done, making.request.steps_taken
        if step == making.steps_said:
            return  # between the two evaluations of one step
        making.steps_said = step
        self._say(Stepped(job_id=making.job_id, step=step, steps=steps, compute_seconds=making.seconds))
        guesses = [lane.clean for lane in making.lanes.values() if lane.clean is not None]
        since = None if making.previewed_at is None else making.seconds - making.previewed_at
        if guesses and preview_is_due(step, steps, since=since, every=self._preview_every):
            making.previewed_at = making.seconds
            width, height = making.request.width, making.request.height
            _require_numbers(torch.stack(guesses))
            shown = making.warm.preview.render(torch.stack(guesses), width=width, height=height)
            self._say(Previewed(job_id=making.job_id, step=step, steps=steps, images=shown))

    def _decode(self) -> None:
        """The next few latents of the job that waits longest become pixels."""
        making = next((making for making in self._making.values() if making.latents), None)
        if making is None:
            return
        began = time.perf_counter()
        failure = self._tried(lambda: self._decode_some(making))
        making.seconds += time.perf_counter() - began
        if failure is not None:
            self._fail(making.job_id, failure, self._leave(making))

    def _decode_some(self, making: Making) -> None:
        request = making.request
        at_once = 1 if self._exact else making.warm.family.decodes_at_once(request.width, request.height)
        some = [making.latents.popleft() for _ in range(min(len(making.latents), at_once))]
        latents = torch.stack([latents for _, latents in some])
        _require_numbers(latents)
        pixels = making.warm.family.decode(latents)
        for (index, _), picture in zip(some, pixels, strict=True):
            made = Image.fromarray(picture.numpy())
            circumstances = _circumstances(making, index)
            making.files[index] = self._writers.submit(written, request, index, made, circumstances)

    def _collect(self) -> None:
        """Says of every job whose files are all written that it is finished."""
        for making in tuple(self._making.values()):
            if len(making.files) < making.request.count:
                continue
            if self._computing and not all(file.done() for file in making.files.values()):
                continue  # the next tick need not wait for the disk
            results = tuple(making.files[index].result() for index in range(making.request.count))
            seconds = self._leave(making)
            self._say(
                Finished(job_id=making.job_id, images=results, compute_seconds=seconds, notes=making.notes)
            )

    @property
    def _computing(self) -> bool:
        return any(making.latents or making.entries for making in self._making.values())

    def _leave(self, making: Making) -> float:
        """It is over; its lanes are free."""
        del self._making[making.job_id]
        lanes = self._groups[making.group]
        for lane in making.lanes.values():
            if lane in lanes.active:
                lanes.leave(lane)
        # Others may be past their last step and still in the group, to be decoded or written.
        if all(other.group != making.group for other in self._making.values()):
            del self._groups[making.group]
        return making.seconds


def _require_numbers(latents: torch.Tensor) -> None:
    """Asked where the device is waited for anyway; until then a lane gone wrong harms nobody but itself."""
    if not latents.isfinite().all():
        raise NumbersLost


def _circumstances(making: Making, index: int) -> images.Circumstances:
    batches = making.lanes[index].batches
    least, most = min(batches), max(batches)
    return images.Circumstances(
        device=making.warm.device,
        precision=making.warm.family.precision,
        batch=f"{most}" if least == most else f"{least}-{most}",
        versions=VERSIONS,
        own_sampler=own_sampler(making.warm.family.sampler_config),
    )
