"""How values lie in the database: requests as versioned JSON, times as microseconds."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Final

from inference.request import ImageRequest, Variation

REQUEST_VERSION: Final = 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def request_to_json(request: ImageRequest) -> str:
    """ASCII, so that whatever a prompt holds (NUL, lone surrogates) comes back as it was."""
    return json.dumps({"version": REQUEST_VERSION, **asdict(request)}, separators=(",", ":"))


def request_from_json(body: str) -> ImageRequest:
    """The request, valid again.

    Raises:
        ValueError: the text is none, is of an unknown version, or holds what no model can do any more.
    """
    fields = json.loads(body)
    if not isinstance(fields, dict):
        raise ValueError("not a request")  # noqa: TRY004 — what is stored is wrong, not who called
    version = fields.pop("version", None)
    if version != REQUEST_VERSION:
        raise ValueError(f"a request of version {version!r}")
    try:
        variations = tuple(Variation(**variation) for variation in fields.pop("variations", ()))
        return ImageRequest(**fields, variations=variations)
    except TypeError as error:
        raise ValueError(str(error)) from None


def time_to_integer(moment: datetime) -> int:
    """Whole microseconds since 1970; `moment` must be aware."""
    return (moment - _EPOCH) // _MICROSECOND


def time_from_integer(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
