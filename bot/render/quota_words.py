"""Phrases about policies: budgets, whose rule it is, why something is refused, who is shut out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import discord

from bot.ending import said
from bot.held import Held
from bot.pricing import Prices
from bot.quota import Budget, Refused, Scope, ScopeKind, Why
from bot.render.words import NAMES_SHOWN, jobs, prompt, seconds, seconds_used
from bot.store import Ban, Banned, ChannelClosed, PoolEmpty, QuotaRefused


def allowance(price: float, left: float | None, budget: Budget | None) -> str:
    """The price against what is left."""
    if left is None or budget is None:
        return f"Uses about {seconds(price)} of compute"
    return (
        f"Uses about {seconds(price)} of compute · "
        f"leaves {seconds_used(left)} of your {seconds(budget.seconds)} {each(budget.window)}"
    )


def prices(asked: Prices) -> str:
    """What each press would use, before anybody presses."""
    said = [
        (f"🔄 uses about {seconds(asked.again)}" if asked.again is not None else ""),
        (f"variations about {seconds(asked.vary)}" if asked.vary is not None else ""),
        (f"a larger one about {seconds(asked.upscale)}" if asked.upscale is not None else ""),
    ]
    line = ", ".join(part for part in said if part)
    return f"{line[:1].upper()}{line[1:]} of compute"


def editing(price: float, free: float | None) -> str:
    """The title of the form for new words: what they would use, of what the person has left."""
    of = "" if free is None else f" of your {seconds_used(free)} left"
    return f"Edit · about {seconds(price)}{of}"[:TITLE_LIMIT]


TITLE_LIMIT: Final = 45
"""Characters of a form's title (Discord, “Modal”)."""


def each(window: timedelta) -> str:
    """How often: an hour, a day, a week, every 3 days."""
    hours = window / timedelta(hours=1)
    if hours in _EACH:
        return _EACH[hours]
    return f"every {hours / 24:g} days" if hours % 24 == 0 else f"every {hours:g} hours"


_EACH: Final = {1.0: "an hour", 24.0: "a day", 168.0: "a week", 720.0: "a month"}


def whose(scope: Scope) -> str:
    """Whose policy it is, as the beginning of a sentence."""
    return {
        ScopeKind.DEFAULT: "Easel's default",
        ScopeKind.EVERYONE: "The rule for everyone here",
        ScopeKind.ROLE: f"The rule for <@&{scope.id}>",
        ScopeKind.MEMBER: "The rule for you",
        ScopeKind.CHANNEL: f"The rule for <#{scope.id}>",
        ScopeKind.SERVER: "The rule for this whole server",
    }[scope.kind]


def refused(verdict: Refused) -> str:
    """Why a policy says no, what is left, and when that changes."""
    return f"{_REFUSED[verdict.why](verdict)} Nothing was charged."


def channel_closed(error: ChannelClosed) -> str:
    """Where pictures may be asked for instead."""
    some = ", ".join(f"<#{channel}>" for channel in error.channels[:NAMES_SHOWN])
    return f"Pictures are made in other channels of this server: {some}."


def stopped(error: Banned | ChannelClosed | QuotaRefused) -> str:
    """The reason of a job that was accepted and may not run any more."""
    if isinstance(error, ChannelClosed):
        return said(channel_closed(error))
    if isinstance(error, Banned):
        return said("A moderator has shut its owner out of Easel here.")
    return said(
        f"A moderator has changed what may be made here. {_REFUSED[error.decision.why](error.decision)}"
    )


def stopped_by_moderator(why: str) -> str:
    """The reason of a job that a moderator has stopped, with theirs."""
    return said(f"A moderator stopped this{f': “{prompt(why, 300)}”' if why else ''}.")


def held(found: Held) -> str:
    """Why a job that waits does not run, and until when."""
    if found.hold is not None:
        if found.hold.why:
            return f"Held by a moderator: “{prompt(found.hold.why, 300)}”"
        return "Held by a moderator, until one of them lets it go on"
    if found.closed is None:
        return "Held for the moment"
    if found.closed.value is None:
        return "Waits: these are not the hours, and none are to come"
    return f"Waits until {until(found.closed.value)}: these are not the hours"


