"""A modal as a person sees it, and what they send off with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.playground.components import SELECTS, Kind
from bot.playground.interaction import Interaction
from bot.playground.refusals import Refusal
from bot.playground.stored import Json, Upload
from bot.playground.typed_options import TypedOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input of a modal.

    Attributes:
        value: what it is filled in with beforehand.
        options: a choice's values, with their labels.
    """

    kind: Kind
    custom_id: str
    label: str
    description: str
    required: bool
    value: object
    options: dict[str, str]
    component: Json


class Modal:
    """A modal that is open before a person."""

    def __init__(self, interaction: Interaction) -> None:
        described = interaction.modal or {}
        self.interaction = interaction
        self.custom_id: str = described["custom_id"]
        self.title: str = described["title"]
        self._components: list[Json] = described["components"]

    @property
    def fields(self) -> list[Field]:
        """Its inputs from top to bottom."""
        return [_field(holder, _input(holder)) for holder in self._components if _is_input(holder)]

    @property
    def text(self) -> str:
        """The words between its inputs."""
        return "\n".join(each["content"] for each in self._components if each["type"] == Kind.TEXT_DISPLAY)

    def filled_in(self, values: Mapping[str, object], options: TypedOptions) -> list[Json]:
        """What is sent: the components with the person's values, by custom id or label.

        Raises:
            Refusal: a value is missing, unknown, too long, or not among the choices.
        """
        known = {name for field in self.fields for name in (field.custom_id, field.label)}
        for name in values:
            if name not in known:
                raise Refusal(f"There is no input {name!r} here.", field=name)
        sent: list[Json] = []
        for number, holder in enumerate(self._components, start=1):
            place: Json = {"type": holder["type"], "id": holder.get("id") or number}
            if not _is_input(holder):
                sent.append(place)
                continue
            field = _field(holder, _input(holder))
            value = values.get(field.custom_id, values.get(field.label, field.value))
            answer: Json = {
                "type": int(field.kind),
                "id": field.component.get("id") or 100 + number,
                "custom_id": field.custom_id,
            }
            answer |= _answer(field, value, options)
            inside = {"component": answer} if holder["type"] == Kind.LABEL else {"components": [answer]}
            sent.append(place | inside)
        return sent


def _is_input(holder: Json) -> bool:
    return holder["type"] in (Kind.LABEL, Kind.ACTION_ROW)


def _input(holder: Json) -> Json:
    found: Json = holder["component"] if holder["type"] == Kind.LABEL else holder["components"][0]
    return found


def _field(holder: Json, component: Json) -> Field:
    kind = Kind(component["type"])
    options = component.get("options") or []
    preset: object = [each["value"] for each in options if each.get("default")] or None
    if kind == Kind.TEXT_INPUT:
        preset = component.get("value")
    elif kind == Kind.CHECKBOX:
        preset = bool(component.get("default"))
    elif kind in SELECTS and kind != Kind.STRING_SELECT:
        preset = [each["id"] for each in component.get("default_values") or []] or None
    return Field(
        kind=kind,
        custom_id=component["custom_id"],
        label=holder.get("label") or component.get("label") or "",
        description=holder.get("description") or "",
        required=component.get("required") is not False,
        value=preset,
        options={option["value"]: option["label"] for option in options},
        component=component,
    )


def _answer(field: Field, value: object, options: TypedOptions) -> Json:
    match field.kind:
        case Kind.TEXT_INPUT:
            return {"value": _text(field, value)}
        case Kind.CHECKBOX:
            return {"value": value is True or value == "true"}
        case Kind.RADIO_GROUP:
            chosen = _several(field, value)
            return {"value": chosen[0] if chosen else None}
        case Kind.FILE_UPLOAD:
            return {"values": [str(options.resolved.upload(file)) for file in _files(field, value)]}
        case Kind.STRING_SELECT | Kind.CHECKBOX_GROUP:
            return {"values": _several(field, value)}
        case _:
            types = field.component.get("channel_types") or ()
            return {"values": [_referred(field, each, types, options) for each in _several(field, value)]}


def _files(field: Field, value: object) -> list[Upload]:
    given = value if isinstance(value, list) else [] if value is None else [value]
    files = [each for each in given if isinstance(each, Upload)]
    if len(files) < len(given):
        raise Refusal("Choose a file.", field=field.custom_id)
    _count(field, len(files))
    return files


def _referred(field: Field, value: str, types: Sequence[int], options: TypedOptions) -> object:
    try:
        return options.referred(field.kind, value, types)
    except Refusal as refusal:
        raise Refusal(refusal.words, field=field.custom_id) from None


def _text(field: Field, value: object) -> str:
    text = "" if value is None else str(value)
    if not text and field.required:
        raise Refusal("This field is required", field=field.custom_id)
    longest = field.component.get("max_length") or 4_000
    shortest = field.component.get("min_length") or 0
    if len(text) > longest or (text and len(text) < shortest):
        raise Refusal(f"Must be between {shortest} and {longest} in length.", field=field.custom_id)
    return text


def _several(field: Field, value: object) -> list[str]:
    chosen = (
        [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]
    )
    if field.kind in (Kind.STRING_SELECT, Kind.RADIO_GROUP, Kind.CHECKBOX_GROUP):
        unknown = [each for each in chosen if each not in field.options]
        if unknown:
            raise Refusal(f"{unknown[0]!r} is not among the choices.", field=field.custom_id)
    if len(set(chosen)) < len(chosen):
        raise Refusal("Choose each once.", field=field.custom_id)
    _count(field, len(chosen))
    return chosen


def _count(field: Field, number: int) -> None:
    if not number and not field.required:
        return
    fewest = field.component.get("min_values")
    most = field.component.get("max_values")
    if not number:
        raise Refusal("This field is required", field=field.custom_id)
    many = len(field.options) if field.kind == Kind.CHECKBOX_GROUP else 1
    if not (1 if fewest is None else fewest) <= number <= (many if most is None else most):
        raise Refusal("That is not as many as are asked for.", field=field.custom_id)
