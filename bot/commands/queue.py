"""`/queue` and `/cancel`: looking at the line, and leaving it."""

from discord import app_commands

from bot.ask import Ask
from bot.client import EaselTree, Interaction
from bot.commands import asking
from bot.commands.matching import Choice
from bot.commands.sight import may_read, with_rights_there
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
            or (may_read(interaction, ask, record) and with_rights_there(interaction, ask, record).moderator)
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
    there = with_rights_there(interaction, ask, await studio.job(ask, job))
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
