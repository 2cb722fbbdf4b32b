"""What a picture shows: the values that are drawn, captioned and examined alike."""

import random
import zlib
from dataclasses import dataclass
from typing import Final, Literal, get_args

Colour = Literal[
    "red", "orange", "yellow", "green", "blue", "purple",
    "pink", "white", "black", "gray", "brown", "turquoise",
]  # fmt: skip
Shape = Literal["circle", "square", "triangle", "star", "heart", "diamond", "ring", "cross"]
Subject = Literal[
    "house", "tree", "castle", "lighthouse", "cactus", "boat", "cat", "dog",
    "robot", "rocket", "mushroom", "flower", "car", "balloon", "fish", "snowman",
]  # fmt: skip
Place = Literal[
    "mountains", "hills", "forest", "sea", "beach", "desert", "city", "meadow", "winter", "space"
]  # fmt: skip
Time = Literal["day", "dawn", "sunset", "night"]
Weather = Literal["clear", "snow", "rain", "fog", "rainbow", "storm"]
Style = Literal["bw", "sepia", "pastel", "neon"]
Size = Literal["small", "big"]
Relation = Literal["left", "right", "above", "below"]
Position = Literal[
    "left", "right", "top", "bottom", "center", "top left", "top right", "bottom left", "bottom right"
]  # fmt: skip

COLOURS: Final[tuple[Colour, ...]] = get_args(Colour)
SHAPES: Final[tuple[Shape, ...]] = get_args(Shape)
SUBJECTS: Final[tuple[Subject, ...]] = get_args(Subject)
PLACES: Final[tuple[Place, ...]] = get_args(Place)
POSITIONS: Final[tuple[Position, ...]] = get_args(Position)
RELATIONS: Final[tuple[Relation, ...]] = get_args(Relation)
STYLES: Final[tuple[Style, ...]] = get_args(Style)

