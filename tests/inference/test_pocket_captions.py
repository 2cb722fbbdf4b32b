"""Captions say what is drawn, in many ways, and never what is not."""

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

import pytest

from inference.pocket import vocabulary as words
from inference.pocket.captions import caption, plain_caption
from inference.pocket.spec import Portrait, Scene, Shapes, Spec, Thing, sample

PLANETS_AND_STARS = ("space with planets", "among the stars")
"""What space always shows."""
SIGHTS = ("stars", "starry", "aurora", "northern lights", "moon", "moonlight", "moonlit", "sun", "sunny",
          "clouds", "cloudy", "glowing", "bioluminescent", "fireflies", "magic", "magical")  # fmt: skip
"""Words for what only some scenes have."""


@pytest.fixture(scope="module")
def said() -> list[tuple[Spec, str]]:
    """A few thousand pictures, each with one caption, in lower case."""
    rng = random.Random(11)
    specs = [sample(rng) for _ in range(3000)]
    return [(spec, caption(spec, rng).lower()) for spec in specs]


def named(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands in the text, as whole words."""
    return any(f" {phrase} " in f" {text} " for phrase in phrases)


def bare(text: str) -> str:
    return re.sub(r"[^\w ]", "", text.lower())


def without_article(phrase: str) -> str:
    return re.sub(r"^(a|an|the) ", "", phrase)


def scenery(place: str) -> tuple[str, ...]:
    """Every wording of a place."""
    lands = [without_article(land) for land in words.LANDSCAPES[place]]  # type: ignore[index]
    at_sea = chain(*words.AT_SEA.values()) if place == "sea" else ()
    return (*lands, *words.IN_PLACE[place], *at_sea, place)  # type: ignore[index]


def nights(spec: Scene) -> tuple[str, ...]:
    """Every wording of the time in a scene, and of the sky that tells it."""
    phrases = (*words.TIMES[spec.time], *words.TIME_TAGS[spec.time])
    phrases += words.STARS if spec.starry else ()
    phrases += words.MOONLIGHT if spec.moon else ()
    return phrases + ((*words.BLUE_SKY, *words.SUNNY_DAY) if spec.time == "day" else ())


def weathers(value: str) -> tuple[str, ...]:
    """Every wording of a weather."""
    tables = (words.WEATHERS, words.WEATHER_MOODS, words.WEATHER_TAGS)
    return tuple(chain(*(table[value] for table in tables)))  # type: ignore[index]


def sights(spec: Scene) -> tuple[str, ...]:
    """Every wording of the other things that a scene shows."""
    tables: tuple[tuple[object, Sequence[str]], ...] = (
        (spec.aurora, (*words.AURORA, "northern lights")),
        (spec.starry, (*words.STARS, "stars")),
        (spec.moon, (*words.MOONS[spec.moon or "full"], *words.MOONLIGHT, "moon")),
        (spec.sun, (*words.SUN, *words.SUNNY_DAY, "sun")),
        (spec.clouds, words.CLOUDS),
        (spec.glow, (*words.GLOW, *words.GLOW_MOODS, "glowing plants")),
        (spec.place == "space", PLANETS_AND_STARS),
    )
    return tuple(chain(*(phrases for there, phrases in tables if there)))


def true_phrases(spec: Spec) -> tuple[str, ...]:
    """All that may be said of a picture besides its colours, counts and shapes."""
    if isinstance(spec, Shapes):
        return words.POSITION_WORDS[spec.position] if spec.position else ()
    style = words.STYLES[spec.style] if spec.style else ()
    if isinstance(spec, Portrait):
        return (*style, *words.SUBJECT_WORDS[spec.subject])
    subject = words.SUBJECT_WORDS[spec.subject] if spec.subject else ()
    blue = words.BLUE_SKY if spec.time == "day" and spec.weather in ("clear", "rainbow") else ()
    scene = chain(scenery(spec.place), nights(spec), weathers(spec.weather), sights(spec))
    return tuple(phrase for phrase in (*style, *subject, *blue, *scene) if "blue" not in phrase or blue)


def shortened(phrases: Iterable[str]) -> tuple[str, ...]:
    """The phrases, and them without the "with" or the article that a caption may drop."""
    return tuple(chain(*((said, said.removeprefix("with "), without_article(said)) for said in phrases)))


def without(text: str, phrases: Iterable[str]) -> str:
    """What the phrases leave of a text; the long ones go first."""
    text = f" {bare(text)} "
    for phrase in sorted(map(bare, shortened(phrases)), key=len, reverse=True):
        text = text.replace(f" {phrase} ", " | ")
    return text


def colours(spec: Spec) -> set[str]:
    if isinstance(spec, Scene):
        return {spec.colour} if spec.colour else set()
    if isinstance(spec, Portrait):
        return {spec.colour, spec.background}
    things = [spec.first, *([spec.second] if spec.second else [])]
    return {spec.background, *(thing.colour for thing in things)}


def others(table: Mapping[object, Iterable[str]], own: Iterable[object]) -> set[str]:
    """The words of a table for all but a picture's own values."""
    mine = set(own)
    kept = set(chain(*(phrases for value, phrases in table.items() if value in mine)))
    return set(chain(*(phrases for value, phrases in table.items() if value not in mine))) - kept


def test_no_caption_names_a_colour_or_a_number_that_is_not_drawn(said: list[tuple[Spec, str]]) -> None:
    """Colours, counts and sizes are the picture's own or are not said."""
    for spec, text in said:
        rest = without(text, true_phrases(spec))
        count = spec.count if isinstance(spec, Shapes) else 1
        size = None if isinstance(spec, Scene) and spec.subject is None else spec.size
        false = others(words.COLOUR_WORDS, colours(spec))  # type: ignore[arg-type]
        false |= others(words.COUNT_WORDS, {count})  # type: ignore[arg-type]
        false |= others(words.SIZE_WORDS, {size})  # type: ignore[arg-type]
        assert not named(rest, false), (text, spec)


def test_no_caption_names_a_shape_or_a_place_that_is_not_drawn(said: list[tuple[Spec, str]]) -> None:
    """Shapes, subjects, positions and relations are the picture's own, as is all of a scene."""
    for spec, text in said:
        rest = without(text, true_phrases(spec))
        false: set[str] = set()
        if isinstance(spec, Shapes):
            shapes = {spec.first.shape, spec.second.shape if spec.second else spec.first.shape}
            false |= others(words.SHAPE_WORDS, shapes)  # type: ignore[arg-type]
            false |= others(words.SUBJECT_WORDS, ())  # type: ignore[arg-type]
        else:
            false |= set(chain(*words.SHAPE_WORDS.values(), *words.SUBJECT_WORDS.values()))
        if not isinstance(spec, Shapes) or spec.second is None:
            position = spec.position if not isinstance(spec, Portrait) else None
            false |= others(words.POSITION_WORDS, {position})  # type: ignore[arg-type]
        false |= {without_article(land) for land in chain(*words.LANDSCAPES.values())}
        false |= set(chain(*words.IN_PLACE.values(), *words.TIMES.values(), *words.WEATHERS.values()))
        false |= set(chain(*words.WEATHER_MOODS.values(), *words.STYLES.values(), SIGHTS))
        if isinstance(spec, Shapes):
            false -= {"stars"}  # the shape's plural
        assert not named(rest, false), (text, rest, spec)


def test_a_relation_is_that_of_the_picture(said: list[tuple[Spec, str]]) -> None:
    """What is above something may be said to be above it, or that to be below; nothing else."""
    meanings = {phrase: relation for relation, phrases in words.RELATION_WORDS.items() for phrase in phrases}
    for spec, text in said:
        if not isinstance(spec, Shapes) or spec.second is None or spec.relation is None:
            continue
        match = re.search(rf"^(.*?) ({'|'.join(meanings)}) an? (.*)$", text)
        if match is None:
            continue
        relation = meanings[match[2]]
        assert relation in (spec.relation, words.OPPOSITES[spec.relation]), text
        things = (spec.first, spec.second) if relation == spec.relation else (spec.second, spec.first)
        one, other = ("|".join(words.SHAPE_WORDS[thing.shape]) for thing in things)
        assert re.search(rf"\b({one})$", match[1]), text
        assert re.match(rf"(\w+ )?({other})\b", match[3]), text


def test_what_is_drawn_is_nearly_always_said(said: list[tuple[Spec, str]]) -> None:
    """The share of captions that name what there is to name."""
    scenes = [(spec, bare(text)) for spec, text in said if isinstance(spec, Scene)]
    shapes = [(spec, bare(text)) for spec, text in said if isinstance(spec, Shapes)]

    def share(of: Sequence[tuple[Spec, str]], phrases: Callable[[Spec], Iterable[str]]) -> float:
        return sum(named(text, map(bare, shortened(phrases(spec)))) for spec, text in of) / len(of)

    def words_of(table: str, attribute: str) -> Callable[[Spec], Iterable[str]]:
        return lambda spec: getattr(words, table)[getattr(spec, attribute)]

    peopled = [pair for pair in scenes if pair[0].subject]
    assert share(peopled, words_of("SUBJECT_WORDS", "subject")) >= 0.92
    assert share(scenes, lambda spec: scenery(spec.place)) >= 0.93  # type: ignore[union-attr]
    on_earth = [pair for pair in scenes if pair[0].place != "space"]
    assert share(on_earth, lambda spec: nights(spec)) >= 0.85  # type: ignore[arg-type]
    wet = [pair for pair in scenes if pair[0].weather != "clear"]
    assert share(wet, lambda spec: weathers(spec.weather)) >= 0.92  # type: ignore[union-attr]
    dressed = [(spec, bare(text)) for spec, text in said if not isinstance(spec, Shapes) and spec.style]
    assert share(dressed, words_of("STYLES", "style")) >= 0.96
    assert share([pair for pair in shapes if pair[0].count > 1], words_of("COUNT_WORDS", "count")) == 1.0
    assert share(shapes, lambda spec: words.COLOUR_WORDS[spec.background]) >= 0.8  # type: ignore[union-attr]
    alone = [pair for pair in shapes if pair[0].second is None]
    assert share(alone, lambda spec: words.COLOUR_WORDS[spec.first.colour]) >= 0.92  # type: ignore[union-attr]
    aside = [pair for pair in scenes if pair[0].position]
    sides = share(aside, words_of("POSITION_WORDS", "position"))
    assert 0.35 < sides < 0.65
    red = [pair for pair in alone if pair[0].first.colour == "red"]
    assert share(red, lambda _: ("red",)) >= 0.7


def test_captions_are_clean_english(said: list[tuple[Spec, str]]) -> None:
    """Articles fit their nouns, plurals are formed, nothing is doubled or left over."""
    texts = [text for _, text in said] + [plain_caption(spec) for spec, _ in said]
    for text in texts:
        assert not re.search(r"  | ,|,,|\ban [^aeiou]|\ba [aeiou]|\b(\w+) \1\b|[{}]|^\W|\W$", text), text
        assert not re.search(r"\b(a|an|the) (a|an|the)\b", text), text
    plurals = {"box": "boxes", "cross": "crosses"}
    for spec, text in said:
        if isinstance(spec, Shapes) and spec.count > 1:
            assert named(bare(text), (plurals.get(w, w + "s") for w in words.SHAPE_WORDS[spec.first.shape]))


def test_people_find_their_own_words(said: list[tuple[Spec, str]]) -> None:
    """Many pictures get short captions, and what is often typed is often learnt."""
    rng = random.Random(3)
    house = Scene(place="sea", time="night", subject="house", colour="red", starry=True, moon="full")
    wood = Scene(place="forest", time="night", starry=True, glow=True)
    heard = " ".join(caption(spec, rng).lower() for spec in (house, wood) for _ in range(400))
    for phrase in ("a red house by the sea at night", "illuminated by bioluminescent plants",
                   "with glowing mushrooms", "with fireflies", "mystical", "starry sky"):  # fmt: skip
        assert phrase in heard, phrase
    plain = sum(len(text) <= len(plain_caption(spec)) for spec, text in said) / len(said)
    assert plain >= 0.3
    assert len({text for _, text in said}) > 0.8 * len(said)


def test_the_same_seed_says_the_same(said: list[tuple[Spec, str]]) -> None:
    """A data set drawn again is the same data set."""
    for seed, (spec, _) in enumerate(said[:100]):
        one, other = random.Random(seed), random.Random(seed)
        assert caption(spec, one) == caption(spec, other)


@pytest.mark.parametrize(
    ("spec", "wording"),
    [
        (
            Shapes(first=Thing(shape="star", colour="red"), count=3, background="blue"),
            "three red stars on a blue background",
        ),
        (
            Shapes(
                first=Thing(shape="circle", colour="red"),
                second=Thing(shape="square", colour="blue"),
                relation="left",
                background="white",
            ),
            "a red circle to the left of a blue square on a white background",
        ),
        (
            Shapes(first=Thing(shape="heart", colour="green"), size="small", background="pink"),
            "a small green heart on a pink background",
        ),
        (
            Portrait(subject="cat", colour="black", background="yellow", style="pastel"),
            "a black cat on a yellow background, pastel",
        ),
        (
            Scene(place="sea", time="sunset", subject="lighthouse", colour="red", sun=True),
            "a red lighthouse by the sea at sunset with the sun",
        ),
        (
            Scene(place="sea", time="night", subject="house", colour="red", starry=True, moon="full"),
            "a red house by the sea at night under a starry sky with a full moon",
        ),
        (
            Scene(place="winter", time="day", weather="snow", sun=True, style="bw"),
            "a snowy landscape during the day with the sun in the snow, black and white",
        ),
    ],
)
def test_the_plain_caption_says_everything(spec: Spec, wording: str) -> None:
    """The canonical wording, which `evaluate` asks for."""
    assert plain_caption(spec) == wording
