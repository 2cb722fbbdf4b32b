"""Autocomplete: what fits what was typed so far."""

from collections.abc import Iterable
from typing import Final

from discord import app_commands

CHOICES_SHOWN: Final = 25
LABEL_LIMIT: Final = 100

Choice = app_commands.Choice[str]


def matching(current: str, options: Iterable[tuple[str, str]]) -> list[Choice]:
    """The (label, value) options of which either part holds what was typed; Discord shows 25 at most."""
    typed = current.strip().casefold()
    fitting = [
        Choice(name=label[:LABEL_LIMIT], value=value)
        for label, value in options
        if typed in label.casefold() or typed in value.casefold()
    ]
    return fitting[:CHOICES_SHOWN]
