"""Messages and files: edits by token and by the bot's own, nonces, history, the CDN."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import discord
from trial_bot import Interaction, TrialBot, layout

from bot.playground import LoopbackDiscord, Message
from bot.playground.attachments import URL_LIFE

TEMPLATE = "/channels/{channel_id}/messages"


def file(name: str, data: bytes = b"bytes", words: str | None = None) -> discord.File:
    return discord.File(io.BytesIO(data), filename=name, description=words)


async def answered(loopback: LoopbackDiscord, bot: TrialBot) -> tuple[Message, Interaction]:
    """A command answered with one text, and its interaction."""
    got: asyncio.Future[Interaction] = asyncio.get_running_loop().create_future()

    async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
        await interaction.response.send_message(view=layout(prompt))
        got.set_result(interaction)

    bot.handlers["paint"] = paint
    message = await loopback.person("ada").command("paint", prompt="queued")
    return message, await got


async def test_the_original_is_edited_with_new_pictures(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """An edit by token swaps words and files; files the edit does not list are gone."""
    message, interaction = await answered(loopback, bot)
    await interaction.edit_original_response(
        view=layout("preview", pictures=("p.png",)), attachments=[file("p.png", b"preview")]
    )
    preview = message.pictures[0]
    assert (message.text, preview.data, preview.description) == ("preview", b"preview", "the picture p.png")
    await interaction.edit_original_response(
        view=layout("done", pictures=("1.png", "2.png")),
        attachments=[file("1.png", b"one"), file("2.png", b"two")],
    )
    assert [picture.data for picture in message.pictures] == [b"one", b"two"]
    assert message.edited == 2
    assert loopback.record.count("uploaded", message_id=message.id) == 3
    async with aiohttp.ClientSession() as session, session.get(preview.url) as gone:
        assert gone.status == 404


async def test_an_edit_keeps_the_files_it_lists(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Listing an attachment's id keeps it beside the new ones; naming none in the edit keeps all."""
    message, interaction = await answered(loopback, bot)
    first = await interaction.edit_original_response(
        view=layout("a", pictures=("1.png",)), attachments=[file("1.png", b"one")]
    )
    await interaction.edit_original_response(
        view=layout("b", pictures=("1.png", "2.png")), attachments=[*first.attachments, file("2.png", b"two")]
    )
    assert [picture.data for picture in message.pictures] == [b"one", b"two"]
    await interaction.edit_original_response(view=layout("c", pictures=("2.png",)))
    assert [picture.data for picture in message.pictures] == [b"two"]
    assert len(message.stored.files) == 2


