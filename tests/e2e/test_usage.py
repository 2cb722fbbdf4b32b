"""What things cost, told before and after: under pictures, in the form, and as a chart."""

import re

import pytest
from house import House

from bot.playground import Message, Modal

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_price_of_a_press_is_said_before_it(house: House) -> None:
    """Under the pictures for everybody; in the form with what is left to whoever opened it."""
    ada, ben = house.person("ada"), house.person("ben")
    made = await house.pictures(await ada.command("imagine", prompt="a priced star", steps=2, count=2))
    said = re.search(r"🔄 uses about ([\d.]+) s, variations about ([\d.]+) s, a larger one about", made.text)
    assert said is not None
    form = await ben.press(made, "✏️")
    assert isinstance(form, Modal)
    assert re.fullmatch(r"Edit · about [\d.]+ s of your [\d,.]+ s left", form.title)
    larger = await ben.press(made, "U1")
    assert isinstance(larger, Message)
    text = (await house.pictures(larger)).text
    assert "Variations about" in text
    assert "🔄 uses" not in text


async def test_a_chart_shows_and_says_who_used_how_much(house: House) -> None:
    """To a moderator everybody's, by member, channel or model; the numbers are in the alt text."""
    ada, mia = house.person("ada"), house.person("mia")
    await house.pictures(await ada.command("imagine", prompt="a counted star", steps=2, count=1))
    shown = await mia.command("quota usage")
    await house.discord.until(lambda: bool(shown.pictures))
    assert shown.ephemeral
    (picture,) = shown.pictures
    assert re.search(
        r"Compute used, .* all members, by member.* in all.* Ada: [\d.]+ s\.", picture.description or ""
    )
    for by, name in (("channel", "#studio"), ("model", "Pocket")):
        chart = await mia.command("quota usage", by=by, days=1, look="light")
        await house.discord.until(lambda chart=chart: bool(chart.pictures))  # type: ignore[misc]
        assert name in (chart.pictures[0].description or "")


async def test_members_see_their_own_use_alone(house: House) -> None:
    """Somebody else's is for moderators."""
    ada, ben, mia = house.person("ada"), house.person("ben"), house.person("mia")
    own = await ada.command("quota usage")
    await house.discord.until(lambda: bool(own.pictures))
    assert "Ada, by model" in (own.pictures[0].description or "")
    assert "manage messages" in (await ben.command("quota usage", member="ada")).text
    theirs = await mia.command("quota usage", member="ada")
    await house.discord.until(lambda: bool(theirs.pictures))
    assert "Ada, by model" in (theirs.pictures[0].description or "")
