"""The words of the captions. Of several, the first is the canonical one; all say the same of a picture."""

from typing import Final

from inference.pocket.spec import (
    Colour,
    Place,
    Position,
    Relation,
    Shape,
    Size,
    Style,
    Subject,
    Time,
    Weather,
)

Words = tuple[str, ...]

COLOUR_WORDS: Final[dict[Colour, Words]] = {
    "red": ("red", "crimson", "scarlet"),
    "orange": ("orange",),
    "yellow": ("yellow", "golden"),
    "green": ("green",),
    "blue": ("blue",),
    "purple": ("purple", "violet"),
    "pink": ("pink",),
    "white": ("white",),
    "black": ("black",),
    "gray": ("gray", "grey"),
    "brown": ("brown",),
    "turquoise": ("turquoise", "teal", "cyan"),
}
SHAPE_WORDS: Final[dict[Shape, Words]] = {
    "circle": ("circle", "disc", "ball", "dot"),
    "square": ("square", "box"),
    "triangle": ("triangle",),
    "star": ("star",),
    "heart": ("heart",),
    "diamond": ("diamond", "rhombus"),
    "ring": ("ring", "donut"),
    "cross": ("cross", "plus sign"),
}
SUBJECT_WORDS: Final[dict[Subject, Words]] = {
    "house": ("house", "cottage", "cabin", "hut"),
    "tree": ("tree",),
    "castle": ("castle", "fortress", "palace"),
    "lighthouse": ("lighthouse",),
    "cactus": ("cactus",),
    "boat": ("boat", "sailboat", "ship", "sailing boat"),
    "cat": ("cat", "kitten"),
    "dog": ("dog", "puppy"),
    "robot": ("robot", "android"),
    "rocket": ("rocket", "spaceship", "space rocket"),
    "mushroom": ("mushroom", "toadstool"),
    "flower": ("flower", "blossom"),
    "car": ("car", "automobile"),
    "balloon": ("balloon", "hot air balloon"),
    "fish": ("fish",),
    "snowman": ("snowman",),
}
SIZE_WORDS: Final[dict[Size, Words]] = {
    "small": ("small", "tiny", "little"),
    "big": ("big", "large", "huge"),
}
COUNT_WORDS: Final[dict[int, Words]] = {
    2: ("two", "2", "a pair of"),
    3: ("three", "3"),
    4: ("four", "4"),
    5: ("five", "5"),
}
RELATION_WORDS: Final[dict[Relation, Words]] = {
    "left": ("to the left of", "left of", "on the left of"),
    "right": ("to the right of", "right of", "on the right of"),
    "above": ("above", "on top of", "over"),
    "below": ("below", "under", "beneath"),
}
OPPOSITES: Final[dict[Relation, Relation]] = {
    "left": "right", "right": "left", "above": "below", "below": "above",
}  # fmt: skip
POSITION_WORDS: Final[dict[Position, Words]] = {
    "left": ("on the left", "at the left", "on the left side"),
    "right": ("on the right", "at the right", "on the right side"),
    "top": ("at the top", "on the top"),
    "bottom": ("at the bottom", "on the bottom"),
    "center": ("in the center", "in the middle"),
    "top left": ("in the top left corner", "at the top left", "in the upper left corner"),
    "top right": ("in the top right corner", "at the top right", "in the upper right corner"),
    "bottom left": ("in the bottom left corner", "at the bottom left", "in the lower left corner"),
    "bottom right": ("in the bottom right corner", "at the bottom right", "in the lower right corner"),
}
BACKGROUNDS: Final[Words] = (
    " on {article} {colour} background",
    ", {colour} background",
    " with {article} {colour} background",
    " against {article} {colour} backdrop",
    " on {colour}",
)

LANDSCAPES: Final[dict[Place, Words]] = {
    "mountains": ("the mountains", "a mountain landscape", "snowy peaks", "a mountain range", "mountains"),
    "hills": ("rolling hills", "green hills", "a hilly landscape", "the countryside", "hills"),
    "forest": ("a forest", "the woods", "a pine forest", "a deep forest", "a fir forest"),
    "sea": ("the sea", "the ocean", "open water", "a seascape", "the open sea"),
    "beach": ("a beach", "a sandy beach", "the seaside", "the seashore"),
    "desert": ("a desert", "the desert", "sand dunes", "a sandy desert", "dunes"),
    "city": ("a city", "a city skyline", "the city", "a city street", "a town with tall buildings"),
    "meadow": ("a meadow", "a field of flowers", "a flowery meadow", "a green field", "a flower meadow"),
    "winter": ("a snowy landscape", "a winter landscape", "a snowy field", "a winter wonderland", "winter"),
    "space": ("space", "outer space", "deep space", "the cosmos", "space with planets"),
}
"""A place by itself."""
IN_PLACE: Final[dict[Place, Words]] = {
    "mountains": ("in the mountains", "near the mountains", "below snowy peaks"),
    "hills": ("in the hills", "on a hill", "on rolling hills", "in the countryside", "in green hills"),
    "forest": ("in the forest", "in a forest", "in the woods", "in a pine forest"),
    "sea": ("by the sea", "by the ocean", "near the sea"),
    "beach": ("on a beach", "by the sea", "on the beach", "on a sandy beach", "at the seaside"),
    "desert": ("in the desert", "in a desert", "among sand dunes"),
    "city": ("in the city", "in a city", "in front of a city skyline", "on a city street"),
    "meadow": ("in a meadow", "in a field of flowers", "in a flowery meadow", "on a green field"),
    "winter": ("in a snowy landscape", "in winter", "in the snow", "on a snowy field"),
    "space": ("in space", "in outer space", "among the stars"),
}
"""Where a subject is."""
AT_SEA: Final[dict[Subject, Words]] = {
    "boat": ("on the sea", "on the ocean", "at sea", "by the sea", "on the water"),
    "fish": ("in the sea", "in the ocean", "by the sea", "in the water"),
    "balloon": ("over the sea", "by the sea", "above the ocean"),
}
"""Where these are at sea; the others stand on a shore."""
BEFORE_PLACE: Final[dict[Place, str]] = {
    "mountains": "in front of", "hills": "in", "forest": "in", "sea": "by", "beach": "by",
    "desert": "in", "city": "in", "meadow": "in", "winter": "in", "space": "in",
}  # fmt: skip
"""What stands between a subject and a landscape."""
MOODS: Final[Words] = (
    "beautiful", "peaceful", "quiet", "lovely", "scenic", "stunning", "dreamy", "epic", "lonely", "serene",
)  # fmt: skip

