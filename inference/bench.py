"""What is in the making in the worker: lanes by model and size, latents to decode, files to write."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice

import torch
from PIL import Image

from inference import images
from inference.denoise.lanes import Lanes
from inference.denoise.samplers import own_sampler
from inference.denoise.start import lanes_of
from inference.errors import NumbersLost
from inference.forwards import Forwards, tried
from inference.making import Group, Making
from inference.memory import Room, ran_out, release
from inference.messages import Finished, FromWorker, Parked, Previewed, Stepped
from inference.preview import preview_is_due
from inference.request import ImageRequest
from inference.warm_models import WarmFamily
from inference.writing import VERSIONS, written

Say = Callable[[FromWorker], None]
Fail = Callable[[str, Exception, float], None]


log = logging.getLogger(__name__)


class Bench:
    """Makes pictures of many requests at once. `tick` does a little of everything that waits.

    Args:
        preview_every: least compute-seconds between two previews of a job.
        say: hears what happens to jobs.
        fail: hears of a job that cannot be done: its id, why, and what it took.
        device: what computes.
        exact: see `Lanes`.
    """

    def __init__(
        self, *, preview_every: float, say: Say, fail: Fail, device: torch.device, exact: bool = False
    ) -> None:
        self._preview_every = preview_every
        self._say = say
        self._fail = fail
        self._device = device
        self._exact = exact
        self._forwards = Forwards(device)
        self._making: OrderedDict[str, Making] = OrderedDict()
        self._groups: OrderedDict[Group, Lanes] = OrderedDict()
        self._rooms: dict[Group, Room] = {}
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
        self._forwards.finish()  # what the device still does for others is not this job's
        began = time.perf_counter()
        shape = warm.family.latent_shape(request.width, request.height)
        lanes, notes = lanes_of(request, warm.family)
        group = (id(warm.family), shape)
        if group not in self._groups:
            self._groups[group] = Lanes(warm.family, shape, exact=self._exact)
            self._rooms[group] = Room()
        making = self._making[job_id] = Making(
            job_id=job_id, request=request, warm=warm, group=group, lanes=dict(enumerate(lanes)), notes=notes
        )
        try:
            for lane in lanes:
                self._groups[group].join(lane)
            if self._device.type == "cuda":
                torch.cuda.synchronize(self._device)
        except BaseException:
            self._leave(making)
            raise
        making.seconds = time.perf_counter() - began

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
        self._forwards.finish()
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
            if not working:
                continue
            self._groups.move_to_end(group)
            pairs = [(making, lane) for making in working for lane in making.lanes.values()]
            failed = self._forwards.step(lanes, self._rooms[group], pairs)
            for making in working:
                failure = failed.get(making) or tried(partial(self._progress, making))
                if failure is not None:
                    self._fail(making.job_id, failure, self._leave(making))
                    continue
                for index, lane in making.lanes.items():
                    if lane.done:
                        making.latents.append((index, lanes.leave(lane)))
            return

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
            latents = torch.stack(guesses)
            _require_numbers(latents)
            failure = tried(partial(self._preview, making, latents))
            if failure is not None:  # the pictures themselves are none the worse
                log.warning("no preview of %s", making.job_id, exc_info=failure)
                release(self._device)

    def _preview(self, making: Making, latents: torch.Tensor) -> None:
        width, height = making.request.width, making.request.height
        shown = making.warm.preview.render(latents, width=width, height=height)
        self._say(
            Previewed(
                job_id=making.job_id, step=making.steps_done, steps=making.request.steps_taken, images=shown
            )
        )

    def _decode(self) -> None:
        """The next few latents of the job that waits longest become pixels."""
        making = next((making for making in self._making.values() if making.latents), None)
        if making is None:
            return
        request = making.request
        at_once = 1 if self._exact else making.warm.family.decodes_at_once(request.width, request.height)
        some = list(islice(making.latents, making.decoding.of(at_once)))
        self._forwards.finish()  # what the device still does for others is not this job's
        began = time.perf_counter()
        failure = tried(lambda: self._decode_some(making, some))
        making.seconds += time.perf_counter() - began
        if failure is None:
            making.decoding.was_enough()
            return
        if ran_out(failure):
            release(self._device)
            if making.decoding.was_short(len(some)):
                return
        self._fail(making.job_id, failure, self._leave(making))

    def _decode_some(self, making: Making, some: list[tuple[int, torch.Tensor]]) -> None:
        latents = torch.stack([latents for _, latents in some])
        _require_numbers(latents)
        pixels = making.warm.family.decode(latents)
        for (index, _), picture in zip(some, pixels, strict=True):
            made = Image.fromarray(picture.numpy())
            circumstances = _circumstances(making, index)
            making.files[index] = self._writers.submit(written, making.request, index, made, circumstances)
            making.latents.popleft()

    def _collect(self) -> None:
        """Says of every job whose files are all written that it is finished."""
        for making in tuple(self._making.values()):
            if len(making.files) < making.request.count:
                continue
            if self._computing and not all(file.done() for file in making.files.values()):
                continue  # the next tick need not wait for the disk
            failure = tried(partial(self._finish, making))
            if failure is not None:
                self._fail(making.job_id, failure, self._leave(making))

    def _finish(self, making: Making) -> None:
        results = tuple(making.files[index].result() for index in range(making.request.count))
        seconds = self._leave(making)
        self._say(Finished(job_id=making.job_id, images=results, compute_seconds=seconds, notes=making.notes))

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
            del self._groups[making.group], self._rooms[making.group]
        self._forwards.finish()
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
