"""From a Discord interaction to an `Ask`: the edge where rights are read."""

from datetime import UTC

import discord

from bot.ask import Ask
from bot.client import Interaction
from bot.refusal import BotCannotPost, NotHere

DEFAULT_ATTACHMENT_LIMIT = 10 * 2**20


def read(interaction: Interaction, *, private: bool = False) -> Ask:
    """Who asks, where, with which rights, as of this interaction.

    Raises:
        NotHere: it comes from direct messages.
    """
    member = interaction.user
    if (
        interaction.guild_id is None
        or interaction.channel_id is None
        or not isinstance(member, discord.Member)
    ):
        raise NotHere
    rights, everywhere = interaction.permissions, _everywhere(member)
    # Manage Server is of the server: an exception in a channel gives it to nobody.
    manager = everywhere.manage_guild or everywhere.administrator
    return Ask(
        interaction_id=interaction.id,
        application_id=interaction.application_id,
        token=interaction.token,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        parent_channel_id=interaction.channel.parent_id
        if isinstance(interaction.channel, discord.Thread)
        else None,
        user_id=member.id,
        role_ids=frozenset(role.id for role in member.roles),
        moderator=rights.manage_messages or manager,
        server_moderator=everywhere.manage_messages or manager,
        manager=manager,
        asked_at=interaction.created_at.astimezone(UTC),
        attachment_limit=interaction.filesize_limit or DEFAULT_ATTACHMENT_LIMIT,
        private=private,
    )


def _everywhere(member: discord.Member) -> discord.Permissions:
    """What a member may do in the whole server; nothing before Discord has told of its roles."""
    if member.guild.get_role(member.guild.id) is None:
        return discord.Permissions.none()
    return member.guild_permissions


def require_post_rights(interaction: Interaction) -> None:
    """A public answer is edited with the bot's own rights after 15 minutes, so they must be there now.

    Raises:
        BotCannotPost: naming what is missing.
    """
    rights = interaction.app_permissions
    thread = isinstance(interaction.channel, discord.Thread)
    needed = {
        "View Channel": rights.view_channel,
        "Send Messages in Threads" if thread else "Send Messages": (
            rights.send_messages_in_threads if thread else rights.send_messages
        ),
        "Attach Files": rights.attach_files,
        "Read Message History": rights.read_message_history,
    }
    missing = tuple(name for name, held in needed.items() if not held)
    if missing and not rights.administrator:
        raise BotCannotPost(missing)
