"""The modal behind ✏️, and what comes back of it.

discord.py keeps modals in memory and drops the submission of one it does not know, so this one is never
given to it to keep: its id says which job it belongs to, and `EaselClient.on_interaction` reads it.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import discord

from bot.prompt import ASPECTS, Aspect, EditForm
from bot.refusal import BrokenForm
from inference import ImageRequest, InvalidRequest, ModelInfo
from inference.request import MAX_PROMPT

LONGEST_CHOICE: Final = 100
"""Characters that a choice's value or an input's id may have."""
_ID: Final = re.compile(r"easel:1:form:(?P<job>[0-9a-z]{12})")
_TYPED: Final = ("prompt", "negative", "settings")
_CHOSEN: Final = ("aspect", "count")

Input = discord.ui.Label[Any]


def edit_modal(
    job: str,
    title: str,
    form: EditForm,
    *,
    request: ImageRequest,
    model: ModelInfo,
    max_prompt: int,
    max_count: int,
) -> discord.ui.Modal:
    """The form, filled in.

    Args:
        job: whose pictures are asked for again.
        title: says what that would use, at most 45 characters.
        form: what stands in it.
        request: the job's, for its seed.
        model: the sizes that are shown are its.
        max_prompt: characters a prompt may have here.
        max_count: pictures one request may have here.
    """
    modal = discord.ui.Modal(title=title, timeout=None, custom_id=f"easel:1:form:{job}")
    seed = f"These began with --seed {request.seed}; without one, the noise is fresh."
    for part in (
        _words("Prompt", "prompt", form.prompt, max_prompt, about="What to show. Flags may follow, and win."),
        _words("Without", "negative", form.negative, max_prompt, about="What to keep out of the picture."),
        _choice("Shape", "aspect", form.aspect, _shapes(form.aspect, model)),
        _choice("Pictures", "count", form.count, [(str(n), str(n), None) for n in range(1, max_count + 1)]),
        _words("Settings", "settings", form.settings, max_prompt, about=seed, line=True),
    ):
        modal.add_item(part)
    modal.stop()  # nothing waits for it: see above
    return modal


def job_of_form(custom_id: object) -> str:
    """The job whose form has this id.

    Raises:
        BrokenForm: none of this version's forms has.
    """
    match = _ID.fullmatch(custom_id) if isinstance(custom_id, str) else None
    if match is None:
        raise BrokenForm
    return match["job"]


def read_form(components: object) -> EditForm:
    """What was typed and chosen, as the modal's components come back; whatever it says is not judged here.

    Raises:
        BrokenForm: an input is missing, twice there, unknown, or holds what no client can have sent.
    """
    inputs = [_input(each) for each in components] if isinstance(components, list) else []
    answers = {_text(each.get("custom_id"), LONGEST_CHOICE): each for each in inputs}
    if len(answers) != len(inputs) or answers.keys() != {*_TYPED, *_CHOSEN}:
        raise BrokenForm
    typed = {name: _text(answers[name].get("value"), MAX_PROMPT) for name in _TYPED}
    chosen = {name: _text(_only(answers[name].get("values")), LONGEST_CHOICE) for name in _CHOSEN}
    return EditForm(**typed, **chosen)


def _words(name: str, field: str, value: str, longest: int, *, about: str, line: bool = False) -> Input:
    return Input(
        text=name,
        description=about,
        component=discord.ui.TextInput(
            custom_id=field,
            style=discord.TextStyle.short if line else discord.TextStyle.paragraph,
            default=value or None,
            required=field == "prompt",
            max_length=min(max(longest, len(value)), MAX_PROMPT),
        ),
    )


def _choice(name: str, field: str, value: str, options: list[tuple[str, str, str | None]]) -> Input:
    return Input(
        text=name,
        component=discord.ui.Select(
            custom_id=field,
            options=[
                discord.SelectOption(value=each, label=label, description=about, default=each == value)
                for each, label, about in options
            ],
        ),
    )


def _shapes(chosen: str, model: ModelInfo) -> list[tuple[str, str, str | None]]:
    """The shapes there are with their pixels, and first the chosen one where it is none of them."""
    own: dict[str, str | None] = {}
    if chosen not in ASPECTS and _is_shape(chosen):
        own[chosen] = None
    shapes: list[tuple[str, str, str | None]] = []
    for name, about in {**own, **ASPECTS}.items():
        width, height = Aspect.parse(name).size(model)
        shapes.append((name, f"{name} · {width} × {height}", about))
    return shapes


def _is_shape(text: str) -> bool:
    try:
        Aspect.parse(text)
    except InvalidRequest:
        return False
    return True


def _input(label: object) -> Mapping[str, object]:
    inside = label.get("component") if isinstance(label, Mapping) else None
    if not isinstance(inside, Mapping):
        raise BrokenForm
    return inside


def _only(values: object) -> object:
    if not isinstance(values, list) or len(values) != 1:
        raise BrokenForm
    return values[0]


def _text(value: object, longest: int) -> str:
    """A string no longer than its input takes, of whole characters: half a surrogate pair is none."""
    if not isinstance(value, str) or len(value) > longest:
        raise BrokenForm
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BrokenForm from None
    return value
