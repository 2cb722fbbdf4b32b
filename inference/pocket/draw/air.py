"""The time of day and the weather, as colours: what the sky, the light and the distance look like."""

import random
from dataclasses import dataclass
from typing import Final

from inference.pocket.draw.canvas import Rgb, lit, mix, varied
from inference.pocket.spec import Scene, Time

Light = tuple[float, float, float]

_SKIES: Final[dict[Time, tuple[Rgb, ...]]] = {
    "day": ((72, 150, 232), (205, 234, 250)),
    "dawn": ((132, 150, 215), (225, 180, 205), (255, 212, 190)),
    "sunset": ((92, 58, 132), (238, 108, 82), (255, 200, 100)),
    "night": ((8, 11, 38), (20, 28, 72), (44, 58, 115)),
}
_LIGHTS: Final[dict[Time, Light]] = {
    "day": (1, 1, 1),
    "dawn": (0.95, 0.86, 0.92),
    "sunset": (0.82, 0.58, 0.56),
    "night": (0.30, 0.35, 0.55),
}
_SPACE: Final[tuple[Rgb, ...]] = ((10, 8, 30), (28, 14, 62), (14, 10, 40))


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """What lies over a whole scene.

    Attributes:
        sky: its colours from the top down to the horizon.
        light: what it does to the colours of the ground.
        night: whether lamps are lit.
        plain: whether it is plain day, whose light changes no colour.
    """

    sky: tuple[Rgb, ...]
    light: Light
    night: bool
    plain: bool

    @property
    def haze(self) -> Rgb:
        """What distant things fade into."""
        return self.sky[-1]

    @property
    def subject_light(self) -> Light:
        """A subject is lit a little more than its surroundings, so that its colour can be told."""
        if self.plain:
            return self.light
        red, green, blue = (0.5 * share + (0.4 if self.night else 0.45) for share in self.light)
        return red, green, blue

    def far(self, rng: random.Random, colour: Rgb, distance: float) -> Rgb:
        """The colour of ground so far away: 0 is here, 1 is lost in the haze."""
        return mix(lit(varied(rng, colour, 6), self.light), self.haze, distance)


def air_of(scene: Scene, rng: random.Random) -> Air:
    """The air of a scene."""
    night = scene.time == "night"
    sky = _SPACE if scene.place == "space" else tuple(varied(rng, stop, 7) for stop in _SKIES[scene.time])
    cover, share = _cover(scene, night=night)
    return Air(
        sky=tuple(mix(stop, cover, share) for stop in sky),
        light=_LIGHTS[scene.time],
        night=night,
        plain=scene.time == "day",
    )


def _cover(scene: Scene, *, night: bool) -> tuple[Rgb, float]:
    """The colour that the weather draws over the sky, and how much of it."""
    if scene.weather == "rain":
        return ((30, 34, 48) if night else (120, 128, 142)), 0.75
    if scene.weather == "storm":
        return ((18, 20, 32) if night else (74, 79, 96)), 0.78
    if scene.weather == "fog":
        return ((62, 70, 92) if night else (205, 212, 218)), 0.62
    if scene.weather == "snow":
        return ((40, 48, 78) if night else (200, 208, 222)), 0.5
    return (0, 0, 0), 0.0
