"""What stands under the pictures, and what happens when it is pressed: by whom, twice, after a restart."""

from io import BytesIO

import pytest
from house import House, labels
from PIL import Image

from bot.config import LimitsSettings
from bot.playground import Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _imagine(house: House, person: Person, prompt: str = "a red house", **options: object) -> Message:
    return await house.pictures(await person.command("imagine", prompt=prompt, **{"steps": 3, **options}))


def seed_of(message: Message) -> str:
    return message.text.split("seed ")[1].split()[0]


async def _press(person: Person, message: Message, what: str) -> Message:
    answer = await person.press(message, what)
    assert isinstance(answer, Message)
    return answer


async def test_u_makes_that_picture_larger_and_faithful(house: House) -> None:
    """Four times the side; made small again, it is the picture it came from."""
    ada, ben = house.person("ada"), house.person("ben")
    four = await _imagine(house, ada)
    before = house.spent(ada), house.spent(ben)
    large = await _press(ben, four, "U3")
    assert "Picture 3, larger" in large.text
    await house.pictures(large)
    (picture,) = large.pictures
    assert (picture.width, picture.height) == (512, 512)
    with Image.open(BytesIO(picture.data)) as big, Image.open(BytesIO(four.pictures[2].data)) as small:
        again = big.resize(small.size, Image.Resampling.BOX).tobytes()
        error = sum(abs(a - b) for a, b in zip(again, small.tobytes(), strict=True)) / len(again)
    assert error < 3
    assert labels(large) == ["Vary", "✏️", "🗑️"]
    assert house.spent(ada) == before[0]
    assert house.spent(ben) > before[1]  # who presses is who pays


async def test_u_pressed_twice_makes_one_picture(house: House) -> None:
    """By anybody: the second press gets a link to the first one's, free."""
    ada, ben = house.person("ada"), house.person("ben")
    four = await _imagine(house, ada)
    large = await house.pictures(await _press(ada, four, "U1"))
    before = house.spent(ben), len(house.states())
    second = await _press(ben, four, "U1")
    assert second.ephemeral
    assert f"/{large.channel.id}/{large.id}" in second.text
    assert "Nothing was charged" in second.text
    assert (house.spent(ben), len(house.states())) == before


async def test_u_makes_a_deleted_picture_anew(house: House) -> None:
    """A link to nothing helps nobody; and the audit trail does not blame who pressed."""
    ada, ben = house.person("ada"), house.person("ben")
    four = await _imagine(house, ada)
    large = await house.pictures(await _press(ada, four, "U2"))
    house.discord.changes.delete_message(large.id)
    anew = await house.pictures(await _press(ben, four, "U2"))
    assert anew.id != large.id
    assert not anew.ephemeral
    assert house.rows("SELECT act FROM audit WHERE actor = ?", ben.user.id) == []


async def test_a_lost_file_is_said_at_the_press(house: House) -> None:
    """With what to do; nothing is queued or charged."""
    ada = house.person("ada")
    four = await _imagine(house, ada)
    ((digest,),) = house.rows(
        "SELECT digest FROM images JOIN jobs ON jobs.id = job ORDER BY number DESC, place DESC LIMIT 1"
    )
    (file,) = (house.settings.storage.folder / "images").rglob(f"{digest}*")
    file.unlink()
    before = len(house.states())
    told = await _press(ada, four, "U4")
    assert told.ephemeral
    assert "file is lost" in told.text
    assert len(house.states()) == before


async def test_presses_keep_to_the_limits_as_they_are_now(house: House) -> None:
    """Whoever lowers a limit means old cards too."""
    ada = house.person("ada")
    four = await _imagine(house, ada, steps=30)
    usual = house.settings
    try:
        house.settings = usual.model_copy(update={"limits": LimitsSettings(max_count=2, max_steps=5)})
        await house.restart()
        again = await _press(ada, four, "🔄")
        varied = await _press(ada, four, "V1")
        assert "2 pictures" in again.text
        assert "5 steps" in again.text
        assert "2 pictures" in varied.text
        for message in (again, varied):
            await house.pictures(message)
    finally:
        house.settings = usual
        await house.restart()


