"""What moderators see: the live list of jobs, the settings, the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.guild_settings import GuildSettings
from bot.prompt import ASPECTS
from bot.render import audit_lines, words
from bot.render.panels import PANEL
from bot.store import AuditEntry, Ban, JobRecord
from bot.views import desk
from inference import SAMPLERS, Catalogue, QueueEntry

JOBS_A_PAGE: Final = 8
ACTS_A_PAGE: Final = 12
TEXT_OF_A_PAGE: Final = 3_800
"""Characters; Discord takes 4,000 in all of a message."""
RULES_SHOWN: Final = 2_500
"""Characters of the server's rules among its settings."""
STUDIO: Final = "-"
"""In a menu: what the studio does by itself."""
KEEP: Final = {7: "a week", 30: "a month", 90: "3 months", 365: "a year"}
PINGS: Final = {1: "1 minute", 2: "2 minutes", 5: "5 minutes", 10: "10 minutes"}

View = discord.ui.LayoutView
Part = discord.ui.Item[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One job; `prompt` is None where the viewer may not read it."""

    record: JobRecord
    place: QueueEntry | None
    prompt: str | None


def jobs(lines: Sequence[JobLine], *, page: int) -> View:
    """The server's jobs, a page of them, each with its button; refreshed while somebody looks."""
    pages = max(1, -(-len(lines) // JOBS_A_PAGE))
    page = min(page, pages - 1)
    shown = lines[page * JOBS_A_PAGE : (page + 1) * JOBS_A_PAGE]
    parts: list[Part] = [discord.ui.TextDisplay("### Jobs of this server")]
    if not shown:
        parts.append(discord.ui.TextDisplay("Nothing waits or runs here."))
    parts += [
        discord.ui.Section(
            discord.ui.TextDisplay(_job(line)),
            accessory=desk.button("manage", f"{line.record.id}.{page}", label="Manage"),
        )
        for line in shown
    ]
    rows = [desk.button("jobs", str(page), label="Refresh", emoji="🔄")]
    if pages > 1:
        rows.insert(0, desk.button("jobs", str(page - 1), label="Earlier", disabled=page == 0))
        rows.append(desk.button("jobs", str(page + 1), label="Later", disabled=page == pages - 1))
    note = "-# This list follows what happens for a quarter of an hour."
    if pages > 1:
        note = f"-# Page {page + 1} of {pages}. {note.removeprefix('-# ')}"
    return _panel([*parts, discord.ui.TextDisplay(note), desk.Row(*rows)])


def _job(line: JobLine) -> str:
    record, place = line.record, line.place
    if record.hold is not None:
        state = f"✋ held by <@{record.hold.by}>"
        if place is not None and place.position == 0:
            state = f"▶️ running to where it can pause, then held by <@{record.hold.by}>"
        if record.hold.why:
            state += f" (“{words.prompt(record.hold.why, 80)}”)"
    elif place is None:
        state = "about to be sent" if record.state == "rendered" else "about to wait"
    elif place.position == 0:
        state = f"▶️ running, step {place.step} of {place.steps}" if place.steps else "▶️ running"
    elif place.held:
        state = "🕗 waits for its hours"
    elif place.paused:
        state = f"⏸️ paused at step {place.step} of {place.steps}, {words.in_line(place.position)}"
    else:
        state = words.in_line(place.position)
    if record.bumped:
        state += " · put first"
    what = "a private job" if record.private else "a job of a channel you cannot see"
    if line.prompt is not None:
        what = f"“{words.prompt(line.prompt, 120)}”"
    cost = f"about {words.seconds(record.price)}"
    return f"{state}\n<@{record.user_id}> in <#{record.channel_id}>: {what}\n-# {cost} · `{record.id}`"


def settings(current: GuildSettings, catalogue: Catalogue, *, rules: str, studio_days: int | None) -> View:
    """Everything a server can set, on one card.

    Args:
        rules: the server's quota rules in words.
        studio_days: days that whoever runs Easel keeps pictures; None for good.
    """
    models = [(model.name, model.title) for model in catalogue.values()]
    samplers = [(sampler.name, sampler.title) for sampler in SAMPLERS.values()]
    parts: list[Part] = [
        _text("### Settings of this server\nEach change counts at once and is written down in `/audit`."),
        _text(f"**Quotas**\n{_cut(rules)}"),
        desk.Row(desk.button("role", label="Give a role a quota", style=discord.ButtonStyle.primary)),
        _text("**Channels** where pictures may be asked for. None chosen: all."),
        desk.channel_choice("channels", current.channels, hint="All channels", most=25),
        _text("**Models** that may be used. None chosen: all."),
        desk.choice("models", models, current.models, hint="All models", several=True),
        _text("**When nobody says otherwise**: model, sampler, shape."),
        desk.choice(
            "model",
            [(STUDIO, f"Easel's default: {catalogue.default.title}"), *models],
            [current.model or STUDIO],
            hint="Model",
        ),
        desk.choice(
            "sampler",
            [(STUDIO, "Each model's own sampler"), *samplers][:25],
            [current.sampler or STUDIO],
            hint="Sampler",
        ),
        desk.choice(
            "aspect",
            [
                (STUDIO, "Each model's own shape"),
                *((name, f"{name} · {about}") for name, about in ASPECTS.items()),
            ],
            [current.aspect or STUDIO],
            hint="Shape",
        ),
        _text("**While pictures form, how long they are kept, and who is called**"),
        desk.choice(
            "previews",
            [("yes", "Show pictures while they form"), ("no", "Show them when they are done")],
            ["yes" if current.previews else "no"],
            hint="Previews",
        ),
        desk.choice(
            "keep_days",
            [
                (STUDIO, _kept(None, studio_days)),
                *((str(days), _kept(days, studio_days)) for days in KEEP),
            ],
            [STUDIO if current.keep_days is None else str(current.keep_days)],
            hint="How long pictures are kept",
        ),
        desk.choice(
            "ping_minutes",
            [
                (STUDIO, "Ping nobody"),
                *((str(n), f"Ping who waited longer than {name}") for n, name in PINGS.items()),
            ],
            [STUDIO if current.ping_minutes is None else str(current.ping_minutes)],
            hint="Pings",
        ),
        _text("**Log channel**: is told what moderators do. None chosen: none."),
        desk.channel_choice(
            "log_channel",
            [] if current.log_channel is None else [current.log_channel],
            hint="No log channel",
            most=1,
        ),
    ]
    return _panel(parts)


def _kept(days: int | None, studio_days: int | None) -> str:
    """A choice of how long pictures are kept; where Easel itself keeps them shorter, that counts."""
    most = "1 day" if studio_days == 1 else f"{studio_days} days"
    if days is None:
        own = "as long as Easel keeps any" if studio_days is None else f"{most}, as everywhere"
        return f"Keep pictures {own}"
    sooner = f" (Easel forgets them after {most})" if studio_days is not None and studio_days < days else ""
    return f"Keep pictures {KEEP[days]}{sooner}"


def _cut(rules: str) -> str:
    """Whole lines, as many as fit beside everything else."""
    lines, room = rules.split("\n"), RULES_SHOWN
    for number, each in enumerate(lines):
        room -= len(each) + 1
        if room < 0:
            return "\n".join([*lines[:number], "… and more: `/quota show` lists them."])
    return rules


def fitting(entries: Sequence[AuditEntry]) -> Sequence[AuditEntry]:
    """As many of the first as fit a page."""
    room, shown = TEXT_OF_A_PAGE, 0
    for entry in entries[:ACTS_A_PAGE]:
        room -= len(audit_lines.line(entry)) + 3
        if room < 0 and shown:
            break
        shown += 1
    return entries[:shown]


def audit(entries: Sequence[AuditEntry], *, older: str | None, all_of_it: bool) -> View:
    """A page of what moderators did, newest first.

    Args:
        older: what leads to the next page; None where this is the last.
        all_of_it: whether every act was asked for.
    """
    parts: list[Part] = [discord.ui.TextDisplay("### What moderators did")]
    text = "\n".join(f"- {audit_lines.line(entry)}" for entry in entries)
    parts.append(_text(text or ("Nothing is written down yet." if all_of_it else "Nothing that fits.")))
    if older is not None:
        parts.append(desk.Row(desk.button("audit", older, label="Older")))
    return _panel(parts)


def bans(found: Sequence[Ban]) -> View:
    """Who is shut out."""
    lines = [
        f"- <@{ban.user_id}> "
        + ("for good" if ban.until is None else f"until {discord.utils.format_dt(ban.until, 'f')}")
        + f", by <@{ban.by}>"
        + (f" — “{words.prompt(ban.why, 100)}”" if ban.why else "")
        for ban in found[:20]
    ]
    if len(found) > len(lines):
        lines.append(f"… and {len(found) - len(lines)} more")
    return _panel([_text("### Shut out of Easel here\n" + ("\n".join(lines) or "Nobody."))])


def _text(text: str) -> discord.ui.TextDisplay[Any]:
    return discord.ui.TextDisplay(text)


def _panel(parts: Sequence[Part]) -> View:
    view = View(timeout=None)
    view.add_item(discord.ui.Container(*parts, accent_colour=PANEL))
    view.stop()  # see `views.desk`
    return view
