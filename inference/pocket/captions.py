"""What is written under a picture: one grammar, spoken plainly or as people type."""

import random
from collections.abc import Sequence

from inference.pocket.spec import Colour, Portrait, Scene, Shapes, Size, Spec, Subject, Thing
from inference.pocket.vocabulary import (
    AT_SEA,
    AURORA,
    BACKGROUNDS,
    BEFORE_PLACE,
    BLUE_SKY,
    CLOUDS,
    COLOUR_WORDS,
    COUNT_WORDS,
    ENDINGS,
    GLOW,
    GLOW_MOODS,
    IN_PLACE,
    LANDSCAPES,
    MOODS,
    MOONLIGHT,
    MOONS,
    OPENINGS,
    OPPOSITES,
    POSITION_WORDS,
    RELATION_WORDS,
    SHAPE_WORDS,
    SIZE_WORDS,
    STARS,
    STYLED,
    STYLES,
    SUBJECT_WORDS,
    SUN,
    SUNNY_DAY,
    TIME_TAGS,
    TIMES,
    WEATHER_MOODS,
    WEATHER_TAGS,
    WEATHERS,
)


class _Voice:
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


def caption(spec: Spec, rng: random.Random) -> str:
    """One wording of many: what it says is true, and not everything is always said."""
    manner = rng.random()
    if manner < 0.06:
        return ", ".join(_tags(spec, _Voice(rng, usual=0.7)))
    if manner < 0.34:
        # Few of the words that people type are decoration, and the shortest wording is the usual one.
        words = _described(spec, _Voice(rng, usual=0.75, chatty=0.0))
        return _without_article(words) if rng.random() < 0.25 else words
    voice = _Voice(rng)
    words = _described(spec, voice)
    if voice.adds(0.38) and "picture of" not in words:
        words = rng.choice(OPENINGS) + words
    elif voice.adds(0.1):
        words = _without_article(words)
    if voice.adds(0.3):
        words += rng.choice(ENDINGS)
    return words[0].upper() + words[1:] if voice.adds(0.05) else words


def plain_caption(spec: Spec) -> str:
    """The canonical wording, with everything said."""
    return _described(spec, _Voice())


def _described(spec: Spec, voice: _Voice) -> str:
    if isinstance(spec, Shapes):
        return _shapes(spec, voice)
    return _styled(_portrait(spec, voice) if isinstance(spec, Portrait) else _scene(spec, voice), spec, voice)


def _tags(spec: Spec, voice: _Voice) -> list[str]:
    """The same as a list of keywords."""
    if isinstance(spec, Shapes):
        return [*_shape_tags(spec, voice), _colour(spec.background, voice) + " background"]
    if isinstance(spec, Portrait):
        figure = _figure(spec.subject, spec.colour, spec.size, voice)
        tags = [figure, _colour(spec.background, voice) + " background"]
    else:
        tags = _scene_tags(spec, voice)
    return [*tags, voice.pick(STYLES[spec.style])] if spec.style else tags


# --- shapes ---


def _shapes(spec: Shapes, voice: _Voice) -> str:
    if spec.second is not None:
        words = _pair(spec, spec.second, voice)
    elif spec.count > 1:
        words = _group(spec, voice)
    else:
        words = _a(_sized(spec.size, _thing(spec.first, voice), voice))
        if spec.position and voice.says(0.93):
            words += " " + voice.pick(POSITION_WORDS[spec.position], usual=0.5)
    return words + _background(spec.background, voice)


def _group(spec: Shapes, voice: _Voice) -> str:
    return f"{voice.pick(COUNT_WORDS[spec.count], usual=0.5)} {_plural(_thing(spec.first, voice))}"


def _pair(spec: Shapes, second: Thing, voice: _Voice) -> str:
    one, other, relation = _a(_thing(spec.first, voice)), _a(_thing(second, voice)), spec.relation
    if relation is None or not voice.says(0.8):
        return f"{one} and {other}"
    if voice.adds(0.15):
        one, other, relation = other, one, OPPOSITES[relation]
    return f"{one} {voice.pick(RELATION_WORDS[relation], usual=0.6)} {other}"


def _shape_tags(spec: Shapes, voice: _Voice) -> list[str]:
    if spec.count > 1:
        return [_group(spec, voice)]
    if spec.second is not None:
        return [_thing(spec.first, voice), _thing(spec.second, voice)]
    thing = _sized(spec.size, _thing(spec.first, voice), voice)
    return [thing, spec.position] if spec.position else [thing]


def _thing(thing: Thing, voice: _Voice) -> str:
    shape = voice.pick(SHAPE_WORDS[thing.shape], usual=0.6)
    return f"{_colour(thing.colour, voice)} {shape}" if voice.says(0.97) else shape


def _background(colour: Colour, voice: _Voice) -> str:
    if not voice.says(0.88):
        return ""
    word = _colour(colour, voice)
    return voice.pick(BACKGROUNDS, usual=0.7).format(article=_article(word), colour=word)


# --- portraits and what they share with scenes ---


def _portrait(spec: Portrait, voice: _Voice) -> str:
    figure = _a(_figure(spec.subject, spec.colour, spec.size, voice))
    return figure + _background(spec.background, voice)


def _figure(subject: Subject, colour: Colour, size: Size | None, voice: _Voice) -> str:
    """A subject without its article."""
    figure = voice.pick(SUBJECT_WORDS[subject], usual=0.6)
    if voice.says(0.93):
        figure = f"{_colour(colour, voice)} {figure}"
    return _sized(size, figure, voice)


def _sized(size: Size | None, words: str, voice: _Voice) -> str:
    return f"{voice.pick(SIZE_WORDS[size])} {words}" if size and voice.says(0.93) else words


