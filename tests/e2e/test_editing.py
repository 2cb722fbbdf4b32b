"""✏️: the form it opens, what comes of sending it off, and what is kept when it will not do."""

from typing import Any

import pytest
from house import House, labels

from bot.playground import Message, Modal, Permission, Person
from bot.playground.interaction import InteractionKind
from bot.playground.typed_options import TypedOptions

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _imagine(house: House, person: Person, prompt: str = "a red house", **options: object) -> Message:
    return await house.pictures(await person.command("imagine", prompt=prompt, **{"steps": 3, **options}))


async def _open(person: Person, message: Message, what: str = "✏️") -> Modal:
    modal = await person.press(message, what)
    assert isinstance(modal, Modal)
    return modal


async def _send(person: Person, modal: Modal, **values: object) -> Message:
    answer = await person.submit(modal, values)
    assert isinstance(answer, Message)
    return answer


async def _hand_in(person: Person, modal: Modal, components: object, custom_id: object = None) -> Message:
    """What no client would send: any data at all, as a submission of that modal or of another."""
    data: dict[str, Any] = {"custom_id": custom_id or modal.custom_id, "components": components}
    asked = await person.backend.interactions.ask(
        InteractionKind.MODAL_SUBMIT,
        person.user,
        person.channel,
        data,
        led_here=modal.interaction,
        detail="forged",
    )
    assert asked is not None
    assert asked.original is not None
    return Message(person.backend, asked.original)


def _options(person: Person) -> TypedOptions:
    return TypedOptions(person.backend, person.user, person.channel)


def filled(modal: Modal) -> dict[str, object]:
    return {field.custom_id: field.value for field in modal.fields}


async def test_the_form_holds_what_made_the_pictures(house: House) -> None:
    """Prompt, what to keep out, shape, number and settings; the seed is told, not repeated."""
    ada = house.person("ada")
    made = await _imagine(
        house,
        ada,
        "a blue star",
        negative="text",
        aspect="2:1",
        count=2,
        seed=5,
        guidance=6.5,
        sampler="ddim",
    )
    modal = await _open(house.person("ben"), made)
    assert modal.title.startswith("Edit · about ")
    assert modal.title.endswith(" left")
    assert filled(modal) == {
        "prompt": "a blue star",
        "negative": "text",
        "aspect": ["2:1"],
        "count": ["2"],
        "settings": "--steps 3 --scale 6.5 --sampler ddim",
    }
    assert [field.required for field in modal.fields] == [True, False, True, True, False]
    assert "--seed 5" in modal.fields[-1].description


async def test_a_changed_form_makes_new_pictures(house: House) -> None:
    """For whoever sent it, who pays; what was left as it stood is as it was."""
    ada, ben = house.person("ada"), house.person("ben")
    made = await _imagine(house, ada, "a blue star --no text --seed 5", count=2)
    before = house.spent(ada), house.spent(ben)
    again = await _send(ben, await _open(ben, made), prompt="a green\nstar --seed 9", aspect="1:1", count="1")
    assert "✏️ **a green star**" in again.text
    assert "without text" in again.text
    assert "1 picture ·" in again.text
    assert "3 steps" in again.text
    assert "seed 9" in again.text
    assert f"<@{ben.user.id}>" in again.text
    await house.pictures(again)
    assert len(again.pictures) == 1
    assert house.spent(ada) == before[0]
    assert house.spent(ben) > before[1]
    assert len(made.pictures) == 2


async def test_a_form_left_as_it_is_asks_for_fresh_noise(house: House) -> None:
    """The very same pictures would be compute for nothing."""
    ada = house.person("ada")
    made = await _imagine(house, ada, "a blue star --seed 5", count=1)
    again = await house.pictures(await _send(ada, await _open(ada, made)))
    assert "seed 5 " not in again.text
    assert again.pictures[0].data != made.pictures[0].data


async def test_it_works_across_restarts(house: House) -> None:
    """Between the pictures and the press, between the press and sending off, and before mending."""
    ada = house.person("ada")
    made = await _imagine(house, ada, count=1)
    await house.restart()
    modal = await _open(ada, made)
    await house.restart()
    told = await _send(ada, modal, prompt="a red barn", settings="--setps 4")
    await house.restart()
    mended = await _open(ada, told, "Edit again")
    assert filled(mended)["prompt"] == "a red barn"
    await house.restart()
    await house.app.engine.ready()
    again = await house.pictures(await _send(ada, mended, settings="--steps 4"))
    assert "a red barn" in again.text
    assert "4 steps" in again.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"prompt": "a cat --ar 9:1"}, "--ar takes a shape"),
        ({"prompt": "  "}, "Prompt must be some words"),
        ({"negative": "x" * 4000}, "4,000 characters"),
        ({"settings": "--setps 4"}, "Did you mean --steps?"),
        ({"settings": "twenty steps"}, "Settings must be flags, like"),
        ({"settings": "--steps 61"}, "from 1 to 60"),
        ({"settings": "--model none-such"}, "none-such"),
    ],
)
async def test_what_will_not_do_is_said_and_kept(house: House, wrong: dict[str, str], said: str) -> None:
    """Only the person reads it; one press and the form is there again as it was filled in."""
    ada = house.person("ada")
    made = await _imagine(house, ada, count=1)
    before = house.spent(ada), len(house.states())
    modal = await _open(ada, made)
    if "negative" in wrong:  # the client itself lets no more than the limit through
        modal.fields[1].component["max_length"] = 4_000
    told = await _send(ada, modal, **{"prompt": "words nobody wants to lose", **wrong})
    assert told.ephemeral
    assert said in told.text
    assert labels(told) == ["✏️ Edit again"]
    assert (house.spent(ada), len(house.states())) == before
    again = await _open(ada, told, "Edit again")
    for name, value in {"prompt": "words nobody wants to lose", **wrong}.items():
        assert filled(again)[name] == value
    # The button under the pictures still shows what made them.
    assert filled(await _open(ada, made))["prompt"] == "a red house"


