"""Discord's own description of its API, ready to be asked about one value at a time.

The description is an OpenAPI 3.1 document, whose schemas are JSON Schema 2020-12. It is read from beside the
repository and never copied into it.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

URN: Final = "urn:discord"
DESCRIPTION: Final = Path(__file__).resolve().parents[3] / "shared" / "discord-openapi.json"

# Keys the description does not list and that are right all the same, each with the place it may stand in.
KNOWN_EXTRAS: Final = (
    re.compile(r"\$(\[\d+\])?\.nsfw"),  # discord.py says it of every command; Discord documents it in prose
    re.compile(r"\$(\.data)?\.tts"),  # discord.py says it in webhook edits too; Discord ignores it there
    # discord.py's Attachment.to_dict, of an attachment that an edit keeps
    re.compile(
        r"\$(\.data)?\.attachments\[\d+\]\.(size|url|proxy_url|content_type|spoiler|width|height|ephemeral)"
    ),
    re.compile(r"\$\.id"),  # discord.py repeats in a body what stands in the path of an overwrite
    re.compile(r"\$(\.data)?\.embeds\[\d+\]\.flags"),  # discord.py's Embed.to_dict
)

# Permission bits are too many for some languages' numbers, so that they travel as text
# (https://discord.com/developers/docs/topics/permissions); of requests the description says "integer".
BITS_AS_TEXT: Final = re.compile(
    r"\$(\.\w+\[\d+\])?\.(allow|deny|permissions): '\d+' is not of type 'integer'.*"
)

FORMATS: Final = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uri", raises=ValueError)
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


@FORMATS.checks("int32")
def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path of the description, and what stood in the braces of its path."""

    method: str
    template: str
    says: Mapping[str, Any]
    path_values: Mapping[str, str]
    parameters: Sequence[Mapping[str, Any]]


class Description:
    """Answers which operation a request is, and what a schema has against a value."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._paths: Mapping[str, Any] = document["paths"]
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]
        self._root = document
        self._answers = _registry(_with_named_field_errors(document))
        self._requests = _registry(_with_lenient_snowflakes(document))
        # Keyed by identity, for hashing a schema costs more than using it; kept beside, so that it lives on.
        self._validators: dict[tuple[int, bool], tuple[object, Draft202012Validator]] = {}

    @classmethod
    def load(cls, path: Path = DESCRIPTION) -> "Description":
        """Reads the description from `path`."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def _templates(self) -> Sequence[tuple[re.Pattern[str], str]]:
        # Sorted so that a written-out segment (@me, @original) wins over one in braces.
        ordered = sorted(self._paths, key=lambda path: [part.startswith("{") for part in path.split("/")])
        return [(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + r"\Z"), path) for path in ordered]

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation of `path` (below /api/v10), or None where the description has no such route."""
        for pattern, template in self._templates:
            match = pattern.match(path)
            item = self._paths[template]
            if match and method.lower() in item:
                says = item[method.lower()]
                return Operation(
                    method=method.upper(),
                    template=template,
                    says=says,
                    path_values=match.groupdict(),
                    parameters=[*item.get("parameters", ()), *says.get("parameters", ())],
                )
        return None

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follows `schema`'s reference, if it is one, into the description."""
        while "$ref" in schema:
            target: Any = self._root
            for part in schema["$ref"].split("#/", 1)[1].split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            schema = target
        return schema

    def problems(self, schema: Mapping[str, Any], value: object, *, asked: bool) -> list[str]:
        """What `schema` has against `value`; `asked` is true of requests, whose ids may be integers."""
        found = [_explain(error) for error in self._validator(schema, asked=asked).iter_errors(value)]
        found = [line for line in found if not (asked and BITS_AS_TEXT.fullmatch(line))]
        if not found:
            found = [f"{where}: no such key" for where in self._unknown(schema, value, "$", asked=asked)]
        return found

    def _validator(self, schema: Mapping[str, Any], *, asked: bool) -> Draft202012Validator:
        key = (id(schema), asked)
        if key not in self._validators:
            registry = self._requests if asked else self._answers
            made = Draft202012Validator(_anchored(schema), registry=registry, format_checker=FORMATS)
            self._validators[key] = (schema, made)
        return self._validators[key][1]

    def _unknown(self, schema: Mapping[str, Any], value: object, at: str, *, asked: bool) -> Iterator[str]:
        """The keys inside `value` that no schema standing at their place knows."""
        leaves = list(self._leaves(schema, value, asked=asked))
        if isinstance(value, list):
            for items in (leaf["items"] for leaf in leaves if "items" in leaf):
                for index, item in enumerate(value):
                    yield from self._unknown(items, item, f"{at}[{index}]", asked=asked)
        elif isinstance(value, dict):
            known = [leaf for leaf in leaves if "properties" in leaf or "additionalProperties" in leaf]
            for name, inner in value.items() if known else ():
                below = f"{at}.{name}"
                schemas = [found for leaf in known if (found := _schema_of_key(leaf, name)) is not None]
                if schemas:
                    for found in schemas:
                        if isinstance(found, dict):
                            yield from self._unknown(found, inner, below, asked=asked)
                elif not any(extra.fullmatch(below) for extra in KNOWN_EXTRAS):
                    yield below

    def _leaves(
        self, schema: Mapping[str, Any], value: object, *, asked: bool
    ) -> Iterator[Mapping[str, Any]]:
        """The plain schemas that apply to `value`, with references, unions and intersections opened."""
        schema = self.resolve(schema)
        yield schema
        for part in schema.get("allOf", ()):
            yield from self._leaves(part, value, asked=asked)
        branches = [
            branch
            for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))
            if self._may_be(self.resolve(branch), value)
        ]
        for branch in branches:
            # Validating a branch only to know whether it was meant is dear; one candidate needs none of it.
            if len(branches) == 1 or self._validator(branch, asked=asked).is_valid(value):
                yield from self._leaves(branch, value, asked=asked)

    def _may_be(self, branch: Mapping[str, Any], value: object) -> bool:
        if not isinstance(value, dict):
            return True
        kind = branch.get("properties", {}).get("type", {}).get("enum")
        return kind is None or value.get("type") in kind


