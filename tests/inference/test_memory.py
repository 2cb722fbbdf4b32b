"""Where memory runs out the worker tries with less, and only what does not fit alone fails."""

import io
from dataclasses import replace

import pytest
import torch
from PIL import Image
from tiny_models import SIDE, warm

from inference import ImageRequest
from inference.bench import Bench
from inference.memory import FINE, Room, beyond_repair, ran_out
from inference.messages import Finished, FromWorker
from inference.writing import written

# The stock samplers themselves warn, in a test's hands as in anybody's.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


def request(seed: int, *, count: int = 2, guidance: float = 3.0) -> ImageRequest:
    return ImageRequest(
        prompt="a boat",
        owner="ada",
        model="tiny",
        width=SIDE,
        height=SIDE,
        steps=6,
        guidance_scale=guidance,
        sampler="ddim",
        seed=seed,
        count=count,
    )


class Small:
    """A bench on a device whose memory takes so many rows in a forward, and so many pictures in a decode."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, rows: int = 1000, decodes: int = 1000) -> None:
        self.rows, self.decodes = rows, decodes
        self.tried: list[int] = []
        self.decoded: list[int] = []
        self.failed: dict[str, Exception] = {}
        self.said: list[FromWorker] = []
        self.bench = Bench(
            preview_every=1e9, say=self.said.append, fail=self._fail, device=torch.device("cpu")
        )
        forward, decode = warm().family.forward, warm().family.decode

        def small_forward(latents: torch.Tensor, timesteps: torch.Tensor, texts: list[object]) -> object:
            self.tried.append(len(latents))
            if len(latents) > self.rows:
                raise torch.OutOfMemoryError
            return forward(latents, timesteps, texts)  # type: ignore[arg-type]

        def small_decode(latents: torch.Tensor) -> torch.Tensor:
            self.decoded.append(len(latents))
            if len(latents) > self.decodes:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
            return decode(latents)

        monkeypatch.setattr(warm().family, "forward", small_forward)
        monkeypatch.setattr(warm().family, "decode", small_decode)

    def _fail(self, job_id: str, error: Exception, _: float) -> None:
        self.failed[job_id] = error

    def run(self, *numbers: int, **options: float) -> dict[str, list[bytes]]:
        for number in numbers:
            self.bench.begin(str(number), request(number, **options), warm())  # type: ignore[arg-type]
        while self.bench.busy:
            self.bench.tick()
        assert not self.bench._groups
        return {
            told.job_id: [Image.open(io.BytesIO(image.png)).tobytes() for image in told.images]
            for told in self.said
            if isinstance(told, Finished)
        }


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[bytes]]:
    """What enough memory makes."""
    with monkeypatch.context() as patched:
        return Small(patched).run(1, 2, 3)


def near(ours: dict[str, list[bytes]], theirs: dict[str, list[bytes]]) -> bool:
    """The same to one level of 255: other numbers of rows round differently."""
    return ours.keys() == theirs.keys() and all(
        max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 1
        for job, pictures in ours.items()
        for one, other in zip(pictures, theirs[job], strict=True)
    )


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError(), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_memory_that_ran_out_is_told_from_other_failures(error: Exception, is_memory: bool) -> None:
    """Whoever says it."""
    assert ran_out(error) is is_memory


def test_half_as_many_go_on_together(monkeypatch: pytest.MonkeyPatch, alone: dict[str, list[bytes]]) -> None:
    """Six pictures are too many, three are not: it is tried once, and nobody notices."""
    small = Small(monkeypatch, rows=6)
    assert near(small.run(1, 2, 3), alone)
    assert not small.failed
    assert small.tried == [12, *[6] * 12]


def test_one_picture_at_a_time_is_better_than_none(
    monkeypatch: pytest.MonkeyPatch, alone: dict[str, list[bytes]]
) -> None:
    """Halved until it fits, also within one job."""
    small = Small(monkeypatch, rows=2)
    assert near(small.run(1, 2, 3), alone)
    assert set(small.tried[3:]) == {2}


def test_what_does_not_fit_alone_fails_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the memory's own words, after one more try; a request of fewer rows is made all the same."""
    small = Small(monkeypatch, rows=1)
    small.bench.begin("free", request(9, count=1, guidance=1.0), warm())
    assert set(small.run(1, 2)) == {"free"}
    assert set(small.failed) == {"1", "2"}
    assert all(ran_out(failure) for failure in small.failed.values())


def test_memory_that_comes_back_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while it is tried with more."""
    room = Room()
    assert room.was_short(8)
    assert room.of(100) == 4
    for _ in range(FINE):
        room.was_enough()
    assert room.of(100) == 8
    small = Small(monkeypatch, rows=2)
    small.bench.begin("long", replace_steps(request(1), 60), warm())
    small.bench.tick()
    small.rows = 1000
    small.run()
    assert small.tried[-1] == 4


def replace_steps(asked: ImageRequest, steps: int) -> ImageRequest:
    return replace(asked, steps=steps)


def test_fewer_are_decoded_at_once(monkeypatch: pytest.MonkeyPatch, alone: dict[str, list[bytes]]) -> None:
    """The steps that were taken are not lost."""
    small = Small(monkeypatch, decodes=1)
    assert near(small.run(1, 2, 3), alone)
    assert not small.failed


def test_a_file_that_cannot_be_written_fails_its_job_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing happens in threads; whoever shares the worker goes on."""
    small = Small(monkeypatch)

    def full(asked: ImageRequest, *rest: object) -> object:
        if asked.seed == 2:
            raise MemoryError
        return written(asked, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("inference.bench.written", full)
    assert set(small.run(1, 2, 3)) == {"1", "3"}
    assert set(small.failed) == {"2"}


def test_a_picture_that_cannot_be_decoded_fails_its_job_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """After one more try."""
    small = Small(monkeypatch, decodes=0)
    assert small.run(1, 2) == {}
    assert set(small.failed) == {"1", "2"}
    assert small.decoded.count(1) == 4


@pytest.mark.parametrize(
    ("error", "is_lost"),
    [
        (RuntimeError("could not create a primitive"), True),
        (RuntimeError("could not create a primitive descriptor for a convolution"), False),
        (RuntimeError("CUDA error: an illegal memory access was encountered\nCUDA kernel errors …"), True),
        (RuntimeError("CUDA error: device-side assert triggered"), True),
        (RuntimeError("CUDA error: out of memory"), False),
        (ValueError("could not create a primitive"), False),
        (RuntimeError(), False),
    ],
)
def test_a_process_that_is_lost_is_told_from_a_job_that_failed(error: Exception, is_lost: bool) -> None:
    """Only a new process helps then; nothing is gained by refusing one job after the other."""
    assert beyond_repair(error) is is_lost
