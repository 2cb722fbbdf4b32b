"""An interaction's two deadlines and its single first response."""

import asyncio

import aiohttp
import discord
import pytest
from trial_bot import Interaction, TrialBot, layout

from bot.playground import LoopbackDiscord, Message


async def answered(loopback: LoopbackDiscord, bot: TrialBot) -> tuple[Message, Interaction]:
    """A command answered with one text, and its interaction."""
    got: asyncio.Future[Interaction] = asyncio.get_running_loop().create_future()

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        await interaction.response.send_message(view=layout(prompt))
        got.set_result(interaction)

    bot.handlers["paint"] = paint
    message = await loopback.person("ada").command("paint", prompt="queued")
    return message, await got


def code_of(error: pytest.ExceptionInfo[discord.HTTPException]) -> tuple[int, int]:
    return error.value.status, error.value.code


async def test_a_token_lives_fifteen_minutes(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Edits, followups and looks by token work until then, and are 401 / 50027 afterwards."""
    message, interaction = await answered(loopback, bot)
    loopback.clock.advance(15 * 60 - 5)
    await interaction.edit_original_response(view=layout("in time"))
    loopback.clock.advance(10)
    with pytest.raises(discord.HTTPException) as refused:
        await interaction.edit_original_response(view=layout("too late"))
    assert code_of(refused) == (401, 50027)
    with pytest.raises(discord.HTTPException) as refused:
        await interaction.followup.send("too late")
    assert code_of(refused) == (401, 50027)
    assert message.text == "in time"


async def test_an_interaction_is_answered_once(
    loopback: LoopbackDiscord, bot: TrialBot, http: aiohttp.ClientSession
) -> None:
    """A second callback is 40060; a callback for an interaction nobody opened is 10062."""
    message, interaction = await answered(loopback, bot)
    body = {"type": 4, "data": {"content": "again"}}
    async with http.post(f"interactions/{interaction.id}/{interaction.token}/callback", json=body) as again:
        assert (again.status, (await again.json())["code"]) == (400, 40060)
    async with http.post(f"interactions/{interaction.id}/nonsense/callback", json=body) as unknown:
        assert (unknown.status, (await unknown.json())["code"]) == (404, 10062)
    assert loopback.person("ada").messages() == [message]


async def test_a_token_never_answered_is_no_webhook_yet(
    loopback: LoopbackDiscord, bot: TrialBot, http: aiohttp.ClientSession
) -> None:
    """Before the first response there is no @original and no followup: 10015."""
    codes: list[int] = []

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        url = f"webhooks/{interaction.application_id}/{interaction.token}"
        async with http.patch(f"{url}/messages/@original", json={"content": prompt}) as early:
            codes.append((await early.json())["code"])
        async with http.post(url, json={"content": prompt}) as early:
            codes.append((await early.json())["code"])
        await interaction.response.send_message("now")

    bot.handlers["paint"] = paint
    await loopback.person("ada").command("paint", prompt="x")
    assert codes == [10015, 10015]


async def test_the_kinds_of_answer_fit_the_kind_of_question(
    loopback: LoopbackDiscord, bot: TrialBot, http: aiohttp.ClientSession
) -> None:
    """A command can be answered with a message, a deferral or a modal; not as a component or suggestions."""
    codes: list[int] = []

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        url = f"interactions/{interaction.id}/{interaction.token}/callback"
        data = {"choices": [], "content": prompt}
        for kind in (6, 7, 8, 99, None):
            async with http.post(url, json={"type": kind, "data": data}) as refused:
                codes.append((await refused.json())["code"])
        # A deferral may say that it is ephemeral, and nothing else.
        async with http.post(url, json={"type": 5, "data": {"flags": 1 << 15}}) as refused:
            codes.append((await refused.json())["code"])
        async with http.post(url, json={"type": 5, "data": {"flags": 64}}) as silent:
            assert (silent.status, await silent.read()) == (204, b"")

    bot.handlers["paint"] = paint
    reply = await loopback.person("ada").command("paint", prompt="x")
    assert codes == [50035] * 6
    assert (reply.loading, reply.ephemeral) == (True, True)


async def test_at_most_twenty_five_suggestions(
    loopback: LoopbackDiscord, bot: TrialBot, http: aiohttp.ClientSession
) -> None:
    """A longer list of choices is refused."""
    codes: list[int] = []

    async def samplers(interaction: Interaction, current: str) -> list[str]:
        url = f"interactions/{interaction.id}/{interaction.token}/callback"
        choices = [{"name": f"{current}{number}", "value": "v"} for number in range(26)]
        async with http.post(url, json={"type": 8, "data": {"choices": choices}}) as refused:
            codes.append((await refused.json())["code"])
        return ["short"]

    bot.handlers["samplers"] = samplers
    found = await loopback.person("ada").autocomplete("paint", "sampler", "x")
    assert codes == [50035]
    assert [choice.value for choice in found] == ["short"]


async def test_a_deleted_answer_cannot_be_edited(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Once its message is gone, @original is 10008; once its channel is, 10003."""
    message, interaction = await answered(loopback, bot)
    loopback.person("mia").delete(message)
    with pytest.raises(discord.NotFound) as refused:
        await interaction.edit_original_response(view=layout("x"))
    assert code_of(refused) == (404, 10008)
    with pytest.raises(discord.NotFound) as refused:
        await interaction.delete_original_response()
    assert code_of(refused) == (404, 10008)
    loopback.changes.delete_channel(message.channel)
    with pytest.raises(discord.NotFound) as refused:
        await interaction.followup.send("x")
    assert code_of(refused) == (404, 10003)
