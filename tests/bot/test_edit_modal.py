"""The modal behind ✏️, as it is sent and as it comes back."""

import random
from dataclasses import replace
from typing import Any

import pytest

from bot.playground.form import Form
from bot.playground.modal_rules import check_modal
from bot.prompt import EditForm
from bot.refusal import BrokenForm
from bot.views.edit_modal import edit_modal, job_of_form, read_form
from inference.models import POCKET
from inference.request import ImageRequest

JOB = "0123456789ab"
FORM = EditForm(prompt="a star", negative="", aspect="1:1", count="2", settings="--steps 3")
REQUEST = ImageRequest(
    prompt="a star",
    owner="1:2",
    model="pocket",
    width=128,
    height=128,
    steps=3,
    guidance_scale=3.5,
    sampler="euler",
    seed=2**32 - 1,
)


async def sent(form: EditForm = FORM, *, max_prompt: int = 1_000, max_count: int = 4) -> dict[str, Any]:
    modal = edit_modal(
        JOB, "Edit", form, request=REQUEST, model=POCKET, max_prompt=max_prompt, max_count=max_count
    )
    return modal.to_dict()


def back(modal: dict[str, Any]) -> list[Any]:
    """The components as Discord returns them when nothing was changed."""
    answers: list[Any] = []
    for label in modal["components"]:
        inside = label["component"]
        if inside["type"] == 4:
            value: dict[str, object] = {"value": inside.get("value") or ""}
        else:
            value = {"values": [each["value"] for each in inside["options"] if each["default"]]}
        component = {"type": inside["type"], "custom_id": inside["custom_id"], **value}
        answers.append({"type": 18, "id": 1, "component": component})
    return answers


@pytest.mark.parametrize(
    "form",
    [
        FORM,
        EditForm(prompt="x" * 4000, negative="y" * 4000, aspect="400:101", count="10", settings="--s" * 1333),
        EditForm(prompt="", negative="", aspect="no shape", count="no number", settings=""),
    ],
)
async def test_discord_takes_the_form_whatever_stands_in_it(form: EditForm) -> None:
    """Also what was typed under other limits, or is wrong."""
    for max_prompt, max_count in ((1, 1), (4_000, 10)):
        modal = await sent(form, max_prompt=max_prompt, max_count=max_count)
        errors = Form()
        check_modal(errors, (), modal)
        errors.check()
        assert job_of_form(modal["custom_id"]) == JOB


async def test_what_is_sent_comes_back() -> None:
    """An unusual shape is a choice of its own."""
    for form in (FORM, replace(FORM, negative="text", aspect="15:17", prompt="two\nlines")):
        assert read_form(back(await sent(form))) == form


async def test_a_choice_that_is_no_more_must_be_made_anew() -> None:
    """Nothing is chosen for the person."""
    modal = await sent(replace(FORM, count="4"), max_count=2)
    options = modal["components"][3]["component"]["options"]
    assert [each["value"] for each in options if each["default"]] == []


async def test_any_rubbish_is_a_broken_form() -> None:
    """Whatever is taken out, put in or exchanged, it is read as a form or refused; nothing else happens."""
    dice = random.Random(7)
    whole = back(await sent())
    rubbish: list[Any] = [None, 0, "", "x" * 5_000, "\ud83d", [], {}, [None], [{}], {"component": None}, True]
    for _ in range(2_000):
        components = _spoiled(whole, dice, rubbish)
        try:
            assert isinstance(read_form(components), EditForm)
        except BrokenForm:
            continue
    for other in rubbish:
        with pytest.raises(BrokenForm):
            read_form(other)
        with pytest.raises(BrokenForm):
            job_of_form(other)


def _spoiled(value: object, dice: random.Random, rubbish: list[Any]) -> object:
    if dice.random() < 0.08:
        return dice.choice(rubbish)
    if isinstance(value, list):
        return [_spoiled(each, dice, rubbish) for each in value if dice.random() > 0.02]
    if isinstance(value, dict):
        return {key: _spoiled(each, dice, rubbish) for key, each in value.items() if dice.random() > 0.02}
    return value
