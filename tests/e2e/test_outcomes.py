"""What becomes of a job when the world changes under it: delivered once, or refunded."""

import pytest
from house import PICTURES, House, is_drawing, labels

from bot.playground import Message, Refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")
EDIT = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages"
ANSWER = "POST /interactions"
ASKING = "GET /webhooks/{webhook_id}/{webhook_token}/messages"
POSTING = "POST /channels/{channel_id}/messages"


def _balance(house: House) -> object:
    """The sum over the newest job's ledger: what it cost in the end."""
    ((total,),) = house.rows(
        "SELECT sum(amount) FROM ledger WHERE job = (SELECT id FROM jobs ORDER BY number DESC LIMIT 1)"
    )
    return total


async def test_a_deleted_message_is_posted_anew(house: House) -> None:
    """The pictures were owed; they come once, in the same channel."""
    ada = house.person("ada")
    reply = await ada.command("imagine", prompt="a deleted star", steps=30)
    house.discord.changes.delete_message(reply.id)
    await house.settled()
    (anew,) = [m for m in ada.messages() if "a deleted star" in m.text]
    assert len(anew.pictures) == 4
    assert house.states()[-1] == "delivered"
    assert isinstance(await house.pictures(anew), Message)
    assert isinstance(await ada.press(anew, "U1"), Message)
    await house.settled()


async def test_a_deleted_channel_refunds(house: House) -> None:
    """The job stops at once; nobody pays for what nobody sees."""
    ada = house.person("ada")
    guild = house.discord.world.guilds[ada.channel.guild_id or 0]
    channel = house.discord.changes.add_channel(guild, "short-lived")
    await ada.at("short-lived").command("imagine", prompt="a lost star", steps=60)
    house.discord.changes.delete_channel(channel)
    await house.settled()
    assert house.states()[-1] == "failed"
    assert _balance(house) == pytest.approx(0)


async def test_a_bot_that_is_removed_refunds(house: House) -> None:
    """And works again once it is back."""
    ben = house.person("ben", "lobby", "Other Place")
    guild = house.discord.world.guilds[ben.channel.guild_id or 0]
    await ben.command("imagine", prompt="a farewell star", steps=60)
    house.discord.changes.remove_bot(guild)
    await house.settled()
    assert house.states()[-1] == "failed"
    assert _balance(house) == pytest.approx(0)
    house.discord.changes.add_bot(guild)
    await house.pictures(await ben.command("imagine", prompt="a star again", steps=2))


async def test_who_leaves_still_leaves_pictures_for_the_others(house: House) -> None:
    """A public job is finished: the channel waits for it too."""
    zed = house.discord.changes.add_person(
        "zed", house.discord.world.guilds[house.person("ada").channel.guild_id or 0]
    )
    reply = await house.person("zed").command("imagine", prompt="a parting star", steps=30)
    ada = house.person("ada")
    house.discord.changes.leave(zed, house.discord.world.guilds[ada.channel.guild_id or 0])
    await house.pictures(reply)
    assert house.states()[-1] == "delivered"
    with pytest.raises(Refusal):
        await house.person("zed").command("imagine", prompt="from outside")


async def test_an_answer_that_surely_failed_costs_nothing(house: House) -> None:
    """The three seconds were over: Discord forgot the interaction, so nobody waits for the job."""
    ada = house.person("ada")
    before = house.spent(ada)
    held = house.discord.faults.hold(ANSWER)
    with pytest.raises(Refusal):
        await ada.command("imagine", prompt="too late", steps=60)
    held.release()
    await house.discord.until(lambda: house.states()[-1] == "failed")
    await house.settled()
    assert house.spent(ada) == pytest.approx(before)


async def test_an_answer_in_doubt_that_arrived_is_delivered_once(house: House) -> None:
    """The connection broke after Discord had accepted: Discord is asked, the job goes on."""
    ada = house.person("ada")
    house.discord.faults.reset(ANSWER, after=True)
    reply = await ada.command("imagine", prompt="a doubtful star", steps=3)
    await house.discord.until(lambda: len(labels(reply)) == 11, timeout=PICTURES)
    await house.settled()
    assert house.states()[-1] == "delivered"
    assert len([m for m in ada.messages() if "a doubtful star" in m.text]) == 1


async def test_an_answer_that_arrived_with_an_error_is_delivered_once(house: House) -> None:
    """Discord took the answer and said 500; the library's second try hears that it was answered already."""
    ada = house.person("ada")
    house.discord.faults.error(ANSWER, after=True)
    reply = await ada.command("imagine", prompt="an erring star", steps=3)
    await house.discord.until(lambda: len(labels(reply)) == 11, timeout=PICTURES)
    await house.settled()
    assert house.states()[-1] == "delivered"


async def test_a_job_in_doubt_can_be_cancelled(house: House) -> None:
    """Its card is on the screen, so its button works."""
    ada = house.person("ada")
    house.discord.faults.reset(ANSWER, after=True)
    asking = house.discord.faults.hold(ASKING)
    reply = await ada.command("imagine", prompt="a doubtful slow star", steps=60)
    await asking.arrived()
    assert await ada.press(reply, "Cancel") is None
    asking.release()
    await house.discord.until(house.says(reply, "Cancelled"))
    await house.settled()
    assert house.states()[-1] == "cancelled"


