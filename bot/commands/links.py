"""Where a job's message is, as a link people can click."""

from bot.store import JobRecord


def message_link(record: JobRecord) -> str:
    """The jump link of the job's message, or its channel while the message is not known yet."""
    base = f"https://discord.com/channels/{record.guild_id}/{record.channel_id}"
    return base if record.message_id is None else f"{base}/{record.message_id}"
