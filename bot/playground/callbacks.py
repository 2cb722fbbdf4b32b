"""How a bot answers an interaction: the first response, then edits and followups by its token.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from bot.playground import api_error
from bot.playground.draft import Draft
from bot.playground.form import Form
from bot.playground.interaction import Interaction, InteractionKind
from bot.playground.interactions import Interactions
from bot.playground.messages import Messages
from bot.playground.modal_rules import check_modal
from bot.playground.stored import (
    EPHEMERAL,
    LOADING,
    REPLY,
    Json,
    Reference,
    StoredMessage,
    Upload,
)
from bot.playground.world import World

MOST_CHOICES: Final = 25


class Callback(IntEnum):
    """Ways to respond, with Discord's values."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


_MESSAGES: Final = frozenset({Callback.MESSAGE, Callback.DEFERRED_MESSAGE})
_UPDATES: Final = frozenset({Callback.DEFERRED_UPDATE, Callback.UPDATE})


class Callbacks:
    """Carries out what bots answer interactions with."""

    def __init__(self, world: World, *, messages: Messages, interactions: Interactions) -> None:
        self._world = world
        self._messages = messages
        self._interactions = interactions

    def respond(self, interaction_id: int, token: str, payload: Json, uploads: Mapping[int, Upload]) -> Json:
        """Take a first response; what a caller that asked `with_response` is answered.

        Raises:
            ApiError: the interaction cannot be answered (10062, 40060), not so (50035), or not with this.
        """
        interaction = self._interactions.to_answer(interaction_id, token)
        callback = _callback(interaction, payload)
        data = payload.get("data")
        data = data if isinstance(data, dict) else {}
        if interaction.channel.id not in self._world.channels:
            raise api_error.unknown_channel()
        match callback:
            case Callback.MESSAGE:
                draft = self._messages.drafting(interaction.channel).new(data, uploads)
                interaction.original = self._post(interaction, draft, data)
            case Callback.DEFERRED_MESSAGE:
                interaction.original = self._post(interaction, _thinking(data), {})
            case Callback.UPDATE:
                interaction.original = self._update_origin(interaction, data, uploads)
            case Callback.DEFERRED_UPDATE:
                interaction.original = interaction.origin
            case Callback.AUTOCOMPLETE:
                interaction.choices = _choices(data)
            case Callback.MODAL:
                form = Form()
                check_modal(form, ("data",), data)
                form.check()
                interaction.modal = data
        self._interactions.acknowledge(interaction, callback)
        return self._outcome(interaction, callback)

    def original(self, interaction: Interaction) -> StoredMessage:
        """The message "@original" means.

        Raises:
            ApiError: 10008 where there is none (any more), 10003 where its channel is gone.
        """
        if interaction.channel.id not in self._world.channels:
            raise api_error.unknown_channel()
        if interaction.original is None or interaction.original.deleted:
            raise api_error.unknown_message()
        return interaction.original

    def owned(self, interaction: Interaction, message_id: int) -> StoredMessage:
        """A message this interaction made. Raises as `original` does."""
        if interaction.original is not None and interaction.original.id == message_id:
            return self.original(interaction)
        if message_id not in interaction.followups:
            raise api_error.unknown_message()
        return self._messages.find(interaction.channel.id, message_id)

    def edit(
        self, interaction: Interaction, message: StoredMessage, payload: Json, uploads: Mapping[int, Upload]
    ) -> None:
        """Edit by token, whatever the bot's own permissions in the channel."""
        draft = self._messages.drafting(interaction.channel).edited(message, payload, uploads)
        bot = self._world.application.bot
        self._messages.edit(message, draft, bot, allowed_mentions=payload.get("allowed_mentions"))

    def follow_up(
        self, interaction: Interaction, payload: Json, uploads: Mapping[int, Upload]
    ) -> StoredMessage:
        """One more message; the first after a deferral takes the place of the one that says "thinking"."""
        original = interaction.original
        if original is not None and original.loading and not original.deleted:
            self.edit(interaction, original, payload, uploads)
            return original
        if interaction.channel.id not in self._world.channels:
            raise api_error.unknown_channel()
        draft = self._messages.drafting(interaction.channel).new(payload, uploads)
        message = self._post(interaction, draft, payload, answers=original)
        interaction.followups.append(message.id)
        return message

    def _post(
        self, interaction: Interaction, draft: Draft, data: Json, *, answers: StoredMessage | None = None
    ) -> StoredMessage:
        target = answers or interaction.origin
        return self._messages.post(
            self._world.application.bot,
            interaction.channel,
            draft,
            type=REPLY if target else interaction.message_type,
            only_for=interaction.user if draft.flags & EPHEMERAL else None,
            webhook_id=self._world.application.id,
            interaction=interaction.metadata,
            cause=interaction.cause,
            reference=Reference(channel_id=target.channel_id, message_id=target.id) if target else None,
            allowed_mentions=data.get("allowed_mentions"),
        )

    def _update_origin(
        self, interaction: Interaction, data: Json, uploads: Mapping[int, Upload]
    ) -> StoredMessage:
        origin = interaction.origin
        if origin is None or origin.deleted:
            raise api_error.unknown_message()
        self.edit(interaction, origin, data, uploads)
        return origin

    def _outcome(self, interaction: Interaction, callback: Callback) -> Json:
        about: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
        outcome: Json = {"interaction": about}
        if callback in _MESSAGES | _UPDATES and interaction.original is not None:
            message = interaction.original
            about["response_message_id"] = str(message.id)
            about["response_message_loading"] = message.loading
            about["response_message_ephemeral"] = message.ephemeral
            if callback in (Callback.MESSAGE, Callback.UPDATE):
                outcome["resource"] = {"type": int(callback), "message": self._messages.payload(message)}
        return outcome


def _callback(interaction: Interaction, payload: Json) -> Callback:
    form = Form()
    kind = payload.get("type")
    if kind not in _allowed(interaction):
        form.choice(("type",), kind)
    form.check()
    return Callback(kind or 0)


def _allowed(interaction: Interaction) -> frozenset[Callback]:
    match interaction.kind:
        case InteractionKind.AUTOCOMPLETE:
            return frozenset({Callback.AUTOCOMPLETE})
        case InteractionKind.COMMAND:
            return _MESSAGES | {Callback.MODAL}
        case InteractionKind.COMPONENT:
            return _MESSAGES | _UPDATES | {Callback.MODAL}
        case InteractionKind.MODAL_SUBMIT:
            # A modal cannot be answered with a modal, and has a message to update only if it came from one.
            return _MESSAGES | _UPDATES if interaction.from_modal_on_message else _MESSAGES


def _thinking(data: Json) -> Draft:
    asked = data.get("flags") or 0
    form = Form()
    if not isinstance(asked, int) or asked & ~EPHEMERAL:
        form.choice(("data", "flags"), asked)
    form.check()
    return Draft(flags=LOADING | asked)


def _choices(data: Json) -> list[Json]:
    form = Form()
    choices = form.entries(("data", "choices"), data.get("choices"), most=MOST_CHOICES)
    for index, choice in enumerate(choices):
        here = ("data", "choices", index)
        form.text((*here, "name"), choice.get("name"), shortest=1, longest=100, needed=True)
        if isinstance(choice.get("value"), str):
            form.text((*here, "value"), choice["value"], shortest=1, longest=100)
        elif not isinstance(choice.get("value"), int | float):
            form.error((*here, "value"), "BASE_TYPE_REQUIRED", "This field is required")
    form.check()
    return choices
