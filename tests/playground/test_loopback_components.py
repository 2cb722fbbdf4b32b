"""Buttons, menus and modals."""

import asyncio
import io
from typing import Any

import discord
import pytest
from discord import ui
from trial_bot import Interaction, Knob, TrialBot, connected, layout

from bot.playground import LoopbackDiscord, Message, Modal, Refusal, Upload


async def post(loopback: LoopbackDiscord, bot: TrialBot, view: ui.LayoutView, who: str = "ada") -> Message:
    """A message with this view, as the answer to a command."""

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        assert prompt
        await interaction.response.send_message(view=view)

    bot.handlers["paint"] = paint
    return await loopback.person(who).command("paint", prompt="x")


async def test_a_button_fires_for_whoever_sees_the_message(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A press carries who pressed and the full message, so a button with its meaning in its id works."""
    message = await post(loopback, bot, layout("x", buttons=(Knob("vary", "job9", label="V2"),)))

    async def vary(interaction: Interaction, job: str) -> None:
        assert interaction.message is not None
        assert interaction.message.id == message.id
        await interaction.response.send_message(f"{interaction.user.name} varies {job}")

    bot.handlers["vary"] = vary
    answer = await loopback.person("ben").press(message, "V2")
    assert isinstance(answer, Message)
    assert answer.text == "ben varies job9"
    assert answer != message


async def test_a_button_outlives_the_bot_that_made_it(loopback: LoopbackDiscord) -> None:
    """After a restart, a new client answers the old message's buttons."""
    async with connected(loopback) as first:
        message = await post(loopback, first, layout("x", buttons=(Knob("more", "j1", emoji="🔄"),)))
    async with connected(loopback, register=False) as second:

        async def more(interaction: Interaction, job: str) -> None:
            await interaction.response.send_message(f"more of {job}")

        second.handlers["more"] = more
        answer = await loopback.person("ada").press(message, "🔄")
    assert isinstance(answer, Message)
    assert answer.text == "more of j1"


async def test_a_press_may_edit_its_message_or_be_deferred(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Type 7 gives the edited message; type 6 gives nothing, and @original is the pressed message."""
    message = await post(loopback, bot, layout("x", buttons=(Knob("a", "j"), Knob("b", "j"))))
    go = asyncio.Event()

    async def edit(interaction: Interaction, job: str) -> None:
        await interaction.response.edit_message(view=layout("edited", buttons=(Knob("b", job),)))

    async def defer(interaction: Interaction, job: str) -> None:
        await interaction.response.defer()
        await go.wait()
        await interaction.edit_original_response(view=layout(f"later {job}"))

    bot.handlers |= {"a": edit, "b": defer}
    ada = loopback.person("ada")
    assert await ada.press(message, "a") == message
    assert (message.text, message.edited) == ("edited", 1)
    assert await ada.press(message, custom_id="trial:1:b:j") is None
    go.set()
    await loopback.until(lambda: message.text == "later j")


async def test_what_cannot_be_pressed(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A button must exist, be enabled, and stand in a message the person sees."""
    off = Knob("off", "j")
    off.item.disabled = True
    view = layout("x", buttons=(off, Knob("on", "j")))
    view.add_item(ui.ActionRow(ui.Button(label="Docs", url="https://example.org")))
    message = await post(loopback, bot, view)
    ada = loopback.person("ada")
    for what, words in (("nothing", "no button"), ("off", "disabled"), ("Docs", "leads out")):
        with pytest.raises(Refusal, match=words):
            await ada.press(message, what)
    with pytest.raises(Refusal, match="not here"):
        await loopback.person("zoe").press(message, "on")
    loopback.changes.delete_message(message.id)
    with pytest.raises(Refusal, match="not here"):
        await ada.press(message, "on")


async def test_a_press_nobody_answers_failed(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Three seconds after the press, the person reads that the interaction failed."""
    message = await post(loopback, bot, layout("x", buttons=(Knob("mute", "j"),)))
    pressed = asyncio.Event()

    async def mute(_: Interaction, job: str) -> None:
        assert job == "j"
        pressed.set()

    bot.handlers["mute"] = mute
    waiting = asyncio.create_task(loopback.person("ada").press(message, "mute"))
    await pressed.wait()
    loopback.clock.advance(3.1)
    with pytest.raises(Refusal, match="This interaction failed"):
        await waiting


async def test_a_menu_gives_the_values_chosen(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Only values on offer, as many as asked for; people are picked by name."""
    menu: ui.Select[Any] = ui.Select(
        custom_id="menu", max_values=2, options=[discord.SelectOption(label=each) for each in ("a", "b", "c")]
    )
    people: ui.UserSelect[Any] = ui.UserSelect(custom_id="people")

    async def picked(interaction: Interaction) -> None:
        await interaction.response.send_message(",".join(menu.values))

    async def met(interaction: Interaction) -> None:
        await interaction.response.send_message(people.values[0].name)

    menu.callback = picked  # type: ignore[method-assign]
    people.callback = met  # type: ignore[method-assign]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.ActionRow(menu))
    view.add_item(ui.ActionRow(people))
    message = await post(loopback, bot, view)
    ada = loopback.person("ada")
    answer = await ada.choose(message, "menu", ["a", "c"])
    assert isinstance(answer, Message)
    assert answer.text == "a,c"
    answer = await ada.choose(message, "people", ["ben"])
    assert isinstance(answer, Message)
    assert answer.text == "ben"
    for values in ([], ["a", "b", "c"], ["z"]):
        with pytest.raises(Refusal):
            await ada.choose(message, "menu", values)


class Form(ui.Modal, title="Remix"):
    """One of each input."""

    prompt: ui.Label[Any] = ui.Label(
        text="Prompt", component=ui.TextInput(custom_id="prompt", default="a house", max_length=20)
    )
    size: ui.Label[Any] = ui.Label(
        text="Size",
        component=ui.Select(
            custom_id="size", options=[discord.SelectOption(label="Large", value="l")], required=False
        ),
    )
    start: ui.Label[Any] = ui.Label(
        text="Start from", component=ui.FileUpload(custom_id="start", required=False)
    )

    def __init__(self, done: "asyncio.Future[dict[str, Any]]") -> None:
        super().__init__(custom_id="form:1")
        self.done = done

    async def on_submit(self, interaction: Interaction) -> None:
        prompt, size, start = (label.component for label in (self.prompt, self.size, self.start))
        assert isinstance(prompt, ui.TextInput)
        assert isinstance(size, ui.Select)
        assert isinstance(start, ui.FileUpload)
        files = [await each.read() for each in start.values]
        self.done.set_result({"prompt": prompt.value, "size": size.values, "start": files})
        await interaction.response.send_message("thanks", ephemeral=True)


async def test_a_modal_is_filled_in_and_sent_off(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Values go by custom id or label; what was filled in beforehand stays; a file arrives with its bytes."""
    done: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def ask(interaction: Interaction) -> None:
        await interaction.response.send_modal(Form(done))

    bot.handlers["ask"] = ask
    ada = loopback.person("ada")
    modal = await ada.type_command("ask", {})
    assert isinstance(modal, Modal)
    assert modal.title == "Remix"
    assert [(field.label, field.value, field.required) for field in modal.fields] == [
        ("Prompt", "a house", True),
        ("Size", None, False),
        ("Start from", None, False),
    ]
    for values in ({"prompt": ""}, {"prompt": "x" * 21}, {"Size": ["xl"]}, {"colour": "red"}):
        with pytest.raises(Refusal):
            await ada.submit(modal, values)
    file = Upload(filename="start.png", data=b"bytes")
    answer = await ada.submit(modal, {"Size": ["l"], "start": [file]})
    assert answer is not None
    assert answer.text == "thanks"
    assert await done == {"prompt": "a house", "size": ["l"], "start": [b"bytes"]}


async def test_a_modal_from_a_button_may_edit_that_message(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """The submitted modal knows the message whose button opened it; a modal is no answer to a modal."""
    message = await post(loopback, bot, layout("x", buttons=(Knob("remix", "j"),)))
    codes: list[int] = []

    class Remix(ui.Modal, title="Remix"):
        words: ui.TextInput[Any] = ui.TextInput(label="Words", custom_id="words")

        async def on_submit(self, interaction: Interaction) -> None:
            try:
                await interaction.response.send_modal(Remix())
            except discord.HTTPException as error:
                codes.append(error.code)
            await interaction.response.edit_message(view=layout(str(self.words)))

    async def remix(interaction: Interaction, job: str) -> None:
        assert job == "j"
        await interaction.response.send_modal(Remix())

    bot.handlers["remix"] = remix
    ada = loopback.person("ada")
    modal = await ada.press(message, "remix")
    assert isinstance(modal, Modal)
    assert await ada.submit(modal, {"Words": "a blue house"}) == message
    assert message.text == "a blue house"
    assert codes == [50035]


async def test_pictures_are_shown_in_order_with_their_words(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A gallery shows the files its items refer to; a file nothing refers to stays out of sight."""

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        files = [
            discord.File(io.BytesIO(name.encode()), filename=name) for name in ("b.png", "a.png", "c.png")
        ]
        view = layout(prompt, pictures=("a.png", "b.png"))
        await interaction.response.send_message(view=view, files=files)

    bot.handlers["paint"] = paint
    message = await loopback.person("ada").command("paint", prompt="x")
    shown = [(picture.filename, picture.description, picture.data) for picture in message.pictures]
    assert shown == [
        ("a.png", "the picture a.png", b"a.png"),
        ("b.png", "the picture b.png", b"b.png"),
    ]
    assert len(message.stored.files) == 3
