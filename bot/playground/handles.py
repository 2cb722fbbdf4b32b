"""A message as a person sees it: always as it stands now."""

from dataclasses import dataclass

from bot.playground.backend import Backend
from bot.playground.components import SELECTS, Kind, shown_media, walk
from bot.playground.resources import Channel
from bot.playground.stored import COMPONENTS_V2, Json, StoredMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture (or other file) shown in a message. `description` is its alt text; `url` is fresh."""

    url: str
    filename: str
    description: str | None
    spoiler: bool
    content_type: str
    data: bytes
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button. `style` is Discord's number: 1 primary, 2 secondary, 3 success, 4 danger, 5 link."""

    label: str
    emoji: str
    custom_id: str
    style: int
    disabled: bool
    url: str | None

    @property
    def text(self) -> str:
        """What stands on it."""
        return f"{self.emoji} {self.label}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A select menu; `options` maps values to labels (empty for menus of people, roles or channels).

    `channel_types` are the kinds of channels a menu of channels takes; empty for all.
    """

    kind: Kind
    custom_id: str
    placeholder: str
    options: dict[str, str]
    min_values: int
    max_values: int
    disabled: bool
    channel_types: tuple[int, ...]


class Message:
    """A handle on a message. Two handles on one message are equal."""

    def __init__(self, backend: Backend, stored: StoredMessage) -> None:
        self._backend = backend
        self.stored = stored

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and other.stored is self.stored

    def __hash__(self) -> int:
        return hash(self.stored.id)

    def __repr__(self) -> str:
        state = "deleted" if self.deleted else "thinking" if self.loading else repr(self.text[:60])
        return f"<Message {self.id} {state}>"

    @property
    def id(self) -> int:
        return self.stored.id

    @property
    def channel(self) -> Channel:
        """Where it stands.

        Raises:
            LookupError: the channel is gone.
        """
        return self._backend.world.channels[self.stored.channel_id]

    @property
    def author(self) -> str:
        return self.stored.author.name

    @property
    def text(self) -> str:
        """All its words: the content and every text display, a line each."""
        texts = [component["content"] for _, component in walk(self.components) if _is_text(component)]
        return "\n".join(filter(None, [self.stored.content, *texts]))

    @property
    def components(self) -> list[Json]:
        return self.stored.components

    @property
    def embeds(self) -> list[Json]:
        return self.stored.embeds

    @property
    def pictures(self) -> list[Picture]:
        """What it shows, in order. With Components V2, a file no component refers to is not shown."""
        if self.stored.flags & COMPONENTS_V2:
            media = list(shown_media(self.stored.components))
        else:
            media = [({"attachment_id": file.id}, file.description, False) for file in self.stored.files]
        shown = []
        for item, description, spoiler in media:
            file = self._backend.attachments.get(item.get("attachment_id", 0))
            if file is not None:
                shown.append(
                    Picture(
                        url=self._backend.attachments.url(file),
                        filename=file.filename,
                        description=description or file.description,
                        spoiler=spoiler or file.filename.startswith("SPOILER_"),
                        content_type=file.content_type,
                        data=file.data,
                        width=file.width,
                        height=file.height,
                    )
                )
        return shown

    @property
    def buttons(self) -> list[Button]:
        """Its buttons in reading order."""
        return [_button(each) for _, each in walk(self.components) if each["type"] == Kind.BUTTON]

    @property
    def selects(self) -> list[Select]:
        """Its select menus in reading order."""
        return [_select(each) for _, each in walk(self.components) if each["type"] in SELECTS]

    @property
    def reactions(self) -> dict[str, int]:
        return {emoji: len(who) for emoji, who in self.stored.reactions.items()}

    @property
    def mentions(self) -> list[str]:
        """The names of those it notifies."""
        return [self._backend.world.users[user].name for user in self.stored.mentions]

    @property
    def edited(self) -> int:
        """How often it was edited since it was posted (filling in a deferred answer not counted)."""
        return self.stored.edits

    @property
    def ephemeral(self) -> bool:
        return self.stored.ephemeral

    @property
    def loading(self) -> bool:
        """Whether it still only says that the bot is thinking."""
        return self.stored.loading

    @property
    def deleted(self) -> bool:
        return self.stored.deleted

    def button(self, what: str | None = None, *, custom_id: str | None = None) -> Button | None:
        """The button with that label, emoji, or both; or of that custom id.

        Raises:
            LookupError: several buttons answer to it.
        """
        found = [
            button
            for button in self.buttons
            if (custom_id is None or button.custom_id == custom_id)
            and (what is None or what in (button.label, button.emoji, button.text, button.custom_id))
        ]
        if len(found) > 1:
            raise LookupError(f"{len(found)} buttons answer to {what or custom_id!r}")
        return found[0] if found else None


def _is_text(component: Json) -> bool:
    return bool(component["type"] == Kind.TEXT_DISPLAY)


def _button(component: Json) -> Button:
    return Button(
        label=component.get("label", ""),
        emoji=(component.get("emoji") or {}).get("name") or "",
        custom_id=component.get("custom_id", ""),
        style=component["style"],
        disabled=component.get("disabled", False),
        url=component.get("url"),
    )


def _select(component: Json) -> Select:
    return Select(
        kind=Kind(component["type"]),
        custom_id=component["custom_id"],
        placeholder=component.get("placeholder", ""),
        options={option["value"]: option["label"] for option in component.get("options", [])},
        min_values=component["min_values"],
        max_values=component["max_values"],
        disabled=component.get("disabled", False),
        channel_types=tuple(component.get("channel_types") or ()),
    )
