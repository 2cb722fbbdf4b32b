"""What a person may see and do in a job's own channel, wherever they ask."""

from dataclasses import replace

import discord

from bot.ask import Ask
from bot.client import Interaction
from bot.refusal import UnknownJob
from bot.store import JobRecord


def with_rights_there(interaction: Interaction, ask: Ask, record: JobRecord) -> Ask:
    """The ask with the person's rights in the job's own channel: who moderates one may not moderate all."""
    if record.channel_id == ask.channel_id or ask.manager:
        return ask
    return replace(ask, moderator=_permissions_there(interaction, record).manage_messages)


def may_read(interaction: Interaction, ask: Ask, record: JobRecord) -> bool:
    """Whether this person could read the job's prompt in the channel where it was asked."""
    if record.user_id == ask.user_id:
        return True
    if record.private:
        return False
    if record.channel_id == ask.channel_id:
        return True
    return _permissions_there(interaction, record).view_channel


def require_sight(interaction: Interaction, ask: Ask, record: JobRecord) -> None:
    """More is made of a job only where its channel can be seen: a forged id shows nobody its words.

    A private job's own rule is `Studio.source`'s.

    Raises:
        UnknownJob: the person cannot see it.
    """
    if not record.private and not may_read(interaction, ask, record):
        raise UnknownJob


def _permissions_there(interaction: Interaction, record: JobRecord) -> discord.Permissions:
    """What the person may do in the job's channel; nothing where that is not known."""
    guild, member = interaction.guild, interaction.user
    channel = None if guild is None else guild.get_channel_or_thread(record.channel_id)
    if channel is None or not isinstance(member, discord.Member):
        return discord.Permissions.none()
    if isinstance(channel, discord.Thread) and (channel.is_private() or channel.parent is None):
        return discord.Permissions.none()  # who is in a private thread is not known here
    return channel.permissions_for(member)
