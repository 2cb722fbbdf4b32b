"""What Discord refuses in a modal.

https://discord.com/developers/docs/components/reference
"""

from typing import Final

from bot.playground.component_rules import check_custom_id, check_select
from bot.playground.components import SELECTS, Kind, kind_of, walk
from bot.playground.form import Form, Path
from bot.playground.stored import Json

MOST_FIELDS: Final = 5
LONGEST_TITLE: Final = 45
LONGEST_INPUT: Final = 4_000
_TOP_LEVEL: Final = frozenset({Kind.ACTION_ROW, Kind.TEXT_DISPLAY, Kind.LABEL})
_IN_LABELS: Final = frozenset(
    {Kind.TEXT_INPUT, Kind.FILE_UPLOAD, Kind.RADIO_GROUP, Kind.CHECKBOX_GROUP, Kind.CHECKBOX, *SELECTS}
)


def check_modal(form: Form, path: Path, modal: Json) -> None:
    """Note every error in a modal's description."""
    check_custom_id(form, path, modal)
    form.text((*path, "title"), modal.get("title"), shortest=1, longest=LONGEST_TITLE, needed=True)
    components = form.entries((*path, "components"), modal.get("components"), fewest=1, most=MOST_FIELDS)
    for index, component in enumerate(components):
        _check_field(form, (*path, "components", index), component)
    seen: set[str] = set()
    for at, component in walk(components):
        custom_id = component.get("custom_id")
        if isinstance(custom_id, str):
            if custom_id in seen:
                where = (*path, "components", *at, "custom_id")
                form.error(
                    where, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
                )
            seen.add(custom_id)


def _check_field(form: Form, path: Path, component: Json) -> None:
    kind = kind_of(component)
    if kind not in _TOP_LEVEL:
        kinds = ", ".join(str(int(each)) for each in sorted(_TOP_LEVEL))
        message = f'Value of field "type" must be one of ({kinds}).'
        form.error((*path, "type"), "UNION_TYPE_CHOICES", message)
    elif kind == Kind.TEXT_DISPLAY:
        form.text((*path, "content"), component.get("content"), shortest=1, longest=4_000, needed=True)
    elif kind == Kind.LABEL:
        form.text((*path, "label"), component.get("label"), shortest=1, longest=45, needed=True)
        form.text((*path, "description"), component.get("description"), shortest=1, longest=100)
        _check_input(form, (*path, "component"), component.get("component"), _IN_LABELS)
    else:
        inside = form.entries((*path, "components"), component.get("components"), fewest=1, most=1)
        for index, child in enumerate(inside):
            here = (*path, "components", index)
            _check_input(form, here, child, frozenset({Kind.TEXT_INPUT}))
            form.text((*here, "label"), child.get("label"), shortest=1, longest=45, needed=True)


def _check_input(form: Form, path: Path, component: object, allowed: frozenset[Kind]) -> None:
    if not isinstance(component, dict) or kind_of(component) not in allowed:
        kinds = ", ".join(str(int(kind)) for kind in sorted(allowed))
        message = f'Value of field "type" must be one of ({kinds}).'
        form.error((*path, "type"), "UNION_TYPE_CHOICES", message)
        return
    match kind_of(component):
        case kind if kind in SELECTS:
            check_select(form, path, component)
            _check_count(form, path, component, most=25)
            if component.get("disabled"):
                form.error((*path, "disabled"), "COMPONENT_DISABLED_IN_MODAL", "Not possible in a modal")
            return
        case Kind.TEXT_INPUT:
            _check_text_input(form, path, component)
        case Kind.RADIO_GROUP:
            _check_options(form, path, component, fewest=2)
        case Kind.CHECKBOX_GROUP:
            _check_options(form, path, component, fewest=1)
            _check_count(form, path, component, most=10)
        case Kind.FILE_UPLOAD:
            _check_count(form, path, component, most=10)
    check_custom_id(form, path, component)


def _check_text_input(form: Form, path: Path, component: Json) -> None:
    _check_range(form, (*path, "min_length"), component.get("min_length"), 0, LONGEST_INPUT)
    _check_range(form, (*path, "max_length"), component.get("max_length"), 1, LONGEST_INPUT)
    longest = component.get("max_length")
    longest = longest if isinstance(longest, int) and 1 <= longest <= LONGEST_INPUT else LONGEST_INPUT
    form.text((*path, "value"), component.get("value"), longest=longest)
    form.text((*path, "placeholder"), component.get("placeholder"), longest=100)
    if component.get("style") not in (1, 2):
        form.choice((*path, "style"), component.get("style"))


def _check_options(form: Form, path: Path, component: Json, *, fewest: int) -> None:
    options = form.entries((*path, "options"), component.get("options"), fewest=fewest, most=10)
    values: set[object] = set()
    for index, option in enumerate(options):
        here = (*path, "options", index)
        form.text((*here, "label"), option.get("label"), shortest=1, longest=100, needed=True)
        form.text((*here, "value"), option.get("value"), shortest=1, longest=100, needed=True)
        form.text((*here, "description"), option.get("description"), longest=100)
        if str(option.get("value")) in values:
            message = "The specified option value is already used"
            form.error((*here, "value"), "OPTION_VALUE_DUPLICATED", message)
        values.add(str(option.get("value")))
    chosen = sum(option.get("default") is True for option in options)
    if kind_of(component) == Kind.RADIO_GROUP and chosen > 1:
        form.error((*path, "options"), "TOO_MANY_DEFAULTS", "Only one option can be the default")


def _check_count(form: Form, path: Path, component: Json, *, most: int) -> None:
    _check_range(form, (*path, "min_values"), component.get("min_values"), 0, most)
    _check_range(form, (*path, "max_values"), component.get("max_values"), 1, most)


def _check_range(form: Form, path: Path, value: object, lowest: int, highest: int) -> None:
    if value is not None and not (isinstance(value, int) and lowest <= value <= highest):
        form.error(path, "NUMBER_TYPE_MAX", f"int value should be between {lowest} and {highest}.")
