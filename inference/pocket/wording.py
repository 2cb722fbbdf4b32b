"""How something is said: a voice that chooses among wordings, and a little English."""

import random
from collections.abc import Sequence

from inference.pocket.spec import Colour, Size, Subject
from inference.pocket.vocabulary import COLOUR_WORDS, SIZE_WORDS, SUBJECT_WORDS


class Voice:
    """Chooses the wording: without random numbers the canonical one, and everything is said."""

    def __init__(self, rng: random.Random | None = None, *, usual: float = 0.3, chatty: float = 1.0) -> None:
        """A way of speaking.

        Args:
            rng: What decides; without it nothing is left to chance.
            usual: How often the canonical words are taken, whatever the others.
            chatty: How readily something is added that the picture does not ask for.
        """
        self._rng, self._usual, self._chatty = rng, usual, chatty

    def pick(self, options: Sequence[str], *, usual: float = 0.0) -> str:
        """One of several wordings."""
        if self._rng is None or self._rng.random() < max(usual, self._usual):
            return options[0]
        return self._rng.choice(options)

    def says(self, chance: float) -> bool:
        """Whether something that is drawn is said."""
        return self._rng is None or self._rng.random() < chance

    def adds(self, chance: float) -> bool:
        """Whether to do something that the canonical wording does not do."""
        return self._rng is not None and self._rng.random() < chance * self._chatty


def figure_words(subject: Subject, colour: Colour, size: Size | None, voice: Voice) -> str:
    """A subject without its article."""
    figure = voice.pick(SUBJECT_WORDS[subject], usual=0.6)
    if voice.says(0.93):
        figure = f"{colour_word(colour, voice)} {figure}"
    return sized(size, figure, voice)


def sized(size: Size | None, words: str, voice: Voice) -> str:
    return f"{voice.pick(SIZE_WORDS[size])} {words}" if size and voice.says(0.93) else words


def colour_word(colour: Colour, voice: Voice) -> str:
    return voice.pick(COLOUR_WORDS[colour], usual=0.8)


def joined(words: str, clauses: Sequence[str], voice: Voice) -> str:
    """Clauses one after the other; "with the sun with a rainbow" becomes "with the sun and a rainbow"."""
    separator = ", " if voice.adds(0.2) else " "
    previous = words
    for clause in clauses:
        if clause in words:  # a winter's place and its weather may both be "in the snow"
            continue
        both_with = previous.startswith("with ") and clause.startswith("with ")
        words += " and " + clause.removeprefix("with ") if both_with else separator + clause
        previous = clause
    return words


def moody(noun: str, moods: Sequence[str]) -> str:
    """A noun with adjectives put between its article and itself."""
    first, _, rest = noun.partition(" ")
    adjectives = " ".join(moods)
    if first in ("a", "an"):
        return with_article(f"{adjectives} {rest}")
    return f"the {adjectives} {rest}" if first == "the" else f"{adjectives} {noun}"


def plural(noun: str) -> str:
    return noun + ("es" if noun.endswith(("x", "ss")) else "s")


def with_article(noun: str) -> str:
    return f"{article(noun)} {noun}"


def article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def without_article(words: str) -> str:
    return words.removeprefix("an ").removeprefix("a ")
