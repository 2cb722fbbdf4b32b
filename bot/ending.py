"""Why a job ended without pictures, beside the engine's own `FailureCode`s."""

from enum import StrEnum


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
