"""Policies in words: a rule as one line, and whose rule decides what."""

from collections.abc import Callable
from typing import Any, Final

from bot.durations import short
from bot.quota import ANY_MODEL, NO_LIMIT, Bound, Bounds, Budget, Hours, Policies, Policy, Scope, ScopeKind
from bot.render import words
from bot.render.quota_words import each

SHOWN: Final = 15
"""Rules that a card lists; the rest is counted."""
WHAT: Final = {
    "budget": "compute",
    "waiting": "jobs waiting",
    "running": "jobs at once",
    "side": "picture size",
    "steps": "steps",
    "count": "pictures at once",
    "models": "models",
    "hours": "hours",
    "weight": "share of the GPU",
    "exempt": "exempt",
}
"""What a rule may speak of, as people read it, by the field's name."""


def about_pictures(seconds: float, usual: float) -> str:
    """How many pictures that is at the usual settings; nothing where it is less than one, or unknown."""
    if usual <= 0 or seconds < usual or seconds == NO_LIMIT:
        return ""
    number = seconds / usual
    digits = max(0, len(str(int(number))) - 2)
    return f" (about {words.pictures(int(round(number, -digits)))})"


def budget(rule: Budget, usual: float) -> str:
    """10 min of compute a day (about 600 pictures), at most 1 min at once."""
    if not rule.limited:
        return "no limit on compute"
    burst = "" if rule.burst is None else f", at most {short(rule.burst)} at once"
    return f"{short(rule.seconds)} of compute {each(rule.window)}{about_pictures(rule.seconds, usual)}{burst}"


def policy(rule: Policy, usual: float) -> str:
    """All that a rule says, in one line."""
    said = [_SAY[name](getattr(rule, name), usual) for name in rule.says]
    return "; ".join(said) if said else "nothing"


def _number(one: str, many: str) -> Callable[[float, float], str]:
    def say(value: float, _usual: float) -> str:
        if value == NO_LIMIT:
            return f"any number of {many}"
        return f"{value:g} {one if value == 1 else many}"

    return say


def _side(value: float, _usual: float) -> str:
    return "pictures of any size" if value == NO_LIMIT else f"pictures up to {value:g} px"


def _models(names: frozenset[str], _usual: float) -> str:
    return "any model" if ANY_MODEL in names else f"models {', '.join(sorted(names))}"


def _hours(spans: tuple[Hours, ...], _usual: float) -> str:
    return "at any hour" if not spans else " or ".join(str(span) for span in spans)


_SAY: Final[dict[str, Callable[[Any, float], str]]] = {
    "budget": budget,
    "waiting": _number("job waiting", "jobs waiting"),
    "running": _number("job at once", "jobs at once"),
    "side": _side,
    "steps": _number("step", "steps"),
    "count": _number("picture at once", "pictures at once"),
    "models": _models,
    "hours": _hours,
    "weight": lambda value, _usual: f"{value:g} × the share of the GPU",
    "exempt": lambda value, _usual: "exempt from members' limits" if value else "not exempt",
}


def whom(scope: Scope) -> str:
    """About whom a rule is, in a list."""
    return {
        ScopeKind.DEFAULT: "Easel's default",
        ScopeKind.EVERYONE: "everyone",
        ScopeKind.ROLE: f"<@&{scope.id}>",
        ScopeKind.MEMBER: f"<@{scope.id}>",
        ScopeKind.CHANNEL: f"<#{scope.id}>, all together",
        ScopeKind.SERVER: "the whole server together",
    }[scope.kind]


def rules(current: Policies, usual: float) -> str:
    """A server's rules, a line each, for those who may change them."""
    lines = [f"- {whom(scope)}: {policy(rule, usual)}" for scope, rule in sorted(current.own.items())]
    shown = lines[:SHOWN]
    if len(lines) > SHOWN:
        shown.append(f"… and {len(lines) - SHOWN} more")
    if current.pool is not None:
        shown.append(f"- the pool to lend from: {budget(current.pool, usual)}")
    shown.append(f"- where nothing is said: {policy(current.default, usual)} (Easel's default)")
    return "\n".join(shown)


def deciding(found: Bounds, usual: float) -> str:
    """Every limit that counts for somebody, and whose rule decides it."""
    lines = []
    if found.exempt is not None:
        lines.append(f"- exempt from members' limits, by the rule for {whom(found.exempt)}")
    for name, title in WHAT.items():
        lines += [
            f"- {title}: **{_SAY[name](bound.value, usual)}**, by {_whose(bound.by)}"
            for bound in _that_count(found, name)
        ]
    return "\n".join(lines) or "- nothing is limited"


def _whose(scope: Scope) -> str:
    return whom(scope) if scope.kind is ScopeKind.DEFAULT else f"the rule for {whom(scope)}"


def _that_count(found: Bounds, name: str) -> list[Bound[Any]]:
    if name == "exempt":
        return []
    if name == "weight":
        return [found.weight] if found.weight.value != 1 else []
    bounds: tuple[Bound[Any], ...] = getattr(found, {"budget": "budgets"}.get(name, name))
    if name in ("side", "steps", "count"):  # the smallest alone decides
        bounds = (min(bounds, key=lambda bound: bound.value),)
    return [bound for bound in bounds if not _boundless(bound.value)]


def _boundless(value: object) -> bool:
    match value:
        case Budget():
            return not value.limited
        case frozenset():
            return ANY_MODEL in value
        case tuple():
            return not value
        case _:
            return value == NO_LIMIT
