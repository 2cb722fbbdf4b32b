"""Other client libraries meet the same Discord as discord.py does.

The bots are docs/loopback/*; their libraries are no dependency of this project. `make clients` installs them
into a folder, names it in EASEL_CLIENTS and runs these tests.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from conformance import Conformance, Description
from conformance_gateway import EVENTS

from bot.playground import LoopbackDiscord, Message
from bot.playground.routes import ENDPOINTS

BOTS = Path(__file__).parents[2] / "docs" / "loopback"
CLIENTS = Path(os.environ.get("EASEL_CLIENTS", "no such folder"))
PYTHON = CLIENTS / "bin" / ("python.exe" if sys.platform == "win32" else "python")
PATIENCE = 30.0
"""Seconds in which a process starts and logs in on any machine."""


def test_the_docs_list_every_route_and_event() -> None:
    """With its methods: what the loopback covers is no guess."""
    page = (BOTS.parent / "loopback.md").read_text(encoding="utf-8")
    lines = [line.split("|") for line in page.splitlines() if line.count("|") > 3]
    rows = {cells[1].strip(" `"): cells[2].split() for cells in lines}
    served: dict[str, set[str]] = {}
    for endpoint in ENDPOINTS:
        served.setdefault(endpoint.template, set()).add(endpoint.method)
    assert {route: set(rows[route]) for route in rows if route.startswith("/")} == served
    assert [event for event in EVENTS if f"`{event}`" not in page] == []


def command_of(library: str) -> list[str]:
    if library == "discord.js":
        return ["node", str(CLIENTS / "discordjs_bot.mjs")]
    return [str(PYTHON), str(BOTS / f"{library}_bot.py")]


def is_there(library: str) -> bool:
    if library == "discord.js":
        return (CLIENTS / "node_modules" / "discord.js").is_dir()
    return any(CLIENTS.glob(f"lib/python*/site-packages/{library}"))


@asynccontextmanager
async def running(library: str, discord: LoopbackDiscord) -> AsyncIterator[asyncio.subprocess.Process]:
    """The library's bot in a process of its own."""
    if library == "discord.js":
        # Node looks for modules beside the script.
        (CLIENTS / "discordjs_bot.mjs").write_bytes((BOTS / "discordjs_bot.mjs").read_bytes())
    process = await asyncio.create_subprocess_exec(
        *command_of(library), discord.base_url, env={**os.environ, "DISCORD_TOKEN": discord.token}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.mark.clients
@pytest.mark.parametrize("library", ["nextcord", "disnake", "discord.js"])
async def test_a_client_library_lives_here(library: str, description: Description | None) -> None:
    """It logs in, registers a command, answers it with a picture and a button, and gets the press."""
    if not is_there(library):
        pytest.skip(f"{library} is not in the folder that EASEL_CLIENTS names: run `make clients`")
    observer = Conformance(description=description) if description else None
    async with LoopbackDiscord(observer=observer) as discord, running(library, discord) as process:
        ada = discord.person("ada")
        await discord.until(lambda: process.returncode is not None or ada.commands(), timeout=PATIENCE)
        assert process.returncode is None
        await discord.connected(timeout=PATIENCE)
        message = await ada.command("paint", prompt="a red house")
        await discord.until(lambda: not message.loading, timeout=PATIENCE)
        assert message.text == "painted a red house"
        assert [(each.filename, each.width) for each in message.pictures] == [("picture.png", 1)]
        answer = await ada.press(message, "Again")
        assert isinstance(answer, Message)
        assert (answer.text, answer.ephemeral) == ("pressed by ada", True)
    if observer is not None:
        # What a library asks beyond the description is its own; what is answered is ours.
        assert [line for line in observer.problems if ": answered" in line or ": asked" not in line] == []
