"""Somebody who sends what no Discord client would: any interaction, with any payload, from anywhere.

Discord's client hides commands, offers only what is on a message and fills in forms as they are described.
None of that may be what keeps people out, so it is left out here.
"""

import dataclasses
from typing import Final

from bot.playground import Message, Modal, Person
from bot.playground.callbacks import Callback
from bot.playground.interaction import Interaction, InteractionKind
from bot.playground.stored import Json, StoredMessage
from bot.playground.typed_options import TypedOptions

BUTTON: Final = 2
MENU: Final = 3
LABEL: Final = 18
TEXT: Final = 4
HALF: Final = "half a character: \ud83d"
NOBODYS: Final = "000000000000"
"""A job's id that is no job's."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a forged interaction was answered.

    Attributes:
        interaction: None where the bot said nothing within three seconds.
    """

    interaction: Interaction | None

    @property
    def message(self) -> StoredMessage | None:
        """What it was answered with or, where nothing was said, None."""
        return None if self.interaction is None else self.interaction.original

    @property
    def text(self) -> str:
        """All words of the answer; of a form, its title."""
        if self.interaction is None:
            return ""
        if self.interaction.modal is not None:
            return str(self.interaction.modal["title"])
        return "" if self.message is None else _text(self.message)

    @property
    def modal(self) -> Modal | None:
        opened = self.interaction is not None and self.interaction.acknowledged == Callback.MODAL
        return Modal(self.interaction) if opened and self.interaction is not None else None

    @property
    def alone(self) -> bool:
        """Whether only who asked sees it, in an answer of its own."""
        new = self.interaction is not None and self.interaction.acknowledged == Callback.MESSAGE
        return new and self.message is not None and self.message.ephemeral


async def command(person: Person, path: str, registered: list[Json], **options: object) -> Told:
    """Send a slash command whether it is offered or not; option values go as they are, unless they are dicts.

    Args:
        registered: the commands as Discord knows them, for their ids and the types of their options.
        options: a value, or a whole option of one's own making.
    """
    return await send(person, InteractionKind.COMMAND, called(path, registered, person, **options), path)


def called(path: str, registered: list[Json], person: Person, **options: object) -> Json:
    """The data of a command with options that people, roles and channels fill in as ids."""
    name, *inner = path.split()
    nothing: Json = {"id": "1", "name": name, "type": 1}
    found = next((each for each in registered if each["name"] == name), nothing)
    part, parts = found, []
    for sub in inner:
        part = next(
            (each for each in part.get("options", []) if each["name"] == sub), {"type": 1, "name": sub}
        )
        parts.append(part)
    typed = TypedOptions(person.backend, person.user, person.channel)
    for user in [each for each in person.backend.world.users.values() if str(each.id) in options.values()]:
        typed.resolved.user(user)
    kinds = {each["name"]: each["type"] for each in part.get("options", [])}
    filled: list[Json] = [
        value if isinstance(value, dict) else {"name": key, "type": kinds.get(key, 3), "value": value}
        for key, value in options.items()
    ]
    for each in reversed(parts):
        filled = [{"name": each["name"], "type": each["type"], "options": filled}]
    return {"id": found["id"], "name": name, "type": 1, "options": filled} | typed.resolved.part()


async def press(
    person: Person,
    message: Message,
    custom_id: object,
    *,
    values: object = None,
    planted: bool = True,
) -> Told:
    """Use a part of a message; `planted`: the message pretends to bear it, whatever it really shows."""
    kind = BUTTON if values is None else MENU
    origin = message.stored
    if planted:
        part: Json = {"type": kind, "id": 99, "custom_id": custom_id}
        part |= {"style": 2, "label": "?"} if kind == BUTTON else {"options": [{"label": "?", "value": "?"}]}
        row = {"type": 1, "id": 98, "components": [part]}
        origin = dataclasses.replace(origin, components=[row])
    data: Json = {"custom_id": custom_id, "component_type": kind, "id": 99}
    if values is not None:
        data["values"] = values
    return await send(person, InteractionKind.COMPONENT, data, str(custom_id), origin=origin)


async def submit(
    person: Person, custom_id: object, components: object, *, origin: Message | None, led_here: Interaction
) -> Told:
    """Hand in a form; `led_here`: any interaction, for Discord's record of what led to what."""
    data: Json = {"custom_id": custom_id, "components": components}
    stored = None if origin is None else origin.stored
    return await send(
        person, InteractionKind.MODAL_SUBMIT, data, str(custom_id), origin=stored, led_here=led_here
    )


async def send(
    person: Person,
    kind: InteractionKind,
    data: Json,
    detail: str,
    *,
    origin: StoredMessage | None = None,
    led_here: Interaction | None = None,
) -> Told:
    """Any interaction at all, in the person's channel."""
    asked = await person.backend.interactions.ask(
        kind, person.user, person.channel, data, origin=origin, led_here=led_here, detail=detail
    )
    return Told(interaction=asked)


def typed(name: object, value: object) -> Json:
    """A line of a form, as it comes back."""
    return {"type": LABEL, "id": 1, "component": {"type": TEXT, "id": 2, "custom_id": name, "value": value}}


def chosen(name: object, values: object, kind: int = MENU) -> Json:
    """A choice of a form, as it comes back."""
    return {"type": LABEL, "id": 1, "component": {"type": kind, "id": 2, "custom_id": name, "values": values}}


def refused(told: Told, because: str, what: object) -> None:
    """Holds when they were told why not, and nobody else."""
    assert told.interaction is not None, f"{what}: nobody answered"
    assert told.alone, f"{what}: {told.text!r} is not for one person alone"
    assert because in told.text, f"{what}: {told.text!r}"


def _text(message: StoredMessage) -> str:
    words = [message.content]
    waiting = [*message.components]
    while waiting:
        part = waiting.pop(0)
        words += [str(part["content"])] if "content" in part else []
        waiting += part.get("components", [])
    return "\n".join(words)
