"""The gateway: identify, resume, reconnect, and what ends a connection."""

import asyncio
import json
import zlib
from typing import Any

import aiohttp
import discord
import pytest
from trial_bot import Interaction, TrialBot, connected, layout

from bot.playground import LoopbackDiscord, Message


async def paint(interaction: Interaction, prompt: str, **_: object) -> None:
    await interaction.response.send_message(view=layout(prompt))


async def test_a_bot_is_told_of_its_servers(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """READY, then a GUILD_CREATE for each server, with channels and roles, and itself as the only member."""
    await bot.wait_until_ready()
    assert {guild.name for guild in bot.guilds} == {"Easel Studio", "Other Place"}
    studio = discord.utils.get(bot.guilds, name="Easel Studio")
    assert studio is not None
    assert [channel.name for channel in studio.text_channels] == ["studio", "sketches", "mods-only"]
    assert {role.name for role in studio.roles} == {"@everyone", "Moderators", "Artists", "Easel"}
    assert studio.me.guild_permissions.attach_files
    private = discord.utils.get(studio.text_channels, name="mods-only")
    assert private is not None
    assert not private.permissions_for(studio.me).view_channel
    assert bot.application_id == loopback.world.application.id


async def test_a_dropped_connection_is_resumed_and_nothing_is_missed(
    loopback: LoopbackDiscord, bot: TrialBot
) -> None:
    """What happens while the line is dead is replayed after RESUME; the bot answers it in time."""
    bot.handlers["paint"] = paint
    ada = loopback.person("ada")
    loopback.gateway.drop()
    asking = asyncio.create_task(ada.command("paint", prompt="while you were away"))
    reply = await asking
    assert reply.text == "while you were away"
    assert loopback.record.count("resumed") == 1
    assert loopback.gateway.identified == 1
    await loopback.until(lambda: "RESUMED" in bot.heard)
    assert bot.heard.count("INTERACTION_CREATE") == 1


async def test_a_bot_asked_to_reconnect_resumes(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Opcode 7: the bot comes back with its session."""
    bot.handlers["paint"] = paint
    await loopback.gateway.reconnect()
    await loopback.until(lambda: loopback.record.count("resumed") == 1)
    assert (await loopback.person("ada").command("paint", prompt="x")).text == "x"
    assert loopback.gateway.identified == 1


async def test_an_invalid_session_starts_anew(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """Opcode 9: the bot identifies again and is told of its servers again."""
    bot.handlers["paint"] = paint
    await loopback.gateway.invalidate()
    await loopback.until(lambda: loopback.gateway.identified == 2, timeout=15)
    reply: Message = await loopback.person("ada").command("paint", prompt="x")
    assert reply.text == "x"


async def test_a_session_left_too_long_cannot_be_resumed(loopback: LoopbackDiscord, bot: TrialBot) -> None:
    """After two minutes a RESUME is answered with an invalid session."""
    assert bot.handlers == {}
    loopback.gateway.drop()
    loopback.clock.advance(200)
    await loopback.until(lambda: loopback.gateway.identified == 2, timeout=15)
    assert loopback.record.count("resumed") == 0


async def test_wrong_tokens_do_not_log_in(loopback: LoopbackDiscord) -> None:
    """REST says 401, which discord.py words as a failed login."""
    async with connected(loopback):
        pass
    async with TrialBot() as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.login("wrong")


async def test_privileged_intents_must_be_switched_on(loopback: LoopbackDiscord) -> None:
    """Without the portal's switch, asking for members ends the connection with 4014."""
    intents = discord.Intents(guilds=True, members=True)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(loopback, TrialBot(intents)):
            pytest.fail("the bot is connected")
    loopback.world.application.privileged_intents = discord.Intents(members=True).value
    async with connected(loopback, TrialBot(intents)) as bot:
        await bot.wait_until_ready()
        studio = discord.utils.get(bot.guilds, name="Easel Studio")
        assert studio is not None
        assert {member.name for member in studio.members} == {"keeper", "ada", "ben", "mia", "Easel"}


async def test_a_sharded_client_is_served_as_well(loopback: LoopbackDiscord) -> None:
    """AutoShardedClient asks /gateway/bot and hears of all its servers."""
    async with connected(loopback):
        pass  # points discord.py here
    client = discord.AutoShardedClient(intents=discord.Intents(guilds=True), guild_ready_timeout=0.1)
    async with client:
        await client.login(loopback.token)
        connection = asyncio.create_task(client.connect())
        await client.wait_until_ready()
        assert len(client.guilds) == 2
        await client.close()
        await asyncio.gather(connection, return_exceptions=True)


async def receive(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads((await socket.receive(timeout=5)).data)
    return frame


IDENTIFY = {"op": 2, "d": {"token": "loopback", "intents": 1, "properties": {"os": "linux"}}}


async def test_any_client_library_may_come(loopback: LoopbackDiscord) -> None:
    """Plain JSON frames for who does not ask for compression; a heartbeat is acknowledged."""
    async with aiohttp.ClientSession() as session, session.ws_connect(loopback.gateway.url) as socket:
        hello = await receive(socket)
        assert (hello["op"], hello["d"]["heartbeat_interval"]) == (10, 41_250)
        await socket.send_json({"op": 1, "d": None})
        assert (await receive(socket))["op"] == 11
        await socket.send_json(IDENTIFY)
        frames = [await receive(socket) for _ in range(3)]
        assert [(frame["s"], frame["t"]) for frame in frames] == [
            (1, "READY"),
            (2, "GUILD_CREATE"),
            (3, "GUILD_CREATE"),
        ]


async def test_compressed_frames_share_one_stream(loopback: LoopbackDiscord) -> None:
    """zlib-stream: every frame ends in a sync flush and continues the same stream."""
    url = f"{loopback.gateway.url}?v=10&encoding=json&compress=zlib-stream"
    unpack = zlib.decompressobj()
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        for expected in (10, 11):
            data = (await socket.receive(timeout=5)).data
            assert data.endswith(b"\x00\x00\xff\xff")
            assert json.loads(unpack.decompress(data))["op"] == expected
            await socket.send_json({"op": 1, "d": None})


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["not json"], 4002),
        ([{"op": 8, "d": {"guild_id": "1"}}], 4003),
        ([IDENTIFY | {"d": IDENTIFY["d"] | {"token": "wrong"}}], 4004),  # type: ignore[operator]
        ([IDENTIFY, IDENTIFY], 4005),
        ([IDENTIFY | {"d": IDENTIFY["d"] | {"shard": [3, 2]}}], 4010),  # type: ignore[operator]
        ([{"op": 2, "d": {"token": "loopback", "properties": {}}}], 4013),
        ([IDENTIFY, {"op": 77}], 4001),
    ],
)
async def test_a_client_that_misbehaves_is_hung_up_on(
    loopback: LoopbackDiscord, frames: list[Any], code: int
) -> None:
    """Each mistake has its close code."""
    async with aiohttp.ClientSession() as session, session.ws_connect(loopback.gateway.url) as socket:
        for frame in frames:
            await socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))
        while (await socket.receive(timeout=5)).type == aiohttp.WSMsgType.TEXT:
            pass
        assert socket.close_code == code


async def test_who_stops_its_heartbeat_is_hung_up_on() -> None:
    """Two intervals without a word end the connection with 4009."""
    async with (
        LoopbackDiscord(heartbeat_interval=0.02) as loopback,
        aiohttp.ClientSession() as session,
        session.ws_connect(loopback.gateway.url) as socket,
    ):
        await receive(socket)
        await socket.receive(timeout=5)
        assert socket.close_code == 4009
