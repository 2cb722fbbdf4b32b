"""The bot as a process of its own: `easel run`, killed for real."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from conformance import DESCRIPTION, Conformance, Description
from house import House, is_drawing, settings_in

from bot.playground import LoopbackDiscord, Message


class Bot:
    """`easel run` in a process."""

    def __init__(self, folder: Path, discord: LoopbackDiscord) -> None:
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("EASEL_", "DISCORD_"))},
            "EASEL_STORAGE__FOLDER": str(folder),
            "EASEL_DISCORD__API_BASE": discord.base_url,
            "EASEL_QUOTA__WAITING_JOBS": "1000",
            "DISCORD_TOKEN": discord.token,
        }
        self._discord = discord
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        connections = self._discord.record.count("connected")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=self._environment, stderr=asyncio.subprocess.PIPE
        )
        await self._discord.until(lambda: self._discord.record.count("connected") > connections, timeout=30)

    def children(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    async def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal, wait; answers the exit code and what was logged."""
        assert self.process is not None
        self.process.send_signal(number)
        _, written = await asyncio.wait_for(self.process.communicate(), timeout=60)
        code, self.process = self.process.returncode or 0, None
        return code, written.decode()


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    observer = Conformance(description=Description.load()) if DESCRIPTION.is_file() else None
    async with LoopbackDiscord(observer=observer) as discord:
        yield discord
    if observer is not None:
        observer.raise_problems()


@pytest.fixture
async def bot(tmp_path: Path, discord: LoopbackDiscord) -> AsyncIterator[Bot]:
    bot = Bot(tmp_path, discord)
    await bot.start()
    yield bot
    if bot.process is not None:
        await bot.end(signal.SIGKILL)


async def test_a_killed_bot_leaves_no_worker_and_loses_nothing(
    bot: Bot, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """SIGKILL in the middle of a job: the worker leaves by itself, and the next start delivers, once."""
    ada = discord.person("ada")
    reply = await ada.command("imagine", prompt="a star that comes through", steps=60)
    await discord.until(lambda: is_drawing(reply), timeout=60)
    workers = bot.children()
    assert workers
    await bot.end(signal.SIGKILL)
    gone, alive = await asyncio.to_thread(psutil.wait_procs, workers, timeout=20)
    assert not alive
    assert gone
    await bot.start()
    await discord.until(lambda: len(reply.buttons) == 11, timeout=60)
    house = House(discord, settings_in(tmp_path))
    await discord.until(lambda: house.states() == ["delivered"])
    assert len([m for m in ada.messages() if "comes through" in m.text]) == 1
    assert house.rows("SELECT attempt FROM jobs") == [(2,)]


async def test_sigterm_drains(bot: Bot, discord: LoopbackDiscord, tmp_path: Path) -> None:
    """What runs is finished, new work is refused kindly, and the process leaves with 0."""
    ada = discord.person("ada")
    reply = await ada.command("imagine", prompt="a last star", steps=60)
    await discord.until(lambda: is_drawing(reply), timeout=60)
    assert bot.process is not None
    bot.process.send_signal(signal.SIGTERM)

    async def refused() -> str:
        answer = await ada.command("imagine", prompt="one more", steps=1, count=1)
        return answer.text if answer.ephemeral else ""

    said = ""
    while not said and not reply.deleted and len(reply.buttons) != 11:
        said = await refused()
    assert "restarting" in said
    await discord.until(lambda: len(reply.buttons) == 11, timeout=30)
    _, written = await asyncio.wait_for(bot.process.communicate(), timeout=60)
    assert bot.process.returncode == 0
    bot.process = None
    assert discord.token not in written.decode()
    house = House(discord, settings_in(tmp_path))
    assert house.states()[0] == "delivered"


@pytest.mark.usefixtures("bot")
async def test_commands_are_answered_while_the_model_loads(discord: LoopbackDiscord) -> None:
    """The bot is connected long before the model is warm: the answer says so, and the pictures follow."""
    ada = discord.person("ada")
    assert "/imagine" in (await ada.command("help")).text
    reply = await ada.command("imagine", prompt="an early star", steps=3)
    assert isinstance(reply, Message)
    assert reply.buttons[0].label == "Cancel"
    await discord.until(lambda: len(reply.buttons) == 11, timeout=60)
