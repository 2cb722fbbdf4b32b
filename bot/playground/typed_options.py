"""What a person types into a slash command's options, checked as Discord's own client checks it."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from bot.playground.backend import Backend
from bot.playground.command_rules import OptionKind
from bot.playground.components import Kind
from bot.playground.permissions import Permission
from bot.playground.refusals import Refusal
from bot.playground.resolved import Resolved
from bot.playground.resources import Channel, Role, User
from bot.playground.stored import Json, Upload

_Named = TypeVar("_Named", User, Role, Channel)
LONGEST_TEXT: Final = 6_000
_LARGEST_INTEGER: Final = 2**53 - 1


class TypedOptions:
    """Turns values into the options of an interaction, collecting whom and what they refer to.

    Args:
        user: who types.
        channel: where.
    """

    def __init__(self, backend: Backend, user: User, channel: Channel) -> None:
        self.resolved = Resolved(backend, user, channel)
        self._backend = backend
        self._user = user
        self._channel = channel
        self._readers: dict[int, Callable[[Json, object], object]] = {
            OptionKind.STRING: self._text,
            OptionKind.INTEGER: self._number,
            OptionKind.NUMBER: self._number,
            OptionKind.BOOLEAN: self._yes_or_no,
            OptionKind.USER: self._somebody,
            OptionKind.CHANNEL: self._somewhere,
            OptionKind.ROLE: self._role,
            OptionKind.MENTIONABLE: self._mentionable,
            OptionKind.ATTACHMENT: self._file,
        }

    def filled(self, described: Iterable[Json], given: Mapping[str, object]) -> list[Json]:
        """The options of a complete command, in the order described.

        Raises:
            Refusal: one is missing, unknown or not what its description allows.
        """
        listed = list(described)
        _refuse_unknown(listed, given)
        options = []
        for option in listed:
            value = given.get(option["name"])
            if value is not None:
                options.append(self._option(option, value))
            elif option.get("required"):
                raise Refusal("This option is required. Specify a value.", field=option["name"])
        return options

    def so_far(
        self, described: Iterable[Json], given: Mapping[str, object], focused: str, text: str
    ) -> list[Json]:
        """The options of a command still being typed; `focused` is the one that asks for suggestions.

        Raises:
            Refusal: that option is unknown or suggests nothing.
        """
        listed = list(described)
        _refuse_unknown(listed, [focused, *given])
        options = [
            self._option(option, given[option["name"]])
            for option in listed
            if given.get(option["name"]) is not None and option["name"] != focused
        ]
        asking = next(option for option in listed if option["name"] == focused)
        if not asking.get("autocomplete"):
            raise Refusal("This option suggests nothing.", field=focused)
        # What is being typed travels as text, whatever the option's type.
        options.append({"name": focused, "type": asking["type"], "value": text, "focused": True})
        return options

    def _option(self, option: Json, value: object) -> Json:
        return {
            "name": option["name"],
            "type": option["type"],
            "value": self._readers[option["type"]](option, value),
        }

    def _text(self, option: Json, value: object) -> object:
        text = value if isinstance(value, str) else str(value)
        if option.get("choices"):
            return _chosen(option, text)
        longest, shortest = option.get("max_length", LONGEST_TEXT), option.get("min_length", 0)
        if len(text) > longest:
            words = f"Must be {longest} or fewer in length."
        elif len(text) < shortest:
            words = f"Must be at least {shortest} in length."
        elif not text:
            words = "This option is required. Specify a value."
        else:
            return text
        raise Refusal(words, field=option["name"])

    def _number(self, option: Json, value: object) -> object:
        whole = option["type"] == OptionKind.INTEGER
        number = _read_number(value, whole=whole)
        if number is None:
            raise Refusal(
                "Input a valid integer." if whole else "Input a valid number.", field=option["name"]
            )
        if option.get("choices"):
            return _chosen(option, number)
        lowest, highest = option.get("min_value"), option.get("max_value")
        if lowest is not None and number < lowest:
            raise Refusal(f"The value must be at least {lowest}.", field=option["name"])
        if highest is not None and number > highest:
            raise Refusal(f"The value must be at most {highest}.", field=option["name"])
        return number

    def _yes_or_no(self, option: Json, value: object) -> object:
        known = {"true": True, "false": False}
        answer = known.get(str(value).lower())
        if answer is None:
            raise Refusal("Pick either true or false.", field=option["name"])
        return answer

    def _somebody(self, option: Json, value: object) -> object:
        user = _found(value, self._backend.world.users.values())
        if user is None:
            raise Refusal("Input a valid user.", field=option["name"])
        self.resolved.user(user)
        return str(user.id)

    def _role(self, option: Json, value: object) -> object:
        guild = self._backend.world.guilds.get(self._channel.guild_id or 0)
        role = _found(value, guild.roles.values() if guild else ())
        if role is None:
            raise Refusal("Input a valid role.", field=option["name"])
        self.resolved.role(role)
        return str(role.id)

    def _somewhere(self, option: Json, value: object) -> object:
        guild = self._backend.world.guilds.get(self._channel.guild_id or 0)
        places = [*guild.channels.values(), *guild.threads.values()] if guild else []
        channel = _found(value, [each for each in places if self._sees(each)])
        if channel is None or channel.type not in option.get("channel_types", [channel.type]):
            raise Refusal("Input a valid channel.", field=option["name"])
        self.resolved.channel(channel)
        return str(channel.id)

    def _sees(self, channel: Channel) -> bool:
        return Permission.VIEW_CHANNEL in self._backend.world.permissions_in(self._user, channel)

    def _mentionable(self, option: Json, value: object) -> object:
        try:
            return self._role(option, value)
        except Refusal:
            return self._somebody(option, value)

    def _file(self, option: Json, value: object) -> object:
        if not isinstance(value, Upload):
            raise Refusal("Choose a file.", field=option["name"])
        return str(self.resolved.upload(value))

    def referred(self, kind: Kind, value: object, channel_types: Sequence[int] = ()) -> object:
        """The id of a person, role or channel (of these types, where any are named) picked in a menu.

        Raises:
            Refusal: there is none such.
        """
        readers = {
            Kind.USER_SELECT: self._somebody,
            Kind.ROLE_SELECT: self._role,
            Kind.CHANNEL_SELECT: self._somewhere,
        }
        described: Json = {"name": "values"} | ({"channel_types": channel_types} if channel_types else {})
        return readers.get(kind, self._mentionable)(described, value)


def _found(value: object, among: Iterable[_Named]) -> _Named | None:
    wanted = {str(value), str(value).lstrip("@#")}
    for each in among:
        if value is each or str(each.id) in wanted or each.name in wanted or each.name == value:
            return each
    return None


def _refuse_unknown(described: list[Json], given: Iterable[str]) -> None:
    names = {option["name"] for option in described}
    for name in given:
        if name not in names:
            raise Refusal(f"Unknown option: {name}.", field=name)


def _chosen(option: Json, value: object) -> object:
    for choice in option["choices"]:
        if value in (choice["value"], choice["name"]):
            found: object = choice["value"]
            return found
    raise Refusal("Please select a valid option.", field=option["name"])


def _read_number(value: object, *, whole: bool) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value) if whole else float(value)
    except (ValueError, OverflowError):
        return None
    if whole and isinstance(value, float) and number != value:
        return None
    return number if math.isfinite(number) and abs(number) <= _LARGEST_INTEGER else None
