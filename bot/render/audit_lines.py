"""The audit trail in words: one act, one line, for the log channel and `/audit`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import discord

from bot.quota import Policy, Scope, ScopeKind
from bot.render import policy_words, words
from bot.render.policy_words import whom
from bot.store import AuditEntry
from bot.store.policy_rows import POOL, budget_from_json, policy_from_json

UNKNOWN_PRICE: Final = 0.0
"""How many pictures a budget was when it was set is not known any more, so it is not said."""


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
    return policy_words.policy(rule, UNKNOWN_PRICE)


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
    before, after = (_value(entry.detail.get(name)) for name in ("before", "after"))
    return f"set {entry.detail.get('name')}: {before} → {after}"


def _value(value: object) -> str:
    return "as by default" if value is None else words.prompt(str(value), 200)


def _of_a_job(verb: str) -> Callable[[AuditEntry], str]:
    return lambda entry: f"{verb} a job of <@{entry.subject}> (`{entry.detail.get('job')}`)"


def _other(entry: AuditEntry) -> str:
    about = "" if entry.subject is None else f" <@{entry.subject}>"
    return f"{entry.act}{about}"


_WHAT: Final[dict[str, Callable[[AuditEntry], str]]] = {
    "quota set": _rule,
    "quota clear": _rule,
    "quota grant": _given("gave"),
    "quota lend": _given("lent"),
    "ban": _ban,
    "unban": lambda entry: f"let <@{entry.subject}> in again",
    "warn": lambda entry: f"warned <@{entry.subject}>",
    "setting": _setting,
    "job held": _of_a_job("holds"),
    "job released": _of_a_job("released"),
    "job bumped": _of_a_job("put first"),
    "job stopped": _of_a_job("stopped"),
    "job cancelled": _of_a_job("cancelled"),
    "pictures deleted": _of_a_job("deleted the pictures of"),
}
