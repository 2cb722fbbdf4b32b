"""What `/quota` shows: cards that only the asker sees."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import discord

from bot.durations import short
from bot.moderation import Preview
from bot.quota import NO_LIMIT, Budget, Policy, Scope, Tally, Why, comes_back, left, opens
from bot.quota.replay import Stop
from bot.render import policy_words, quota_words, words
from bot.render.panels import panel
from bot.render.policy_words import about_pictures, whom
from bot.store import Ban, Books

PEOPLE_SHOWN: Final = 10


def standing(
    person: int,
    books: Books,
    *,
    now: datetime,
    usual: float,
    own: bool,
    manager: bool,
    pool_left: float | None,
) -> discord.ui.LayoutView:
    """What somebody has used and may use; who manages the server also sees its rules.

    Args:
        now: the present, UTC.
        usual: compute-seconds of a picture at the usual settings.
        own: whether it is the asker's.
        pool_left: compute-seconds left to lend; None where there is no pool.
    """
    rules = f"**This server's rules**\n{policy_words.rules(books.policies, usual)}" if manager else ""
    if manager and pool_left is not None:
        rules += f"\n-# {short(pool_left)} are left in the pool."
    return panel(
        "### Quota",
        _own_budget(person, books, now, usual, own=own),
        _gifts(books, now, usual),
        _shared(books, now),
        _under_way(books.usage.own, books),
        _hours(books, now),
        rules,
    )


def _own_budget(person: int, books: Books, now: datetime, usual: float, *, own: bool) -> str:
    who = "You have" if own else f"<@{person}> has"
    rule, tally = books.bounds.own_budget.value, books.usage.own
    used = words.seconds_used(tally.used(rule.window, now))
    span = f"the last {_last(rule)}"
    if not rule.limited:
        return f"{who} used **{used}** of compute in {span}; there is no limit."
    free = left(rule, tally, now)
    text = (
        f"{who} used **{used}** of {short(rule.seconds)} of compute in {span}; "
        f"**{words.seconds_used(free)}** are left{about_pictures(free, usual)}."
    )
    back = comes_back(rule, tally, now)
    if back is not None:
        when = discord.utils.format_dt(back.at, "R")
        text += f"\n-# {words.seconds_used(back.seconds)} of it come back {when}."
    if rule.burst is not None:
        text += f"\n-# At most {short(rule.at_once)} at once; they come back bit by bit."
    return text


def _last(rule: Budget) -> str:
    hours = rule.window.total_seconds() / 3_600
    return {1.0: "hour", 24.0: "24 hours", 168.0: "7 days"}.get(hours, f"{hours / 24:g} days")


def _gifts(books: Books, now: datetime, usual: float) -> str:
    return "\n".join(
        f"{'Lent' if credit.lent else 'Given'} on top: **{words.seconds(credit.left)}** of "
        f"{short(credit.seconds)} left{about_pictures(credit.left, usual)}, until "
        f"{quota_words.until(credit.until)}."
        for credit in books.usage.given(now)
    )


def _shared(books: Books, now: datetime) -> str:
    lines = []
    for bound in books.bounds.budgets[1:]:
        free = left(bound.value, books.usage.of(bound.by), now)
        place = whom(bound.by).removesuffix(", all together").removesuffix(" together")
        lines.append(
            f"All together, {place} has **{words.seconds_used(free)}** left of "
            f"{short(bound.value.seconds)} {quota_words.each(bound.value.window)}."
        )
    return "\n".join(lines)


def _under_way(tally: Tally, books: Books) -> str:
    most = min(books.bounds.waiting, key=lambda bound: bound.value).value
    may = "any number may wait" if most == NO_LIMIT else f"{most:g} may wait at once"
    return f"{words.jobs(tally.waiting)} waiting; {may}."


def _hours(books: Books, now: datetime) -> str:
    closed = opens(books.bounds, now)
    if closed is None:
        return ""
    if closed.value is None:
        return "No pictures can be made here at any hour."
    return f"Closed now; opens {quota_words.until(closed.value)}."


def why(
    person: int, books: Books, ban: Ban | None, *, channel: int, usual: float, now: datetime
) -> discord.ui.LayoutView:
    """Every limit that counts for somebody in a channel, and whose rule decides it."""
    shut = f"<@{person}> is shut out: {quota_words.banned(ban)}" if ban is not None else ""
    return panel(
        "### Which rule decides",
        shut,
        f"What <@{person}> may use in <#{channel}>:\n{policy_words.deciding(books.bounds, usual)}",
        _hours(books, now),
        "-# A member's own rule goes before their roles'; of several roles' the most generous counts; where "
        "no role says anything, everyone's; what a channel or the whole server says bounds them all.",
    )


def rule_now(scope: Scope, rule: Policy, usual: float) -> discord.ui.LayoutView:
    """What a rule that was just set or taken away has come to."""
    if not rule.says:
        text = f"There is no rule for {whom(scope)} any more."
    else:
        text = f"For {whom(scope)}: **{policy_words.policy(rule, usual)}**."
    return panel(
        f"### Quota\n{text}",
        "-# It counts at once, for what waits already too. `/quota show` lists all rules, `/quota why` tells "
        "which decides for somebody, `/quota preview` whom a rule would have stopped last week.",
    )


def pool_now(pool: Budget | None, usual: float) -> discord.ui.LayoutView:
    """What there is to lend from now on."""
    if pool is None:
        return panel("### Quota\nThere is no pool to lend from any more. Loans that run go on.")
    return panel(
        f"### Quota\nModerators can lend **{policy_words.budget(pool, usual)}** with `/quota lend`.",
        "-# What is lent and not used comes back to the pool when the loan ends.",
    )


def given(
    member: int, seconds: float, until: datetime, *, lent: bool, usual: float, pool_left: float | None
) -> discord.ui.LayoutView:
    """A grant or a loan that was just made."""
    verb = "Lent" if lent else "Gave"
    rest = f"\n-# {short(pool_left)} are left in the pool." if lent and pool_left is not None else ""
    return panel(
        f"### Quota\n{verb} <@{member}> **{short(seconds)}** of compute{about_pictures(seconds, usual)}, "
        f"until {quota_words.until(until)}.{rest}",
        "-# It is drawn on when their own budget is used up. What is left of it at the end "
        + ("goes back to the pool." if lent else "is lost."),
    )


def preview(scope: Scope, seen: Preview, *, usual: float) -> discord.ui.LayoutView:
    """Whom a rule would have stopped last week."""
    title = f"### Preview\nFor {whom(scope)}: {policy_words.policy(seen.rule, usual)}"
    of_all = f"Of {seen.jobs} {'job' if seen.jobs == 1 else 'jobs'} in the last 7 days it would have stopped"
    if not seen.stops:
        return panel(title, f"{of_all} **none**.", _NOTE)
    people = Counter(stop.past.member for stop in seen.stops)
    lines = [
        f"- <@{person}>: {words.jobs(count)}, {_reasons(seen.stops, person)}"
        for person, count in people.most_common(PEOPLE_SHOWN)
    ]
    if len(people) > PEOPLE_SHOWN:
        lines.append(f"… and {len(people) - PEOPLE_SHOWN} people more")
    return panel(
        title,
        f"{of_all} **{len(seen.stops)}**, of "
        f"{len(people)} {'person' if len(people) == 1 else 'people'}:\n" + "\n".join(lines),
        _NOTE,
    )


_NOTE: Final = (
    "-# As things were asked for, with the roles of that moment. What was refused then is not known, nor "
    "what people would have done instead. Nothing was changed."
)


_BY: Final = {why: policy_words.WHAT.get(why, "models") for why in Why}


def _reasons(stops: Sequence[Stop], person: int) -> str:
    reasons = Counter(stop.refused.why for stop in stops if stop.past.member == person)
    return ", ".join(f"{count} by {_BY[why]}" for why, count in reasons.most_common())
