"""Who may use how much: pure rules over values; the ledger itself is in `bot.store`."""

from bot.quota.allowance import Allowed, Decision, Payment, Refused, Why, Wish, decide, opens, recheck
from bot.quota.bounds import Bound, Bounds, bounds
from bot.quota.hours import Hours, parse_hours
from bot.quota.policy import (
    ANY_MODEL,
    DAY,
    DEFAULT,
    EVERYONE,
    LONGEST_WINDOW,
    NO_LIMIT,
    SAYS_NOTHING,
    SERVER,
    Budget,
    Policies,
    Policy,
    Scope,
    ScopeKind,
)
from bot.quota.room import comes_back, frees_at, left
from bot.quota.usage import Credit, Spent, Tally, Usage, lent_out

__all__ = [
    "ANY_MODEL",
    "DAY",
    "DEFAULT",
    "EVERYONE",
    "LONGEST_WINDOW",
    "NO_LIMIT",
    "SAYS_NOTHING",
    "SERVER",
    "Allowed",
    "Bound",
    "Bounds",
    "Budget",
    "Credit",
    "Decision",
    "Hours",
    "Payment",
    "Policies",
    "Policy",
    "Refused",
    "Scope",
    "ScopeKind",
    "Spent",
    "Tally",
    "Usage",
    "Why",
    "Wish",
    "bounds",
    "comes_back",
    "decide",
    "frees_at",
    "left",
    "lent_out",
    "opens",
    "parse_hours",
    "recheck",
]
