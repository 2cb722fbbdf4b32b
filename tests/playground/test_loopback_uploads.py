"""What people write: files with alt text and spoilers, replies, edits, and the limits of it all."""

import discord
import pytest
from trial_bot import TrialBot, connected

from bot.playground import LoopbackDiscord, Permission, Refusal, Upload
from bot.playground.api_error import ApiError

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03"


def png(name: str = "house.png", words: str | None = None) -> Upload:
    return Upload(filename=name, data=PNG, content_type="image/png", description=words)


async def test_files_come_with_alt_text_and_spoilers(loopback: LoopbackDiscord) -> None:
    """In the order given, each measured; a name that begins with SPOILER_ hides the file."""
    message = loopback.person("ada").say("look", png(words="a red house"), png("SPOILER_end.png"))
    first, second = message.pictures
    assert (first.filename, first.description, first.spoiler) == ("house.png", "a red house", False)
    assert (first.width, first.height) == (2, 3)
    assert (second.description, second.spoiler) == (None, True)
    told = loopback.backend.messages.payload(message.stored)
    assert told["attachments"][0]["description"] == "a red house"
    assert loopback.person("ada").say("", png()).pictures


async def test_uploads_are_bounded(loopback: LoopbackDiscord) -> None:
    """By number, by size, by the length of their alt text, and by permission."""
    ada = loopback.person("ada")
    with pytest.raises(ApiError, match="50035"):
        ada.say("many", *[png() for _ in range(11)])
    with pytest.raises(Refusal, match="too powerful"):
        ada.say("large", Upload(filename="a.bin", data=bytes(10 * 1024 * 1024 + 1)))
    with pytest.raises(ApiError, match="50035"):
        ada.say("wordy", png(words="w" * 1025))
    everyone = loopback.world.guild_named("Easel Studio").roles[ada.channel.guild_id or 0]
    loopback.changes.set_overwrite(ada.channel, everyone, deny=Permission.ATTACH_FILES)
    with pytest.raises(Refusal, match="Attach Files"):
        ada.say("", png())
    assert ada.messages() == []


async def test_a_reply_carries_what_it_answers(loopback: LoopbackDiscord) -> None:
    """And notifies its author; when that message is gone, the reply says so."""
    ada, ben = loopback.person("ada"), loopback.person("ben")
    said = ada.say("a question")
    reply = ben.say("an answer", reply_to=said)
    told = loopback.backend.messages.payload(reply.stored)
    assert (told["type"], told["referenced_message"]["content"]) == (19, "a question")
    assert told["message_reference"]["message_id"] == str(said.id)
    assert reply.mentions == ["ada"]
    ada.delete(said)
    assert loopback.backend.messages.payload(reply.stored)["referenced_message"] is None
    with pytest.raises(Refusal, match="not here"):
        ben.say("late", reply_to=said)


async def test_the_bot_replies_and_chooses_whom_to_notify(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """By default the one answered; with `allowed_mentions`, whom it names."""
    said = loopback.person("ada").say("a question")
    channel = bot.get_channel(said.channel.id)
    assert isinstance(channel, discord.TextChannel)
    quiet = await channel.send("an answer", reference=channel.get_partial_message(said.id))
    loud = await channel.send(
        "an answer",
        reference=channel.get_partial_message(said.id),
        allowed_mentions=discord.AllowedMentions(replied_user=True),
    )
    assert ([user.name for user in quiet.mentions], [user.name for user in loud.mentions]) == ([], ["ada"])


async def test_one_edits_ones_own_words(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Nobody else's; the files stay, the message says when, and the bot hears of it."""
    ada, ben = loopback.person("ada"), loopback.person("ben")
    message = ada.say("a huose", png())
    ada.edit(message, "a house")
    assert (message.text, message.edited, len(message.pictures)) == ("a house", 1, 1)
    assert loopback.backend.messages.payload(message.stored)["edited_timestamp"] is not None
    await loopback.until(lambda: "MESSAGE_UPDATE" in bot.heard)
    with pytest.raises(Refusal, match="your own"):
        ben.edit(message, "mine now")
    with pytest.raises(Refusal, match="your own"):
        loopback.person("mia").edit(message, "moderated")
    with pytest.raises(ApiError, match="50035"):
        ada.edit(message, "w" * 2001)
    ada.edit(message, "")
    words = ada.say("words alone")
    with pytest.raises(ApiError, match="50006"):
        ada.edit(words, "")


async def test_roles_and_everybody_are_mentioned_with_permission(loopback: LoopbackDiscord) -> None:
    """A role that is not mentionable, and @everyone, take Mention Everyone."""
    guild = loopback.world.guild_named("Easel Studio")
    artists = next(role for role in guild.roles.values() if role.name == "Artists")
    text = f"<@&{artists.id}> @everyone"

    def told(name: str) -> tuple[list[str], bool]:
        payload = loopback.backend.messages.payload(loopback.person(name).say(text).stored)
        return payload["mention_roles"], payload["mention_everyone"]

    assert told("ada") == ([], False)
    artists.mentionable = True
    assert told("ada") == ([str(artists.id)], False)
    moderators = next(role for role in guild.roles.values() if role.name == "Moderators")
    moderators.permissions |= Permission.MENTION_EVERYONE
    artists.mentionable = False
    assert told("mia") == ([str(artists.id)], True)


async def test_typing_is_seen(loopback: LoopbackDiscord) -> None:
    """The bot hears of people who type, where it asked to; where one may not write, nobody types."""
    intents = discord.Intents(guilds=True, guild_typing=True, dm_typing=True)
    async with connected(loopback, TrialBot(intents)) as bot:
        loopback.person("ada").type()
        loopback.person("ada", dm=True).type()
        await loopback.until(lambda: bot.heard.count("TYPING_START") == 2)
        channel = bot.get_channel(loopback.world.channel_named("studio").id)
        assert isinstance(channel, discord.TextChannel)
        await channel.typing()
        assert loopback.record.count("typing", by=loopback.world.application.bot.id) == 1
    ada = loopback.person("ada")
    everyone = loopback.world.guild_named("Easel Studio").roles[ada.channel.guild_id or 0]
    loopback.changes.set_overwrite(ada.channel, everyone, deny=Permission.SEND_MESSAGES)
    with pytest.raises(Refusal):
        ada.type()
