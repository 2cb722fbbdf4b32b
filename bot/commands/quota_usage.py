"""`/quota usage`: who used how much, as a picture."""

import asyncio
import io
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import aiohttp
import discord
from discord import app_commands

from bot.client import Interaction
from bot.commands import asking
from bot.commands.matching import Choice
from bot.moderation import Moderation
from bot.render import charts
from bot.render.charts import Day, Slice, Theme, UsageChart
from bot.render.panels import PANEL
from bot.store.history import Used
from bot.studio import Studio

log = logging.getLogger(__name__)

USUAL_DAYS: Final = 7
MEMBER, CHANNEL, MODEL = "member", "channel", "model"
BY: Final = [Choice(name=f"by {each}", value=each) for each in (MEMBER, CHANNEL, MODEL)]
LOOKS: Final = [Choice(name=theme.value, value=theme.value) for theme in Theme]


def add_usage(group: app_commands.Group, studio: Studio, moderation: Moderation) -> None:
    """Register `/quota usage`."""

    @group.command(
        name="usage", description="Who used how much, as a chart; yours, or everybody's for moderators"
    )
    @app_commands.describe(
        days="The last so many days, today included; a week if you don't say",
        by="How it is divided",
        member="Of one member alone",
        look="For a dark or a light Discord",
    )
    @app_commands.choices(by=BY, look=LOOKS)
    async def usage(
        interaction: Interaction,
        days: app_commands.Range[int, 1, charts.LONGEST] = USUAL_DAYS,
        by: Choice | None = None,
        member: discord.Member | None = None,
        look: Choice | None = None,
    ) -> None:
        ask = asking.read(interaction, private=True)
        whose = None if ask.server_moderator else ask.user_id
        if member is not None:
            whose = member.id
        today = ask.asked_at.replace(hour=0, minute=0, second=0, microsecond=0)
        first = today - timedelta(days=days - 1)
        used = await moderation.used(ask, first, whose)
        # Discord tells a bot of members only when it asks, and that may take a while.
        await interaction.response.defer(ephemeral=True, thinking=True)
        divided = by.value if by is not None else (MEMBER if whose is None else MODEL)
        names = await _names(interaction, used if divided == MEMBER else (), whose)
        name = _naming(interaction, studio, divided, names)
        of = "all members" if whose is None else names[whose]
        chart = charted(used, first, days, divided=divided, name=name, of=of)
        theme = Theme.DARK if look is None else Theme(look.value)
        png = await asyncio.to_thread(charts.draw, chart, theme)
        await interaction.edit_original_response(
            view=_card(chart), attachments=[discord.File(io.BytesIO(png), "usage.png")]
        )


def charted(
    used: Sequence[Used],
    first: datetime,
    days: int,
    *,
    divided: str,
    name: Callable[[Used], str],
    of: str,
) -> UsageChart:
    """What was used, as a chart.

    Args:
        first: midnight of the first day, UTC.
        divided: by what.
        name: whose bar a job's seconds belong to.
        of: whose use it is.
    """
    by_day: dict[date, float] = {(first + timedelta(days=day)).date(): 0.0 for day in range(days)}
    bars: dict[str, float] = defaultdict(float)
    for job in used:
        day = min(job.at.date(), max(by_day))
        if day in by_day:
            by_day[day] += job.seconds
            bars[name(job)] += job.seconds
    last = max(by_day)
    span = f"{last.day} {last:%B}"
    if days > 1:
        begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
        span = f"{begin} to {span}"
    largest = sorted(bars.items(), key=lambda bar: (-bar[1], bar[0]))
    return UsageChart(
        title=f"Compute used, {span}",
        subtitle=f"{of}, by {divided}; days begin at midnight UTC",
        days=tuple(Day(day=day, seconds=seconds) for day, seconds in by_day.items()),
        slices=tuple(Slice(label=label, seconds=seconds) for label, seconds in largest),
    )


async def _names(interaction: Interaction, used: Sequence[Used], whose: int | None) -> Mapping[int, str]:
    """Of those whose bars are drawn, as this server calls them; who has left goes by their id."""
    seconds: dict[int, float] = defaultdict(float)
    for job in used:
        seconds[job.member] += job.seconds
    people = sorted(seconds, key=lambda person: -seconds[person])
    wanted = {*people[: charts.SHOWN + 1], *(() if whose is None else (whose,))}
    found = await asyncio.gather(*(_member(interaction, person) for person in wanted))
    return {person: f"member {person}" for person in people} | dict(zip(wanted, found, strict=True))


async def _member(interaction: Interaction, user_id: int) -> str:
    if interaction.user.id == user_id:
        return interaction.user.display_name
    try:
        if interaction.guild is not None:
            return (await interaction.guild.fetch_member(user_id)).display_name
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.info("a member's name is not known: %s", error)
    return f"member {user_id}"


def _naming(
    interaction: Interaction, studio: Studio, divided: str, names: Mapping[int, str]
) -> Callable[[Used], str]:
    match divided:
        case "channel":
            return lambda job: _channel(interaction, job.channel)
        case "model":
            titles = {model.name: model.title for model in studio.catalogue.values()}
            return lambda job: titles.get(job.model, job.model)
        case _:
            return lambda job: names[job.member]


def _channel(interaction: Interaction, channel_id: int) -> str:
    found = interaction.guild.get_channel_or_thread(channel_id) if interaction.guild else None
    return f"channel {channel_id}" if found is None else f"#{found.name}"


def _card(chart: UsageChart) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    gallery = discord.ui.MediaGallery[discord.ui.LayoutView](
        discord.MediaGalleryItem("attachment://usage.png", description=charts.alt_text(chart))
    )
    view.add_item(discord.ui.Container(gallery, accent_colour=PANEL))
    view.stop()  # see `views.buttons`: no view is kept in memory
    return view
