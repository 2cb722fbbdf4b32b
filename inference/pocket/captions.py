"""What is written under a picture: one grammar, spoken plainly or as people type."""

import random

from inference.pocket.scene_captions import scene_tags, scene_words
from inference.pocket.spec import Colour, Portrait, Scene, Shapes, Spec, Thing
from inference.pocket.vocabulary import (
    BACKGROUNDS,
    COUNT_WORDS,
    ENDINGS,
    OPENINGS,
    OPPOSITES,
    POSITION_WORDS,
    RELATION_WORDS,
    SHAPE_WORDS,
    STYLED,
    STYLES,
)
from inference.pocket.wording import (
    Voice,
    article,
    colour_word,
    figure_words,
    plural,
    sized,
    with_article,
    without_article,
)


def caption(spec: Spec, rng: random.Random) -> str:
    """One wording of many: what it says is true, and not everything is always said."""
    manner = rng.random()
    if manner < 0.06:
        return ", ".join(_tags(spec, Voice(rng, usual=0.7)))
    if manner < 0.34:
        # Few of the words that people type are decoration, and the shortest wording is the usual one.
        words = _described(spec, Voice(rng, usual=0.75, chatty=0.0))
        return without_article(words) if rng.random() < 0.25 else words
    voice = Voice(rng)
    words = _described(spec, voice)
    if voice.adds(0.38) and "picture of" not in words:
        words = rng.choice(OPENINGS) + words
    elif voice.adds(0.1):
        words = without_article(words)
    if voice.adds(0.3):
        words += rng.choice(ENDINGS)
    return words[0].upper() + words[1:] if voice.adds(0.05) else words


def plain_caption(spec: Spec) -> str:
    """The canonical wording, with everything said."""
    return _described(spec, Voice())


def _described(spec: Spec, voice: Voice) -> str:
    if isinstance(spec, Shapes):
        return _shapes(spec, voice)
    return _styled(
        _portrait(spec, voice) if isinstance(spec, Portrait) else scene_words(spec, voice), spec, voice
    )


def _tags(spec: Spec, voice: Voice) -> list[str]:
    """The same as a list of keywords."""
    if isinstance(spec, Shapes):
        return [*_shape_tags(spec, voice), colour_word(spec.background, voice) + " background"]
    if isinstance(spec, Portrait):
        figure = figure_words(spec.subject, spec.colour, spec.size, voice)
        tags = [figure, colour_word(spec.background, voice) + " background"]
    else:
        tags = scene_tags(spec, voice)
    return [*tags, voice.pick(STYLES[spec.style])] if spec.style else tags


def _shapes(spec: Shapes, voice: Voice) -> str:
    if spec.second is not None:
        words = _pair(spec, spec.second, voice)
    elif spec.count > 1:
        words = _group(spec, voice)
    else:
        words = with_article(sized(spec.size, _thing(spec.first, voice), voice))
        if spec.position and voice.says(0.93):
            words += " " + voice.pick(POSITION_WORDS[spec.position], usual=0.5)
    return words + _background(spec.background, voice)


def _group(spec: Shapes, voice: Voice) -> str:
    return f"{voice.pick(COUNT_WORDS[spec.count], usual=0.5)} {plural(_thing(spec.first, voice))}"


def _pair(spec: Shapes, second: Thing, voice: Voice) -> str:
    one, other, relation = (
        with_article(_thing(spec.first, voice)),
        with_article(_thing(second, voice)),
        spec.relation,
    )
    if relation is None or not voice.says(0.8):
        return f"{one} and {other}"
    if voice.adds(0.15):
        one, other, relation = other, one, OPPOSITES[relation]
    return f"{one} {voice.pick(RELATION_WORDS[relation], usual=0.6)} {other}"


def _shape_tags(spec: Shapes, voice: Voice) -> list[str]:
    if spec.count > 1:
        return [_group(spec, voice)]
    if spec.second is not None:
        return [_thing(spec.first, voice), _thing(spec.second, voice)]
    thing = sized(spec.size, _thing(spec.first, voice), voice)
    return [thing, spec.position] if spec.position else [thing]


def _thing(thing: Thing, voice: Voice) -> str:
    shape = voice.pick(SHAPE_WORDS[thing.shape], usual=0.6)
    return f"{colour_word(thing.colour, voice)} {shape}" if voice.says(0.97) else shape


def _background(colour: Colour, voice: Voice) -> str:
    if not voice.says(0.88):
        return ""
    word = colour_word(colour, voice)
    return voice.pick(BACKGROUNDS, usual=0.7).format(article=article(word), colour=word)


def _portrait(spec: Portrait, voice: Voice) -> str:
    figure = with_article(figure_words(spec.subject, spec.colour, spec.size, voice))
    return figure + _background(spec.background, voice)


def _styled(words: str, spec: Portrait | Scene, voice: Voice) -> str:
    if spec.style is None or not voice.says(0.985):
        return words
    style = voice.pick(STYLES[spec.style], usual=0.4)
    return voice.pick(STYLED).format(article=article(style), style=style, picture=words)
