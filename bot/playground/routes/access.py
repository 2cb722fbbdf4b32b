"""What the bot may reach with its own token."""

from bot.playground import api_error
from bot.playground.backend import Backend
from bot.playground.permissions import Permission
from bot.playground.world import Channel, Guild


def channel_for_bot(backend: Backend, channel_id: int, *needed: Permission) -> Channel:
    """The channel, if the bot sees it and has these permissions there.

    Raises:
        ApiError: 10003 for none such, 50001 for one out of sight, 50013 for a missing permission.
    """
    channel = backend.world.channels.get(channel_id)
    if channel is None:
        raise api_error.unknown_channel()
    here = backend.world.permissions_in(backend.world.application.bot, channel)
    if Permission.VIEW_CHANNEL not in here:
        raise api_error.missing_access()
    if any(permission not in here for permission in needed):
        raise api_error.missing_permissions()
    return channel


def guild_for_bot(backend: Backend, guild_id: int) -> Guild:
    """The server, if the bot is in it.

    Raises:
        ApiError: 10004 for none such, 50001 where the bot is not a member.
    """
    guild = backend.world.guilds.get(guild_id)
    if guild is None:
        raise api_error.unknown_guild()
    if backend.world.application.bot.id not in guild.members:
        raise api_error.missing_access()
    return guild
