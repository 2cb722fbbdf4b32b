"""Options that several commands share: whom a rule is about, amounts of compute, and what a rule says."""

from datetime import timedelta
from typing import Final
from zoneinfo import available_timezones

import discord
from discord import app_commands

from bot.commands.matching import Choice, matching
from bot.durations import parse_seconds
from bot.quota import (
    ANY_MODEL,
    EVERYONE,
    NO_LIMIT,
    SERVER,
    Budget,
    Hours,
    Policy,
    Scope,
    ScopeKind,
    parse_hours,
)
from bot.refusal import NothingToSet, TwoTargets, Unreadable
from bot.render.policy_words import WHAT

WHOLE_EVERYONE: Final = "everyone"
WHOLE_SERVER: Final = "server"
WHOLE_POOL: Final = "pool"
WHOLE: Final = [
    Choice(name="each member who has no rule of their own", value=WHOLE_EVERYONE),
    Choice(name="the whole server together", value=WHOLE_SERVER),
    Choice(name="the pool that moderators lend from", value=WHOLE_POOL),
]
WINDOWS: Final = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}
PER: Final = [Choice(name=f"per {name}", value=name) for name in WINDOWS]
CLEARABLE: Final = [Choice(name=title, value=name) for name, title in WHAT.items()]
UNLIMITED: Final = frozenset({"unlimited", "no limit", "none", "infinite"})
MOST_SECONDS: Final = 31 * 86_400.0 * 100
"""Compute-seconds: a hundred GPUs for a month."""
AMOUNTS: Final = ("10 min", "30 min", "1 h", "2 h", "5 h", "unlimited")


class Askable(app_commands.Transformer):
    """Channels and threads in which something can be asked for, and forums, whose posts are threads.

    The library's own list has categories too, in which nobody asks, and media channels, which Discord's
    description of itself knows no number for: one unknown number, and all commands would be refused.
    """

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        kinds = discord.ChannelType
        return [
            kinds.text,
            kinds.news,
            kinds.voice,
            kinds.stage_voice,
            kinds.forum,
            kinds.public_thread,
            kinds.private_thread,
            kinds.news_thread,
        ]

    async def transform(
        self,
        _interaction: discord.Interaction,
        value: app_commands.AppCommandChannel | app_commands.AppCommandThread,
        /,
    ) -> app_commands.AppCommandChannel | app_commands.AppCommandThread:
        return value


AnyChannel = app_commands.Transform[app_commands.AppCommandChannel | app_commands.AppCommandThread, Askable]


def target(
    whole: str | None,
    role: discord.Role | None,
    member: discord.Member | None,
    channel: AnyChannel | None,
) -> Scope | None:
    """Whom a rule is about; None for the pool. @everyone as a role, or nothing, is each member.

    Raises:
        TwoTargets: more than one was named.
    """
    if sum(each is not None for each in (whole, role, member, channel)) > 1:
        raise TwoTargets
    if role is not None and not role.is_default():
        return Scope(ScopeKind.ROLE, role.id)
    if member is not None:
        return Scope(ScopeKind.MEMBER, member.id)
    if channel is not None:
        return Scope(ScopeKind.CHANNEL, channel.id)
    if whole == WHOLE_SERVER:
        return SERVER
    return None if whole == WHOLE_POOL else EVERYONE


def amount(option: str, text: str) -> float:
    """Compute-seconds, more than nothing or none at all; NO_LIMIT where that is said.

    Raises:
        Unreadable: it cannot be read.
    """
    if text.strip().casefold() in UNLIMITED:
        return NO_LIMIT
    try:
        seconds = parse_seconds(text)
    except ValueError as error:
        raise Unreadable(option, text, str(error)) from None
    if seconds > MOST_SECONDS:
        raise Unreadable(option, text, "that is more than there ever will be; `unlimited` is no limit")
    return seconds


def duration(option: str, text: str, *, most: timedelta) -> timedelta:
    """A stretch of time, more than nothing.

    Raises:
        Unreadable: it cannot be read, is nothing, or too long.
    """
    try:
        seconds = parse_seconds(text)
    except ValueError as error:
        raise Unreadable(option, text, str(error)) from None
    if not 0 < seconds <= most.total_seconds():
        raise Unreadable(option, text, f"it must be more than nothing and at most {most.days} days")
    return timedelta(seconds=seconds)


def budget(compute: str, per: str | None, burst: str | None, before: Budget | None) -> Budget:
    """What the options say, and what they leave as it was.

    Raises:
        Unreadable: an amount cannot be read.
    """
    window = WINDOWS[per] if per is not None else (before.window if before else WINDOWS["day"])
    at_once = before.burst if burst is None and before is not None else None
    if burst is not None:
        at_once = amount("burst", burst)
        if at_once == NO_LIMIT:
            at_once = None
    return Budget(seconds=amount("compute", compute), window=window, burst=at_once)


def models(option: str, text: str, offered: list[str]) -> frozenset[str]:
    """Names of models, separated by commas; “any” for all.

    Raises:
        Unreadable: one is not offered.
    """
    names = frozenset(name for part in text.split(",") if (name := part.strip()))
    if {name.casefold() for name in names} & {"any", "all", ANY_MODEL}:
        return frozenset({ANY_MODEL})
    strange = sorted(names - set(offered))
    if strange or not names:
        raise Unreadable(option, text, f"write some of {', '.join(offered)}, or `any`")
    return names


def hours(text: str, zone: str | None) -> tuple[Hours, ...]:
    """Spans separated by semicolons, in a zone; “any” for always.

    Raises:
        Unreadable: it cannot be read, or there is no such zone.
    """
    if text.strip().casefold() in ("any", "always"):
        return ()
    where = zone or "UTC"
    try:
        parse_hours("0-24", where)
    except ValueError as error:
        raise Unreadable("zone", where, f"{error}; write it like `Europe/Berlin`") from None
    try:
        return tuple(parse_hours(span, where) for span in text.split(";"))
    except ValueError as error:
        raise Unreadable("hours", text, str(error)) from None


def require_something(rule: Policy) -> Policy:
    """The rule, if it says anything.

    Raises:
        NothingToSet: it says nothing.
    """
    if not rule.says:
        raise NothingToSet
    return rule


async def suggest_amount(_interaction: discord.Interaction, current: str) -> list[Choice]:
    """What was typed with each unit, else usual amounts."""
    typed = current.strip()
    if typed.isdecimal() and typed.isascii():
        return [Choice(name=f"{typed} {unit}", value=f"{typed} {unit}") for unit in ("min", "s", "h")]
    return matching(current, ((each, each) for each in AMOUNTS))


async def suggest_zone(_interaction: discord.Interaction, current: str) -> list[Choice]:
    """Time zones that fit what was typed; spaces do for underscores."""
    return matching(current.replace(" ", "_"), ((name, name) for name in sorted(available_timezones())))
