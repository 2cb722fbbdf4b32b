"""What a person waits for: `python -m benchmarks.first_picture [ROUNDS]`.

The bot as a process of its own on the loopback Discord. Measured, in wall-clock seconds: from starting the
process to its commands being offered; from typing `/imagine` to the answer, to the first preview and to the
four pictures, with the model warm. The first command is typed while the model loads, and is told apart.
"""

import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass

from bot.playground import LoopbackDiscord, Message

ROUNDS = 5
PATIENCE = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Seconds after the command was typed."""

    answer: float
    preview: float
    pictures: float


async def _imagine(discord: LoopbackDiscord, prompt: str) -> Waits:
    typed = time.perf_counter()
    reply: Message = await discord.person("ada").command("imagine", prompt=prompt)
    answer = time.perf_counter() - typed
    await discord.until(lambda: bool(reply.pictures), timeout=PATIENCE)
    preview = time.perf_counter() - typed
    await discord.until(lambda: reply.button("U1") is not None, timeout=PATIENCE)
    return Waits(answer=answer, preview=preview, pictures=time.perf_counter() - typed)


async def _main(rounds: int) -> None:
    async with LoopbackDiscord() as discord:
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "EASEL_STORAGE__FOLDER": folder,
                "EASEL_DISCORD__API_BASE": discord.base_url,
                "DISCORD_TOKEN": discord.token,
            }
            started = time.perf_counter()
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=environment, stderr=asyncio.subprocess.DEVNULL
            )
            await discord.until(
                lambda: discord.record.count("connected") > 0 and discord.person("ada").commands(),
                timeout=PATIENCE,
            )
            connected = time.perf_counter() - started
            cold = await _imagine(discord, "a lighthouse by the sea at sunset")
            warm = [await _imagine(discord, "a red house by the sea at night") for _ in range(rounds)]
            process.send_signal(signal.SIGTERM)
            await process.wait()
    print("| seconds | median | worst |")
    print("| --- | --- | --- |")
    print(f"| process start to commands offered | {connected:.2f} | {connected:.2f} |")
    print(f"| cold: `/imagine` to pictures, model loading | {cold.pictures:.2f} | {cold.pictures:.2f} |")
    for name in ("answer", "preview", "pictures"):
        waits = [getattr(each, name) for each in warm]
        print(f"| warm: `/imagine` to {name} | {statistics.median(waits):.2f} | {max(waits):.2f} |")


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
