"""`/settings`: every menu counts at once, shows what it has come to, and is written down."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk_hands import choose, chosen, drawing
from fault_house import nothing_is_owed, scripted
from house import PICTURES, House, has_pictures

from bot.ops.upkeep import keep_up
from bot.playground import Message, Modal, Permission, Person, Refusal

DAY = 86_400.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """With two models on offer, and a worker that draws one picture at a time."""
    added = json.dumps([{"name": "house-style", "source": "/nowhere", "title": "House Style"}])
    async with scripted(
        tmp_path,
        step=0.1,
        EASEL_MODELS__ADD=added,
        EASEL_ENGINE__SLOTS="1",
        EASEL_ENGINE__PREVIEW_SECONDS="1",
    ) as house:
        yield house


async def _made(house: House, person: Person, **options: object) -> Message:
    reply = await person.command("imagine", prompt="a star", **{"steps": 2, "count": 1, **options})
    await house.discord.until(lambda: has_pictures(reply), timeout=PICTURES)
    await house.settled()
    return reply


async def test_channels_are_chosen_and_what_waits_elsewhere_is_refunded(house: House) -> None:
    """A command elsewhere is told where to go; a thread counts as its channel; none chosen is all."""
    ada, mia = house.person("ada"), house.person("mia")
    sketches = house.discord.world.channel_named("sketches")
    running = await drawing(house, ada, "a running star")
    waiting = await ada.command("imagine", prompt="a waiting star", steps=2, count=1)
    panel = await mia.command("settings")
    assert panel.ephemeral
    assert chosen(panel, "channels") == []
    await choose(mia, panel, "channels", "sketches")
    assert chosen(panel, "channels") == [str(sketches.id)]
    where = f"Pictures are made in other channels of this server: <#{sketches.id}>."
    await house.discord.until(house.says(waiting, f"{where} Nothing was charged."))
    told = await ada.command("imagine", prompt="a star")
    assert told.ephemeral
    assert where in told.text
    await ada.press(running, "Cancel")
    await _made(house, ada.at("sketches"))
    assert nothing_is_owed(house)
    await choose(mia, panel, "channels")
    assert chosen(panel, "channels") == []
    await _made(house, ada)


async def test_models_are_allowed_and_the_default_is_one_of_them(house: House) -> None:
    """Another is refused with those there are; nobody has to name one all the same."""
    ada, mia = house.person("ada"), house.person("mia")
    assert "Pocket" in (await _made(house, ada)).text
    panel = await mia.command("settings")
    await choose(mia, panel, "models", "house-style")
    assert chosen(panel, "models") == ["house-style"]
    told = await ada.command("imagine", prompt="a star", model="pocket")
    assert told.ephemeral
    assert "The rule for this whole server allows other models: `house-style`." in told.text
    assert "House Style" in (await _made(house, ada)).text
    await choose(mia, panel, "models")
    assert "Pocket" in (await _made(house, ada)).text


async def test_defaults_are_used_when_nobody_says_otherwise(house: House) -> None:
    """Model, sampler and shape; what somebody does say goes before."""
    ada, mia = house.person("ada"), house.person("mia")
    panel = await mia.command("settings")
    assert [chosen(panel, what) for what in ("model", "sampler", "aspect")] == [["-"]] * 3
    for what, value in (("model", "house-style"), ("sampler", "lms"), ("aspect", "3:2")):
        await choose(mia, panel, what, value)
        assert chosen(panel, what) == [value]
    card = (await _made(house, ada)).text
    assert "House Style" in card
    assert "LMS" in card
    ((width, height),) = house.rows("SELECT width, height FROM images")
    assert isinstance(width, int)
    assert isinstance(height, int)
    assert width > height
    said = (await _made(house, ada, model="pocket", sampler="ddim", aspect="1:1")).text
    assert "Pocket" in said
    assert "DDIM" in said
    for what in ("model", "sampler", "aspect"):
        await choose(mia, panel, what, "-")
    assert "House Style" not in (await _made(house, ada)).text


async def test_previews_can_be_switched_off(house: House) -> None:
    """A bar then, and no picture before it is done."""
    ada, mia = house.person("ada"), house.person("mia")

    def previews(message: Message) -> bool:
        return any(
            "preview" in each.detail for each in house.discord.record.of("uploaded", message_id=message.id)
        )

    shown = await _made(house, ada, steps=30)
    assert previews(shown)
    panel = await mia.command("settings")
    assert chosen(panel, "previews") == ["yes"]
    await choose(mia, panel, "previews", "no")
    assert chosen(panel, "previews") == ["no"]
    hidden = await _made(house, ada, steps=30)
    assert not previews(hidden)
    assert len(hidden.pictures) == 1


async def test_the_log_channel_is_told_and_its_loss_stops_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Acts arrive there and ping nobody; without the channel, or the right to write, they count, too."""
    mia, bot = house.person("mia"), house.discord.world.application.bot
    sketches = house.discord.world.channel_named("sketches")
    told = mia.at("sketches").messages
    panel = await mia.command("settings")
    await choose(mia, panel, "log_channel", "sketches")
    assert chosen(panel, "log_channel") == [str(sketches.id)]
    await house.discord.until(lambda: len(told()) == 1)
    assert f"<@{mia.user.id}> set the log channel: as by default → <#{sketches.id}>" in told()[0].text
    await mia.command("moderate warn", member="ada", why="@everyone")
    await house.discord.until(lambda: len(told()) == 2)
    assert told()[1].mentions == []
    with caplog.at_level(logging.WARNING, logger="bot.log_channel"):
        house.discord.changes.set_overwrite(sketches, bot, deny=Permission.SEND_MESSAGES)
        await mia.command("moderate ban", member="ada", lasts="1 h")
        await house.discord.until(lambda: "was not told" in caplog.text)
        caplog.clear()
        house.discord.changes.delete_channel(sketches)
        await mia.command("moderate unban", member="ada")
        await house.discord.until(lambda: "was not told" in caplog.text)
    acts = [act for (act,) in house.rows("SELECT act FROM audit ORDER BY number")]
    assert acts == ["setting", "warn", "ban", "unban"]
    again = await mia.command("settings")
    await choose(mia, again, "log_channel")
    assert chosen(again, "log_channel") == []


