"""A stored message in the shape Discord's API answers with.

https://discord.com/developers/docs/resources/message
"""

from dataclasses import dataclass
from typing import Any, Final

from bot.playground import components, payloads
from bot.playground.attachments import Attachments
from bot.playground.resources import Channel, User
from bot.playground.stored import (
    CHAT_INPUT_COMMAND,
    CONTEXT_MENU_COMMAND,
    HAS_THREAD,
    REPLY,
    THREAD_STARTER,
    Json,
    StoredMessage,
)
from bot.playground.world import World

_BY_COMMAND: Final = frozenset({CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a message's description needs to know besides the message.

    Attributes:
        viewer: whose own reactions are marked.
        referenced: the message that it refers to; None where that is gone.
        thread: the thread that hangs on it.
    """

    world: World
    attachments: Attachments
    viewer: User
    referenced: StoredMessage | None = None
    thread: Channel | None = None


def message(of: StoredMessage, around: Around) -> Json:
    """Discord's message object, the message that it refers to included."""
    body = _alone(of, around)
    if of.type in (REPLY, THREAD_STARTER) and of.reference is not None:
        referenced = around.referenced
        body["referenced_message"] = None if referenced is None else _alone(referenced, around)
    reactions = [_reaction(emoji, who, around.viewer) for emoji, who in of.reactions.items()]
    if reactions:
        body["reactions"] = reactions
    if around.thread is not None:
        body["thread"] = payloads.channel(around.thread, me=around.world.application.bot.id)
        body["flags"] |= HAS_THREAD
    return body


def emoji(name: str) -> Json:
    """Discord's emoji object for one of Unicode's."""
    return {"id": None, "name": name}


def _alone(of: StoredMessage, around: Around) -> Json:
    world = around.world
    body: Json = {
        "id": str(of.id),
        "channel_id": str(of.channel_id),
        "type": of.type,
        "content": of.content,
        "author": payloads.user(of.author),
        "timestamp": payloads.timestamp(of.created_at),
        "edited_timestamp": None if of.edited_at is None else payloads.timestamp(of.edited_at),
        "tts": False,
        "mention_everyone": of.mentions_everybody,
        "mentions": [payloads.user(world.users[each]) for each in of.mentions if each in world.users],
        "mention_roles": [str(role) for role in of.mentioned_roles],
        "attachments": [around.attachments.payload(file) for file in of.files],
        "embeds": of.embeds,
        "components": components.with_media(of.components, around.attachments.media),
        "pinned": of.pinned_at is not None,
        "flags": of.flags,
    }
    optional: dict[str, Any] = {
        "nonce": of.nonce,
        "webhook_id": str(of.webhook_id) if of.webhook_id else None,
        "application_id": str(of.webhook_id) if of.webhook_id else None,
        "interaction_metadata": of.interaction,
        "interaction": _interaction(of),
        "message_reference": _reference(of, world),
    }
    return body | {key: value for key, value in optional.items() if value is not None}


def _interaction(of: StoredMessage) -> Json | None:
    """The deprecated field that names the command, which answers to components do not have."""
    if of.interaction is None or of.type not in _BY_COMMAND:
        return None
    return {key: of.interaction[key] for key in ("id", "type", "user")} | {"name": of.cause}


def _reference(of: StoredMessage, world: World) -> Json | None:
    if of.reference is None:
        return None
    told: Json = {"type": 0, "channel_id": str(of.reference.channel_id)}
    if of.reference.message_id is not None:
        told["message_id"] = str(of.reference.message_id)
    channel = world.channels.get(of.channel_id)
    if channel is not None and channel.guild_id is not None:
        told["guild_id"] = str(channel.guild_id)
    return told


def _reaction(name: str, who: list[int], viewer: User) -> Json:
    return {
        "emoji": emoji(name),
        "count": len(who),
        "count_details": {"normal": len(who), "burst": 0},
        "burst_colors": [],
        "me_burst": False,
        "me": viewer.id in who,
    }
