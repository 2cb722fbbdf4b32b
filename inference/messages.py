"""What engine and worker say to each other: small frozen values. No torch here.

engine → worker: `Remember`, `Load`, `Admit`, `Park`, `Resume`, `Cancel`; closing the pipe means “leave”.
worker → engine: `Awake`, `Loading`, `Ready`, `Broken`; for a job `Began`, `Stepped`, `Previewed`, to a `Park`
either `Parked` or `NotParked`, and one of `Finished`, `Refused`, `Stopped`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.job import FailureCode, ImageResult
from inference.models import ModelInfo
from inference.request import ImageRequest, UpscaleRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Remember:
    """Knees that earlier workers measured, by what they measured them for."""

    knees: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Have this model warm."""

    model: ModelInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """Make this. `model` is None for what needs none."""

    job_id: str
    request: ImageRequest | UpscaleRequest
    model: ModelInfo | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """Compute no more of that job after this step, and keep what there is of it."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Go on with a parked job; one the worker does not have is no matter."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Stop that job at the next step; a job the worker does not have is no matter.

    A parked one is forgotten without an answer: what it took is known.
    """

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Awake:
    """The worker has imported what it needs and listens."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """A model is being loaded."""

    model: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A model is warm.

    Attributes:
        rate: its measured seconds per megapixel-evaluation.
        knee: pictures of its native size in the making at once past which pictures a second stop growing.
        knee_of: what the knee was measured for.
    """

    model: str
    device: str
    rate: float
    knee: int
    knee_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A model cannot be loaded; `detail` is one line."""

    model: str
    device: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """The job is taken up."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """`step` of `steps` denoising steps are done, in `compute_seconds` so far."""

    job_id: str
    step: int
    steps: int
    compute_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """How the pictures look after `step`, one WebP each."""

    job_id: str
    step: int
    steps: int
    images: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """The job stopped after `step` of `steps`, in `compute_seconds` so far, and can be gone on with."""

    job_id: str
    step: int
    steps: int
    compute_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotParked:
    """The job runs through: it is past its last step, is of a kind that cannot stop between, or is over."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The pictures, in order, and their cost."""

    job_id: str
    images: tuple[ImageResult, ...]
    compute_seconds: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The job cannot be done."""

    job_id: str
    code: FailureCode
    detail: str
    compute_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The job was cancelled."""

    job_id: str
    compute_seconds: float


ToWorker = Remember | Load | Admit | Park | Resume | Cancel
AboutModel = Awake | Loading | Ready | Broken
AboutJob = Began | Stepped | Previewed | Parked | NotParked | Finished | Refused | Stopped
FromWorker = AboutModel | AboutJob