async def test_a_post_whose_reply_was_lost_is_not_posted_again(house: House) -> None:
    """The message was deleted, the new one arrived, its reply did not, and its nonce is long forgotten."""
    ada = house.person("ada")
    reply = await ada.command("imagine", prompt="a twice lost star", steps=30)
    house.discord.changes.delete_message(reply.id)
    house.discord.faults.reset(POSTING, after=True)
    await house.discord.until(lambda: "a twice lost star" in ada.messages()[-1].text, timeout=PICTURES)
    house.discord.clock.advance(600)
    await house.settled()
    assert len([m for m in ada.messages() if "a twice lost star" in m.text]) == 1
    assert house.states()[-1] == "delivered"


async def test_an_answer_in_doubt_that_never_arrived_is_refunded(house: House) -> None:
    """The connection broke before: the person saw a failure, and pays nothing."""
    ada = house.person("ada")
    before = house.spent(ada)
    house.discord.faults.reset(ANSWER)
    with pytest.raises(Refusal):
        await ada.command("imagine", prompt="an unheard star", steps=3)
    await house.discord.until(lambda: house.states()[-1] == "failed")
    await house.settled()
    assert house.spent(ada) == pytest.approx(before)
    assert not [m for m in ada.messages() if "an unheard star" in m.text]


@pytest.mark.parametrize("fault", ["429", "500 before", "500 after", "reset before", "reset after"])
async def test_a_faltering_discord_gets_the_pictures_once(house: House, fault: str) -> None:
    """Edits are repeated until they arrive; an edit can be repeated, so nothing doubles."""
    ada = house.person("ada")
    reply = await ada.command("imagine", prompt=f"a star in spite of {fault}", steps=3)
    faults = house.discord.faults
    match fault:
        case "429":
            faults.rate_limit(EDIT, times=2)
        case "500 before" | "500 after":
            faults.error(EDIT, times=1, after=fault.endswith("after"))
        case _:
            faults.reset(EDIT, times=2, after=fault.endswith("after"))
    await house.pictures(reply)
    assert house.states()[-1] == "delivered"
    assert len([m for m in ada.messages() if f"a star in spite of {fault}" in m.text]) == 1
    faults.clear()


async def test_after_fifteen_minutes_the_bots_own_key_opens_the_message(house: House) -> None:
    """The interaction's token is dead; a public message is edited all the same."""
    ada = house.person("ada")
    reply = await ada.command("imagine", prompt="a patient star", steps=40)
    house.discord.clock.advance(16 * 60)
    await house.pictures(reply)
    assert house.discord.record.requested("PATCH", "/channels/{channel_id}/messages/{message_id}")
    assert house.states()[-1] == "delivered"


async def test_a_private_answer_nobody_can_reach_any_more_is_refunded(house: House) -> None:
    """It lives as long as its token."""
    ada = house.person("ada")
    before = house.spent(ada)
    await ada.command("imagine", prompt="a private patient star", steps=40, private=True)
    house.discord.clock.advance(16 * 60)
    await house.settled()
    assert house.states()[-1] == "failed"
    assert house.spent(ada) == pytest.approx(before)


async def test_a_repeated_interaction_makes_one_job(house: House) -> None:
    """The gateway may say things twice."""
    ada = house.person("ada")
    before = len(house.states())
    house.discord.faults.repeat("INTERACTION_CREATE")
    await house.pictures(await ada.command("imagine", prompt="an echoed star", steps=2))
    assert len(house.states()) == before + 1


async def test_a_restart_takes_everything_up_again(house: House) -> None:
    """Queued and running jobs go on in their old order, in the messages they had."""
    ada, ben = house.person("ada"), house.person("ben")
    replies = [
        await ada.command("imagine", prompt="first across", steps=50),
        await ada.command("imagine", prompt="second across", steps=3),
        await ben.command("imagine", prompt="third across", steps=3),
    ]
    await house.discord.until(lambda: is_drawing(replies[0]), timeout=PICTURES)
    await house.restart()
    for reply in replies:
        await house.pictures(reply)
    assert house.states()[-3:] == ["delivered"] * 3
    assert [
        len([m for m in ada.messages() if m.text and f"{n} across" in m.text])
        for n in ("first", "second", "third")
    ] == [1, 1, 1]


async def test_a_lost_picture_stops_one_job_not_the_bot(house: House) -> None:
    """A queued upscale whose source vanished from the disk is refunded at the next start; all else works."""
    ada = house.person("ada")
    four = await house.pictures(await ada.command("imagine", prompt="a fleeting star", steps=3))
    ahead = await ada.command("imagine", prompt="one ahead", steps=60)
    before = house.spent(ada)
    large = await ada.press(four, "U1")
    assert isinstance(large, Message)
    await house.close()
    for file in (house.settings.storage.folder / "images").rglob("*.png"):
        file.unlink()
    await house.open()
    await house.discord.until(house.says(large, "deleted meanwhile"), timeout=PICTURES)
    await house.pictures(ahead)
    assert sorted(map(str, house.states()[-2:])) == ["delivered", "failed"]
    assert house.spent(ada) <= before


async def test_a_story_that_breaks_off_is_taken_up_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """The pictures could not be written for a while, for no known reason: they come all the same, once."""
    ada = house.person("ada")
    images = house.settings.storage.folder / "images"
    reply = await ada.command("imagine", prompt="a stumbling star", steps=20)
    images.rename(images.with_name("away"))
    images.touch()
    await house.discord.until(lambda: "story broke off" in caplog.text, timeout=PICTURES)
    images.unlink()
    images.with_name("away").rename(images)
    await house.pictures(reply)
    assert house.states()[-1] == "delivered"
    assert len([m for m in ada.messages() if "a stumbling star" in m.text]) == 1
