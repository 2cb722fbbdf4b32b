"""What an operator or a machine can do wrong: a clear line for them and for whoever asks, nothing is lost.

Held elsewhere: a damaged or newer database, and one that cannot be opened (`bot/test_store_open.py`), a model
that is not whole (`inference/test_models_on_disk.py`), `ops.port` (`e2e/test_ops.py`), permissions that are
missing when somebody asks (`e2e/test_rules.py`) or taken away meanwhile (`faults/test_storm.py`).
"""

import asyncio
import os
import resource
import signal
import socket
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from kill_bot import Bot, Life, finished

from bot.playground import LoopbackDiscord, Message


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as discord:
        yield discord


@pytest.fixture
async def bot(tmp_path: Path, discord: LoopbackDiscord) -> AsyncIterator[Bot]:
    bot = Bot(tmp_path / "storage", discord)
    assert await bot.start(Life())
    yield bot
    await bot.end(signal.SIGKILL)


def rows(tmp_path: Path, query: str) -> list[tuple[object, ...]]:
    path = tmp_path / "storage" / "easel.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def spent(tmp_path: Path) -> object:
    return rows(tmp_path, "SELECT coalesce(sum(amount), 0) FROM ledger")[0][0]


@contextmanager
def full_disk(bot: Bot) -> Iterator[None]:
    """No file of the bot's can grow meanwhile."""
    assert bot.process is not None
    _, most = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (0, most))
    yield
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (most, most))


async def test_a_full_disk_is_said_and_survived(bot: Bot, discord: LoopbackDiscord, tmp_path: Path) -> None:
    """Whoever asks or waits is told; reading goes on; what was accepted is refunded once there is room."""
    ada = discord.person("ada")
    waiting = await ada.command("imagine", prompt="a patient star", steps=60)
    with full_disk(bot):
        refused = await ada.command("imagine", prompt="a star too many", steps=4)
        assert refused.ephemeral
        assert "disk is full" in refused.text
        assert "waiting" in (await ada.command("quota show")).text
        await discord.until(lambda: "disk is full" in waiting.text, timeout=30)
        assert len(rows(tmp_path, "SELECT 1 FROM jobs")) == 1
    await finished(tmp_path / "storage", discord, 30)
    assert rows(tmp_path, "SELECT state, reason FROM jobs") == [("failed", "disk_full")]
    assert spent(tmp_path) == 0
    assert "the disk is full" in bot.said
    after = await ada.command("imagine", prompt="a star with room", steps=4)
    await discord.until(lambda: bool(after.pictures), timeout=30)


