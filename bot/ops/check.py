"""What the doctor finds."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding, one line.

    Attributes:
        name: what was looked at.
        verdict: "problem" keeps Easel from working; "warning" is worth knowing.
        said: how it is.
        mend: what to do; empty where nothing need be done.
    """

    name: str
    verdict: Literal["ok", "warning", "problem"]
    said: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict:<8} {self.name}: {self.said}"
        return f"{line}; {self.mend}" if self.mend else line


def ok(name: str, said: str) -> Check:
    return Check(name=name, verdict="ok", said=_line(said))


def warning(name: str, said: str, mend: str) -> Check:
    return Check(name=name, verdict="warning", said=_line(said), mend=_line(mend))


def problem(name: str, said: str, mend: str) -> Check:
    return Check(name=name, verdict="problem", said=_line(said), mend=_line(mend))


def _line(text: str) -> str:
    return " ".join(text.split())
