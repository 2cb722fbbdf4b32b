"""What Discord refuses although its description does not say so."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

IS_COMPONENTS_V2: Final = 1 << 15
EPHEMERAL: Final = 1 << 6
SUPPRESS_EMBEDS: Final = 1 << 2

ACTION_ROW, BUTTON, TEXT_DISPLAY, FILE, CONTAINER, LABEL = 1, 2, 10, 13, 17, 18
V1_TOP_LEVEL: Final = {ACTION_ROW}
MAX_COMPONENTS: Final = 40
MAX_ROWS: Final = 5
MAX_TEXT: Final = 4000
MAX_CONTENT: Final = 2000
MAX_EMBED_TEXT: Final = 6000
MAX_FILES: Final = 10
MAX_COMMAND_TEXT: Final = 8000

# https://discord.com/developers/docs/interactions/application-commands#application-command-object
COMMAND_NAME: Final = re.compile(r"[-_'\w]{1,32}", re.UNICODE)

CREATES_MESSAGE: Final = {
    ("POST", "/channels/{channel_id}/messages"),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}"),
}
EDITS_MESSAGE: Final = {
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"),
    ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
    ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"),
}
CALLBACK: Final = ("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
REPLY, DEFER, DEFER_EDIT, EDIT, AUTOCOMPLETE, MODAL = 4, 5, 6, 7, 8, 9

Json = Mapping[str, Any]


def broken_rules(method: str, template: str, body: object, files: Collection[str]) -> Iterator[str]:
    """The unwritten rules that a request breaks. `files` are the names of its multipart file fields."""
    operation = (method, template)
    if operation in CREATES_MESSAGE and isinstance(body, Mapping):
        yield from _new_message(body, files)
    elif operation in EDITS_MESSAGE and isinstance(body, Mapping):
        yield from _edited_message(body, files)
    elif operation == CALLBACK and isinstance(body, Mapping):
        yield from _callback(body, files)
    elif template.endswith("/commands") and method in {"PUT", "POST"}:
        for command in body if isinstance(body, list) else [body]:
            if isinstance(command, Mapping):
                yield from _command(command)
    elif files:
        yield "files where none are taken"


def _callback(body: Json, files: Collection[str]) -> Iterator[str]:
    data = body.get("data") or {}
    kind = body.get("type")
    if kind == REPLY:
        yield from _new_message(data, files)
    elif kind == EDIT:
        yield from _edited_message(data, files)
    elif files:
        yield f"files with a callback of type {kind}"
    if kind == DEFER:
        if data.get("flags", 0) & ~EPHEMERAL:
            yield "a defer may set only the EPHEMERAL flag"
        if set(data) - {"flags"}:
            yield "a defer carries nothing but flags"
    if kind == MODAL:
        parts = data.get("components") or ()
        if not 1 <= len(parts) <= 5:
            yield f"{len(parts)} top-level components in a modal (1 to 5)"
        yield from _custom_ids(parts)


def _new_message(data: Json, files: Collection[str]) -> Iterator[str]:
    flags = data.get("flags") or 0
    components = data.get("components") or ()
    attachments = data.get("attachments") or ()
    if flags & IS_COMPONENTS_V2:
        if data.get("content") or data.get("embeds") or data.get("poll") or data.get("sticker_ids"):
            yield "Components V2 together with content, embeds, a poll or stickers"
        if not components:
            yield "an empty message"
    else:
        if any(part.get("type") not in V1_TOP_LEVEL for part in components):
            yield "a Components V2 component without the flag"
        if not (data.get("content") or data.get("embeds") or components or files or data.get("poll")):
            yield "an empty message"
        if len(components) > MAX_ROWS:
            yield f"{len(components)} rows (at most {MAX_ROWS})"
    yield from _message(data, files)
    named = {str(attachment.get("id")) for attachment in attachments}
    sent = set(_file_numbers(files))
    if missing := named - sent:
        yield f"attachment ids without their file: {', '.join(sorted(missing))}"
    if attachments and (unnamed := sent - named):
        yield f"files without their attachment: {', '.join(sorted(unnamed))}"


def _edited_message(data: Json, files: Collection[str]) -> Iterator[str]:
    if (data.get("flags") or 0) & IS_COMPONENTS_V2 and (data.get("content") or data.get("embeds")):
        yield "Components V2 together with content or embeds"
    yield from _message(data, files)
    sent = set(_file_numbers(files))
    # Kept attachments are named by their snowflakes, new ones by the number of their file.
    named = {str(attachment.get("id")) for attachment in data.get("attachments") or ()}
    if missing := {name for name in named if len(name) < len("10000000000000")} - sent:
        yield f"attachment ids without their file: {', '.join(sorted(missing))}"


def _message(data: Json, files: Collection[str]) -> Iterator[str]:
    components = data.get("components") or ()
    if len(data.get("content") or "") > MAX_CONTENT:
        yield f"content longer than {MAX_CONTENT} characters"
    if sum(map(_embed_text, data.get("embeds") or ())) > MAX_EMBED_TEXT:
        yield f"embeds longer than {MAX_EMBED_TEXT} characters in all"
    every = list(_walk(components))
    if len(every) > MAX_COMPONENTS:
        yield f"{len(every)} components (at most {MAX_COMPONENTS}, nested ones counted)"
    if sum(len(part.get("content") or "") for part in every if part.get("type") == TEXT_DISPLAY) > MAX_TEXT:
        yield f"text displays longer than {MAX_TEXT} characters in all"
    yield from _custom_ids(components)
    if len(files) > MAX_FILES:
        yield f"{len(files)} files (at most {MAX_FILES})"
    if strange := [name for name in files if not re.fullmatch(r"files\[\d\]", name)]:
        yield f"file fields not named files[n]: {', '.join(sorted(strange))}"


def _custom_ids(components: Sequence[Json]) -> Iterator[str]:
    ids = [part["custom_id"] for part in _walk(components) if part.get("custom_id") is not None]
    if doubled := sorted({custom_id for custom_id in ids if ids.count(custom_id) > 1}):
        yield f"custom ids used twice: {', '.join(doubled)}"


def _walk(components: Sequence[Json]) -> Iterator[Json]:
    for part in components:
        yield part
        yield from _walk(part.get("components") or ())
        yield from _walk([part[name] for name in ("accessory", "component") if part.get(name)])


def _file_numbers(files: Collection[str]) -> Iterator[str]:
    for name in files:
        if match := re.fullmatch(r"files\[(\d+)\]", name):
            yield match[1]


def _embed_text(embed: Json) -> int:
    said = [embed.get("title"), embed.get("description")]
    said += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or ():
        said += [field.get("name"), field.get("value")]
    return sum(len(text or "") for text in said)


def _command(command: Json) -> Iterator[str]:
    name = str(command.get("name", ""))
    if command.get("type", 1) in {None, 1}:
        if not COMMAND_NAME.fullmatch(name) or name != name.lower():
            yield f"the command name {name!r}"
        if not command.get("description"):
            yield f"/{name} has no description"
    yield from _options(f"/{name}", command.get("options") or ())
    if (length := _command_text(command)) > MAX_COMMAND_TEXT:
        yield f"/{name} has {length} characters (at most {MAX_COMMAND_TEXT})"


def _options(at: str, options: Sequence[Json]) -> Iterator[str]:
    optional_seen = False
    names: set[str] = set()
    for option in options:
        name = str(option.get("name", ""))
        here = f"{at} {name}"
        if not COMMAND_NAME.fullmatch(name) or name != name.lower():
            yield f"{at}: the option name {name!r}"
        if name in names:
            yield f"{here} stands twice"
        names.add(name)
        if option.get("required") and optional_seen:
            yield f"{here} is required but follows an optional option"
        optional_seen = optional_seen or not option.get("required")
        if option.get("autocomplete") and option.get("choices"):
            yield f"{here} has autocomplete and choices"
        yield from _options(here, option.get("options") or ())


def _command_text(node: Json) -> int:
    own = len(str(node.get("name") or "")) + len(str(node.get("description") or ""))
    choices = sum(len(str(c.get("name"))) + len(str(c.get("value"))) for c in node.get("choices") or ())
    return own + choices + sum(_command_text(option) for option in node.get("options") or ())
