"""The client at its edges: servers that are not there, and answers that get lost."""

import pytest
from house import House

from bot.playground import Refusal

NOWHERE = 123456789012345678


async def test_a_test_server_without_the_bot_does_not_stop_the_others(
    own_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named in the log, and the commands are in the servers that are there."""
    studio = own_house.discord.world.guild_named("Easel Studio")
    discord = own_house.settings.discord.model_copy(update={"test_guilds": (NOWHERE, studio.id)})
    own_house.settings = own_house.settings.model_copy(update={"discord": discord})
    await own_house.restart()
    assert str(NOWHERE) in caplog.text
    registered = {command["name"] for command in own_house.discord.backend.commands.all_in(studio.id)}
    assert registered == {"imagine", "queue", "cancel", "quota", "help", "moderate", "settings", "audit"}
    assert "Easel" in (await own_house.person("ada").command("help")).text


async def test_an_explanation_that_gets_lost_is_logged(
    own_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """A reset in the middle of a refusal breaks nothing; the next command is answered."""
    ada = own_house.person("ada")
    own_house.discord.faults.reset("POST /interactions", times=10)
    with pytest.raises(Refusal):
        await ada.command("imagine", prompt="a cat --setps 5")
    own_house.discord.faults.clear()
    assert "could not tell somebody why not" in caplog.text
    assert "Did you mean" in (await ada.command("imagine", prompt="a cat --setps 5")).text
