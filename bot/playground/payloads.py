"""The loopback Discord's state in the shapes Discord's API answers with."""

from datetime import UTC, datetime
from typing import Any

from bot.playground import components
from bot.playground.attachments import Attachments
from bot.playground.permissions import Overwrite
from bot.playground.stored import CHAT_INPUT_COMMAND, Json, StoredMessage
from bot.playground.world import Application, Channel, Guild, Member, Role, User, World


def timestamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def user(who: User) -> Json:
    body: Json = {
        "id": str(who.id),
        "username": who.name,
        "global_name": None if who.bot else who.display_name,
        "discriminator": f"{who.id % 10_000:04d}" if who.bot else "0",
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    if who.bot:
        body["bot"] = True
    return body


def own_user(who: User) -> Json:
    """The bot's account as it sees itself."""
    return user(who) | {"mfa_enabled": False, "locale": who.locale, "verified": True, "email": None}


def member(who: Member, *, with_user: bool = True) -> Json:
    body: Json = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": timestamp(who.joined_at),
        "nick": who.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role) for role in sorted(who.roles)],
        "mute": False,
        "deaf": False,
    }
    if with_user:
        body["user"] = user(who.user)
    return body


def role(of: Role, application: Application) -> Json:
    body: Json = {
        "id": str(of.id),
        "name": of.name,
        "permissions": str(int(of.permissions)),
        "position": of.position,
        "color": of.colour,
        "colors": {"primary_color": of.colour, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": of.managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if of.managed:
        body["tags"] = {"bot_id": str(application.bot.id)}
    return body


def overwrite(of: Overwrite) -> Json:
    return {
        "id": str(of.target),
        "type": int(of.is_member),
        "allow": str(int(of.allow)),
        "deny": str(int(of.deny)),
    }


def channel(of: Channel) -> Json:
    last = str(of.last_message_id) if of.last_message_id else None
    if of.recipient is not None:
        return {
            "id": str(of.id),
            "type": of.type,
            "last_message_id": last,
            "flags": 0,
            "recipients": [user(of.recipient)],
        }
    return {
        "id": str(of.id),
        "type": of.type,
        "guild_id": str(of.guild_id),
        "name": of.name,
        "position": of.position,
        "topic": of.topic,
        "nsfw": of.nsfw,
        "rate_limit_per_user": 0,
        "parent_id": None,
        "last_message_id": last,
        "permission_overwrites": [overwrite(each) for each in of.overwrites],
        "flags": 0,
    }


def guild(of: Guild, world: World) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(of.owner_id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(each, world.application) for each in of.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create(of: Guild, world: World) -> Json:
    """The GUILD_CREATE event's data. Without the members intent, only the bot is among the members."""
    bot = of.members[world.application.bot.id]
    return guild(of, world) | {
        "joined_at": timestamp(bot.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(of.members),
        "members": [member(bot)],
        "channels": [channel(each) for each in of.channels.values()],
        "threads": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application(of: Application, world: World) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(of.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(of.owner),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def message(of: StoredMessage, world: World, attachments: Attachments) -> Json:
    body: Json = {
        "id": str(of.id),
        "channel_id": str(of.channel_id),
        "type": of.type,
        "content": of.content,
        "author": user(of.author),
        "timestamp": timestamp(of.created_at),
        "edited_timestamp": None if of.edited_at is None else timestamp(of.edited_at),
        "tts": False,
        "mention_everyone": False,
        "mentions": [user(world.users[each]) for each in of.mentions if each in world.users],
        "mention_roles": [],
        "attachments": [attachments.payload(file) for file in of.files],
        "embeds": of.embeds,
        "components": components.with_media(of.components, attachments.media),
        "pinned": False,
        "flags": of.flags,
    }
    optional: dict[str, Any] = {
        "nonce": of.nonce,
        "webhook_id": str(of.webhook_id) if of.webhook_id else None,
        "application_id": str(of.webhook_id) if of.webhook_id else None,
        "interaction_metadata": of.interaction,
        "interaction": _interaction(of),
        "message_reference": _reference(of),
        "reactions": [_reaction(emoji, who, world) for emoji, who in of.reactions.items()] or None,
    }
    return body | {key: value for key, value in optional.items() if value is not None}


def _interaction(of: StoredMessage) -> Json | None:
    """The deprecated field that names the command, which answers to components do not have."""
    if of.interaction is None or of.type != CHAT_INPUT_COMMAND:
        return None
    return {key: of.interaction[key] for key in ("id", "type", "user")} | {"name": of.cause}


def _reference(of: StoredMessage) -> Json | None:
    if of.replies_to is None:
        return None
    return {"type": 0, "channel_id": str(of.channel_id), "message_id": str(of.replies_to)}


def _reaction(emoji: str, who: list[int], world: World) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(who),
        "count_details": {"normal": len(who), "burst": 0},
        "burst_colors": [],
        "me_burst": False,
        "me": world.application.bot.id in who,
    }