TIMES: Final[dict[Time, Words]] = {
    "day": ("during the day", "at noon", "in daylight", "by day", "in the daytime"),
    "dawn": ("at sunrise", "at dawn", "in the morning", "in the morning light"),
    "sunset": ("at sunset", "at dusk", "in the evening", "at golden hour"),
    "night": ("at night", "at midnight", "in the dark", "by night"),
}
BLUE_SKY: Final[Words] = ("under a blue sky", "under a clear blue sky")
SUNNY_DAY: Final[Words] = ("on a sunny day",)
MOONLIGHT: Final[Words] = ("in the moonlight", "on a moonlit night")
STARS: Final[Words] = (
    "under a starry sky", "on a starry night", "under the stars", "with many stars", "with stars in the sky",
)  # fmt: skip
AURORA: Final[Words] = (
    "with northern lights", "under the northern lights", "with an aurora", "with aurora borealis",
)  # fmt: skip
MOONS: Final[dict[str, Words]] = {
    "full": ("with a full moon", "with the moon", "with a bright moon", "under a full moon"),
    "crescent": ("with a crescent moon", "with the moon", "under a crescent moon"),
}
SUN: Final[Words] = ("with the sun", "with a sun", "with a bright sun")
CLOUDS: Final[Words] = ("with clouds", "with fluffy clouds", "under a cloudy sky")
GLOW: Final[Words] = (
    "with glowing plants",
    "illuminated by bioluminescent plants",
    "with glowing mushrooms",
    "with fireflies",
    "with bioluminescent flowers",
    "lit by magic lights",
)
GLOW_MOODS: Final[Words] = ("mystical", "magical", "enchanted", "fairy tale", "glowing")

WEATHERS: Final[dict[Weather, Words]] = {
    "clear": (),
    "snow": ("in the snow", "with falling snow", "while it snows", "with snowflakes"),
    "rain": ("in the rain", "in rainy weather", "while it rains", "with rain"),
    "fog": ("in the fog", "in the mist", "with fog", "covered in fog"),
    "rainbow": ("with a rainbow", "under a rainbow"),
    "storm": ("in a storm", "with lightning", "in a thunderstorm", "with a lightning bolt"),
}
WEATHER_MOODS: Final[dict[Weather, Words]] = {
    "clear": (),
    "snow": ("snowy",),
    "rain": ("rainy",),
    "fog": ("foggy", "misty"),
    "rainbow": (),
    "storm": ("stormy",),
}

STYLES: Final[dict[Style, Words]] = {
    "bw": ("black and white", "monochrome", "grayscale"),
    "sepia": ("sepia", "vintage", "retro"),
    "pastel": ("pastel", "soft pastel", "watercolor"),
    "neon": ("neon", "cyberpunk", "synthwave"),
}
STYLED: Final[Words] = (
    "{picture}, {style}",
    "{picture} in {style}",
    "{picture}, {style} style",
    "{article} {style} picture of {picture}",
)

OPENINGS: Final[Words] = (
    "a painting of ", "a picture of ", "an illustration of ", "a photo of ", "a drawing of ",
    "digital art of ", "an image of ", "concept art of ", "draw ", "show me ",
)  # fmt: skip
ENDINGS: Final[Words] = (
    ", highly detailed", ", 4k", ", digital art", ", masterpiece", ", flat illustration", ", minimalist",
    ", vector art", ", best quality", ", beautiful lighting", ", trending on artstation",
)  # fmt: skip

TIME_TAGS: Final[dict[Time, Words]] = {
    "day": ("day", "daylight"),
    "dawn": ("sunrise", "dawn"),
    "sunset": ("sunset", "dusk"),
    "night": ("night",),
}
WEATHER_TAGS: Final[dict[Weather, Words]] = {
    "clear": (),
    "snow": ("falling snow", "snowing"),
    "rain": ("rain",),
    "fog": ("fog", "mist"),
    "rainbow": ("rainbow",),
    "storm": ("storm", "lightning"),
}
