"""What the pocket model learns from: pictures that show what their specs say."""

import random
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from inference.pocket.draw.picture import SIDE, picture
from inference.pocket.draw.subjects import SUBJECT_DRAWINGS
from inference.pocket.judge import background_of, things_in
from inference.pocket.spec import (
    AT_HOME,
    ONE_IN,
    PLACES,
    SHAPES,
    SUBJECTS,
    Place,
    Portrait,
    Relation,
    Scene,
    Shapes,
    Spec,
    Thing,
    Weather,
    sample,
)


def _pixels(image: Image.Image) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    return np.asarray(image, np.float64)


def _some(count: int, seed: int = 1) -> list[Spec]:
    rng = random.Random(seed)
    return [sample(rng) for _ in range(count)]


def test_every_subject_can_be_drawn() -> None:
    """Whatever a spec can name has a drawing, and every subject looks different from every other."""
    assert set(SUBJECT_DRAWINGS) == set(SUBJECTS)
    portraits = [
        _pixels(picture(Portrait(subject=one, colour="red", background="white"), random.Random(1)))
        for one in SUBJECTS
    ]
    for number, one in enumerate(portraits):
        for other in portraits[number + 1 :]:
            assert np.abs(one - other).mean() > 3


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("weather", get_args(Weather))
def test_every_place_is_drawn_in_every_weather(place: Place, weather: Weather) -> None:
    """A scene of any place, weather, time and shape is a picture of the asked size."""
    rng = random.Random(place + weather)
    for time in ("day", "dawn", "sunset", "night"):
        for width, height in ((SIDE, SIDE), (160, 96), (96, 160)):
            scene = Scene(
                place=place,
                time=time,
                weather=weather,
                subject=AT_HOME[place][0],
                colour="red",
                sun=True,
                moon="full",
                clouds=True,
                starry=True,
                aurora=True,
                glow=True,
            )
            drawn = picture(scene, rng, width=width, height=height)
            assert drawn.size == (width, height)
            assert _pixels(drawn).std() > 5


def test_the_same_random_numbers_draw_the_same_picture() -> None:
    """A spec and a seed are a picture; another seed is another one."""
    for spec in _some(40):
        once, again, other = (picture(spec, random.Random(seed)) for seed in (3, 3, 4))
        assert once.tobytes() == again.tobytes()
        assert once.tobytes() != other.tobytes()


def test_night_is_darker_than_day() -> None:
    """The same place is less than two thirds as bright at night."""
    for place in PLACES:
        if place == "space":
            continue
        day, night = (
            _pixels(picture(Scene(place=place, time=time), random.Random(1))).mean()
            for time in ("day", "night")
        )
        assert night < 0.67 * day, place


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_can_be_recognised(shape: str) -> None:
    """The examiner of shapes reads drawn originals rightly: colour, shape, number, background."""
    rng = random.Random(shape)
    for count in (1, 2, 3, 4, 5):
        spec = Shapes(first=Thing(shape=shape, colour="red"), background="white", count=count)  # type: ignore[arg-type]
        drawn = picture(spec, rng)
        things = things_in(drawn)
        assert background_of(drawn) == "white"
        assert [(thing.shape, thing.colour) for thing in things] == [(shape, "red")] * count


@pytest.mark.parametrize("relation", get_args(Relation))
def test_a_pair_stands_as_it_is_said(relation: Relation) -> None:
    """Left is left of, above is above."""
    first, second = Thing(shape="circle", colour="red"), Thing(shape="star", colour="blue")
    spec = Shapes(first=first, second=second, relation=relation, background="white")
    things = {thing.colour: thing for thing in things_in(picture(spec, random.Random(1)))}
    right, down = things["red"].x - things["blue"].x, things["red"].y - things["blue"].y
    assert {"left": right < -20, "right": right > 20, "above": down < -20, "below": down > 20}[relation]


@pytest.mark.parametrize(("bridge", "count"), [(2, 2), (12, 1)])
def test_what_only_a_thin_bridge_joins_is_two(bridge: int, count: int) -> None:
    """As a person counts."""
    image = Image.new("RGB", (SIDE, SIDE), "white")
    for box in ((20, 50, 50, 80), (75, 50, 105, 80), (50, 64, 75, 64 + bridge)):
        image.paste((220, 30, 30), box)
    things = things_in(image)
    assert len(things) == count
    assert {thing.colour for thing in things} == {"red"}


def test_a_style_changes_the_whole_picture() -> None:
    """Black and white has no colour; pastel is pale."""
    gray = _pixels(
        picture(Scene(place="sea", time="sunset", subject="boat", colour="red", style="bw"), random.Random(1))
    )
    assert (gray.max(-1) - gray.min(-1)).max() <= 1
    plain, pastel = (
        _pixels(
            picture(Portrait(subject="cat", colour="black", background="red", style=style), random.Random(1))
        )
        for style in (None, "pastel")
    )
    assert pastel.min() > 100 > plain.min()


def test_what_is_held_out_is_never_trained_on() -> None:
    """One combination in eight is kept for the examination, and training never draws one of those."""
    specs = _some(4_000)
    assert not any(spec.held_out for spec in specs)
    rng = random.Random(2)
    kept = [sample(rng, held_out=True) for _ in range(400)]
    assert all(spec.held_out for spec in kept)
    trained = {(s.first.shape, s.first.colour, s.background) for s in specs if isinstance(s, Shapes)}
    asked = {
        (s.first.shape, s.first.colour, s.background)
        for s in kept
        if isinstance(s, Shapes) and s.second is None
    }
    assert not trained & asked
    assert ONE_IN == 8


def test_nothing_stands_before_a_background_of_its_own_colour() -> None:
    """A white snowman on white would be a caption without a picture."""
    for spec in _some(4000):
        if isinstance(spec, Portrait):
            assert spec.colour != spec.background
            assert spec.subject != "snowman" or spec.colour == "white"


def test_a_spec_that_makes_no_sense_is_refused() -> None:
    """Six things, a relation to nothing, a colour of nobody: each is said to be wrong."""
    circle = Thing(shape="circle", colour="red")
    with pytest.raises(ValueError, match="1 to 5"):
        Shapes(first=circle, background="white", count=6)
    with pytest.raises(ValueError, match="come together"):
        Shapes(first=circle, background="white", relation="left")
    with pytest.raises(ValueError, match="come together"):
        Scene(place="sea", time="day", colour="red")
