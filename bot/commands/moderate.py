"""`/moderate`, `/settings` and `/audit`: what moderators do, and the record of it."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import discord
from discord import app_commands

from bot.client import EaselTree, Interaction
from bot.commands import asking, targets
from bot.commands.desk import ACTS, Desk
from bot.commands.matching import Choice
from bot.moderation import AUDIT_EXPORTED, Moderation
from bot.post import Post
from bot.refusal import Untouchable
from bot.render import desk_panels, quota_words, words
from bot.render.panels import panel
from bot.store import AuditEntry, AuditFilter
from bot.views.desk import LONGEST_WHY

LONGEST_BAN: Final = timedelta(days=3_650)
Why = app_commands.Range[str, 1, LONGEST_WHY]
FORMATS: Final = [Choice(name="CSV, for spreadsheets", value="csv"), Choice(name="JSON", value="json")]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute (OWASP, “CSV Injection”)."""


def add_moderate(tree: EaselTree, moderation: Moderation, desk: Desk, post: Post) -> None:
    """Register `/moderate`; Discord shows it to who may manage messages, and every use is checked again."""
    group = app_commands.Group(
        name="moderate",
        description="See, hold and stop jobs; shut people out (moderators)",
        guild_only=True,
        default_permissions=discord.Permissions(manage_messages=True),
    )

    @group.command(name="jobs", description="Every job of this server that waits or runs")
    async def jobs(interaction: Interaction) -> None:
        await desk.show_jobs(interaction)

    @group.command(
        name="ban", description="Shut a member out of Easel here; what of theirs waits is refunded"
    )
    @app_commands.describe(
        member="Whom", lasts="How long: 1 h, 3 days; for good if you don't say", why="They read it, too"
    )
    async def ban(
        interaction: Interaction, member: discord.Member, lasts: str | None = None, why: Why | None = None
    ) -> None:
        ask = asking.read(interaction, private=True)
        span = None if lasts is None else targets.duration("lasts", lasts, most=LONGEST_BAN)
        if member.bot or member.guild_permissions.manage_guild or member.guild_permissions.administrator:
            raise Untouchable
        until = await moderation.ban(ask, member.id, span, why=why)
        when = "until somebody lets them in" if until is None else f"until {quota_words.until(until)}"
        view = panel(f"<@{member.id}> is shut out of Easel here {when}. `/moderate unban` lets them in.")
        await interaction.response.send_message(view=view, ephemeral=True)

    @group.command(name="unban", description="Let a member in again")
    @app_commands.describe(member="Whom", why="For the record")
    async def unban(interaction: Interaction, member: discord.User, why: Why | None = None) -> None:
        ask = asking.read(interaction, private=True)
        await moderation.unban(ask, member.id, why=why)
        view = panel(f"<@{member.id}> may use Easel here again.")
        await interaction.response.send_message(view=view, ephemeral=True)

    @group.command(name="bans", description="Who is shut out of Easel here")
    async def bans(interaction: Interaction) -> None:
        ask = asking.read(interaction, private=True)
        view = desk_panels.bans(await moderation.bans(ask))
        await interaction.response.send_message(view=view, ephemeral=True)

    @group.command(name="warn", description="Tell a member something, and write it down")
    @app_commands.describe(member="Whom", why="What they read")
    async def warn(interaction: Interaction, member: discord.Member, why: Why) -> None:
        ask = asking.read(interaction, private=True)
        count = await moderation.warn(ask, member.id, why=why)
        where = f" of {words.prompt(interaction.guild.name, 100)}" if interaction.guild else ""
        told = await post.tell(
            member.id, f"A moderator{where} warns you about your use of Easel: “{words.prompt(why, 300)}”"
        )
        reached = "They were told directly." if told else "They take no direct messages: tell them yourself."
        times = "first" if count == 1 else words.ordinal(count)
        view = panel(f"Warned <@{member.id}>: their {times} warning here. {reached}")
        await interaction.response.send_message(view=view, ephemeral=True)

    tree.add_command(group)


def add_settings(tree: EaselTree, desk: Desk) -> None:
    """Register `/settings`; Discord shows it to who may manage the server, and every use is checked again."""

    @tree.command(
        name="settings", description="Quotas, channels, models, previews, log channel (Manage Server)"
    )
    @app_commands.default_permissions(manage_guild=True)
    async def settings(interaction: Interaction) -> None:
        await desk.show_settings(interaction)


def add_audit(tree: EaselTree, moderation: Moderation, desk: Desk) -> None:
    """Register `/audit`; Discord shows it to who may manage messages, and every use is checked again."""

    @tree.command(name="audit", description="What moderators did: who, what, before, after, why (moderators)")
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(
        by="Only what this member did",
        about="Only what was done to this member",
        act="Only acts of this kind",
        days="Only of the last so many days",
        export="As a file",
    )
    @app_commands.choices(act=[Choice(name=act, value=act) for act in ACTS], export=FORMATS)
    async def audit(
        interaction: Interaction,
        by: discord.User | None = None,
        about: discord.User | None = None,
        act: Choice | None = None,
        days: app_commands.Range[int, 1, 3_650] | None = None,
        export: Choice | None = None,
    ) -> None:
        ask = asking.read(interaction, private=True)
        only = AuditFilter(
            actor=None if by is None else by.id,
            subject=None if about is None else about.id,
            act=None if act is None else act.value,
            since=None if days is None else ask.asked_at - timedelta(days=days),
        )
        if export is None:
            await desk.show_audit(interaction, only)
            return
        entries = await moderation.audit(ask, only, limit=AUDIT_EXPORTED)
        write = as_csv if export.value == "csv" else as_json
        file = discord.File(io.BytesIO(write(entries)), filename=f"easel-audit.{export.value}")
        said = f"{len(entries):,} {'act' if len(entries) == 1 else 'acts'}, newest first."
        if len(entries) == AUDIT_EXPORTED:
            said += " There are more: ask for fewer days, or for one member."
        await interaction.response.send_message(said, file=file, ephemeral=True)


def as_csv(entries: Sequence[AuditEntry]) -> bytes:
    """A row an act, with a heading; text that a spreadsheet would compute is made text."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["number", "at", "actor", "act", "subject", "before", "after", "why", "detail"])
    for entry in entries:
        detail = dict(entry.detail)
        before, after = detail.pop("before", None), detail.pop("after", None)
        cells = [
            entry.number,
            entry.at.isoformat(),
            entry.actor,
            entry.act,
            entry.subject or "",
            "" if before is None else json.dumps(before),
            "" if after is None else json.dumps(after),
            entry.why or "",
            json.dumps(detail) if detail else "",
        ]
        writer.writerow([_inert(cell) for cell in cells])
    return table.getvalue().encode("utf-8-sig")  # with the mark by which Excel knows the encoding


def _inert(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_json(entries: Sequence[AuditEntry]) -> bytes:
    """A list of acts; ids are strings, since JavaScript's numbers are too small for them."""
    return json.dumps(
        [
            {
                "number": entry.number,
                "at": entry.at.isoformat(),
                "actor": str(entry.actor),
                "act": entry.act,
                "subject": None if entry.subject is None else str(entry.subject),
                "why": entry.why,
                "detail": entry.detail,
            }
            for entry in entries
        ],
        indent=1,
    ).encode()