ONE_IN: Final = 8
"""One combination in so many is never trained on, and is what `evaluate` asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A coloured shape."""

    shape: Shape
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """One thing, `count` times the same thing, or two things beside or above each other."""

    first: Thing
    background: Colour
    count: int = 1
    second: Thing | None = None
    relation: Relation | None = None
    size: Size | None = None
    position: Position | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.count <= 5:
            raise ValueError(f"count is {self.count}, and must be 1 to 5")
        if (self.second is None) != (self.relation is None):
            raise ValueError("a second thing and its relation come together")

    @property
    def held_out(self) -> bool:
        """Whether this combination is kept for the examination."""
        things = (self.first,) if self.second is None else (self.first, self.second)
        return any(_kept("shape", thing.shape, thing.colour, self.background) for thing in things)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """One subject before a plain background."""

    subject: Subject
    colour: Colour
    background: Colour
    size: Size | None = None
    style: Style | None = None

    @property
    def held_out(self) -> bool:
        """Whether this combination is kept for the examination."""
        return _kept("portrait", self.subject, self.colour, self.background)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A place at a time of day, in some weather, perhaps with a subject."""

    place: Place
    time: Time
    weather: Weather = "clear"
    subject: Subject | None = None
    colour: Colour | None = None
    size: Size | None = None
    position: Literal["left", "right"] | None = None
    starry: bool = False
    aurora: bool = False
    sun: bool = False
    moon: Literal["full", "crescent"] | None = None
    clouds: bool = False
    glow: bool = False
    style: Style | None = None

    def __post_init__(self) -> None:
        if (self.subject is None) != (self.colour is None):
            raise ValueError("a subject and its colour come together")

    @property
    def held_out(self) -> bool:
        """Whether this combination is kept for the examination."""
        return _kept("scene", self.place, self.subject, self.time, self.weather)


Spec = Shapes | Portrait | Scene

USUAL_COLOURS: Final[dict[Subject, tuple[Colour, ...]]] = {
    "house": ("white", "red", "yellow", "blue", "pink", "brown", "orange"),
    "tree": ("green", "green", "green", "orange", "pink", "red", "yellow"),
    "castle": ("gray", "gray", "white", "pink", "purple", "brown"),
    "lighthouse": ("red", "red", "blue", "white", "black"),
    "cactus": ("green",),
    "boat": ("red", "white", "blue", "brown", "green", "yellow", "black"),
    "cat": ("orange", "black", "gray", "white", "brown"),
    "dog": ("brown", "black", "white", "gray", "orange"),
    "robot": ("gray", "blue", "red", "green", "yellow", "purple"),
    "rocket": ("red", "white", "blue", "gray", "orange"),
    "mushroom": ("red", "red", "purple", "brown", "turquoise", "orange"),
    "flower": ("red", "pink", "yellow", "purple", "blue", "white", "orange"),
    "car": ("red", "blue", "yellow", "green", "white", "black", "purple"),
    "balloon": ("red", "orange", "yellow", "blue", "purple", "pink", "green", "turquoise"),
    "fish": ("orange", "blue", "red", "yellow", "purple", "turquoise"),
    "snowman": ("white",),
}
"""The colours a subject mostly has; the others are drawn too, more seldom."""

AT_HOME: Final[dict[Place, tuple[Subject, ...]]] = {
    "mountains": ("house", "castle", "tree", "balloon", "cat", "dog", "robot", "car"),
    "hills": ("house", "castle", "tree", "balloon", "cat", "car", "dog", "flower", "robot"),
    "forest": ("house", "castle", "mushroom", "cat", "robot", "dog"),
    "sea": ("boat", "boat", "lighthouse", "lighthouse", "house", "castle", "balloon", "fish", "cat"),
    "beach": ("boat", "lighthouse", "house", "cat", "dog", "car", "robot"),
    "desert": ("cactus", "cactus", "castle", "balloon", "car", "house", "rocket", "robot"),
    "city": ("balloon", "car", "car", "robot", "cat", "dog", "rocket"),
    "meadow": ("house", "tree", "cat", "flower", "mushroom", "castle", "dog", "balloon", "car", "robot"),
    "winter": ("house", "castle", "tree", "snowman", "snowman", "cat", "balloon", "dog"),
    "space": ("rocket", "rocket", "robot", "balloon", "cat"),
}
"""Which subjects a place is drawn with; one named twice comes twice as often."""


def _kept(*combination: object) -> bool:
    return zlib.crc32("|".join(map(str, combination)).encode()) % ONE_IN == 0


def sample(rng: random.Random, *, held_out: bool = False) -> Spec:
    """A random picture to draw, from the combinations trained on or from those held out."""
    while True:
        kind = rng.random()
        spec = _shapes(rng) if kind < 0.42 else _portrait(rng) if kind < 0.62 else _scene(rng)
        if spec.held_out == held_out:
            return spec


def _shapes(rng: random.Random) -> Shapes:
    background = rng.choice(COLOURS)
    usable = [colour for colour in COLOURS if _apart(colour, background)]

    def thing() -> Thing:
        return Thing(shape=rng.choice(SHAPES), colour=rng.choice(usable))

    kind = rng.random()
    if kind < 0.24:
        return Shapes(first=thing(), background=background, count=rng.choice((2, 3, 4, 5)))
    if kind < 0.48:
        return Shapes(first=thing(), background=background, second=thing(), relation=rng.choice(RELATIONS))
    if kind < 0.62:
        return Shapes(first=thing(), background=background, size=rng.choice(("small", "big")))
    if kind < 0.74:
        return Shapes(first=thing(), background=background, position=rng.choice(POSITIONS))
    return Shapes(first=thing(), background=background)


def _apart(one: Colour, other: Colour) -> bool:
    """Whether a shape of one colour can be seen on the other."""
    return one != other and {one, other} not in ({"white", "gray"}, {"orange", "brown"})


def _portrait(rng: random.Random) -> Portrait:
    subject = rng.choice(SUBJECTS)
    usual = subject == "snowman" or rng.random() < 0.5
    colour = rng.choice(USUAL_COLOURS[subject] if usual else COLOURS)
    return Portrait(
        subject=subject,
        colour=colour,
        background=rng.choice([background for background in COLOURS if background != colour]),
        size=rng.choice((None, None, None, None, "small", "big")),
        style=rng.choice(STYLES) if rng.random() < 0.12 else None,
    )


def _scene(rng: random.Random) -> Scene:
    place = rng.choice(PLACES)
    time: Time = rng.choices(("day", "dawn", "sunset", "night"), (0.36, 0.1, 0.24, 0.3))[0]
    weathers: tuple[Weather, ...] = ("clear", "snow", "rain", "fog", "rainbow", "storm")
    weather: Weather = rng.choices(weathers, (0.68, 0.08, 0.08, 0.08, 0.04, 0.04))[0]
    if place == "space":
        time, weather = "night", "clear"
    if (place == "desert" and weather == "snow") or (weather == "rainbow" and time == "night"):
        weather = "clear"
    night, clear = time == "night", weather == "clear"
    open_night = night and clear and place != "space"
    subject = rng.choice(AT_HOME[place]) if rng.random() < 0.62 else None
    colour = None
    if subject is not None:
        usual = subject in ("snowman", "cactus") or rng.random() < 0.8
        colour = rng.choice(USUAL_COLOURS[subject]) if usual else rng.choice(COLOURS)
    glow_chance = {"forest": 0.45 if night else 0.08, "space": 0.0}.get(place, 0.1 if night else 0.0)
    return Scene(
        place=place,
        time=time,
        weather=weather,
        subject=subject,
        colour=colour,
        size=rng.choice((None, None, None, None, None, None, "small", "big")) if subject else None,
        position=rng.choice((None, None, None, "left", "right")) if subject else None,
        starry=open_night and rng.random() < 0.5,
        aurora=open_night and rng.random() < 0.1,
        sun=not night and weather in ("clear", "rainbow") and rng.random() < (0.6 if time == "day" else 0.8),
        moon=rng.choice(("full", "full", "crescent")) if open_night and rng.random() < 0.55 else None,
        clouds=weather in ("rain", "storm") or (not night and rng.random() < 0.4),
        glow=rng.random() < glow_chance,
        style=rng.choice(STYLES) if rng.random() < 0.14 else None,
    )
