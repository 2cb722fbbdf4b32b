"""Holds every request, answer and gateway payload against Discord's own description.

Plugs into the loopback Discord: `LoopbackDiscord(observer=conformance)`. A test ends with
`conformance.raise_problems()`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from conformance_gateway import EVENTS
from conformance_rules import broken_rules
from conformance_schema import DESCRIPTION, Description, Operation

from bot.playground.observer import Exchange

__all__ = ["DESCRIPTION", "Conformance", "Description"]

API: Final = re.compile(r"^/api/v\d+(?=/)")
OUT_OF_USE: Final = {("PATCH", "/guilds/{guild_id}/members/@me/nick")}
"""Routes that Discord still serves and describes no more."""
BOOLEANS: Final = {"true", "false", "1", "0", "True", "False"}


@dataclass(slots=True, kw_only=True)
class Conformance:
    """Collects what is wrong with what it is shown.

    `problems` are lines such as `POST /channels/{channel_id}/messages: asked $.flags: …`; `seen` counts what
    was held against the description, so that a test can tell an empty list from an idle checker.
    """

    description: Description
    problems: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def exchanged(self, exchange: Exchange) -> None:
        """Holds a REST request and its answer against the description."""
        path = API.sub("", exchange.path)
        if (exchange.method, exchange.template) in OUT_OF_USE:
            return
        operation = self.description.operation(exchange.method, path)
        if operation is None:
            self._note(f"{exchange.method} {path}", ["no such route"])
            return
        found: list[str] = []
        # A refused request has had its judgement; only that the refusal is well put is left to see.
        if exchange.status < 400 or exchange.injected:
            found += [f"asked {line}" for line in self._request(operation, exchange)]
        if not exchange.injected:
            found += [
                f"answered {line}" for line in self._answer(operation, exchange.status, exchange.answer)
            ]
        self.seen[f"{operation.method} {operation.template}"] += 1
        self._note(f"{operation.method} {operation.template}", found)

    def dispatched(self, event: str, data: Mapping[str, Any]) -> None:
        """Holds a gateway event against its shape. Events without a known shape are counted and pass."""
        schema = EVENTS.get(event)
        self.seen[event if schema else f"{event} (not described)"] += 1
        if schema:
            self._note(event, self.description.problems(schema, data, asked=False))

    def raise_problems(self) -> None:
        """Raises AssertionError that lists every problem, once."""
        if self.problems:
            raise AssertionError("against Discord's description:\n" + "\n".join(dict.fromkeys(self.problems)))

    def _request(self, operation: Operation, exchange: Exchange) -> list[str]:
        found = self._parameters(operation, exchange.query)
        content = operation.says.get("requestBody", {}).get("content", {})
        # The multipart schema leaves out payload_json, which is where clients put the JSON one.
        schema = content.get("application/json", {}).get("schema")
        if schema is not None:
            if exchange.payload is not None or operation.says["requestBody"].get("required"):
                found += self.description.problems(schema, exchange.payload, asked=True)
        elif exchange.payload is not None and not content:
            found.append("a body where none is taken")
        # On a body of the wrong shape the finer rules would only stumble.
        return found or list(
            broken_rules(operation.method, operation.template, exchange.payload, exchange.files)
        )

    def _parameters(self, operation: Operation, query: Mapping[str, str]) -> list[str]:
        found = []
        described = {(p["in"], p["name"]): p["schema"] for p in operation.parameters}
        for name, value in operation.path_values.items():
            if schema := described.get(("path", name)):
                found += self._text(f"path {name}", schema, value)
        for name, value in query.items():
            if schema := described.get(("query", name)):
                found += self._text(f"query {name}", schema, value)
            else:
                found.append(f"query {name}: no such parameter")
        return found

    def _text(self, what: str, schema: Mapping[str, Any], value: str) -> list[str]:
        """Checks a value that travels as text in a path or a query."""
        kinds = self.description.resolve(schema).get("type", "string")
        read: object = value
        if "boolean" in kinds:
            read = value.lower() in {"true", "1"} if value in BOOLEANS else value
        elif "integer" in kinds:
            read = int(value) if value.isdecimal() else value
        elif "array" in kinds:
            return []
        return [f"{what} {line}" for line in self.description.problems(schema, read, asked=True)]

    def _answer(self, operation: Operation, status: int, answer: object) -> list[str]:
        if status >= 500:
            return []  # not Discord's word, but its proxy's
        responses = operation.says["responses"]
        response = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if response is None:
            return [f"{status}, and the description knows {', '.join(responses)}"]
        schema = (
            self.description.resolve(response).get("content", {}).get("application/json", {}).get("schema")
        )
        if schema is None:
            return [] if answer is None else [f"{status} with a body where none is given"]
        return self.description.problems(schema, answer, asked=False)

    def _note(self, what: str, found: list[str]) -> None:
        self.problems += [f"{what}: {line}" for line in found]
