"""What is wrong with a configuration: every problem at once, each one line with its mend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic_core import ErrorDetails

LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend.

    Attributes:
        key: where: "quota.seconds_per_day", the name of an environment variable, or a file.
        said: what stands there or what is wrong with it.
        mend: what to write instead.
    """

    key: str
    said: str
    mend: str

    def __str__(self) -> str:
        return f"{self.key}: {self.said}; {self.mend}"


class ConfigError(Exception):
    """The configuration will not do. `str()` gives one line a problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(*problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def shown(value: object) -> str:
    """A value on one line, cut where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def unknown_key(key: str, known: Iterable[str]) -> Problem:
    """There is no such key beside `known`; the nearest is suggested."""
    names = sorted(known)
    near = get_close_matches(key.rpartition(".")[2], names, n=1, cutoff=0.6)
    mend = f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(names)}"
    return Problem(key=key, said="there is no such key", mend=mend)


def problem_of(error: ErrorDetails, key: str) -> Problem:
    """One of pydantic's findings in our words."""
    if error["type"] == "missing":
        return Problem(key=key, said="it is missing", mend="write it, or take the whole table out")
    if error["type"] == "value_error":
        return Problem(key=key, said=shown(error["input"]), mend=str(error["ctx"]["error"]))
    mend = error["msg"].replace("Input should", "it should", 1)
    return Problem(
        key=key, said=shown(error["input"]), mend=mend.replace("valid dictionary or object", "table")
    )
