"""How soon a killed bot serves again.

`python -m benchmarks.restart` makes pictures on a loopback Discord, kills the bot with SIGKILL while others
are in the making, starts it again, and waits until a button of a message from before is answered; again and
again. The model loads meanwhile and is not waited for. `--json` prints one object.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bot.playground import LoopbackDiscord, Message

AT_MOST: Final = 5.0
"""Seconds that a restart may take."""
PATIENCE: Final = 120.0


async def measure(rounds: int) -> list[float]:
    """Seconds from the start of the process to the answer, a number a round."""
    taken = []
    with tempfile.TemporaryDirectory(prefix="easel-restart-") as folder:
        async with LoopbackDiscord() as discord:
            ada = discord.person("ada")
            bot = await _started(discord, Path(folder))
            try:
                before = await ada.command("imagine", prompt="a star", count=1, steps=4)
                await discord.until(lambda: bool(before.pictures and before.buttons), timeout=PATIENCE)
                large = _message(await ada.press(before, "U1"))
                await discord.until(lambda: bool(large.pictures), timeout=PATIENCE)
                for _ in range(rounds):
                    in_flight = await ada.command("imagine", prompt="a star in flight", count=1, steps=30)
                    bot.kill()
                    await bot.wait()
                    began = time.perf_counter()
                    bot = await _started(discord, Path(folder))
                    answer = _message(await ada.press(before, "U1"))
                    taken.append(time.perf_counter() - began)
                    if "made larger already" not in answer.text:
                        raise RuntimeError(f"an old button answers {answer.text!r}")
                    await discord.until(lambda: bool(in_flight.pictures), timeout=PATIENCE)  # noqa: B023
            finally:
                bot.kill()
                await bot.wait()
    return taken


def _message(answer: object) -> Message:
    if not isinstance(answer, Message):
        raise TypeError(f"a message was to come, not {answer!r}")
    return answer


async def _started(discord: LoopbackDiscord, folder: Path) -> asyncio.subprocess.Process:
    """`easel run` once it is connected."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("EASEL_", "DISCORD_"))}
    settings = {
        "EASEL_STORAGE__FOLDER": str(folder),
        "EASEL_DISCORD__API_BASE": discord.base_url,
        "EASEL_LOG__LEVEL": "error",
        "DISCORD_TOKEN": discord.token,
    }
    connections = discord.record.count("connected")
    bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=kept | settings)
    await discord.until(lambda: discord.record.count("connected") > connections, timeout=PATIENCE)
    return bot


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.restart", description=__doc__)
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    arguments.add_argument("--rounds", type=int, default=5, help="how many restarts")
    options = arguments.parse_args()
    taken = asyncio.run(measure(options.rounds))
    if options.json:
        print(json.dumps({"seconds": taken, "holds": max(taken) < AT_MOST}))
    else:
        print(
            f"restart to serving: median {statistics.median(taken):.2f} s, slowest {max(taken):.2f} s "
            f"of {len(taken)}"
        )
    return 0 if max(taken) < AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
