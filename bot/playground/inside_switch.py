"""A fault one can switch on, with dials to turn."""

import math
from dataclasses import dataclass, field

from bot.playground.refusals import Refusal
from bot.playground.stored import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """A number one may turn: from `least` to `most`, in `step`s; `value` at first."""

    name: str
    label: str
    unit: str
    value: float
    least: float
    most: float
    step: float


@dataclass(slots=True, kw_only=True)
class Switch:
    """One fault: what it is called, whether it is on, its dials as they stand, how often it struck."""

    name: str
    title: str
    about: str
    dials: tuple[Dial, ...]
    on: bool = False
    settings: dict[str, float] = field(default_factory=dict)
    struck: int = 0
    seen: int = 0

    def __post_init__(self) -> None:
        self.settings = {dial.name: dial.value for dial in self.dials}

    def turn(self, given: dict[str, object]) -> None:
        """Set dials.

        Raises:
            Refusal: there is no such dial, or it does not go so far.
        """
        turned = {}
        for name, value in given.items():
            dial = next((each for each in self.dials if each.name == name), None)
            if dial is None:
                raise Refusal(f"There is no setting {name!r} here.", field=name)
            number = (
                float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
            )
            if not dial.least <= number <= dial.most:
                raise Refusal(f"{dial.label}: a number from {dial.least:g} to {dial.most:g}.", field=name)
            turned[name] = number
        self.settings |= turned

    def is_due(self) -> bool:
        """Count one request that it could strike; whether this is the one in so many that it does."""
        if not self.on:
            return False
        self.seen += 1
        if self.seen % round(self.settings.get("every", 1)):
            return False
        self.struck += 1
        return True

    def json(self) -> Json:
        return {
            "name": self.name,
            "title": self.title,
            "about": self.about,
            "on": self.on,
            "struck": self.struck,
            "settings": [
                {
                    "name": dial.name,
                    "label": dial.label,
                    "unit": dial.unit,
                    "value": self.settings[dial.name],
                    "min": dial.least,
                    "max": dial.most,
                    "step": dial.step,
                }
                for dial in self.dials
            ],
        }
