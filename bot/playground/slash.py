"""A slash command as typed: which registered command a path means, and the interaction data it makes."""

from dataclasses import dataclass

from bot.playground.command_rules import NESTING
from bot.playground.refusals import Refusal
from bot.playground.stored import Json
from bot.playground.typed_options import TypedOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand:
    """A registered command and the subcommand chosen in it.

    Attributes:
        command: as registered.
        nesting: the group and subcommand, from the outside in; empty for a plain command.
    """

    command: Json
    nesting: tuple[Json, ...]

    @property
    def options(self) -> list[Json]:
        """What may be filled in, as registered."""
        innermost = self.nesting[-1] if self.nesting else self.command
        options: list[Json] = innermost.get("options", [])
        return options

    def data(self, options: list[Json], typed: TypedOptions) -> Json:
        """The interaction's data for these filled-in options."""
        for part in reversed(self.nesting):
            options = [{"name": part["name"], "type": part["type"], "options": options}]
        data: Json = {key: self.command[key] for key in ("id", "name", "type")}
        if options:
            data["options"] = options
        if "guild_id" in self.command:
            data["guild_id"] = self.command["guild_id"]
        return data | typed.resolved.part()


def found(path: str, offered: list[Json]) -> SlashCommand:
    """The command of that path, such as "quota set", among those offered.

    Raises:
        Refusal: there is none, or the path stops short of a subcommand.
    """
    name, *inner = path.split()
    command = next((each for each in offered if each["name"] == name), None)
    if command is None:
        raise Refusal(f"There is no command /{name} for you here.")
    nesting: list[Json] = []
    described: list[Json] = command.get("options", [])
    for part in inner:
        chosen = next((each for each in described if each["name"] == part), None)
        if chosen is None or chosen["type"] not in NESTING:
            raise Refusal(f"There is no command /{path} here.")
        nesting.append(chosen)
        described = chosen.get("options", [])
    if any(option["type"] in NESTING for option in described):
        raise Refusal(f"/{path} needs a subcommand.")
    return SlashCommand(command=command, nesting=tuple(nesting))
