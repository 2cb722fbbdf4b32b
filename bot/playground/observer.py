"""The seam through which somebody may watch, and check, everything that crosses the wire."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request to the REST API and its answer.

    Attributes:
        method: "GET", "POST", …
        template: the path as Discord's description writes it, such as "/channels/{channel_id}/messages".
        path: the path as asked, below /api/v10.
        query: the query's parameters.
        content_type: of the request, without parameters; "" where it had no body.
        payload: the JSON body, or of a multipart body its `payload_json`; None where there was none.
        files: the names of a multipart body's other parts, such as "files[0]".
        status: of the answer.
        answer: the answer's JSON; None for an empty one.
        injected: whether the answer is a fault somebody planned.
    """

    method: str
    template: str
    path: str
    query: dict[str, str]
    content_type: str
    payload: Any
    files: tuple[str, ...]
    status: int
    answer: Any
    injected: bool = False


class Observer(Protocol):
    """Watches; what it raises fails the request or the dispatch, so it had better collect instead."""

    def exchanged(self, exchange: Exchange) -> None:
        """A request was answered."""
        ...

    def dispatched(self, event: str, data: dict[str, Any]) -> None:
        """A gateway event went out, such as "INTERACTION_CREATE"."""
        ...
