"""What Discord refuses in a message's components, beyond the shape its API description states."""

from typing import Final

from bot.playground.components import ATTACHMENT_SCHEME, SELECTS, Kind, kind_of, referenced, walk
from bot.playground.form import Form, Path
from bot.playground.stored import Json, StoredFile

MOST_COMPONENTS: Final = 40
MOST_TEXT: Final = 4_000
MOST_ROWS: Final = 5
ROW_WIDTH: Final = 5
LONGEST_CUSTOM_ID: Final = 100
LONGEST_LABEL: Final = 80
LONGEST_ALT_TEXT: Final = 1_024
MOST_PICTURES: Final = 10
MOST_SELECT_OPTIONS: Final = 25

_TOP_LEVEL: Final = frozenset(
    {
        Kind.ACTION_ROW,
        Kind.SECTION,
        Kind.TEXT_DISPLAY,
        Kind.MEDIA_GALLERY,
        Kind.FILE,
        Kind.SEPARATOR,
        Kind.CONTAINER,
    }
)
_INSIDE: Final[dict[int, frozenset[Kind]]] = {
    Kind.ACTION_ROW: frozenset({Kind.BUTTON, *SELECTS}),
    Kind.SECTION: frozenset({Kind.TEXT_DISPLAY}),
    Kind.CONTAINER: _TOP_LEVEL - {Kind.CONTAINER},
}
_LINK, _PREMIUM = 5, 6


def check_components(form: Form, components: object, *, v2: bool, files: list[StoredFile]) -> None:
    """Note every error in a message's components; `files` are the attachments the message will have."""
    top = form.items(("components",), components, most=MOST_COMPONENTS if v2 else MOST_ROWS)
    _check_nesting(form, ("components",), top, _TOP_LEVEL if v2 else frozenset({Kind.ACTION_ROW}))
    everything = list(walk(top))
    if len(everything) > MOST_COMPONENTS:
        form.error(
            ("components",),
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The total number of components cannot exceed {MOST_COMPONENTS}",
        )
    _check_text(form, everything)
    _check_unique(form, everything)
    for path, component in everything:
        if not isinstance(component.get("id") or 0, int):
            form.error(("components", *path, "id"), "NUMBER_TYPE_COERCE", "The id is not an int.")
        _check_one(form, ("components", *path), component, files)


