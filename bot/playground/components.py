"""Message components: walking them, and turning what a bot sends into what Discord answers with.

https://discord.com/developers/docs/components/reference
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Final

from bot.playground.stored import Json, StoredFile

ATTACHMENT_SCHEME: Final = "attachment://"


class Kind(IntEnum):
    """Component types, with Discord's values."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS: Final = frozenset(
    {
        Kind.STRING_SELECT,
        Kind.USER_SELECT,
        Kind.ROLE_SELECT,
        Kind.MENTIONABLE_SELECT,
        Kind.CHANNEL_SELECT,
    }
)
_ANSWERED_ALWAYS: Final[dict[int, Json]] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    Kind.THUMBNAIL: {"description": None, "spoiler": False},
    Kind.FILE: {"name": None, "size": None, "spoiler": False},
    Kind.SEPARATOR: {"spacing": 1, "divider": True},
    Kind.CONTAINER: {"accent_color": None, "spoiler": False},
}
_NESTED: Final = ("components", "accessory", "component")


def kind_of(component: Json) -> int:
    """A component's type as its sender gave it; 0 for what cannot be one."""
    kind = component.get("type")
    return kind if isinstance(kind, int) and not isinstance(kind, bool) else 0


def walk(components: object) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Every component, outer before inner, with its path among the form's fields."""
    if isinstance(components, list):
        for index, component in enumerate(components):
            yield from _walk_one((index,), component)


def _walk_one(path: tuple[str | int, ...], component: object) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    if not isinstance(component, dict):
        return
    yield path, component
    for key in _NESTED:
        inner = component.get(key)
        if isinstance(inner, list):
            for index, child in enumerate(inner):
                yield from _walk_one((*path, key, index), child)
        elif inner is not None:
            yield from _walk_one((*path, key), inner)


class StoredForm:
    """Turns checked components into stored ones: numbered, defaults filled in, media resolved."""

    def __init__(self, files: list[StoredFile], new_id: Callable[[], int]) -> None:
        self._files = files
        self._new_id = new_id
        self._taken: set[int] = set()
        self._next = 1

    def of(self, components: list[Json]) -> list[Json]:
        self._taken = {given for _, component in walk(components) if (given := component.get("id"))}
        return [self._stored(component) for component in components]

    def _stored(self, component: Json) -> Json:
        kind = component["type"]
        stored: Json = {"type": kind, "id": component.get("id") or self._number()}
        stored.update(_ANSWERED_ALWAYS.get(kind, {}))
        stored.update(
            {key: _told(value) for key, value in component.items() if value is not None and key != "id"}
        )
        for key in _NESTED:
            inner = component.get(key)
            if isinstance(inner, list):
                stored[key] = [self._stored(child) for child in inner]
            elif isinstance(inner, dict):
                stored[key] = self._stored(inner)
        if kind in SELECTS:
            stored.pop("required", None)  # a word for modals; in a message Discord drops it
        if "default_values" in stored:  # discord.py sends their ids as numbers; Discord answers with strings
            stored["default_values"] = [each | {"id": str(each["id"])} for each in stored["default_values"]]
        for key in ("media", "file"):
            if key in stored:
                stored[key] = self._media(stored[key]["url"])
        if kind == Kind.MEDIA_GALLERY:
            stored["items"] = [
                {
                    "media": self._media(item["media"]["url"]),
                    "description": item.get("description"),
                    "spoiler": bool(item.get("spoiler")),
                }
                for item in component["items"]
            ]
        return stored

    def _number(self) -> int:
        while self._next in self._taken:
            self._next += 1
        self._taken.add(self._next)
        return self._next

    def _media(self, url: str) -> Json:
        file = referenced(url, self._files)
        return {"attachment_id": file.id} if file else {"id": self._new_id(), "url": url}


def _told(value: object) -> object:
    """An emoji without the null id that clients send for one of Unicode's."""
    if isinstance(value, dict):
        return {key: _told(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_told(inner) for inner in value]
    return value


def referenced(url: str, files: list[StoredFile]) -> StoredFile | None:
    """The attachment a media URL means, by `attachment://` name or by its CDN address."""
    if url.startswith(ATTACHMENT_SCHEME):
        name = url.removeprefix(ATTACHMENT_SCHEME)
        return next((file for file in files if file.filename == name), None)
    parts = url.partition("/attachments/")[2].split("/")
    if len(parts) >= 2 and parts[1].isdecimal():
        return next((file for file in files if file.id == int(parts[1])), None)
    return None


def shown_media(components: list[Json]) -> Iterator[tuple[Json, str | None, bool]]:
    """Every picture or file a person sees: its media, alt text, and whether it hides behind a spoiler."""
    for _, component in walk(components):
        if component["type"] == Kind.MEDIA_GALLERY:
            for item in component["items"]:
                yield item["media"], item["description"], item["spoiler"]
        elif component["type"] == Kind.THUMBNAIL:
            yield component["media"], component["description"], component["spoiler"]
        elif component["type"] == Kind.FILE:
            yield component["file"], None, component["spoiler"]


def with_media(components: list[Json], show: Callable[[Json], Json]) -> list[Json]:
    """A copy of stored components in which every media became what `show` makes of it."""
    return [_with_media_in(component, show) for component in components]


def _with_media_in(component: Json, show: Callable[[Json], Json]) -> Json:
    shown: Json = {}
    for key, value in component.items():
        if key in ("media", "file"):
            shown[key] = show(value)
        elif isinstance(value, dict):
            shown[key] = _with_media_in(value, show)
        elif isinstance(value, list):
            shown[key] = [_with_media_in(each, show) if isinstance(each, dict) else each for each in value]
        else:
            shown[key] = value
    return shown