async def test_v_makes_four_siblings(house: House) -> None:
    """Near the picture they come from, yet different from it and from each other; and so on from there."""
    ada = house.person("ada")
    four = await _imagine(house, ada, steps=8)
    varied = await _press(ada, four, "V2")
    assert "Variations of picture 2" in varied.text
    assert "varied" in varied.text
    await house.pictures(varied)
    assert len({picture.data for picture in (*varied.pictures, four.pictures[1])}) == 5
    further = await house.pictures(await _press(ada, varied, "V1"))
    assert len(further.pictures) == 4


async def test_reroll_keeps_the_words_and_changes_the_noise(house: House) -> None:
    """The same settings, another seed."""
    ada, ben = house.person("ada"), house.person("ben")
    four = await _imagine(house, ada, prompt="a blue star --ar 2:1 --seed 5", count=2)
    again = await house.pictures(await _press(ben, four, "🔄"))
    assert "a blue star" in again.text
    assert "seed 5 " not in again.text
    assert f"<@{ben.user.id}>" in again.text
    sizes = [(picture.width, picture.height) for picture in four.pictures]
    assert [(picture.width, picture.height) for picture in again.pictures] == sizes
    assert {picture.data for picture in again.pictures}.isdisjoint(p.data for p in four.pictures)


async def test_only_the_owner_and_moderators_delete(house: House) -> None:
    """Others are told so; afterwards message and pictures are gone."""
    ada, ben, mia = house.person("ada"), house.person("ben"), house.person("mia")
    for deleter in (ada, mia):
        four = await _imagine(house, ada)
        told = await _press(ben, four, "🗑️")
        assert told.ephemeral
        assert "somebody else's" in told.text
        assert not four.deleted
        await deleter.press(four, "🗑️")
        await house.discord.until(lambda four=four: four.deleted)  # type: ignore[misc]  # bound early on purpose
    assert house.rows("SELECT count(*) FROM images JOIN jobs ON jobs.id = images.job WHERE discarded") == [
        (0,)
    ]
    ((act,),) = house.rows("SELECT act FROM audit WHERE actor = ?", mia.user.id)
    assert act == "pictures deleted"


async def test_only_the_owner_and_moderators_cancel(house: House) -> None:
    """A stranger's press stops nothing."""
    ada, ben, mia = house.person("ada"), house.person("ben"), house.person("mia")
    reply = await ada.command("imagine", prompt="a slow star", steps=60)
    told = await _press(ben, reply, "Cancel")
    assert "somebody else's" in told.text
    assert await mia.press(reply, "Cancel") is None
    await house.discord.until(house.says(reply, "Cancelled"))
    await house.settled()
    assert ("job cancelled",) in house.rows("SELECT act FROM audit WHERE actor = ?", mia.user.id)


async def test_who_waits_may_ask_why(house: House) -> None:
    """The answer is for who asks alone, and has the turns before and a range for when it is ready."""
    ada, ben = house.person("ada"), house.person("ben")
    first = await ada.command("imagine", prompt="a slow star", steps=60)
    second = await ada.command("imagine", prompt="a waiting star", steps=60)
    third = await ada.command("imagine", prompt="a star behind", steps=60)
    assert labels(third) == ["Cancel", "Why am I 2nd?"]
    told = await _press(ben, third, "Why am I 2nd?")
    assert told.ephemeral
    assert "2nd in line" in told.text
    assert f"1. <@{ada.user.id}>" in told.text
    assert "Ready between" in told.text
    for message in (third, second, first):
        await ada.press(message, "Cancel")
    await house.settled()


async def test_a_cancelled_job_can_be_tried_again(house: House) -> None:
    """The card offers it."""
    ada = house.person("ada")
    reply = await ada.command("imagine", prompt="a second chance", steps=60, count=1)
    await ada.press(reply, "Cancel")
    await house.discord.until(house.says(reply, "Cancelled"))
    again = await _press(ada, reply, "Try again")
    assert "a second chance" in again.text
    assert seed_of(again) == seed_of(reply)
    await ada.press(again, "Cancel")
    await house.settled()


