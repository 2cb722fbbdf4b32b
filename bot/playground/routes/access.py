"""What the bot may reach with its own token."""

from bot.playground import api_error
from bot.playground.backend import Backend
from bot.playground.permissions import Permission
from bot.playground.resources import Channel, Guild
from bot.playground.stored import StoredMessage


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


def awake_channel(backend: Backend, channel_id: int, *needed: Permission) -> Channel:
    """Like `channel_for_bot`, for what cannot be done in an archived thread.

    Raises:
        ApiError: as `channel_for_bot`, and 50083 for an archived thread.
    """
    channel = channel_for_bot(backend, channel_id, *needed)
    if channel.thread is not None and channel.thread.archived:
        raise api_error.thread_archived()
    return channel


def channel_to_write_in(backend: Backend, channel_id: int) -> Channel:
    """The channel, if the bot may write there; an archived thread wakes, unless it is locked.

    Raises:
        ApiError: as `channel_for_bot`, and 160005 for a locked thread.
    """
    channel = channel_for_bot(backend, channel_id)
    here = backend.world.permissions_in(backend.world.application.bot, channel)
    if channel.to_write not in here:
        raise api_error.missing_permissions()
    if channel.thread is not None and channel.thread.locked and Permission.MANAGE_THREADS not in here:
        raise api_error.thread_locked()
    return channel


def message_for_bot(backend: Backend, channel: Channel, message_id: int) -> StoredMessage:
    """A message of that channel's history; an ephemeral one is reached by its interaction's token alone.

    Raises:
        ApiError: 10008.
    """
    message = backend.messages.find(channel.id, message_id)
    if message.only_for is not None:
        raise api_error.unknown_message()
    return message


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
