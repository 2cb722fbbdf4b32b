"""Faults on demand: what a bad day does to discord.py, and what it then does."""

import asyncio

import aiohttp
import discord
import pytest
from trial_bot import Interaction, TrialBot, layout

from bot.playground import LoopbackDiscord, RateLimits

POST = "POST /channels/{channel_id}/messages"
ORIGINAL = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"


def channel_of(loopback: LoopbackDiscord, bot: TrialBot) -> discord.PartialMessageable:
    return bot.get_partial_messageable(loopback.person("ada").channel.id)


async def test_a_rate_limited_request_is_tried_again(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A 429 with Retry-After and Via: discord.py waits and succeeds, and nothing happened twice."""
    loopback.faults.rate_limit(POST, retry_after=0.01)
    await channel_of(loopback, bot).send("x")
    statuses = [seen.status for seen in loopback.record.requested("POST", "/channels/{channel_id}/messages")]
    assert statuses == [429, 200]
    assert loopback.record.count("posted") == 1
    assert loopback.record.invalid_requests() == 1


async def test_a_429_without_via_is_taken_for_a_ban(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """What the proxy before Discord says when it bans an address."""
    loopback.faults.rate_limit(POST, via=False)
    with pytest.raises(discord.HTTPException) as banned:
        await channel_of(loopback, bot).send("x")
    assert banned.value.status == 429


async def test_a_5xx_after_acceptance_posts_once_with_a_nonce_and_twice_without(
    loopback: LoopbackDiscord, bot: TrialBot, http: aiohttp.ClientSession
) -> None:
    """The client tries a POST again that had its effect: only an enforced nonce saves the channel."""
    loopback.faults.error(POST, after=True)
    await channel_of(loopback, bot).send("once", nonce="job-1")
    assert loopback.record.count("posted") == 1
    url = f"channels/{loopback.person('ada').channel.id}/messages"
    loopback.faults.error(POST, status=502, after=True)
    for expected in (502, 200):
        async with http.post(url, json={"content": "twice"}) as answer:
            assert answer.status == expected
    assert loopback.record.count("posted") == 3


async def test_a_5xx_before_acceptance_changes_nothing(
    loopback: LoopbackDiscord, http: aiohttp.ClientSession
) -> None:
    """The request was never acted upon."""
    loopback.faults.error(POST, times=2, status=503)
    url = f"channels/{loopback.person('ada').channel.id}/messages"
    for expected in (503, 503, 200):
        async with http.post(url, json={"content": "x"}) as answer:
            assert answer.status == expected
    assert loopback.record.count("posted") == 1
    assert [seen.accepted for seen in loopback.record.requests] == [False, False, True]


@pytest.mark.parametrize("after", [False, True])
async def test_a_reset_connection_reaches_the_bot(
    loopback: LoopbackDiscord, bot: TrialBot, after: bool
) -> None:
    """discord.py does not try again after a reset: whether the message was posted, it cannot know."""
    loopback.faults.reset(POST, after=after)
    with pytest.raises((OSError, aiohttp.ClientConnectionError)):
        await channel_of(loopback, bot).send("x", nonce="job-1")
    assert loopback.record.count("posted") == int(after)
    await channel_of(loopback, bot).send("x", nonce="job-1")
    assert loopback.record.count("posted") == 1


async def test_a_held_request_waits_for_its_release(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A test can stop a request on its way and let it go when it likes."""
    held = loopback.faults.hold(POST)
    sending = asyncio.create_task(channel_of(loopback, bot).send("x"))
    await held.arrived()
    assert loopback.record.count("posted") == 0
    held.release()
    await sending
    assert loopback.record.count("posted") == 1
    loopback.faults.delay(POST, seconds=0.01)
    await channel_of(loopback, bot).send("y")


async def test_lost_and_repeated_gateway_events(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A lost interaction is never answered; a repeated one is answered once, the second try is 40060."""
    codes: list[int] = []

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        try:
            await interaction.response.send_message(view=layout(prompt))
        except discord.HTTPException as error:
            codes.append(error.code)

    bot.handlers["paint"] = paint
    ada = loopback.person("ada")
    loopback.faults.repeat("INTERACTION_CREATE")
    await ada.command("paint", prompt="x")
    await loopback.until(lambda: codes)
    assert codes == [40060]
    loopback.faults.drop("INTERACTION_CREATE")
    waiting = asyncio.create_task(ada.command("paint", prompt="y"))
    await loopback.until(lambda: loopback.record.count("asked") == 2)
    loopback.clock.advance(3.1)
    with pytest.raises(Exception, match="did not respond"):
        await waiting
    assert loopback.record.count("posted") == 1


async def test_the_rate_limits_are_enforced() -> None:
    """More than a bucket takes in its window is 429, and the next window starts anew."""
    loopback = LoopbackDiscord()
    limits = RateLimits(loopback.clock.now, limit=2, window=5)
    async with LoopbackDiscord(clock=loopback.clock, limits=limits) as discord_:
        headers = {"Authorization": f"Bot {discord_.token}"}
        async with aiohttp.ClientSession(f"{discord_.base_url}/api/v10/", headers=headers) as http:
            left, body = [], {}
            for expected in (200, 200, 429):
                async with http.get("users/@me") as answer:
                    assert answer.status == expected
                    left.append(answer.headers["X-RateLimit-Remaining"])
                    body = await answer.json()
            assert left == ["1", "0", "0"]
            assert answer.headers["Via"]
            assert 0 < body["retry_after"] <= 5
            assert body["global"] is False
            discord_.clock.advance(6)
            async with http.get("users/@me") as answer:
                assert answer.status == 200
