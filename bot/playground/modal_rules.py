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
    elif kind == Kind.LABEL:
        form.text((*path, "label"), component.get("label"), shortest=1, longest=45, needed=True)
        form.text((*path, "description"), component.get("description"), longest=100)
        _check_input(form, (*path, "component"), component.get("component"), _IN_LABELS)
    elif kind == Kind.ACTION_ROW:
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
    kind = kind_of(component)
    if kind in SELECTS:
        check_select(form, path, component)
    else:
        check_custom_id(form, path, component)
    if kind == Kind.TEXT_INPUT:
        form.text((*path, "value"), component.get("value"), longest=4_000)
        form.text((*path, "placeholder"), component.get("placeholder"), longest=100)
        if component.get("style") not in (1, 2):
            form.choice((*path, "style"), component.get("style"))
    if kind == Kind.RADIO_GROUP:
        form.items((*path, "options"), component.get("options"), fewest=2, most=10)
    if kind == Kind.CHECKBOX_GROUP:
        form.items((*path, "options"), component.get("options"), fewest=1, most=10)
