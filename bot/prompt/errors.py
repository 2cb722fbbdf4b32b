"""What can be wrong with the flags of a prompt.

    FlagError
    ├── UnknownFlag       there is no such flag; carries the nearest one there is
    ├── UnsupportedFlag   a flag people know from elsewhere that Easel cannot do yet
    ├── AttachedInstead   a picture, which is attached and not typed
    ├── MissingValue      nothing follows it
    ├── BadValue          what follows it will not do
    ├── RepeatedFlag      it is given twice, and only one can be meant
    └── StrayText         words after a flag's value, where only flags can stand

`str()` of each is one clear line.
"""

LONGEST_SHOWN = 60


class FlagError(ValueError):
    """The root of everything the grammar refuses.

    Attributes:
        flag: the flag as it was typed, lower case, without its dashes.
    """

    def __init__(self, flag: str, *data: object) -> None:
        super().__init__(flag, *data)
        self.flag = flag


class UnknownFlag(FlagError):  # noqa: N818 — named for what it says
    """There is no such flag; `suggestion` is the nearest one there is, or None."""

    def __init__(self, flag: str, suggestion: str | None) -> None:
        super().__init__(flag, suggestion)
        self.suggestion = suggestion

    def __str__(self) -> str:
        hint = f"Did you mean --{self.suggestion}?" if self.suggestion else "/help lists the flags there are."
        return f"There is no flag --{_shown(self.flag)}. {hint}"


class UnsupportedFlag(FlagError):  # noqa: N818 — named for what it says
    """A flag that people know from elsewhere and Easel cannot do yet."""

    def __str__(self) -> str:
        return f"Easel cannot do --{self.flag} yet. Take it out and the rest will work."


class AttachedInstead(FlagError):  # noqa: N818 — named for what it says
    """A flag for a picture, which cannot be typed; `option` is where it goes."""

    def __init__(self, flag: str, option: str) -> None:
        super().__init__(flag, option)
        self.option = option

    def __str__(self) -> str:
        option = f"attach it with the command's option “{self.option}”"
        return f"A picture cannot be typed after --{self.flag}: {option}."


class MissingValue(FlagError):  # noqa: N818 — named for what it says
    """Nothing follows the flag; `expected` says what may."""

    def __init__(self, flag: str, expected: str) -> None:
        super().__init__(flag, expected)
        self.expected = expected

    def __str__(self) -> str:
        return f"--{self.flag} needs a value: {self.expected}."


class BadValue(FlagError):  # noqa: N818 — named for what it says
    """What follows the flag will not do; `expected` says what would."""

    def __init__(self, flag: str, value: str, expected: str) -> None:
        super().__init__(flag, value, expected)
        self.value = value
        self.expected = expected

    def __str__(self) -> str:
        return f"--{self.flag} takes {self.expected}, not “{_shown(self.value)}”."


class RepeatedFlag(FlagError):  # noqa: N818 — named for what it says
    """The flag, or another name of it, is given twice."""

    def __str__(self) -> str:
        return f"--{self.flag} is given twice. Which one do you mean?"


class StrayText(FlagError):  # noqa: N818 — named for what it says
    """Words after the value of `flag`, where only flags can stand."""

    def __init__(self, flag: str, text: str) -> None:
        super().__init__(flag, text)
        self.text = text

    def __str__(self) -> str:
        return f"Flags go last: move “{_shown(self.text)}” in front of --{self.flag}."


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
