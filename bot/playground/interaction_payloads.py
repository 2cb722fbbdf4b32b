"""What an interaction tells the bot, and what the messages it leads to say of it, in Discord's shapes.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from bot.playground import payloads
from bot.playground.interaction import Interaction, InteractionKind
from bot.playground.messages import Messages
from bot.playground.resources import Channel, User
from bot.playground.stored import Json, StoredMessage
from bot.playground.world import World


def created(interaction: Interaction, world: World, messages: Messages) -> Json:
    """The INTERACTION_CREATE event's data."""
    channel, user = interaction.channel, interaction.user
    application = world.application
    here = str(int(world.permissions_in(user, channel)))
    body: Json = {
        "id": str(interaction.id),
        "application_id": str(application.id),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": payloads.channel(channel) | {"permissions": here},
        "app_permissions": str(int(world.permissions_in(application.bot, channel))),
        "authorizing_integration_owners": _owners(channel),
        "context": 0 if channel.guild_id is not None else 1,
        "attachment_size_limit": messages.upload_limit(channel),
        "locale": user.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
    }
    if interaction.origin is not None:
        body["message"] = messages.payload(interaction.origin)
    if channel.guild_id is None:
        return body | {"user": payloads.user(user)}
    guild = world.guilds[channel.guild_id]
    member = payloads.member(guild.members[user.id]) | {"permissions": here}
    return body | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": member,
    }


def metadata(
    interaction_id: int,
    kind: InteractionKind,
    user: User,
    channel: Channel,
    origin: StoredMessage | None,
    led_here: Interaction | None,
) -> Json:
    """What Discord says of an interaction in the messages it leads to."""
    told: Json = {
        "id": str(interaction_id),
        "type": int(kind),
        "user": payloads.user(user),
        "authorizing_integration_owners": _owners(channel),
    }
    if kind == InteractionKind.COMPONENT and origin is not None:
        told["interacted_message_id"] = str(origin.id)
    if kind == InteractionKind.MODAL_SUBMIT and led_here is not None:
        told["triggering_interaction_metadata"] = led_here.metadata
    return told


def _owners(channel: Channel) -> Json:
    return {"0": str(channel.guild_id or 0)}
