"""Reactions: emoji that people and bots put under messages.

https://discord.com/developers/docs/resources/message#reaction-object
"""

import unicodedata
from typing import Final

from bot.playground import payloads
from bot.playground.api_error import ApiError
from bot.playground.channel_events import ChannelEvents
from bot.playground.message_payloads import emoji as emoji_payload
from bot.playground.record import Record
from bot.playground.resources import User
from bot.playground.sessions import Intent
from bot.playground.stored import Json, StoredMessage
from bot.playground.world import World

MOST_KINDS: Final = 20
"""Different emoji one message may bear."""
_LONGEST: Final = 32
_KEYCAP: Final = "\N{COMBINING ENCLOSING KEYCAP}"
_PLAIN: Final = frozenset("‼⁉〰↔↕↖↗↘↙↩↪\N{HEAVY PLUS SIGN}\N{HEAVY MINUS SIGN}➗⤴⤵⬅⬆⬇▪▫▶◀◻◼◽◾♾✖ℹ")
"""Emoji that Unicode counts among punctuation, arrows, letters or signs of mathematics."""
_PICTOGRAPHS: Final = range(0x1F000, 0x1FB00)
_FITTINGS: Final = frozenset({"Mn", "Me", "Cf", "Sk"})
"""Categories of what turns one emoji into another: skin tones, joiners, variants."""


class Reactions:
    """Adds reactions to messages and takes them away; doing so twice changes nothing."""

    def __init__(self, world: World, *, events: ChannelEvents, record: Record) -> None:
        self._world = world
        self._events = events
        self._record = record

    def add(self, message: StoredMessage, emoji: str, who: User) -> None:
        """Put somebody's emoji under a message.

        Raises:
            ApiError: 10014 for what is no emoji, 30010 for one kind too many.
        """
        if not is_emoji(emoji):
            raise ApiError(400, 10014, "Unknown Emoji")
        if emoji not in message.reactions and len(message.reactions) >= MOST_KINDS:
            raise ApiError(400, 30010, f"Maximum number of reactions reached ({MOST_KINDS})")
        reactors = message.reactions.setdefault(emoji, [])
        if who.id in reactors:
            return
        reactors.append(who.id)
        data = self._one(message, emoji, who) | {"message_author_id": str(message.author.id)}
        guild = self._world.guilds.get(self._world.channels[message.channel_id].guild_id or 0)
        if guild is not None and who.id in guild.members:
            data["member"] = payloads.member(guild.members[who.id])
        self._tell("MESSAGE_REACTION_ADD", message, data, who, emoji)

    def remove(self, message: StoredMessage, emoji: str, who: User) -> None:
        """Take somebody's emoji away again."""
        reactors = message.reactions.get(emoji, [])
        if who.id not in reactors:
            return
        reactors.remove(who.id)
        if not reactors:
            del message.reactions[emoji]
        self._tell("MESSAGE_REACTION_REMOVE", message, self._one(message, emoji, who), who, emoji)

    def clear(self, message: StoredMessage, by: User, emoji: str | None = None) -> None:
        """Take away everybody's reactions, or everybody's of one kind."""
        if emoji is None:
            message.reactions.clear()
            self._tell("MESSAGE_REACTION_REMOVE_ALL", message, _place(message), by, "")
        elif message.reactions.pop(emoji, None) is not None:
            data = _place(message) | {"emoji": emoji_payload(emoji)}
            self._tell("MESSAGE_REACTION_REMOVE_EMOJI", message, data, by, emoji)

    def _one(self, message: StoredMessage, emoji: str, who: User) -> Json:
        told = {"user_id": str(who.id), "emoji": emoji_payload(emoji), "burst": False, "type": 0}
        return _place(message) | told

    def _tell(self, event: str, message: StoredMessage, data: Json, by: User, emoji: str) -> None:
        channel = self._world.channels[message.channel_id]
        self._events.tell(
            event,
            channel,
            data,
            intent=Intent.GUILD_MESSAGE_REACTIONS,
            direct=Intent.DIRECT_MESSAGE_REACTIONS,
        )
        self._record.note(
            "reacted", by=by.id, channel_id=message.channel_id, message_id=message.id, detail=emoji
        )


def is_emoji(text: str) -> bool:
    """Whether `text` is one of Unicode's emoji, as far as its characters' categories tell."""
    if not 0 < len(text) <= _LONGEST:
        return False
    if text.endswith(_KEYCAP):
        return text[0] in "0123456789#*" and len(text) <= 3
    bodies = [each for each in text if unicodedata.category(each) not in _FITTINGS]
    return bool(bodies) and all(_is_body(each) for each in bodies)


def _is_body(character: str) -> bool:
    # The block of pictographs grows with every Unicode, faster than Python's table of categories.
    if ord(character) in _PICTOGRAPHS or character in _PLAIN:
        return True
    return unicodedata.category(character) == "So"


def _place(message: StoredMessage) -> Json:
    return {"channel_id": str(message.channel_id), "message_id": str(message.id)}
