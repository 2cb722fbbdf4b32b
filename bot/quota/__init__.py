"""Who may use how much: pure rules over values; the ledger itself is in `bot.store`."""

from bot.quota.allowance import DAY, Allowed, Decision, Refused, Spent, Usage, decide
from bot.quota.policy import UNLIMITED, Policies, Policy

__all__ = [
    "DAY",
    "UNLIMITED",
    "Allowed",
    "Decision",
    "Policies",
    "Policy",
    "Refused",
    "Spent",
    "Usage",
    "decide",
]
