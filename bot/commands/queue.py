"""`/queue` and `/cancel`: looking at the line, and leaving it."""

from dataclasses import replace

import discord
from discord import app_commands

from bot.ask import Ask
from bot.client import EaselTree, Interaction
from bot.commands import asking
from bot.commands.matching import Choice
from bot.delivery import Delivery
from bot.refusal import AlreadyOver, NothingOfYours
from bot.render import panels, words
from bot.store import JobRecord
from bot.studio import Studio

ALL_MINE = "all"


def add_queue(tree: EaselTree, studio: Studio, delivery: Delivery) -> None:
    """Register `/queue` and `/cancel`."""

    @tree.command(name="queue", description="Who is drawing now, and who is next")
    async def queue(interaction: Interaction) -> None:
        ask = asking.read(interaction, private=True)
        records = {record.id: record for record in await studio.active(ask.guild_id)}
        line = studio.line()
        ordered = [records.pop(entry.job_id) for entry in line if entry.job_id in records]
        everything = (*ordered, *records.values())
        places = {entry.job_id: entry for entry in line}
        lines = [
            panels.QueueLine(
                record=record,
                place=places.get(record.id),
                prompt=record.request.prompt if may_read(interaction, ask, record) else None,
            )
            for record in everything[: panels.LINES_SHOWN]
        ]
        more = len(everything) - len(lines)
        view = panels.queue(lines, more=more, elsewhere=len(line) - len(ordered))
        await interaction.response.send_message(view=view, ephemeral=True)

    @tree.command(name="cancel", description="Stop a job of yours that waits or runs")
    @app_commands.describe(job="Which one; your newest if you don't say")
    async def cancel(interaction: Interaction, job: str | None = None) -> None:
        ask = asking.read(interaction, private=True)
        mine = [record for record in await studio.active(ask.guild_id) if record.user_id == ask.user_id]
        chosen = await _chosen(interaction, ask, studio, mine, job)
        if not chosen:
            raise NothingOfYours
        stopped = [record for record in chosen if not record.state.over and delivery.cancel(record.id)]
        if not stopped:
            raise AlreadyOver
        for record in stopped:
            await studio.note_cancelled(ask, record)
        said = _cancelling(stopped, readable=may_read(interaction, ask, stopped[0]))
        await interaction.response.send_message(said, ephemeral=True)

    @cancel.autocomplete("job")
    async def jobs(interaction: Interaction, current: str) -> list[Choice]:
        ask = asking.read(interaction, private=True)
        records = [
            record
            for record in await studio.active(ask.guild_id)
            if record.user_id == ask.user_id
            or (may_read(interaction, ask, record) and _with_rights_there(interaction, ask, record).moderator)
        ]
        typed = current.casefold()
        choices = [
            Choice(name=_label(ask, record), value=record.id)
            for record in reversed(records)
            if typed in record.request.prompt.casefold() or typed == record.id
        ]
        if sum(record.user_id == ask.user_id for record in records) > 1:
            choices.insert(0, Choice(name="All of mine", value=ALL_MINE))
        return choices[:25]


async def _chosen(
    interaction: Interaction, ask: Ask, studio: Studio, mine: list[JobRecord], job: str | None
) -> list[JobRecord]:
    """Which jobs are meant: the newest of one's own, all of them, or one by its id."""
    if job is None:
        return mine[-1:]
    if job == ALL_MINE:
        return mine
    there = _with_rights_there(interaction, ask, await studio.job(ask, job))
    return [await studio.may_end(there, job)]


def _cancelling(stopped: list[JobRecord], *, readable: bool) -> str:
    if len(stopped) > 1:
        return f"Cancelling {len(stopped)} jobs."
    return (
        f"Cancelling “{words.prompt(stopped[0].request.prompt, 80)}”." if readable else "Cancelling that job."
    )


def _label(ask: Ask, record: JobRecord) -> str:
    whose = "" if record.user_id == ask.user_id else " (somebody else's)"
    text = " ".join(record.request.prompt.split())
    return f"{text[: 95 - len(whose)]}{whose}"


def _with_rights_there(interaction: Interaction, ask: Ask, record: JobRecord) -> Ask:
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


def _permissions_there(interaction: Interaction, record: JobRecord) -> discord.Permissions:
    """What the person may do in the job's channel; nothing where that is not known."""
    guild, member = interaction.guild, interaction.user
    channel = None if guild is None else guild.get_channel_or_thread(record.channel_id)
    if channel is None or not isinstance(member, discord.Member):
        return discord.Permissions.none()
    if isinstance(channel, discord.Thread) and (channel.is_private() or channel.parent is None):
        return discord.Permissions.none()  # who is in a private thread is not known here
    return channel.permissions_for(member)
