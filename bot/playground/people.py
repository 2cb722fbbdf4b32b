"""A person at their Discord client: types commands, presses buttons, fills in modals, reads, writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.playground import slash
from bot.playground.backend import Backend
from bot.playground.callbacks import Callback
from bot.playground.components import Kind, walk
from bot.playground.handles import Message
from bot.playground.interaction import Interaction, InteractionKind
from bot.playground.modals import Modal
from bot.playground.permissions import Permission
from bot.playground.refusals import Refusal
from bot.playground.slash import SlashCommand
from bot.playground.stored import REPLY, Json, StoredMessage, Upload
from bot.playground.typed_options import TypedOptions
from bot.playground.world import Channel, User

Answer = Message | Modal | None
"""What a press comes back with: a new or edited message, a modal, or (deferred) nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A suggestion of an autocompletion: what is shown, and what it stands for."""

    name: str
    value: str | int | float


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody looking at one channel."""

    backend: Backend
    user: User
    channel: Channel

    @property
    def name(self) -> str:
        return self.user.name

    def at(self, channel: str, *, guild: str | None = None) -> "Person":
        """The same person, looking at another channel. Raises LookupError for none such."""
        return replace(self, channel=self.backend.world.channel_named(channel, guild=guild))

    def in_direct_messages(self) -> "Person":
        """The same person, looking at their direct messages with the bot."""
        return replace(self, channel=self.backend.world.direct_message(self.user))

    # Reading

    def sees(self, message: Message) -> bool:
        """Whether the message is before their eyes (in whichever channel it is)."""
        return self.backend.messages.is_seen_by(self.user, message.stored)

    def messages(self) -> list[Message]:
        """What the channel shows them, oldest first."""
        listed = self.backend.messages.in_channel(self.channel.id)
        return [Message(self.backend, each) for each in listed if self._sees(each)]

    def message(self, message_id: int) -> Message:
        """The message of that id in their channel.

        Raises:
            Refusal: it is gone, or not for their eyes.
        """
        for message in self.messages():
            if message.id == message_id:
                return message
        raise Refusal("This message is not here (any more).")

    def commands(self) -> list[Json]:
        """The slash commands they are offered here, as registered."""
        if not self._may(Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES):
            return []
        return self.backend.commands.usable(self.user, self.channel)

    # Commands

    async def command(self, path: str, /, **options: object) -> Message:
        """Type a slash command, such as "imagine" or "quota set", and return the message that answers.

        Text, numbers, true and false go as they are; people, roles and channels by name; files as
        `Upload`. An option that is None is left out.

        Raises:
            Refusal: there is no such command for them here, an option is not as described, or the bot
                did not respond in time.
            TypeError: a modal came instead; use `type_command`.
        """
        answer = await self.type_command(path, options)
        if not isinstance(answer, Message):
            raise TypeError(f"/{path} was answered with the modal {answer.title!r}, not with a message")
        return answer

    async def type_command(self, path: str, options: Mapping[str, object]) -> Message | Modal:
        """Like `command`, but a modal is an answer too."""
        command = self._slash(path)
        typed = TypedOptions(self.backend, self.user, self.channel)
        data = command.data(typed.filled(command.options, options), typed)
        interaction = await self._ask(InteractionKind.COMMAND, data, detail=path, cause=path)
        answer = self._answer(interaction, "The application did not respond")
        if answer is None:
            raise Refusal("The application did not respond")
        return answer

    async def autocomplete(self, path: str, option: str, text: str = "", /, **others: object) -> list[Choice]:
        """What is suggested for an option when `text` stands there and the others are filled in.

        Raises:
            Refusal: there is no such command or option, or no suggestions came in time.
        """
        command = self._slash(path)
        typed = TypedOptions(self.backend, self.user, self.channel)
        data = command.data(typed.so_far(command.options, others, option, text), typed)
        interaction = await self._ask(InteractionKind.AUTOCOMPLETE, data, detail=f"{path} {option}")
        if interaction is None:
            raise Refusal("Loading options failed", field=option)
        return [Choice(name=each["name"], value=each["value"]) for each in interaction.choices]

    # Components

    async def press(
        self, message: Message, what: str | None = None, *, custom_id: str | None = None
    ) -> Answer:
        """Press a button, named by its label, its emoji, both, or its custom id.

        Raises:
            Refusal: they do not see it, it is disabled or a link, or the bot did not respond in time.
            LookupError: several buttons answer to that name.
        """
        self._must_see(message)
        button = message.button(what, custom_id=custom_id)
        if button is None:
            raise Refusal(f"There is no button {what or custom_id!r} here.")
        if button.disabled:
            raise Refusal(f"The button {button.text!r} is disabled.")
        if not button.custom_id:
            raise Refusal(f"The button {button.text!r} leads out of Discord.")
        return await self._use(message, button.custom_id, {}, cause=button.text)

    async def choose(self, message: Message, custom_id: str, values: Sequence[str]) -> Answer:
        """Pick values in a select menu (people, roles and channels by name).

        Raises:
            Refusal: they do not see it, it is disabled, the values are not on offer or not as many as
                asked for, or the bot did not respond in time.
        """
        self._must_see(message)
        select = next((each for each in message.selects if each.custom_id == custom_id), None)
        if select is None or select.disabled:
            raise Refusal(f"There is no menu {custom_id!r} to use here.")
        if not select.min_values <= len(values) <= select.max_values:
            raise Refusal(f"Choose {select.min_values} to {select.max_values}.")
        typed = TypedOptions(self.backend, self.user, self.channel)
        if select.kind == Kind.STRING_SELECT:
            unknown = [value for value in values if value not in select.options]
            if unknown:
                raise Refusal(f"{unknown[0]!r} is not on offer.")
            chosen: list[object] = list(values)
        else:
            chosen = [typed.referred(select.kind, value) for value in values]
        extra: Json = {"values": chosen}
        return await self._use(message, custom_id, extra | typed.as_resolved())

    async def submit(self, modal: Modal, values: Mapping[str, object]) -> Message | None:
        """Fill in a modal, by custom ids or labels, and send it off.

        Raises:
            Refusal: a value is missing or not allowed, or the bot did not respond in time.
        """
        typed = TypedOptions(self.backend, self.user, self.channel)
        components = modal.filled_in(values, typed)
        data: Json = {"custom_id": modal.custom_id, "components": components} | typed.as_resolved()
        led_here = modal.interaction
        origin = led_here.origin if led_here.origin and not led_here.origin.deleted else None
        interaction = await self._ask(
            InteractionKind.MODAL_SUBMIT,
            data,
            origin=origin,
            led_here=led_here,
            detail=modal.custom_id,
            cause=led_here.cause,
        )
        answer = self._answer(interaction, "Something went wrong. Try again.")
        return answer if isinstance(answer, Message) else None

    # Writing

    def say(self, text: str = "", *uploads: Upload, reply_to: Message | None = None) -> Message:
        """Write a message.

        Raises:
            Refusal: they may not write or attach files here.
            ApiError: it is empty or too long.
        """
        needed = [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES]
        needed += [Permission.ATTACH_FILES] if uploads else []
        self._must(*needed)
        drafting = self.backend.messages.drafting(self.channel)
        draft = drafting.new({"content": text}, dict(enumerate(uploads)))
        stored = self.backend.messages.post(
            self.user,
            self.channel,
            draft,
            type=REPLY if reply_to else 0,
            replies_to=reply_to.id if reply_to else None,
        )
        return Message(self.backend, stored)

    def delete(self, message: Message) -> None:
        """Take a message away: one's own, or with Manage Messages any; an ephemeral one is dismissed.

        Raises:
            Refusal: they may not.
        """
        self._must_see(message)
        if message.ephemeral:
            self.backend.messages.dismiss(message.stored)
            return
        if message.stored.author is not self.user:
            self._must(Permission.MANAGE_MESSAGES)
        self.backend.messages.delete(message.stored, self.user)

    def react(self, message: Message, emoji: str, *, add: bool = True) -> None:
        """Put an emoji under a message, or take it back.

        Raises:
            Refusal: they do not see it or may not react.
        """
        self._must_see(message)
        if message.ephemeral:
            raise Refusal("You can't react to this message.")
        self._must(Permission.ADD_REACTIONS)
        self.backend.messages.react(message.stored, emoji, self.user, add=add)

    # How it is done

    def _slash(self, path: str) -> SlashCommand:
        self._must(Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES)
        return slash.found(path, self.commands())

    async def _use(self, message: Message, custom_id: str, extra: Json, *, cause: str = "") -> Answer:
        component = next(each for _, each in walk(message.components) if each.get("custom_id") == custom_id)
        data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
        interaction = await self.backend.interactions.ask(
            InteractionKind.COMPONENT,
            self.user,
            message.channel,
            data | extra,
            origin=message.stored,
            detail=custom_id,
            cause=cause,
        )
        return self._answer(interaction, "This interaction failed")

    async def _ask(
        self,
        kind: InteractionKind,
        data: Json,
        *,
        detail: str,
        cause: str = "",
        origin: StoredMessage | None = None,
        led_here: Interaction | None = None,
    ) -> Interaction | None:
        return await self.backend.interactions.ask(
            kind,
            self.user,
            self.channel,
            data,
            origin=origin,
            led_here=led_here,
            detail=detail,
            cause=cause,
        )

    def _answer(self, interaction: Interaction | None, failure: str) -> Answer:
        if interaction is None:
            raise Refusal(failure)
        if interaction.acknowledged == Callback.MODAL:
            return Modal(interaction)
        if interaction.acknowledged == Callback.DEFERRED_UPDATE or interaction.original is None:
            return None
        return Message(self.backend, interaction.original)

    def _sees(self, stored: StoredMessage) -> bool:
        return self.backend.messages.is_seen_by(self.user, stored)

    def _must_see(self, message: Message) -> None:
        if not self.sees(message):
            raise Refusal("This message is not here (any more).")

    def _may(self, *needed: Permission) -> bool:
        if self.channel.id not in self.backend.world.channels:
            return False
        here = self.backend.world.permissions_in(self.user, self.channel)
        return all(permission in here for permission in needed)

    def _must(self, *needed: Permission) -> None:
        for permission in needed:
            if not self._may(permission):
                missing = (permission.name or "").replace("_", " ").title()
                raise Refusal(f"You do not have permission to do that here: {missing} is missing.")