@pytest.mark.parametrize(
    ("studio", "server", "forgotten"),
    [(None, "7", True), (None, "30", False), ("3", "365", True), ("30", "7", True), (None, "-", False)],
)
async def test_pictures_are_kept_as_long_as_the_shorter_wish(
    tmp_path: Path, studio: str | None, server: str, forgotten: bool
) -> None:
    """Of the server's and of whoever runs Easel, and the panel says both; other servers keep theirs."""
    wish = {} if studio is None else {"EASEL_STORAGE__KEEP_DAYS": studio}
    async with scripted(tmp_path, step=0.02, pace=0.1, ahead=-8 * DAY, observed=True, **wish) as house:
        ada, mia = house.person("ada"), house.person("mia")
        reply = await _made(house, ada)
        await _made(house, house.person("ben", "lobby", "Other Place"))
        panel = await mia.command("settings")
        menu = next(each for each in panel.selects if each.custom_id.endswith("keep_days"))
        own = "as long as Easel keeps any" if studio is None else f"{studio} days, as everywhere"
        assert menu.options["-"] == f"Keep pictures {own}"
        if server != "-":
            await choose(mia, panel, "keep_days", server)
        assert chosen(panel, "keep_days") == [server]
        keep = None if studio is None else timedelta(days=int(studio))
        upkeep = asyncio.create_task(keep_up(house.app.store, keep=keep, every=0.1))
        await asyncio.sleep(0.5)
        upkeep.cancel()
        assert house.rows("SELECT discarded FROM jobs ORDER BY number") == [
            (int(forgotten),),
            (int(studio == "3"),),
        ]
        pressed = await ada.press(reply, "U1")
        assert isinstance(pressed, Message)
        assert ("gone" in pressed.text) == forgotten


async def test_who_waited_long_is_pinged_and_nobody_else(house: House) -> None:
    """In reply to the pictures, the owner alone; by default nobody is."""
    ada, mia = house.person("ada"), house.person("mia")

    async def waited(seconds: float) -> list[Message]:
        reply = await drawing(house, ada, "a star [with](x) markup", steps=10)
        house.discord.clock.advance(seconds)
        await house.pictures(reply)
        await asyncio.sleep(0.5)  # a ping that should not come would come now
        return [each for each in ada.messages() if each.stored.id > reply.id]

    assert await waited(120) == []
    panel = await mia.command("settings")
    assert chosen(panel, "ping_minutes") == ["-"]
    await choose(mia, panel, "ping_minutes", "1")
    assert chosen(panel, "ping_minutes") == ["1"]
    assert [each for each in await waited(0) if each.mentions] == []
    (ping,) = [each for each in await waited(61) if each.mentions]
    assert ping.mentions == ["ada"]
    assert ping.text == rf"<@{ada.user.id}> “a star \[with\]\(x\) markup” is ready."


async def test_a_role_gets_a_quota_by_form(house: House) -> None:
    """What it says stands in `/quota show`; what cannot be read is answered with how to write it."""
    mia = house.person("mia")
    panel = await mia.command("settings")
    modal = await mia.press(panel, "Give a role a quota")
    assert isinstance(modal, Modal)
    assert modal.title == "What a role may use"
    answers: dict[str, object] = {
        "role": ["Artists"],
        "compute": "30 min",
        "per": ["day"],
        "waiting": "3",
        "why": "our artists",
    }
    for field, wrong, words in (
        ("compute", "lots", "`compute` cannot be “lots”: write it like `10 min`"),
        ("compute", "-5", "`compute` cannot be “"),
        ("waiting", "½", "`waiting` cannot be “½”: write a whole number"),
    ):
        told = await mia.submit(modal, answers | {field: wrong})
        assert told is not None
        assert told.ephemeral
        assert words in told.text
    assert house.rows("SELECT * FROM audit") == []
    await mia.submit(modal, answers)
    await house.discord.until(house.says(panel, "30 min of compute a day"))
    shown = (await mia.command("quota show")).text
    (line,) = [line for line in shown.splitlines() if "<@&" in line]
    assert "30 min of compute a day" in line
    assert "3 jobs waiting" in line
    assert house.rows("SELECT act, why FROM audit") == [("quota set", "our artists")]
    await mia.submit(modal, answers | {"compute": "unlimited", "waiting": ""})
    shown = (await mia.command("quota show")).text
    assert "no limit on compute; 3 jobs waiting" in shown, "what is left empty stays as it was"


async def test_only_managers_change_settings(house: House) -> None:
    """Discord offers it to nobody else, and each press is checked anew."""
    ada, mia = house.person("ada"), house.person("mia")
    with pytest.raises(Refusal):
        await ada.command("settings")
    panel = await mia.command("settings")
    studio = next(guild for guild in house.discord.world.guilds.values() if guild.name == "Easel Studio")
    house.discord.changes.set_roles(mia.user, studio, [])
    await choose(mia, panel, "previews", "no")
    assert house.rows("SELECT * FROM settings") == []
