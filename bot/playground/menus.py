"""A command chosen from the menu of a message or a person, and the interaction data it makes.

https://discord.com/developers/docs/interactions/application-commands#user-commands
"""

from dataclasses import dataclass

from bot.playground import payloads
from bot.playground.handles import Message
from bot.playground.resolved import Resolved
from bot.playground.resources import User
from bot.playground.stored import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCommand:
    """What the bot is told, and what the messages it answers with tell of it."""

    data: Json
    metadata: Json


def chosen(command: Json, target: Message | User, resolved: Resolved) -> ChosenCommand:
    """A registered command, chosen on that message or person."""
    data: Json = {key: command[key] for key in ("id", "name", "type")} | {"target_id": str(target.id)}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    if isinstance(target, Message):
        resolved.message(target.stored)
        metadata: Json = {"target_message_id": str(target.id)}
    else:
        resolved.user(target)
        metadata = {"target_user": payloads.user(target)}
    return ChosenCommand(data=data | resolved.part(), metadata=metadata)
