"""The GPU side of Easel: requests, models, denoising, fairness, workers.

Importing this imports no torch: that happens in the worker process alone.
"""

from inference.engine import Engine
from inference.errors import EngineClosed, InferenceError, InvalidRequest, ModelUnavailable
from inference.fair_counters import FairCounters
from inference.fair_gap import FairGap
from inference.handle import Job
from inference.job import (
    Cancelled,
    Done,
    Failed,
    FailureCode,
    ImageResult,
    Interrupted,
    JobEvent,
    Outcome,
    Paused,
    Preview,
    Progress,
    Queued,
    Started,
)
from inference.models import KNOWN_MODELS, POCKET, Catalogue, ModelInfo
from inference.png import png_size
from inference.request import (
    MAX_COUNT,
    MAX_GUIDANCE,
    MAX_PROMPT,
    MAX_SIDE,
    MAX_STEPS,
    MAX_UPSCALED_SIDE,
    MIN_SIDE,
    SEEDS,
    SIDE_MULTIPLE,
    UPSCALE_FACTORS,
    ImageRequest,
    UpscaleRequest,
    Variation,
)
from inference.samplers import SAMPLERS, Sampler
from inference.source import DEFAULT_STRENGTH, SourcePicture
from inference.status import EngineStatus, QueueEntry
from inference.terms import USUAL_TERMS, Cap, Terms

__all__ = [
    "DEFAULT_STRENGTH",
    "KNOWN_MODELS",
    "MAX_COUNT",
    "MAX_GUIDANCE",
    "MAX_PROMPT",
    "MAX_SIDE",
    "MAX_STEPS",
    "MAX_UPSCALED_SIDE",
    "MIN_SIDE",
    "POCKET",
    "SAMPLERS",
    "SEEDS",
    "SIDE_MULTIPLE",
    "UPSCALE_FACTORS",
    "USUAL_TERMS",
    "Cancelled",
    "Cap",
    "Catalogue",
    "Done",
    "Engine",
    "EngineClosed",
    "EngineStatus",
    "Failed",
    "FailureCode",
    "FairCounters",
    "FairGap",
    "ImageRequest",
    "ImageResult",
    "InferenceError",
    "Interrupted",
    "InvalidRequest",
    "Job",
    "JobEvent",
    "ModelInfo",
    "ModelUnavailable",
    "Outcome",
    "Paused",
    "Preview",
    "Progress",
    "QueueEntry",
    "Queued",
    "Sampler",
    "SourcePicture",
    "Started",
    "Terms",
    "UpscaleRequest",
    "Variation",
    "png_size",
]
