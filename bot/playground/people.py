"""A person at their Discord client: reads, writes, types commands, presses buttons, fills in modals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.playground import menus, slash
from bot.playground.callbacks import Callback
from bot.playground.command_rules import CommandKind
from bot.playground.components import Kind, walk
from bot.playground.handles import Message
from bot.playground.interaction import Interaction, InteractionKind
from bot.playground.modals import Modal
from bot.playground.permissions import Permission
from bot.playground.refusals import Refusal
from bot.playground.resolved import Resolved
from bot.playground.resources import User
from bot.playground.slash import SlashCommand
from bot.playground.stored import Json, StoredMessage
from bot.playground.typed_options import TypedOptions
from bot.playground.writing import Writer

Answer = Message | Modal | None
"""What a press comes back with: a new or edited message, a modal, or (deferred) nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A suggestion of an autocompletion: what is shown, and what it stands for."""

    name: str
    value: str | int | float


class Person(Writer):
    """Somebody at one channel, with everything a Discord client lets one do."""

    __slots__ = ()

    def at(self, channel: str, *, guild: str | None = None) -> "Person":
        """The same person, looking at another channel. Raises LookupError for none such."""
        return replace(self, channel=self.backend.world.channel_named(channel, guild=guild))

    def in_direct_messages(self) -> "Person":
        """The same person, looking at their direct messages with the bot."""
        return replace(self, channel=self.backend.world.direct_message(self.user))

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

    async def menu(self, name: str, target: Message | User) -> Answer:
        """Choose an app's command from the menu of a message or of a person.

        Raises:
            Refusal: there is no such command for them here, they do not see the target, or the bot did not
                respond in time.
        """
        kind = CommandKind.MESSAGE if isinstance(target, Message) else CommandKind.USER
        command = next((each for each in self.menu_commands(kind) if each["name"] == name), None)
        if command is None:
            raise Refusal(f"There is no command {name!r} for you here.")
        if isinstance(target, Message):
            self.must_see(target)
        chosen = menus.chosen(command, target, Resolved(self.backend, self.user, self.channel))
        interaction = await self._ask(
            InteractionKind.COMMAND, chosen.data, detail=name, cause=name, metadata=chosen.metadata
        )
        return self._answer(interaction, "The application did not respond")

    def menu_commands(self, kind: CommandKind) -> list[Json]:
        """The commands in the menus of people or of messages that they are offered here, as registered."""
        if not self.may(Permission.VIEW_CHANNEL):
            return []
        return self.backend.commands.usable(self.user, self.channel, kind=kind)

    # Components

    async def press(
        self, message: Message, what: str | None = None, *, custom_id: str | None = None
    ) -> Answer:
        """Press a button, named by its label, its emoji, both, or its custom id.

        Raises:
            Refusal: they do not see it, it is disabled or a link, or the bot did not respond in time.
            LookupError: several buttons answer to that name.
        """
        self.must_see(message)
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
        self.must_see(message)
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
            chosen = [typed.referred(select.kind, value, select.channel_types) for value in values]
        extra: Json = {"values": chosen}
        return await self._use(message, custom_id, extra | typed.resolved.part())

    async def submit(self, modal: Modal, values: Mapping[str, object]) -> Message | None:
        """Fill in a modal, by custom ids or labels, and send it off.

        Raises:
            Refusal: a value is missing or not allowed, or the bot did not respond in time.
        """
        typed = TypedOptions(self.backend, self.user, self.channel)
        components = modal.filled_in(values, typed)
        data: Json = {"custom_id": modal.custom_id, "components": components} | typed.resolved.part()
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

    # How it is done

    def _slash(self, path: str) -> SlashCommand:
        self.must_write()
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
        metadata: Json | None = None,
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
            metadata=metadata,
        )

    def _answer(self, interaction: Interaction | None, failure: str) -> Answer:
        if interaction is None:
            raise Refusal(failure)
        if interaction.acknowledged == Callback.MODAL:
            return Modal(interaction)
        if interaction.acknowledged == Callback.DEFERRED_UPDATE or interaction.original is None:
            return None
        return Message(self.backend, interaction.original)