async def test_a_public_answer_is_edited_with_the_bots_own_token(
    loopback: LoopbackDiscord, bot: TrialBot
) -> None:
    """Long after the interaction's token died, the channel's message can still be edited."""
    message, interaction = await answered(loopback, bot)
    loopback.clock.advance(3600)
    channel = bot.get_channel(message.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.get_partial_message(message.id).edit(
        view=layout("late", pictures=("1.png",)), attachments=[file("1.png", b"one")]
    )
    assert (message.text, message.pictures[0].data) == ("late", b"one")
    fetched = await channel.fetch_message(message.id)
    assert fetched.flags.components_v2
    assert fetched.interaction_metadata is not None
    assert fetched.interaction_metadata.id == interaction.id
    await fetched.delete()
    assert message.deleted


async def test_a_nonce_is_enforced_for_a_few_minutes(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """A second POST with the same enforced nonce answers with the first message and posts nothing."""
    channel = bot.get_partial_messageable(loopback.person("ada").channel.id)
    first = await channel.send("picture", nonce="job-1")
    again = await channel.send("picture", nonce="job-1")
    other = await channel.send("picture", nonce="job-2")
    assert first.id == again.id != other.id
    loopback.clock.advance(600)
    assert (await channel.send("picture", nonce="job-1")).id != first.id
    assert loopback.record.count("posted") == 3


async def test_history_is_newest_first_and_leaves_out_what_is_private(
    loopback: LoopbackDiscord, bot: TrialBot
) -> None:
    """GET lists what everybody sees, in pages; a reply names what it replies to."""
    ada = loopback.person("ada")
    said = [ada.say(str(number)) for number in range(5)]
    channel = bot.get_channel(ada.channel.id)
    assert isinstance(channel, discord.TextChannel)
    assert [each.id async for each in channel.history(limit=3)] == [each.id for each in reversed(said[2:])]
    earlier = [each.id async for each in channel.history(before=discord.Object(said[2].id))]
    assert earlier == [said[1].id, said[0].id]
    reply = await channel.send("yes", reference=await channel.fetch_message(said[4].id))
    assert reply.reference is not None
    assert reply.reference.message_id == said[4].id


async def test_people_talk_and_react(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """The bot hears that a message came, without its words (it lacks that intent), and of reactions."""
    heard: asyncio.Queue[Any] = asyncio.Queue()
    bot.on_message = heard.put  # type: ignore[attr-defined]
    bot.on_raw_reaction_add = heard.put  # type: ignore[attr-defined]
    ada = loopback.person("ada")
    message = ada.say("my words")
    received = await heard.get()
    assert (received.id, received.content, received.author.name) == (message.id, "", "ada")
    ada.react(message, "⭐")
    reaction = await heard.get()
    assert (str(reaction.emoji), reaction.message_id) == ("⭐", message.id)
    await bot.get_partial_messageable(ada.channel.id).get_partial_message(message.id).add_reaction("✉️")
    assert message.reactions == {"⭐": 1, "✉️": 1}
    ada.react(message, "⭐", add=False)
    assert message.reactions == {"✉️": 1}


async def test_mentions_notify_only_whom_the_bot_allows(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """With AllowedMentions.none() nobody is notified; naming one user notifies that one."""
    ada, ben = loopback.world.user_named("ada"), loopback.world.user_named("ben")
    channel = bot.get_partial_messageable(loopback.person("ada").channel.id)
    text = f"<@{ada.id}> <@{ben.id}>"
    quiet = await channel.send(text)
    assert quiet.mentions == []
    allowed = discord.AllowedMentions(users=[discord.Object(ben.id)])
    loud = await channel.send(text, allowed_mentions=allowed)
    assert [each.name for each in loud.mentions] == ["ben"]


async def test_a_files_address_expires(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """An attachment's URL is signed and good for a day; a fresh look at the message gives a fresh one."""
    channel = bot.get_partial_messageable(loopback.person("ada").channel.id)
    sent = await channel.send(file=file("a picture.png", b"bytes", "words"))
    assert sent.attachments[0].filename == "a_picture.png"
    assert await sent.attachments[0].read() == b"bytes"
    url = sent.attachments[0].url
    async with aiohttp.ClientSession() as session:
        async with session.get(url[:-1] + ("0" if url[-1] != "0" else "1")) as forged:
            assert forged.status == 404
        loopback.clock.advance(URL_LIFE + 1)
        async with session.get(url) as expired:
            assert expired.status == 404
    fresh = await channel.fetch_message(sent.id)
    assert await fresh.attachments[0].read() == b"bytes"


async def test_answers_look_like_discords(loopback: LoopbackDiscord, http: aiohttp.ClientSession) -> None:
    """JSON without a charset, rate-limit headers, Discord's own error shape."""
    channel = loopback.person("ada").channel
    async with http.post(f"channels/{channel.id}/messages", json={"content": ""}) as empty:
        assert empty.status == 400
        assert empty.headers["Content-Type"] == "application/json"
        assert json.loads(await empty.text()) == {"message": "Cannot send an empty message", "code": 50006}
        for header in ("Limit", "Remaining", "Reset", "Reset-After", "Bucket"):
            assert f"X-RateLimit-{header}" in empty.headers
    async with http.get("no/such/route") as unknown:
        assert (unknown.status, (await unknown.json())["code"]) == (404, 0)
    async with http.get("users/@me", headers={"Authorization": "Bot wrong"}) as stranger:
        assert stranger.status == 401
    async with http.post(f"channels/{channel.id}/messages", data=b"{") as broken:
        assert (broken.status, (await broken.json())["code"]) == (400, 50109)
    assert loopback.record.invalid_requests() == 1
