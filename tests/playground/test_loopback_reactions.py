"""Reactions of bot and people: added, listed, taken back, cleared; and what bots hear of it."""

import discord
import pytest
from trial_bot import TrialBot

from bot.playground import LoopbackDiscord, Message, Permission, Refusal
from bot.playground.api_error import ApiError
from bot.playground.reactions import MOST_KINDS, is_emoji


def partial(bot: TrialBot, message: Message) -> discord.PartialMessage:
    channel = bot.get_channel(message.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return channel.get_partial_message(message.id)


def let_moderate(loopback: LoopbackDiscord) -> None:
    guild = loopback.world.guild_named("Easel Studio")
    role = next(role for role in guild.roles.values() if role.managed)
    role.permissions |= Permission.MANAGE_MESSAGES


async def test_who_reacted_is_listed(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Page by page, in the order of their ids; each reaction says whether it is also the bot's."""
    message = loopback.person("ada").say("look")
    for name in ("ben", "mia", "ada"):
        loopback.person(name).react(message, "⭐")
    await partial(bot, message).add_reaction("⭐")
    fetched = await partial(bot, message).fetch()
    (star,) = fetched.reactions
    assert (str(star.emoji), star.count, star.me) == ("⭐", 4, True)
    # discord.py pages through the list itself.
    assert {user.name async for user in star.users(limit=None)} == {"ada", "ben", "mia", "Easel"}
    assert len([user async for user in star.users(limit=2)]) == 2


async def test_reactions_are_taken_back(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """One's own at will; another's, and all of them, with Manage Messages."""
    message = loopback.person("ada").say("look")
    ada = loopback.person("ada").user
    for emoji in ("⭐", "✉️", "❤️"):
        loopback.person("ada").react(message, emoji)
    mine = partial(bot, message)
    await mine.add_reaction("⭐")
    await mine.remove_reaction("⭐", discord.Object(loopback.world.application.bot.id))
    assert message.reactions == {"⭐": 1, "✉️": 1, "❤️": 1}
    for attempt in (
        mine.remove_reaction("⭐", discord.Object(ada.id)),
        mine.clear_reaction("✉️"),
        mine.clear_reactions(),
    ):
        with pytest.raises(discord.Forbidden):
            await attempt
    let_moderate(loopback)
    await mine.remove_reaction("⭐", discord.Object(ada.id))
    await mine.clear_reaction("✉️")
    assert message.reactions == {"❤️": 1}
    await mine.clear_reactions()
    assert message.reactions == {}
    await loopback.until(
        lambda: {
            "MESSAGE_REACTION_REMOVE",
            "MESSAGE_REACTION_REMOVE_EMOJI",
            "MESSAGE_REACTION_REMOVE_ALL",
        }.issubset(bot.heard)
    )


async def test_a_reaction_event_says_whose_message_it_is(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """With the member who reacted, so that a bot without a member cache knows both."""
    told: list[discord.RawReactionActionEvent] = []

    @bot.event
    async def on_raw_reaction_add(event: discord.RawReactionActionEvent) -> None:
        told.append(event)

    message = loopback.person("ben").say("look")
    loopback.person("ada").react(message, "❤️")
    await loopback.until(lambda: told)
    assert told[0].message_author_id == message.stored.author.id
    assert told[0].member is not None
    assert told[0].member.name == "ada"


async def test_joining_in_takes_no_permission(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Only a new kind of reaction takes Add Reactions, for people and bot alike."""
    ada = loopback.person("ada")
    message = ada.say("look")
    loopback.person("mia").react(message, "⭐")
    guild = loopback.world.guild_named("Easel Studio")
    for role in guild.roles.values():
        loopback.changes.set_overwrite(ada.channel, role, deny=Permission.ADD_REACTIONS)
    ada.react(message, "⭐")
    await partial(bot, message).add_reaction("⭐")
    with pytest.raises(Refusal, match="Add Reactions"):
        ada.react(message, "❤️")
    with pytest.raises(discord.Forbidden):
        await partial(bot, message).add_reaction("❤️")


async def test_what_is_no_emoji_is_refused(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """With Discord's code, and so is one kind of reaction too many."""
    message = loopback.person("ada").say("look")
    with pytest.raises(discord.HTTPException) as unknown:
        await partial(bot, message).add_reaction("star")
    assert unknown.value.code == 10014
    for number in range(MOST_KINDS):
        loopback.person("ada").react(message, chr(0x1F600 + number))
    with pytest.raises(ApiError, match="30010"):
        loopback.person("ada").react(message, "⭐")
    loopback.person("ben").react(message, chr(0x1F600))


@pytest.mark.parametrize(
    "text", ["⭐", "❤️", "✉️", "👩‍🎨", "🏳️‍🌈", "🇫🇷", "1️⃣", "👍🏽", "©️", "\N{HEAVY PLUS SIGN}", "🫠", "▶️"]
)
def test_emoji_are_known(text: str) -> None:
    """Those of one character and those put together."""
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", "a", "1", "star", "⭐a", " ", "😀" * 40, "é", "<:a:1>"])
def test_other_text_is_no_emoji(text: str) -> None:
    """Letters, digits, blanks, and too much of a good thing."""
    assert not is_emoji(text)


async def test_reactions_in_direct_messages(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """They are added and listed there as well."""
    ada = loopback.person("ada", dm=True)
    message = ada.say("hello")
    user = await bot.fetch_user(ada.user.id)
    channel = await user.create_dm()
    await channel.get_partial_message(message.id).add_reaction("⭐")
    assert message.reactions == {"⭐": 1}