def _check_nesting(form: Form, path: Path, components: list[object], allowed: frozenset[Kind]) -> None:
    for index, component in enumerate(components):
        here = (*path, index)
        if not isinstance(component, dict):
            form.error(here, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        elif kind_of(component) not in allowed:
            kinds = ", ".join(str(int(kind)) for kind in sorted(allowed))
            form.error(
                (*here, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({kinds}).'
            )
        elif kind_of(component) in _INSIDE:
            inner = form.items((*here, "components"), component.get("components"), fewest=1, most=40)
            _check_nesting(form, (*here, "components"), inner, _INSIDE[kind_of(component)])


def _check_text(form: Form, everything: list[tuple[Path, Json]]) -> None:
    texts = [str(c.get("content")) for _, c in everything if kind_of(c) == Kind.TEXT_DISPLAY]
    if sum(map(len, texts)) > MOST_TEXT:
        form.error(
            ("components",),
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"The displayable text size of components exceeds the maximum of {MOST_TEXT}",
        )


def _check_unique(form: Form, everything: list[tuple[Path, Json]]) -> None:
    for key, code in (("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"), ("id", "COMPONENT_ID_DUPLICATED")):
        seen: set[object] = set()
        for path, component in everything:
            value = component.get(key)
            if not value or not isinstance(value, str | int):
                continue
            if value in seen:
                form.error(("components", *path, key), code, f"Component {key} cannot be duplicated")
            seen.add(value)


def _check_one(form: Form, path: Path, component: Json, files: list[StoredFile]) -> None:
    match kind_of(component):
        case Kind.ACTION_ROW:
            _check_row(form, path, component)
        case Kind.BUTTON:
            _check_button(form, path, component)
        case kind if kind in SELECTS:
            check_select(form, path, component)
        case Kind.SECTION:
            _check_section(form, path, component)
        case Kind.TEXT_DISPLAY:
            content = component.get("content")
            form.text((*path, "content"), content, shortest=1, longest=MOST_TEXT, needed=True)
        case Kind.MEDIA_GALLERY:
            items = form.items((*path, "items"), component.get("items"), fewest=1, most=MOST_PICTURES)
            for index, item in enumerate(items):
                _check_media(form, (*path, "items", index), item, "media", files)
        case Kind.THUMBNAIL | Kind.FILE as kind:
            _check_media(form, path, component, "file" if kind == Kind.FILE else "media", files)


def _check_row(form: Form, path: Path, row: Json) -> None:
    inside = [kind_of(child) for child in _inside(row)]
    if len(inside) > ROW_WIDTH or (len(inside) > 1 and any(kind in SELECTS for kind in inside)):
        form.error(
            (*path, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The width of a component row is 5: five buttons or one select menu",
        )


def _inside(row: Json) -> list[Json]:
    inside = row.get("components")
    return [child for child in inside if isinstance(child, dict)] if isinstance(inside, list) else []


def _check_section(form: Form, path: Path, section: Json) -> None:
    form.items((*path, "components"), section.get("components"), fewest=1, most=3)
    accessory = section.get("accessory")
    if not isinstance(accessory, dict) or kind_of(accessory) not in (Kind.BUTTON, Kind.THUMBNAIL):
        form.error((*path, "accessory"), "BASE_TYPE_REQUIRED", "This field is required")


def _check_button(form: Form, path: Path, button: Json) -> None:
    form.text((*path, "label"), button.get("label"), longest=LONGEST_LABEL)
    style = button.get("style")
    if not isinstance(style, int) or not 1 <= style <= _PREMIUM:
        form.choice((*path, "style"), style)
    elif style == _LINK:
        form.text((*path, "url"), button.get("url"), shortest=1, longest=512, needed=True)
        if button.get("custom_id") is not None:
            form.error(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A link has no custom id")
    elif style != _PREMIUM:
        check_custom_id(form, path, button)
    if style != _PREMIUM and not button.get("label") and not button.get("emoji"):
        form.error(path, "BUTTON_COMPONENT_LABEL_REQUIRED", "A button must have a label or an emoji")


def check_custom_id(form: Form, path: Path, component: Json) -> None:
    value = component.get("custom_id")
    form.text((*path, "custom_id"), value, shortest=1, longest=LONGEST_CUSTOM_ID, needed=True)


def check_select(form: Form, path: Path, select: Json) -> None:
    """Note every error in a select menu, of a message or of a modal."""
    check_custom_id(form, path, select)
    form.text((*path, "placeholder"), select.get("placeholder"), longest=150)
    if kind_of(select) != Kind.STRING_SELECT:
        return
    options = form.entries((*path, "options"), select.get("options"), fewest=1, most=MOST_SELECT_OPTIONS)
    values: set[str] = set()
    for index, option in enumerate(options):
        here = (*path, "options", index)
        form.text((*here, "label"), option.get("label"), shortest=1, longest=100, needed=True)
        form.text((*here, "value"), option.get("value"), shortest=1, longest=100, needed=True)
        form.text((*here, "description"), option.get("description"), longest=100)
        value = str(option.get("value"))
        if value in values:
            message = "The specified option value is already used"
            form.error((*here, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        values.add(value)


def _check_media(form: Form, path: Path, holder: object, key: str, files: list[StoredFile]) -> None:
    media = holder.get(key) if isinstance(holder, dict) else None
    url = media.get("url") if isinstance(media, dict) else None
    if not isinstance(holder, dict) or not isinstance(url, str):
        form.error((*path, key), "BASE_TYPE_REQUIRED", "This field is required")
        return
    form.text((*path, "description"), holder.get("description"), longest=LONGEST_ALT_TEXT)
    if url.startswith(ATTACHMENT_SCHEME):
        if referenced(url, files) is None:
            form.error(
                (*path, key, "url"),
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                f"The referenced attachment {url.removeprefix(ATTACHMENT_SCHEME)!r} was not found",
            )
    elif not url.startswith(("https://", "http://")):
        form.error((*path, key, "url"), "URL_TYPE_INVALID_SCHEME", "Not a well formed URL.")