def _anchored(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """`schema` with its local references pointing into the description."""
    if isinstance(schema, dict):
        return {
            key: URN + inner if key == "$ref" and str(inner).startswith("#") else _anchored(inner)
            for key, inner in schema.items()
        }
    if isinstance(schema, list):
        return [_anchored(inner) for inner in schema]
    return schema


def _schema_of_key(leaf: Mapping[str, Any], name: str) -> Mapping[str, Any] | bool | None:
    own: Mapping[str, Any] | None = leaf.get("properties", {}).get(name)
    if own is not None:
        return own
    rest: Mapping[str, Any] | bool | None = leaf.get("additionalProperties")
    return None if rest is False else rest


def _registry(document: Mapping[str, Any]) -> "Registry[Any]":
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    described: Registry[Any] = Registry().with_resource(URN, resource)
    return described


def _with_lenient_snowflakes(document: Mapping[str, Any]) -> Mapping[str, Any]:
    # Discord takes ids as numbers as well as strings, and client libraries send both (attachment ids,
    # allowed mentions); the description only knows the strings that Discord itself gives.
    lenient = copy.copy(dict(document))
    schemas = dict(document["components"]["schemas"])
    strict = schemas["SnowflakeType"]
    schemas["SnowflakeType"] = {"anyOf": [strict, {"type": "integer", "minimum": 0}]}
    lenient["components"] = {**document["components"], "schemas": schemas}
    return lenient


def _with_named_field_errors(document: Mapping[str, Any]) -> Mapping[str, Any]:
    # The description gives a form's field errors the numeric codes of whole answers; Discord names them,
    # as in "BASE_TYPE_REQUIRED" (https://discord.com/developers/docs/reference#error-messages).
    named = {"type": "object", "properties": {"code": {"type": "string"}, "message": {"type": "string"}}}
    inner: dict[str, Any] = {"type": "object", "properties": {"_errors": {"type": "array", "items": named}}}
    inner |= {"required": ["_errors"], "additionalProperties": False}
    schemas = {**document["components"]["schemas"], "InnerErrors": inner}
    return {**document, "components": {**document["components"], "schemas": schemas}}


def _explain(error: ValidationError) -> str:
    """The line that helps: of a union, the branch that was meant, and there the first thing wrong."""
    while error.context:
        branches: dict[object, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        meant = [errors for errors in branches.values() if not any(_wrong_kind(inner) for inner in errors)]
        error = min(meant or branches.values(), key=len)[0]
    where = "$" + "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path
    )
    said = error.message if len(error.message) <= 200 else error.message[:200] + "…"
    return f"{where}: {said}"


def _wrong_kind(error: ValidationError) -> bool:
    """True where a union's branch was never meant: another `type`, or another JSON type altogether."""
    path = list(error.relative_path)
    return (path == ["type"] and error.validator in {"enum", "const"}) or (
        not path and error.validator == "type"
    )
