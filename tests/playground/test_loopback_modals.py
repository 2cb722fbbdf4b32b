"""Modals with every kind of input: what arrives at the bot, and what a person is told to mend."""

import asyncio
from typing import Any

import aiohttp
import discord
import pytest
from discord import ui
from trial_bot import Interaction, TrialBot

from bot.playground import LoopbackDiscord, Modal, Refusal, Upload

Got = dict[str, object]
PLACES = [discord.ChannelType.text]


class Everything(ui.Modal, title="Everything"):
    """The inputs that a text input and a select leave over, in two modals, as five is the most."""

    def __init__(self, inputs: dict[str, ui.Item[Any]], done: "asyncio.Future[Got]") -> None:
        super().__init__()
        self.inputs = inputs
        self.done = done
        self.add_item(ui.TextDisplay("Some words"))
        for name, item in inputs.items():
            self.add_item(ui.Label(text=name.title(), component=item))

    async def on_submit(self, interaction: Interaction) -> None:
        got: Got = {}
        for name, item in self.inputs.items():
            got[name] = item.value if isinstance(item, ui.Checkbox | ui.RadioGroup) else _names(item)
        self.done.set_result(got)
        await interaction.response.send_message("thanks", ephemeral=True)


def _names(item: ui.Item[Any]) -> list[str]:
    values: list[Any] = getattr(item, "values", [])
    return [value if isinstance(value, str) else getattr(value, "name", str(value)) for value in values]


async def opened(
    loopback: LoopbackDiscord, bot: TrialBot, inputs: dict[str, ui.Item[Any]]
) -> tuple[Modal, "asyncio.Future[Got]"]:
    done: asyncio.Future[Got] = asyncio.get_running_loop().create_future()

    async def ask(interaction: Interaction) -> None:
        await interaction.response.send_modal(Everything(inputs, done))

    bot.handlers["ask"] = ask
    modal = await loopback.person("ada").type_command("ask", {})
    assert isinstance(modal, Modal)
    return modal, done


async def test_choices_arrive(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Of radio buttons one value, of checkboxes several, of a single one yes or no."""
    options = [discord.RadioGroupOption(label=each.title(), value=each) for each in ("euler", "lms")]
    boxes = [
        discord.CheckboxGroupOption(label=each.title(), value=each) for each in ("tile", "hires", "face")
    ]
    modal, done = await opened(
        loopback,
        bot,
        {
            "sampler": ui.RadioGroup(options=options),
            "extras": ui.CheckboxGroup(options=boxes, required=False, min_values=0, max_values=2),
            "private": ui.Checkbox(default=True),
        },
    )
    assert modal.text == "Some words"
    assert [(each.label, each.required, each.value) for each in modal.fields] == [
        ("Sampler", True, None),
        ("Extras", False, None),
        ("Private", True, True),
    ]
    ada = loopback.person("ada")
    for values, field in (
        ({}, "Sampler"),
        ({"Sampler": "ddim"}, "Sampler"),
        ({"Sampler": "lms", "Extras": ["tile", "hires", "face"]}, "Extras"),
        ({"Sampler": "lms", "Extras": ["tile", "tile"]}, "Extras"),
    ):
        with pytest.raises(Refusal) as refused:
            await ada.submit(modal, values)
        assert refused.value.field == next(each.custom_id for each in modal.fields if each.label == field)
    await ada.submit(modal, {"Sampler": "lms", "Extras": ["tile", "face"], "Private": False})
    assert await done == {"sampler": "lms", "extras": ["tile", "face"], "private": False}


async def test_people_roles_and_channels_arrive_resolved(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """By name or id, as objects of the library; those there are none of are refused at their input."""
    modal, done = await opened(
        loopback,
        bot,
        {
            "who": ui.UserSelect(max_values=2),
            "role": ui.RoleSelect(),
            "where": ui.ChannelSelect(channel_types=PLACES),
            "either": ui.MentionableSelect(required=False, min_values=0),
        },
    )
    ada = loopback.person("ada")
    ada.open_thread("Sketching")
    given = {"Who": ["ben", "mia"], "Role": ["Artists"], "Where": ["sketches"]}
    for name, value in (("Who", "nobody"), ("Where", "mods-only"), ("Where", "Sketching")):
        with pytest.raises(Refusal) as refused:
            await ada.submit(modal, given | {name: [value]})
        assert refused.value.field is not None
    await ada.submit(modal, given)
    assert await done == {"who": ["ben", "mia"], "role": ["Artists"], "where": ["sketches"], "either": []}


async def test_files_of_a_form_are_counted(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """As many as are asked for arrive; what is no file is refused."""
    upload = ui.FileUpload[Any](min_values=1, max_values=2)
    modal, done = await opened(loopback, bot, {"start": upload})
    ada = loopback.person("ada")
    files = [Upload(filename=f"{number}.png", data=b"bytes") for number in range(3)]
    for wrong in ([], files, ["words"]):
        with pytest.raises(Refusal):
            await ada.submit(modal, {"Start": wrong})
    await ada.submit(modal, {"Start": files[:2]})
    await done
    assert [each.filename for each in upload.values] == ["0.png", "1.png"]


def field(**component: object) -> dict[str, Any]:
    return {"type": 18, "label": "L", "component": {"custom_id": "f"} | component}


OPTION = {"label": "A", "value": "a"}


@pytest.mark.parametrize(
    "component",
    [
        field(type=4, style=1, min_length=-1),
        field(type=4, style=1, max_length=4001),
        field(type=4, style=1, max_length=3, value="four"),
        field(type=21, options=[OPTION]),
        field(type=21, options=[OPTION, OPTION]),
        field(type=21, options=[OPTION | {"default": True}, {"label": "B", "value": "b", "default": True}]),
        field(type=22, options=[OPTION | {"label": "x" * 101}]),
        field(type=22, options=[OPTION], max_values=11),
        field(type=19, max_values=11),
        field(type=19, min_values=-1),
        field(type=3, options=[OPTION], disabled=True),
        field(type=23, custom_id="x" * 101),
        {"type": 10, "content": ""},
    ],
)
async def test_what_an_input_may_not_be(
    loopback: LoopbackDiscord, bot: TrialBot, http: aiohttp.ClientSession, component: dict[str, Any]
) -> None:
    """Each kind of input has its bounds."""
    got: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def ask(interaction: Interaction) -> None:
        url = f"interactions/{interaction.id}/{interaction.token}/callback"
        modal = {"custom_id": "m", "title": "T", "components": [component]}
        async with http.post(url, json={"type": 9, "data": modal}) as answer:
            got.set_result((await answer.json())["code"])
        await interaction.response.send_message("no")

    bot.handlers["ask"] = ask
    await loopback.person("ada").type_command("ask", {})
    assert await got == 50035