async def test_a_button_of_another_server_opens_nothing(house: House) -> None:
    """A job's id is no key: the server must be the job's."""
    ben = house.person("ben")
    here = await _imagine(house, ben)
    ((job,),) = house.rows("SELECT id FROM jobs ORDER BY number DESC LIMIT 1")
    there = ben.at("lobby", guild="Other Place")
    lure = await house.pictures(await there.command("imagine", prompt="a lure", steps=2))
    lure_button = lure.button("🔄")
    assert lure_button is not None
    forged = lure_button.custom_id.replace(lure_button.custom_id.split(":")[3], str(job))
    for component in lure.stored.components[0]["components"]:
        for item in component.get("components", []):
            if item.get("custom_id") == lure_button.custom_id:
                item["custom_id"] = forged
    told = await there.press(lure, custom_id=forged)
    assert isinstance(told, Message)
    assert "gone" in told.text
    assert here.pictures


async def test_every_button_works_after_restarts(house: House) -> None:
    """All they need is in their id and in the database."""
    ada = house.person("ada")
    four = await _imagine(house, ada)
    await house.restart()
    await house.restart()
    large = await _press(ada, four, "U4")
    varied = await _press(ada, four, "V4")
    again = await _press(ada, four, "🔄")
    for message in (large, varied, again):
        await house.pictures(message)
    await ada.press(four, "🗑️")
    await house.discord.until(lambda: four.deleted)


async def test_what_was_stopped_before_a_restart_can_be_tried_again_after(house: House) -> None:
    """So can what waited then be stopped."""
    ada = house.person("ada")
    reply = await ada.command("imagine", prompt="a patient star", steps=60, count=1)
    await house.restart()
    assert await ada.press(reply, "Cancel") is None
    await house.discord.until(house.says(reply, "Cancelled"))
    await house.restart()
    again = await _press(ada, reply, "Try again")
    assert seed_of(again) == seed_of(reply)
    await ada.press(again, "Cancel")
    await house.settled()


async def test_mixed_views_cannot_take_the_buttons_class_away(house: House) -> None:
    """Regression: discord.py forgets a DynamicItem's class when a view that holds it is dropped."""
    store = house.app.client._connection._view_store  # the library's own, looked at on purpose
    ada = house.person("ada")
    four = await _imagine(house, ada, private=True)
    assert not store._views
    assert not store._synced_message_views
    assert len(store._dynamic_items) == 1
    again = await _press(ada, four, "🔄")
    await house.pictures(again)
    assert len(store._dynamic_items) == 1


async def test_a_cancelled_enlargement_tried_again_is_an_enlargement(house: House) -> None:
    """The same picture, not a new one."""
    ada = house.person("ada")
    four = await _imagine(house, ada)
    ahead = await ada.command("imagine", prompt="one ahead", steps=60)
    large = await _press(ada, four, "U1")
    await ada.press(large, "Cancel")
    await house.discord.until(house.says(large, "Cancelled"))
    await ada.press(ahead, "Cancel")
    again = await house.pictures(await _press(ada, large, "Try again"))
    assert "Picture 1, larger" in again.text
    assert (again.pictures[0].width, again.pictures[0].height) == (512, 512)
    told = await _press(ada, large, "Try again")
    assert f"/{again.id}" in told.text
    house.discord.changes.delete_message(again.id)
    anew = await house.pictures(await _press(ada, large, "Try again"))
    assert not anew.ephemeral


async def test_vary_under_an_enlargement_outlives_the_grid(house: House) -> None:
    """Variations need seeds, not files."""
    ada = house.person("ada")
    four = await _imagine(house, ada)
    large = await house.pictures(await _press(ada, four, "U1"))
    await ada.press(four, "🗑️")
    await house.discord.until(lambda: four.deleted)
    varied = await house.pictures(await _press(ada, large, "Vary"))
    assert len(varied.pictures) == 4
