"""One request to the REST API, read and ready to be carried out."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import BodyPartReader, web

from bot.playground import api_error
from bot.playground.stored import Json, Upload

if TYPE_CHECKING:
    from bot.playground.backend import Backend

LARGEST_REQUEST: Final = 25 * 1024 * 1024
"""Bytes of a whole request."""
_FILE_PART: Final = re.compile(r"files\[(\d+)\]")


@dataclass(kw_only=True)
class Call:
    """A request.

    Attributes:
        ids: the numbers in its path, by Discord's names for them.
        words: the other variable parts of its path.
        payload: its JSON; of a multipart body, the part `payload_json`.
        uploads: a multipart body's files by their number.
        parts: the names of a multipart body's parts but `payload_json`.
    """

    ids: dict[str, int]
    words: dict[str, str]
    query: dict[str, str]
    content_type: str = ""
    payload: Any = None
    uploads: dict[int, Upload] = field(default_factory=dict)
    parts: tuple[str, ...] = ()

    @property
    def form(self) -> Json:
        """The payload, which must be an object.

        Raises:
            ApiError: 50109.
        """
        if self.payload is None:
            return {}
        if not isinstance(self.payload, dict):
            raise api_error.unreadable_json()
        return self.payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A method and path of the API with what carries it out.

    Attributes:
        template: the path as Discord writes it, below /api/v10.
        run: gives the answer's JSON, or None for 204; a pair (status, JSON) for another status.
        with_token: whether the bot's token must come along.
    """

    method: str
    template: str
    run: "Callable[[Backend, Call], Awaitable[object]]"
    with_token: bool = True


async def read(request: web.Request) -> Call:
    """Read a request's path, query and body.

    Raises:
        ApiError: 50109 for a body that is no JSON, 40005 for more than `LARGEST_REQUEST` bytes.
    """
    call = Call(
        ids={key: int(value) for key, value in request.match_info.items() if value.isdecimal()},
        words={key: value for key, value in request.match_info.items() if not value.isdecimal()},
        query=dict(request.query),
    )
    if not request.can_read_body:
        return call
    call.content_type = request.content_type
    if (request.content_length or 0) > LARGEST_REQUEST:
        raise api_error.too_large()
    if request.content_type == "multipart/form-data":
        await _read_parts(request, call)
    else:
        body = await _bounded(request)
        call.payload = _parsed(body) if body else None
    return call


async def _bounded(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise api_error.too_large() from None


async def _read_parts(request: web.Request, call: Call) -> None:
    left = LARGEST_REQUEST
    names: list[str] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise api_error.unreadable_json()
        data = bytes(await part.read(decode=True))
        left -= len(data)
        if left < 0:
            raise api_error.too_large()
        if part.name == "payload_json":
            call.payload = _parsed(data)
            continue
        names.append(part.name)
        if match := _FILE_PART.fullmatch(part.name):
            kind = part.headers.get("Content-Type", "application/octet-stream")
            upload = Upload(filename=part.filename or "unknown", data=data, content_type=kind)
            call.uploads[int(match[1])] = upload
    call.parts = tuple(names)


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        raise api_error.unreadable_json() from None
