"""What is written under a scene."""

from collections.abc import Sequence

from inference.pocket.spec import Scene
from inference.pocket.vocabulary import (
    AT_SEA,
    AURORA,
    BEFORE_PLACE,
    BLUE_SKY,
    CLOUDS,
    GLOW,
    GLOW_MOODS,
    IN_PLACE,
    LANDSCAPES,
    MOODS,
    MOONLIGHT,
    MOONS,
    POSITION_WORDS,
    STARS,
    SUN,
    SUNNY_DAY,
    TIME_TAGS,
    TIMES,
    WEATHER_MOODS,
    WEATHER_TAGS,
    WEATHERS,
)
from inference.pocket.wording import Voice, figure_words, joined, moody, with_article


def scene_words(spec: Scene, voice: Voice) -> str:
    """A subject in its place, or a landscape and what is in it; then the time and the weather."""
    figure = None
    if spec.subject and spec.colour and voice.says(0.95):
        figure = figure_words(spec.subject, spec.colour, spec.size, voice)
        figure = with_article(moody(figure, ("lonely",)) if voice.adds(0.05) else figure)
        figure += _at_a_side(spec, voice)
    if figure and not voice.says(0.95):
        return joined(figure, _circumstances(spec, voice, weather=True), voice)
    if figure and spec.subject and not voice.adds(0.4):
        there = AT_SEA.get(spec.subject, ()) if spec.place == "sea" else ()
        words = f"{figure} {voice.pick(there or IN_PLACE[spec.place])}"
        return joined(words, _circumstances(spec, voice, weather=True), voice)
    land, weather_said = _landscape(spec, voice)
    clauses = _circumstances(spec, voice, weather=not weather_said)
    if figure is None:
        return joined(land, clauses, voice)
    order = voice.pick(("before", "before", "with", "with", "list"))
    if order == "with":
        return joined(land, [f"with {figure}", *clauses], voice)
    between = f" {BEFORE_PLACE[spec.place]} " if order == "before" else ", "
    return joined(figure + between + land, clauses, voice)


def _at_a_side(spec: Scene, voice: Voice) -> str:
    if spec.position is None or not voice.says(0.5):
        return ""
    return " " + voice.pick(POSITION_WORDS[spec.position], usual=0.6)


def _landscape(spec: Scene, voice: Voice) -> tuple[str, bool]:
    """The place by itself, and whether its adjective has told the weather."""
    land = voice.pick(LANDSCAPES[spec.place])
    # "a snowy snowy field": the ground has taken the word.
    moods = [mood for mood in WEATHER_MOODS[spec.weather] if mood not in land]
    if moods and voice.adds(0.35):
        return moody(land, (voice.pick(moods),)), True
    if spec.glow and voice.adds(0.6):
        return moody(land, (voice.pick(GLOW_MOODS),)), False
    return (moody(land, (voice.pick(MOODS),)) if voice.adds(0.25) else land), False


def _circumstances(spec: Scene, voice: Voice, *, weather: bool) -> list[str]:
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


def _time(spec: Scene, voice: Voice) -> list[str]:
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


def scene_tags(spec: Scene, voice: Voice) -> list[str]:
    tags = [figure_words(spec.subject, spec.colour, spec.size, voice)] if spec.subject and spec.colour else []
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
