"""The audit trail in words: one act, one line, for the log channel and `/audit`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import discord

from bot.quota import Policy, Scope, ScopeKind
from bot.render import policy_words, words
from bot.render.policy_words import whom
from bot.render.words import NAMES_SHOWN
from bot.store import AuditEntry
from bot.store.policy_rows import POOL, budget_from_json, policy_from_json

UNKNOWN_PRICE: Final = 0.0
"""How many pictures a budget was when it was set is not known any more, so it is not said."""

LONGEST_RULE: Final = 500
"""Characters of a rule: before and after it must fit a message with everything else."""


def line(entry: AuditEntry) -> str:
    """Who did what to whom, what was there before, and why; safe to show."""
    what = _WHAT.get(entry.act, _other)(entry)
    why = f" — “{words.prompt(entry.why, 200)}”" if entry.why else ""
    when = f"{discord.utils.format_dt(entry.at, 'd')} {discord.utils.format_dt(entry.at, 't')}"
    return f"{when} <@{entry.actor}> {what}{why}"


def _rule(entry: AuditEntry) -> str:
    detail: Mapping[str, Any] = entry.detail
    if detail.get("scope") == POOL:
        return f"set the pool to lend from: {_pool(detail['before'])} → {_pool(detail['after'])}"
    scope = Scope(ScopeKind(detail["scope"]), entry.subject or 0)
    return f"set the rule for {whom(scope)}: {_policy(detail['before'])} → {_policy(detail['after'])}"


def _pool(said: dict[str, Any] | None) -> str:
    return "none" if said is None else policy_words.budget(budget_from_json(said), UNKNOWN_PRICE)


def _policy(said: dict[str, Any]) -> str:
    rule: Policy = policy_from_json(said)
    text = policy_words.policy(rule, UNKNOWN_PRICE)
    return text if len(text) <= LONGEST_RULE else f"{text[: LONGEST_RULE - 1]}…"


def _given(verb: str) -> Callable[[AuditEntry], str]:
    def say(entry: AuditEntry) -> str:
        detail: Mapping[str, Any] = entry.detail
        until = discord.utils.format_dt(datetime.fromisoformat(detail["until"]), "f")
        return f"{verb} <@{entry.subject}> {words.seconds(detail['seconds'])} of compute until {until}"

    return say


def _ban(entry: AuditEntry) -> str:
    until: Any = entry.detail.get("until")
    when = (
        "for good"
        if until is None
        else f"until {discord.utils.format_dt(datetime.fromisoformat(until), 'f')}"
    )
    return f"shut <@{entry.subject}> out {when}"


def _setting(entry: AuditEntry) -> str:
    name = str(entry.detail.get("name"))
    before, after = (_value(name, entry.detail.get(when)) for when in ("before", "after"))
    return f"set {_SETTINGS.get(name, words.prompt(name, 40))}: {before} → {after}"


def _value(name: str, value: object) -> str:
    match name, value:
        case _, None:
            return {"channels": "all", "models": "all", "previews": "shown"}.get(name, "as by default")
        case "previews", False:
            return "not shown"
        case (("channels" | "log_channel"), int() | list()):
            channels = value if isinstance(value, list) else [value]
            more = f" and {len(channels) - NAMES_SHOWN} more" if len(channels) > NAMES_SHOWN else ""
            return ", ".join(f"<#{channel}>" for channel in channels[:NAMES_SHOWN]) + more
        case "keep_days", _:
            return f"{value} days"
        case "ping_minutes", _:
            return f"after {value} min"
        case _, list():
            return words.prompt(", ".join(str(each) for each in value), 200)
    return words.prompt(str(value), 200)


def _of_a_job(verb: str) -> Callable[[AuditEntry], str]:
    return lambda entry: f"{verb} a job of <@{entry.subject}> (`{entry.detail.get('job')}`)"


def _other(entry: AuditEntry) -> str:
    about = "" if entry.subject is None else f" <@{entry.subject}>"
    return f"{entry.act}{about}"


_SETTINGS: Final = {
    "channels": "the channels where pictures are made",
    "models": "the models that may be used",
    "model": "the model where nobody names one",
    "sampler": "the sampler where nobody names one",
    "aspect": "the shape where nobody names one",
    "previews": "previews",
    "log_channel": "the log channel",
    "keep_days": "how long pictures are kept",
    "ping_minutes": "who is pinged",
}
_WHAT: Final[dict[str, Callable[[AuditEntry], str]]] = {
    "quota set": _rule,
    "quota clear": _rule,
    "quota grant": _given("gave"),
    "quota lend": _given("lent"),
    "ban": _ban,
    "unban": lambda entry: f"let <@{entry.subject}> in again",
    "warn": lambda entry: f"warned <@{entry.subject}>",
    "setting": _setting,
    "job held": _of_a_job("held"),
    "job released": _of_a_job("released"),
    "job bumped": _of_a_job("put first"),
    "job stopped": _of_a_job("stopped"),
    "job cancelled": _of_a_job("cancelled"),
    "pictures deleted": _of_a_job("deleted the pictures of"),
}
