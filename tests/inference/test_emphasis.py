"""Weights in a prompt are read as people know them, and never eat a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.families.emphasis import LEAST, MOST, weighted


@pytest.mark.parametrize(
    ("prompt", "pieces"),
    [
        ("", []),
        ("a red house", [("a red house", 1.0)]),
        ("a (red) house", [("a ", 1.0), ("red", 1.1), (" house", 1.0)]),
        ("((red))", [("red", 1.21)]),
        ("(red:1.3) house", [("red", 1.3), (" house", 1.0)]),
        ("(red: 0.5 )", [("red", 0.5)]),
        ("[red]", [("red", 1 / 1.1)]),
        ("(a (red:1.5) house:2)", [("a ", 2.0), ("red", 3.0), (" house", 2.0)]),
        (r"a \(red\) house", [("a (red) house", 1.0)]),
        ("at 12:30", [("at 12:30", 1.0)]),
        ("a red house :)", [("a red house :)", 1.0)]),
        ("(never closed", [("(never closed", 1.0)]),
        ("never opened)", [("never opened)", 1.0)]),
        ("[(crossed])", [("crossed", 1.0)]),
        ("(far too much:9)", [("far too much", MOST)]),
        ("(nothing:-1)", [("nothing", LEAST)]),
    ],
)
def test_brackets_weigh(prompt: str, pieces: list[tuple[str, float]]) -> None:
    """Round brackets strengthen, square ones weaken, a number says how much; what does not close is text."""
    found = weighted(prompt)
    assert [piece.text for piece in found] == [text for text, _ in pieces]
    assert [piece.weight for piece in found] == pytest.approx([weight for _, weight in pieces])


@given(st.text(alphabet="ab ():[]\\1.3", max_size=40))
def test_no_letter_is_lost(prompt: str) -> None:
    """Whatever is typed: every letter is still there, in order, with a weight in bounds."""
    found = weighted(prompt)
    letters = [letter for letter in "".join(piece.text for piece in found) if letter in "ab"]
    assert letters == [letter for letter in prompt if letter in "ab"]
    assert all(LEAST <= piece.weight <= MOST and piece.text for piece in found)


@given(st.text(alphabet=st.characters(blacklist_characters="()[]\\"), max_size=60))
def test_a_prompt_without_brackets_is_itself(prompt: str) -> None:
    """Nothing changes for who knows nothing of weights."""
    assert "".join(piece.text for piece in weighted(prompt)) == prompt
    assert all(piece.weight == 1.0 for piece in weighted(prompt))
