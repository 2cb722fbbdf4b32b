"""The loopback Discord's state in the shapes Discord's API answers with."""

from datetime import UTC, datetime

from bot.playground.permissions import Overwrite, Permission
from bot.playground.resources import Application, Channel, Guild, Member, Role, Thread, User
from bot.playground.stored import Json
from bot.playground.world import World


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
        "hoist": of.hoist,
        "managed": of.managed,
        "mentionable": of.mentionable,
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


def channel(of: Channel, *, me: int | None = None) -> Json:
    """A channel; of a thread, `me` is the id of the user whose membership is told."""
    last = str(of.last_message_id) if of.last_message_id else None
    if of.recipient is not None:
        return {
            "id": str(of.id),
            "type": int(of.type),
            "last_message_id": last,
            "flags": 0,
            "recipients": [user(of.recipient)],
        }
    body: Json = {
        "id": str(of.id),
        "type": int(of.type),
        "guild_id": str(of.guild_id),
        "name": of.name,
        "rate_limit_per_user": of.slowmode,
        "last_message_id": last,
        "flags": 0,
    }
    if of.last_pin_at is not None:
        body["last_pin_timestamp"] = timestamp(of.last_pin_at)
    if of.thread is not None:
        return body | _thread(of.id, of.thread, me)
    return body | {
        "position": of.position,
        "topic": of.topic,
        "nsfw": of.nsfw,
        "parent_id": None,
        "permission_overwrites": [overwrite(each) for each in of.overwrites],
    }


def _thread(thread_id: int, of: Thread, me: int | None) -> Json:
    metadata: Json = {
        "archived": of.archived,
        "archive_timestamp": timestamp(of.archived_at),
        "auto_archive_duration": of.auto_archive,
        "locked": of.locked,
        "create_timestamp": timestamp(of.created_at),
    }
    if of.private:
        metadata["invitable"] = of.invitable
    body: Json = {
        "parent_id": str(of.parent_id),
        "owner_id": str(of.owner_id),
        "thread_metadata": metadata,
        "message_count": of.standing,
        "member_count": min(len(of.members), 50),  # Discord stops counting there
        "total_message_sent": of.sent,
    }
    if me is not None and me in of.members:
        body["member"] = thread_member(thread_id, me, of.members[me])
    return body


def thread_member(thread_id: int, user_id: int, joined_at: float) -> Json:
    return {
        "id": str(thread_id),
        "user_id": str(user_id),
        "join_timestamp": timestamp(joined_at),
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
    threads = [each for each in of.threads.values() if each.thread is not None and not each.thread.archived]
    seen = [each for each in threads if Permission.VIEW_CHANNEL in world.permissions_in(bot.user, each)]
    return guild(of, world) | {
        "joined_at": timestamp(bot.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(of.members),
        "members": [member(bot)],
        "channels": [channel(each) for each in of.channels.values()],
        "threads": [channel(each, me=bot.user.id) for each in seen],
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
        "flags": application_flags(of),
        "flags_new": str(application_flags(of)),
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


def application_flags(of: Application) -> int:
    """Which privileged intents are switched on; "limited" ones, as of an app in less than 100 servers."""
    flags = {1 << 8: 1 << 13, 1 << 1: 1 << 15, 1 << 15: 1 << 19}
    return sum(flag for intent, flag in flags.items() if of.privileged_intents & intent)