async def test_a_locked_database_is_said_and_waited_for(
    bot: Bot, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """Whoever asks is told within Discord's three seconds and pays nothing; who waits gets their pictures."""
    ada = discord.person("ada")
    waiting = await ada.command("imagine", prompt="a patient star", steps=60)
    with closing(sqlite3.connect(tmp_path / "storage" / "easel.db", isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        refused = await ada.command("imagine", prompt="a star too many", steps=4)
        assert refused.ephemeral
        assert "cannot use its database now" in refused.text
        await asyncio.sleep(2)  # the patient one is done meanwhile, and cannot be written down
        another.execute("ROLLBACK")
    await discord.until(lambda: len(waiting.pictures) == 4, timeout=60)
    await finished(tmp_path / "storage", discord, 30)
    assert rows(tmp_path, "SELECT state FROM jobs") == [("delivered",)]
    assert "database is locked" in bot.said


async def test_a_revoked_token_ends_it_and_loses_nothing(
    bot: Bot, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """One line says what to do, with exit status 2; a start with the new token delivers what was accepted."""
    ada = discord.person("ada")
    waiting = await ada.command("imagine", prompt="a patient star", steps=60)
    assert isinstance(waiting, Message)
    await discord.revoke_token()
    assert await bot.died(within=60)
    assert await bot.end(signal.SIGKILL) == 2
    assert "Discord does not know this bot token; copy it again, or make a new one" in bot.said
    assert "Traceback" not in bot.said
    assert await bot.start(Life())
    await discord.until(lambda: len(waiting.pictures) == 4, timeout=60)
    await finished(tmp_path / "storage", discord, 30)
    assert rows(tmp_path, "SELECT state FROM jobs") == [("delivered",)]


async def test_a_wrong_token_is_one_line(discord: LoopbackDiscord, tmp_path: Path) -> None:
    """And exit status 2, before anything is done."""
    bot = Bot(tmp_path / "storage", discord, DISCORD_TOKEN="somebody-elses")
    assert not await bot.start(Life())
    assert await bot.end(signal.SIGKILL) == 2
    assert last_line(bot) == (
        "easel: discord: Discord does not know this bot token; copy it again, or make a new one at Discord's "
        "developer portal under Bot → Reset Token"
    )
    assert "somebody-elses" not in bot.said


async def test_a_folder_that_cannot_be_written_is_one_line(discord: LoopbackDiscord) -> None:
    """A start says which folder, and leaves."""
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above) / "storage"
        folder.mkdir(mode=0o555)
        bot = Bot(folder, discord, powerless=True)
        assert not await bot.start(Life())
        assert await bot.end(signal.SIGKILL) == 1
        assert str(folder) in last_line(bot)
        assert "Permission denied" in last_line(bot)
        assert "Traceback" not in bot.said


@pytest.mark.parametrize("damage", ["flipped", "cut", "garbage"])
async def test_a_damaged_database_is_one_line(discord: LoopbackDiscord, tmp_path: Path, damage: str) -> None:
    """A start names the file and the command that restores it, changes nothing, and leaves."""
    bot = Bot(tmp_path / "storage", discord)
    assert await bot.start(Life())
    await discord.person("ada").command("quota show")
    assert await bot.end(signal.SIGTERM) == 0
    database = tmp_path / "storage" / "easel.db"
    content = bytearray(database.read_bytes())
    if damage == "flipped":
        content[4096:8192] = bytes(byte ^ 0xFF for byte in content[4096:8192])
    elif damage == "cut":
        del content[len(content) // 2 :]
    else:
        content[:] = b"not a database at all" * 1000
    database.write_bytes(content)
    assert not await bot.start(Life())
    assert await bot.end(signal.SIGKILL) == 1
    assert f"{database} is damaged" in last_line(bot)
    assert "easel restore" in last_line(bot)
    assert "Traceback" not in bot.said
    assert database.read_bytes() == content


async def test_a_start_while_another_holds_the_database(discord: LoopbackDiscord, tmp_path: Path) -> None:
    """It says why it can take nothing, and takes everything once the database is free."""
    bot = Bot(tmp_path / "storage", discord)
    assert await bot.start(Life())
    assert await bot.end(signal.SIGTERM) == 0
    with closing(sqlite3.connect(tmp_path / "storage" / "easel.db", isolation_level=None)) as another:
        another.execute("BEGIN EXCLUSIVE")
        assert await bot.start(Life())
        refused = await discord.person("ada").command("imagine", prompt="a star too early", steps=4)
        assert "cannot use its database now" in refused.text
        another.execute("ROLLBACK")
    assert "easel.db cannot be used: database is locked" in bot.said
    made = await discord.person("ada").command("imagine", prompt="a star in time", steps=4)
    await discord.until(lambda: bool(made.pictures), timeout=30)
    assert await bot.end(signal.SIGTERM) == 0


async def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    """`easel playground` says so, with exit status 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "bot", "playground", "--no-browser", f"--port={port}"]
        process = await asyncio.create_subprocess_exec(
            *command,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"EASEL_STORAGE__FOLDER": str(tmp_path)},
        )
        _, said = await asyncio.wait_for(process.communicate(), timeout=60)
    assert process.returncode == 1
    assert str(port) in said.decode()
    assert said.decode().count("\n") == 1


def last_line(bot: Bot) -> str:
    return bot.said.splitlines()[-1]
