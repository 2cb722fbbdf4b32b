"""A message as a request would make it: checked against Discord's rules before anything changes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.playground import api_error
from bot.playground.component_rules import LONGEST_ALT_TEXT, check_components
from bot.playground.components import StoredForm
from bot.playground.embed_rules import check_embeds
from bot.playground.form import Form
from bot.playground.pictures import size_of
from bot.playground.stored import (
    COMPONENTS_V2,
    EPHEMERAL,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Json,
    StoredFile,
    StoredMessage,
    Upload,
)

LONGEST_CONTENT: Final = 2_000
MOST_FILES: Final = 10
_SETTABLE: Final = SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
_SETTABLE_LATER: Final = SUPPRESS_EMBEDS | COMPONENTS_V2
_ODD_IN_NAMES: Final = re.compile(r"[^\w.\-]")


@dataclass(kw_only=True)
class Draft:
    """What a message will be."""

    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    flags: int = 0


class Drafting:
    """Makes drafts for one channel.

    Args:
        new_id: makes a snowflake.
        upload_limit: bytes a single file may have.
    """

    def __init__(self, new_id: Callable[[], int], *, channel_id: int, upload_limit: int) -> None:
        self._new_id = new_id
        self._channel_id = channel_id
        self._upload_limit = upload_limit

    def new(self, payload: Json, uploads: Mapping[int, Upload]) -> Draft:
        """The message a POST asks for.

        Raises:
            ApiError: 50035 with every error, 50006 for a message of nothing, 40005 for too large a file.
        """
        return self._draft(payload, uploads, Draft(), _SETTABLE)

    def edited(self, message: StoredMessage, payload: Json, uploads: Mapping[int, Upload]) -> Draft:
        """What a PATCH would make of a message. Raises as `new` does."""
        before = Draft(
            content=message.content,
            embeds=message.embeds,
            components=message.components,
            files=message.files,
            flags=message.flags,
        )
        return self._draft(payload, uploads, before, _SETTABLE_LATER)

    def _draft(self, payload: Json, uploads: Mapping[int, Upload], before: Draft, settable: int) -> Draft:
        if any(len(upload.data) > self._upload_limit for upload in uploads.values()):
            raise api_error.too_large()
        form = Form()
        after = replace(before)
        form.text(("content",), payload.get("content"), longest=LONGEST_CONTENT)
        check_embeds(form, payload.get("embeds"))
        after.files = self._files(form, payload, uploads, before.files)
        after.flags = _flags(form, payload.get("flags"), before.flags, settable)
        if "content" in payload:
            after.content = str(payload["content"] or "")
        if "embeds" in payload:
            after.embeds = payload["embeds"] or []
        v2 = bool(after.flags & COMPONENTS_V2)
        if v2:
            _refuse_legacy_fields(form, after, payload)
        if "components" in payload:
            check_components(form, payload["components"], v2=v2, files=after.files)
        form.check()
        for key in ("poll", "sticker_ids"):
            if payload.get(key):
                raise api_error.not_offered(key)
        after.embeds = [{"type": "rich"} | embed for embed in after.embeds]
        if "components" in payload:
            after.components = StoredForm(after.files, self._new_id).of(payload["components"] or [])
        if not (after.components if v2 else after.content or after.embeds or after.files or after.components):
            raise api_error.empty_message()
        return after

    def _files(
        self, form: Form, payload: Json, uploads: Mapping[int, Upload], before: list[StoredFile]
    ) -> list[StoredFile]:
        if payload.get("attachments") is None and "attachments" not in payload:
            files = [*before, *(self._file(upload, {}) for _, upload in sorted(uploads.items()))]
        else:
            files = self._listed_files(form, payload.get("attachments"), uploads, before)
        if len(files) > MOST_FILES:
            form.length(("attachments",), 0, MOST_FILES)
        return files

    def _listed_files(
        self, form: Form, listed: object, uploads: Mapping[int, Upload], before: list[StoredFile]
    ) -> list[StoredFile]:
        kept = {file.id: file for file in before}
        files: list[StoredFile] = []
        named: set[int] = set()
        for index, entry in enumerate(form.items(("attachments",), listed, most=MOST_FILES)):
            here = ("attachments", index)
            given = str(entry.get("id", "")) if isinstance(entry, dict) else ""
            number = int(given) if given.isdecimal() else -1
            if number in uploads and number not in named:
                named.add(number)
                form.text((*here, "description"), entry.get("description"), longest=LONGEST_ALT_TEXT)
                files.append(self._file(uploads[number], entry))
            elif number in kept:
                files.append(kept[number])
            else:
                code = "ATTACHMENT_NOT_FOUND"
                form.error((*here, "id"), code, f"There is neither a file nor an attachment {given!r}")
        # A file that the list does not name is attached all the same, after those it names.
        files += [self._file(upload, {}) for number, upload in sorted(uploads.items()) if number not in named]
        return files

    def _file(self, upload: Upload, entry: Json) -> StoredFile:
        name = str(entry.get("filename") or upload.filename)
        content_type, width, height = size_of(upload.data, name)
        return StoredFile(
            id=self._new_id(),
            channel_id=self._channel_id,
            filename=_ODD_IN_NAMES.sub("_", name),
            data=upload.data,
            content_type=content_type or upload.content_type,
            description=entry.get("description"),
            width=width,
            height=height,
        )


def _flags(form: Form, asked: object, before: int, settable: int) -> int:
    if asked is None:
        return before
    if not isinstance(asked, int):
        form.error(("flags",), "NUMBER_TYPE_COERCE", f"Value {asked!r} is not int.")
        return before
    # Components V2 cannot be taken back, so an edit that leaves the bit out keeps it.
    return before & ~(settable & ~COMPONENTS_V2) | asked & settable


def _refuse_legacy_fields(form: Form, after: Draft, payload: Json) -> None:
    for key, used in (
        ("content", after.content),
        ("embeds", after.embeds),
        ("poll", payload.get("poll")),
        ("sticker_ids", payload.get("sticker_ids")),
    ):
        if used:
            form.error(
                (key,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
