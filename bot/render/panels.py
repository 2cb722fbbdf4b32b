"""What `/queue`, `/quota` and `/help` show: plain text cards that only the asker sees."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.prompt import FLAGS
from bot.render import words
from bot.store import JobKind, JobRecord
from inference import SAMPLERS, Catalogue, QueueEntry

PANEL: Final = discord.Colour(0x5B8DEF)
LINES_SHOWN: Final = 15
MODELS_SHOWN: Final = 10
ABOUT_SHOWN: Final = 120
"""Characters of a model's advice in a list; whoever offers the model writes it."""
MODERATING: Final = (
    "**For moderators**\n"
    "A role gets 10 minutes a day by `/quota set role: @Artists compute: 10 min`, or in `/settings`\n"
    "`/settings` quotas, channels, models, log channel · `/moderate jobs` see, hold or stop any job · "
    "`/moderate ban` shut somebody out · `/quota grant` and `lend` give some more · `/audit` who did what"
)
KINDS: Final = {
    JobKind.IMAGINE: "pictures",
    JobKind.REROLL: "a reroll",
    JobKind.VARIATION: "variations",
    JobKind.UPSCALE: "a larger picture",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One job as `/queue` may show it; `prompt` is None where the viewer may not read it."""

    record: JobRecord
    place: QueueEntry | None
    prompt: str | None


def panel(*paragraphs: str) -> discord.ui.LayoutView:
    """A card of paragraphs, ready to be sent."""
    view = discord.ui.LayoutView(timeout=None)
    parts: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay(text) for text in paragraphs if text]
    view.add_item(discord.ui.Container(*parts, accent_colour=PANEL))
    view.stop()  # see `views.buttons`: no view is kept in memory
    return view


def queue(lines: Sequence[QueueLine], *, more: int, elsewhere: int) -> discord.ui.LayoutView:
    """This server's jobs in the order they will be served; `more` wait behind those shown."""
    if not lines:
        busy = f" {words.jobs(elsewhere)} of other servers are ahead." if elsewhere else ""
        idea = "/imagine a lighthouse by the sea at sunset"
        return panel("### Queue", f"Nothing is waiting here.{busy} Try `{idea}`.")
    shown = [_queue_line(line) for line in lines]
    if more:
        shown.append(f"… and {more} more")
    note = "-# Whoever has used the GPU least goes first; nobody can fill the line."
    if elsewhere:
        note += f" {words.jobs(elsewhere)} of other servers share it."
    return panel("### Queue", "\n".join(shown), note)


def _queue_line(line: QueueLine) -> str:
    state, eta = "**now**", " · put first by a moderator" if line.record.bumped else ""
    if line.place is not None and line.place.position > 0:
        state = f"**{line.place.position}.**"
        if line.place.held:
            state = "**held**"
            eta = " · by a moderator" if line.record.hold is not None else " · until its hours begin"
    if line.place is not None and line.place.eta_seconds is not None:
        eta += f" · {words.about(line.place.eta_seconds)}"
    if line.place is not None and line.place.paused:
        eta = f" · paused at step {line.place.step} of {line.place.steps}{eta}"
    what = f"“{words.prompt(line.prompt, 80)}”" if line.prompt is not None else KINDS[line.record.kind]
    return f"{state} <@{line.record.user_id}> {what}{eta}"


def help_card(catalogue: Catalogue, *, count: int, moderates: bool = False) -> discord.ui.LayoutView:
    """Everything one can do, on one card.

    Args:
        count: pictures that come back when nobody says.
        moderates: whether the reader is a moderator, who can do more.
    """
    come = "comes" if count == 1 else "come"
    upscale, vary = (f"`{sign}1`" + (f"–`{sign}{count}`" if count > 1 else "") for sign in "UV")
    models = [f"`{m.name}` {_line(m.about)}" for m in catalogue.values()]
    if len(models) > MODELS_SHOWN:
        models[MODELS_SHOWN:] = [f"… and {len(models) - MODELS_SHOWN} more"]
    flags = "\n".join(f"`{flag.example}` {flag.help}" for flag in FLAGS)
    return panel(
        f"### Easel\nType `/imagine` and say what to see. {words.pictures(count).capitalize()} {come} back.",
        f"**Under the pictures**\n{upscale} one picture, larger · {vary} {count} more like it · "
        "🔄 again with fresh noise · ✏️ with other words or settings · 🗑️ delete (yours, or a moderator's)",
        f"**Flags**, after the words\n{flags}",
        "**Samplers**\n" + _listed(f"`{s.name}` {s.advice}" for s in SAMPLERS.values()),
        "**Models**\n" + _listed(models),
        "**More**\n`/queue` who is next · `/cancel` stop one of yours · `/quota show` what you have left · "
        "`/quota why` which rule decides",
        MODERATING if moderates else "",
    )


def _line(about: str) -> str:
    return about if len(about) <= ABOUT_SHOWN else f"{about[: ABOUT_SHOWN - 1]}…"


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(lines)
