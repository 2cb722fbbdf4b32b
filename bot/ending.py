"""Why a job ended without pictures, beside the engine's own `FailureCode`s."""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why a job ended without pictures, beside the engine's `FailureCode`s."""

    UNANSWERED = "unanswered"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too_late"
    SOURCE_GONE = "source_gone"
    NOT_SENT = "not_sent"
    DISK_FULL = "disk_full"
    PICTURES_LOST = "pictures_lost"
    UNREADABLE = "unreadable"


SAID: Final = "said: "
"""How a reason begins that is a sentence of its own: what a policy or a moderator says."""


def said(sentence: str) -> str:
    """A reason in words, for those who read the job's message."""
    return f"{SAID}{sentence}"
