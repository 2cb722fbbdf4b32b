"""Weights in a prompt: `(word:1.3)` counts 1.3 times, `((word))` 1.21 times, `[word]` a tenth less. Pure.

The grammar that people know from other studios: a round bracket multiplies by 1.1, a square one divides by
it, a number after a colon says it outright, and a backslash takes a bracket literally. Brackets nest. What
does not close is text.
"""

import re
from dataclasses import dataclass
from typing import Final

_STEP: Final = 1.1
LEAST: Final = 0.0
MOST: Final = 3.0
"""Beyond this the words drown out everything else, and pictures burn."""
_PIECE: Final = re.compile(r"\\[()\[\]\\]|:\s*([+-]?\d*\.?\d+)\s*\)|[()\[\]]|[^\\()\[\]:]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Weighted:
    """A piece of a prompt and how much it counts; 1 is as written."""

    text: str
    weight: float


def weighted(prompt: str) -> tuple[Weighted, ...]:
    """The pieces of a prompt, in order, neighbours of one weight joined; nothing for an empty prompt."""
    pieces: list[Weighted] = []
    open_round: list[int] = []
    open_square: list[int] = []
    for match in _PIECE.finditer(prompt):
        mark, number = match.group(), match.group(1)
        if mark.startswith("\\") and len(mark) == 2:
            pieces.append(Weighted(mark[1], 1.0))
        elif mark == "(":
            open_round.append(len(pieces))
        elif mark == "[":
            open_square.append(len(pieces))
        elif number is not None and open_round:
            _scale(pieces, open_round.pop(), float(number))
        elif mark == ")" and open_round:
            _scale(pieces, open_round.pop(), _STEP)
        elif mark == "]" and open_square:
            _scale(pieces, open_square.pop(), 1 / _STEP)
        else:
            pieces.append(Weighted(mark, 1.0))
    for start, bracket in sorted(
        [(s, "(") for s in open_round] + [(s, "[") for s in open_square], reverse=True
    ):
        pieces.insert(start, Weighted(bracket, 1.0))
    return _joined(pieces)


def _scale(pieces: list[Weighted], start: int, factor: float) -> None:
    for index in range(start, len(pieces)):
        weight = min(MOST, max(LEAST, pieces[index].weight * factor))
        pieces[index] = Weighted(pieces[index].text, weight)


def _joined(pieces: list[Weighted]) -> tuple[Weighted, ...]:
    joined: list[Weighted] = []
    for piece in pieces:
        if joined and joined[-1].weight == piece.weight:
            joined[-1] = Weighted(joined[-1].text + piece.text, piece.weight)
        elif piece.text:
            joined.append(piece)
    return tuple(joined)