def _colour(colour: Colour, voice: _Voice) -> str:
    return voice.pick(COLOUR_WORDS[colour], usual=0.8)


def _styled(words: str, spec: Portrait | Scene, voice: _Voice) -> str:
    if spec.style is None or not voice.says(0.985):
        return words
    style = voice.pick(STYLES[spec.style], usual=0.4)
    return voice.pick(STYLED).format(article=_article(style), style=style, picture=words)


# --- scenes ---


def _scene(spec: Scene, voice: _Voice) -> str:
    """A subject in its place, or a landscape and what is in it; then the time and the weather."""
    figure = None
    if spec.subject and spec.colour and voice.says(0.95):
        figure = _figure(spec.subject, spec.colour, spec.size, voice)
        figure = _a(_moody(figure, ("lonely",)) if voice.adds(0.05) else figure)
        figure += _at_a_side(spec, voice)
    if figure and not voice.says(0.95):
        return _joined(figure, _circumstances(spec, voice, weather=True), voice)
    if figure and spec.subject and not voice.adds(0.4):
        there = AT_SEA.get(spec.subject, ()) if spec.place == "sea" else ()
        words = f"{figure} {voice.pick(there or IN_PLACE[spec.place])}"
        return _joined(words, _circumstances(spec, voice, weather=True), voice)
    land, weather_said = _landscape(spec, voice)
    clauses = _circumstances(spec, voice, weather=not weather_said)
    if figure is None:
        return _joined(land, clauses, voice)
    order = voice.pick(("before", "before", "with", "with", "list"))
    if order == "with":
        return _joined(land, [f"with {figure}", *clauses], voice)
    between = f" {BEFORE_PLACE[spec.place]} " if order == "before" else ", "
    return _joined(figure + between + land, clauses, voice)


def _at_a_side(spec: Scene, voice: _Voice) -> str:
    if spec.position is None or not voice.says(0.5):
        return ""
    return " " + voice.pick(POSITION_WORDS[spec.position], usual=0.6)


def _landscape(spec: Scene, voice: _Voice) -> tuple[str, bool]:
    """The place by itself, and whether its adjective has told the weather."""
    land = voice.pick(LANDSCAPES[spec.place])
    # "a snowy snowy field": the ground has taken the word.
    moods = [mood for mood in WEATHER_MOODS[spec.weather] if mood not in land]
    if moods and voice.adds(0.35):
        return _moody(land, (voice.pick(moods),)), True
    if spec.glow and voice.adds(0.6):
        return _moody(land, (voice.pick(GLOW_MOODS),)), False
    return (_moody(land, (voice.pick(MOODS),)) if voice.adds(0.25) else land), False


def _circumstances(spec: Scene, voice: _Voice, *, weather: bool) -> list[str]:
    """What is around, above and in the air, each a clause."""
    clauses = [voice.pick(GLOW)] if spec.glow and voice.says(0.85) else []
    clauses += _time(spec, voice) if spec.place != "space" else []
    extras: tuple[tuple[bool, Sequence[str], float], ...] = (
        (spec.aurora, AURORA, 0.9),
        (spec.moon is not None, MOONS[spec.moon or "full"], 0.7),
        (spec.sun, SUN, 0.5),
        # Rain and storm never come without clouds, and nobody says so.
        (spec.clouds and spec.weather not in ("rain", "storm"), CLOUDS, 0.45),
        (weather and spec.weather != "clear", WEATHERS[spec.weather], 0.97),
    )
    return clauses + [voice.pick(words) for drawn, words, chance in extras if drawn and voice.says(chance)]


def _time(spec: Scene, voice: _Voice) -> list[str]:
    """The time of day, and the stars, which tell the night as well."""
    stars = [voice.pick(STARS)] if spec.starry and voice.says(0.75) else []
    if stars and not voice.says(0.5):
        return stars
    if not voice.says(0.92):
        return stars
    words = TIMES[spec.time]
    if spec.moon:
        words += MOONLIGHT
    if spec.time == "day" and spec.sun:
        words += SUNNY_DAY
    if spec.time == "day" and spec.weather in ("clear", "rainbow") and not spec.clouds:
        words += BLUE_SKY
    return [voice.pick(words), *stars]


def _scene_tags(spec: Scene, voice: _Voice) -> list[str]:
    tags = [_figure(spec.subject, spec.colour, spec.size, voice)] if spec.subject and spec.colour else []
    tags.append(spec.place)
    if spec.place != "space":
        tags.append(voice.pick(TIME_TAGS[spec.time]))
    if spec.weather != "clear":
        tags.append(voice.pick(WEATHER_TAGS[spec.weather]))
    drawn = {
        "stars": spec.starry,
        "northern lights": spec.aurora,
        "moon": spec.moon is not None,
        "sun": spec.sun,
        "glowing plants": spec.glow,
    }
    return tags + [tag for tag, there in drawn.items() if there and voice.says(0.8)]


# --- English ---


def _joined(words: str, clauses: Sequence[str], voice: _Voice) -> str:
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


def _moody(noun: str, moods: Sequence[str]) -> str:
    """A noun with adjectives put between its article and itself."""
    first, _, rest = noun.partition(" ")
    adjectives = " ".join(moods)
    if first in ("a", "an"):
        return _a(f"{adjectives} {rest}")
    return f"the {adjectives} {rest}" if first == "the" else f"{adjectives} {noun}"


def _plural(noun: str) -> str:
    return noun + ("es" if noun.endswith(("x", "ss")) else "s")


def _a(noun: str) -> str:
    return f"{_article(noun)} {noun}"


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _without_article(words: str) -> str:
    return words.removeprefix("an ").removeprefix("a ")