def _refused_budget(verdict: Refused) -> str:
    a_window = "" if verdict.window is None else f" {each(verdict.window)}"
    limit = f"{seconds(verdict.limit)} of compute{a_window}"
    if verdict.by.kind is ScopeKind.CHANNEL:
        have, used_up = f"<#{verdict.by.id}> has", f"All {limit} of <#{verdict.by.id}> are used up"
        of = "its"
    elif verdict.by.kind is ScopeKind.SERVER:
        have, used_up, of = "This server has", f"All {limit} of this server are used up", "its"
    else:
        have, used_up, of = "You have", f"Your {limit} are used up", "your"
    left = f"{have} {seconds_used(verdict.left)} of {of} {limit} left"
    if verdict.left < 0.05:
        left = used_up
    if verdict.frees_at is None:
        needs = f"this needs {seconds(verdict.asked)} at once, more than there ever is"
        return f"{left}; {needs}. Try fewer pictures or steps."
    when = discord.utils.format_dt(verdict.frees_at, "R")
    return f"{left}; this needs {seconds(verdict.asked)}. Enough frees up {when}."


def _refused_waiting(verdict: Refused) -> str:
    limit = round(verdict.limit)
    if verdict.by.kind in (ScopeKind.CHANNEL, ScopeKind.SERVER):
        where = f"in <#{verdict.by.id}>" if verdict.by.kind is ScopeKind.CHANNEL else "in this server"
        return f"{jobs(round(verdict.asked))} wait {where}, as many as may. Try again when one has begun."
    if limit == 0:
        return f"{whose(verdict.by)} lets no job wait."
    return (
        f"You already have {round(verdict.asked)} waiting, and may have {limit} here. "
        "Wait for one to finish, or cancel one with `/cancel`."
    )


def _refused_hours(verdict: Refused) -> str:
    if verdict.frees_at is None:
        return f"{whose(verdict.by)} leaves no time at which pictures can be made."
    opens = discord.utils.format_dt(verdict.frees_at, "t")
    relative = discord.utils.format_dt(verdict.frees_at, "R")
    return f"{whose(verdict.by)} allows no pictures now; it opens at {opens}, {relative}."


def _refused_model(verdict: Refused) -> str:
    some = ", ".join(f"`{name}`" for name in verdict.models[:NAMES_SHOWN])
    return f"{whose(verdict.by)} allows other models: {some}."


def _refused_more(verdict: Refused) -> str:
    unit = {Why.SIDE: "pixels on the longer side", Why.STEPS: "steps", Why.COUNT: "pictures at once"}[
        verdict.why
    ]
    return f"{whose(verdict.by)} allows at most {verdict.limit:g} {unit}; this asks for {verdict.asked:g}."


_REFUSED: Final[dict[Why, Callable[[Refused], str]]] = {
    Why.BUDGET: _refused_budget,
    Why.WAITING: _refused_waiting,
    Why.HOURS: _refused_hours,
    Why.MODEL: _refused_model,
    Why.SIDE: _refused_more,
    Why.STEPS: _refused_more,
    Why.COUNT: _refused_more,
}


def banned(ban: Ban) -> str:
    """Who is shut out, until when, and why."""
    until = "" if ban.until is None else f" until {discord.utils.format_dt(ban.until, 'f')}"
    why = f" They say: “{prompt(ban.why, 300)}”." if ban.why else ""
    return (
        f"A moderator has shut you out of Easel in this server{until}.{why} Ask one of them if that is wrong."
    )


def pool_empty(error: PoolEmpty) -> str:
    """There is not so much to lend."""
    if error.size == 0:
        return "There is no pool to lend from; `/quota set` with `whole: the pool` makes one."
    return (
        f"Only {seconds_used(error.left)} of the pool's {seconds(error.size)} are left to lend. Lend less, "
        "wait for a loan to end, or give some with `/quota grant`."
    )


def until(moment: datetime) -> str:
    """When something ends, as each reader's own clock says it."""
    return f"{discord.utils.format_dt(moment, 'f')}, {discord.utils.format_dt(moment, 'R')}"
