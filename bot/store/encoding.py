"""How values lie in the database: requests as versioned JSON, times as microseconds."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from inference.request import ImageRequest, Variation
from inference.source import SourcePicture

REQUEST_VERSION: Final = 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def request_to_json(request: ImageRequest) -> str:
    """ASCII, so that whatever a prompt holds (NUL, lone surrogates) comes back as it was.

    The files of its source are left out: they lie beside it.
    """
    fields = asdict(replace(request, source=None))
    fields["source"] = None if request.source is None else {"strength": request.source.strength}
    return json.dumps({"version": REQUEST_VERSION, **fields}, separators=(",", ":"))


def request_from_json(
    body: str, *, picture: bytes | None, mask: bytes | None, gone: bool = False
) -> ImageRequest:
    """The request, valid again; `picture` and `mask` are the files of its source, where it has one.

    Where its source was deleted (`gone`), it is read without.

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
        source = fields.pop("source", None)
        if gone:
            source = None
        elif source is not None:
            source = SourcePicture(**source, png=picture or b"", mask=mask)
        return ImageRequest(**fields, variations=variations, source=source)
    except TypeError as error:
        raise ValueError(str(error)) from None


def time_to_integer(moment: datetime) -> int:
    """Whole microseconds since 1970; `moment` must be aware."""
    return (moment - _EPOCH) // _MICROSECOND


def time_from_integer(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
