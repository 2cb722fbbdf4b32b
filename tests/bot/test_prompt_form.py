"""The form behind ✏️: what stands in it, and the request that it becomes again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import LimitsSettings
from bot.prompt import ASPECTS, Aspect, EditForm, FlagError, aspect_of, resolve
from inference import SAMPLERS
from inference.errors import InvalidRequest
from inference.models import POCKET, Catalogue, ModelInfo
from inference.request import ImageRequest

WIDE = ModelInfo(
    name="wide", title="Wide", source="/models/wide", about="", width=768, height=512, max_pixels=768 * 512
)
ONE = Catalogue([POCKET])
TWO = Catalogue([POCKET, WIDE])
REQUEST = ImageRequest(
    prompt="a blue star",
    negative_prompt="text",
    owner="1:2",
    model="pocket",
    width=184,
    height=88,
    steps=12,
    guidance_scale=6.5,
    sampler="ddim",
    seed=5,
    count=2,
)


def again(form: EditForm, catalogue: Catalogue = ONE) -> ImageRequest:
    return resolve(
        form.order(), catalogue=catalogue, owner="1:2", fresh_seed=99, limits=LimitsSettings(max_count=10)
    )


def test_a_request_is_told_as_people_type_it() -> None:
    """The model is named only where there is a choice of models."""
    form = EditForm.of(REQUEST, catalogue=ONE, count=2)
    assert form.settings == "--steps 12 --scale 6.5 --sampler ddim"
    assert (form.prompt, form.negative, form.count) == ("a blue star", "text", "2")
    assert EditForm.of(REQUEST, catalogue=TWO, count=2).settings.endswith("--model pocket")


@given(
    model=st.sampled_from([POCKET, WIDE]),
    aspect=st.builds(
        lambda short, long, tall: (
            Aspect(width=short, height=long) if tall else Aspect(width=long, height=short)
        ),
        st.just(100),
        st.integers(100, 400),
        st.booleans(),
    ),
    guidance=st.integers(0, 3000).map(lambda hundredths: hundredths / 100),
    sampler=st.sampled_from(sorted(SAMPLERS)),
    steps=st.integers(1, 50),
    count=st.integers(1, 10),
)
def test_a_form_left_as_it_is_asks_for_the_same(
    model: ModelInfo, aspect: Aspect, guidance: float, sampler: str, steps: int, count: int
) -> None:
    """But for the seed; an unusual shape comes within a few pixels."""
    width, height = aspect.size(model)
    request = replace(
        REQUEST,
        model=model.name,
        width=width,
        height=height,
        guidance_scale=guidance,
        sampler=sampler,
        steps=steps,
        count=count,
    )
    made = again(EditForm.of(request, catalogue=TWO, count=count), TWO)
    assert abs(made.width - width) <= 16
    assert abs(made.height - height) <= 16
    assert replace(made, width=width, height=height, seed=REQUEST.seed) == request
    assert made.seed == 99


@pytest.mark.parametrize("model", [POCKET, WIDE])
@pytest.mark.parametrize("name", ASPECTS)
def test_an_offered_shape_is_found_again(model: ModelInfo, name: str) -> None:
    """By the size that it has with this model."""
    size = Aspect.parse(name).size(model)
    assert aspect_of(*size, model).size(model) == size


@pytest.mark.parametrize(
    ("width", "height", "shape"), [(272, 64, "4:1"), (64, 272, "1:4"), (120, 136, "15:17")]
)
def test_any_size_has_a_shape(width: int, height: int, shape: str) -> None:
    """Also where rounding made it longer than a shape may be asked for."""
    assert str(aspect_of(width, height, POCKET)) == shape


def test_the_prompt_wins_over_the_settings_and_they_over_the_choices() -> None:
    """As a flag overrides settings everywhere."""
    form = EditForm(
        prompt="a cat\n--steps 9",
        negative="text,\npeople",
        aspect="1:1",
        count="4",
        settings="--steps 30 --count 2 --ar 2:1",
    )
    request = again(form)
    assert (request.prompt, request.negative_prompt) == ("a cat", "text, people")
    assert (request.steps, request.count) == (9, 2)
    assert request.width > request.height


def test_what_is_left_empty_suits_the_model() -> None:
    """Settings and what to keep out may be taken away."""
    request = again(replace(EditForm.of(REQUEST, catalogue=ONE, count=2), negative=" ", settings=""))
    assert request.negative_prompt == ""
    assert (request.steps, request.sampler) == (POCKET.steps, POCKET.sampler)


def test_a_model_that_left_is_not_asked_for() -> None:
    """The default stands for it."""
    request = replace(REQUEST, model="wide", width=768, height=512)
    made = again(EditForm.of(request, catalogue=ONE, count=1))
    assert (made.model, made.count) == ("pocket", 1)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"settings": "thirty steps"}, InvalidRequest),
        ({"settings": "--setps 30"}, FlagError),
        ({"prompt": "a cat --steps"}, FlagError),
        ({"aspect": "9:1"}, InvalidRequest),
        ({"aspect": ""}, InvalidRequest),
        ({"count": "many"}, InvalidRequest),
        ({"count": "11"}, InvalidRequest),
    ],
)
def test_what_will_not_do_is_refused(changes: dict[str, str], error: type[Exception]) -> None:
    """Nothing is silently corrected."""
    form = replace(EditForm.of(REQUEST, catalogue=ONE, count=1), **changes)
    with pytest.raises(error):
        form.order()


def test_a_form_outlives_the_process_as_it_was() -> None:
    """What another version kept is no form."""
    form = replace(EditForm.of(REQUEST, catalogue=ONE, count=1), prompt="two\nlines 🐈")
    assert EditForm.from_json(form.to_json()) == form
    others: list[object] = [None, [], {}, {"prompt": "a"}]
    others += [{**form.to_json(), "more": "x"}, {**form.to_json(), "count": 1}]
    for other in others:
        assert EditForm.from_json(other) is None