async def test_a_spent_quota_loses_no_words(house: House) -> None:
    """What cannot be had now can be sent off later."""
    ada, mia = house.person("ada"), house.person("mia")
    made = await _imagine(house, ada, count=1)
    modal = await _open(ada, made)
    await mia.command("quota set", compute="0.001 s")
    told = await _send(ada, modal, prompt="a long thought")
    assert "of your" in told.text or "used up" in told.text
    await mia.command("quota clear")
    again = await house.pictures(await _send(ada, await _open(ada, told, "Edit again")))
    assert "a long thought" in again.text


async def test_where_the_bot_cannot_post_the_form_is_kept(house: House) -> None:
    """Nothing is charged for an answer that could not be edited."""
    ada = house.person("ada")
    made = await _imagine(house, ada, count=1)
    modal = await _open(ada, made)
    studio = house.discord.world.channel_named("studio")
    bot = house.discord.world.application.bot
    house.discord.changes.set_overwrite(studio, bot, deny=Permission.ATTACH_FILES)
    try:
        told = await _send(ada, modal, prompt="a shy star")
    finally:
        house.discord.changes.set_overwrite(studio, bot)
    assert "I lack Attach Files" in told.text
    assert filled(await _open(ada, told, "Edit again"))["prompt"] == "a shy star"


async def test_private_pictures_stay_private(house: House) -> None:
    """The answer to their form is seen by the same person alone."""
    ada, ben = house.person("ada"), house.person("ben")
    made = await _imagine(house, ada, private=True, count=1)
    modal = await _open(ada, made)
    again = await house.pictures(await _send(ada, modal, prompt="a secret star"))
    assert again.ephemeral
    told = await _hand_in(ben, modal, modal.filled_in({}, _options(ben)))
    assert "somebody else's" in told.text


async def test_a_larger_picture_can_be_edited_too(house: House) -> None:
    """As many pictures are proposed as come back when nobody says; so can a cancelled one."""
    ada = house.person("ada")
    made = await _imagine(house, ada, count=1)
    large = await ada.press(made, "U1")
    assert isinstance(large, Message)
    await house.pictures(large)
    assert labels(large) == ["Vary", "✏️", "🗑️"]
    assert filled(await _open(ada, large))["count"] == ["4"]
    slow = await ada.command("imagine", prompt="a slow star", steps=60)
    await ada.press(slow, "Cancel")
    await house.discord.until(house.says(slow, "Cancelled"))
    again = await _send(ada, await _open(ada, slow), settings="--steps 2")
    assert "a slow star" in again.text
    await house.pictures(again)


async def test_forged_forms_open_nothing(house: House) -> None:
    """A job's id is no key, and what no client can have sent is refused whole; nothing is charged."""
    ada, ben = house.person("ada"), house.person("ben")
    made = await _imagine(house, ada, count=1)
    modal = await _open(ada, made)
    sent = modal.filled_in({}, _options(ada))
    before = len(house.states())

    elsewhere = ben.at("lobby", guild="Other Place")
    assert "gone" in (await _hand_in(elsewhere, modal, sent)).text
    assert "gone" in (await _hand_in(ada, modal, sent, "easel:1:form:000000000000")).text
    for custom_id in ("easel:1:form:0", "easel:2:form:000000000000", "another bot's"):
        assert "Press ✏️ again" in (await _hand_in(ada, modal, sent, custom_id)).text
    half = "half a character: \ud83d"
    for components in (
        [],
        sent[:4],
        [*sent, sent[0]],
        [*sent[:4], {"type": 18, "id": 9, "component": {"type": 4, "custom_id": "owner", "value": "me"}}],
        _with(sent, 0, value="x" * 4_001),
        _with(sent, 0, value=half),
        _with(sent, 2, values=["1:1", "2:1"]),
        _with(sent, 2, values=[]),
        _with(sent, 3, values=["9" * 101]),
    ):
        told = await _hand_in(ada, modal, components)
        assert "Press ✏️ again" in told.text
        assert labels(told) == []
    # Well-formed, but not among the choices: refused by the same rules as everything typed.
    assert "Count must be" in (await _hand_in(ada, modal, _with(sent, 3, values=["5"]))).text
    assert "Aspect must be" in (await _hand_in(ada, modal, _with(sent, 2, values=["9:1"]))).text
    assert len(house.states()) == before


async def test_forms_leave_nothing_in_the_librarys_memory(house: House) -> None:
    """Regression: a view kept there takes the buttons' class with it when it goes; a modal would leak."""
    store = house.app.client._connection._view_store  # the library's own, looked at on purpose
    ada = house.person("ada")
    made = await _imagine(house, ada, count=1)
    modal = await _open(ada, made)
    told = await _send(ada, modal, settings="--setps 4")
    again = await _open(ada, told, "Edit again")
    await house.pictures(await _send(ada, again, settings=""))
    assert not store._modals
    assert not store._views
    assert not store._synced_message_views
    assert len(store._dynamic_items) == 1


def _with(sent: list[dict[str, Any]], number: int, **changes: object) -> list[dict[str, Any]]:
    changed = list(sent)
    changed[number] = {**sent[number], "component": {**sent[number]["component"], **changes}}
    return changed
