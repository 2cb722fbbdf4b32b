"""The doctor looks at Python, libraries, SQLite, the GPU and the clock."""

import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from bot.ops.check import Check, ok, problem, warning

FLOORS: Final = {
    "torch": (2, 6),
    "diffusers": (0, 42, 1),
    "transformers": (5, 2, 1),
    "safetensors": (0, 5),
    "pillow": (12, 2),
    "discord.py": (2, 7, 1),
    "aiosqlite": (0, 21),
}
"""The oldest versions that will do; below some of them are known vulnerabilities."""
OLDEST_PYTHON: Final = (3, 11)
WAL_FIXED: Final = (3, 51, 3)
STRICT_TABLES: Final = (3, 37)
LAST_YEAR: Final = 2100
ASKING_TORCH: Final = 120.0
"""Seconds that torch may take to be imported on a slow disk."""
_ASK_TORCH: Final = """
import json, torch
cuda = torch.cuda.is_available()
name = torch.cuda.get_device_name() if cuda else ""
mps = torch.backends.mps.is_available()
print(json.dumps({"cuda": cuda, "name": name, "mps": mps}))
"""


def python(installed: tuple[int, ...] = tuple(sys.version_info[:3])) -> Check:
    """New enough for the syntax we use."""
    said = f"{'.'.join(map(str, installed))} on {platform.system()} {platform.machine()}"
    if installed < OLDEST_PYTHON:
        return problem("python", said, "Easel needs 3.11 or newer")
    return ok("python", said)


def libraries() -> list[Check]:
    """Those that matter are here and new enough; one line when all is well."""
    found: dict[str, str] = {}
    checks: list[Check] = []
    for name, floor in FLOORS.items():
        oldest = ".".join(map(str, floor))
        mend = f"install {name}>={oldest}; `make setup` installs everything"
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            checks.append(problem("libraries", f"{name} is not installed", mend))
            continue
        if _numbers(found[name]) < floor:
            checks.append(problem("libraries", f"{name} {found[name]} is too old", mend))
    return checks or [ok("libraries", ", ".join(f"{name} {number}" for name, number in found.items()))]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text.split("+")[0])[:3])


def sqlite(installed: tuple[int, int, int] = sqlite3.sqlite_version_info) -> Check:
    """New enough, and what to know about its write-ahead log."""
    said = ".".join(map(str, installed))
    if installed < STRICT_TABLES:
        return problem("sqlite", said, "Easel needs 3.37 or newer; use a Python built with one")
    if installed < WAL_FIXED:
        return ok(
            "sqlite", f"{said} has the WAL-reset bug, which needs two connections; Easel writes through one"
        )
    return ok("sqlite", said)


def gpu(device: str, *, ask: str = _ASK_TORCH) -> Check:
    """What torch sees, asked in a process of its own: this one stays free of torch.

    Args:
        device: `engine.device`.
        ask: the Python program that asks.
    """
    mend = "run `python -c 'import torch'` to see why; `make setup` installs it"
    try:
        answer = subprocess.run(
            [sys.executable, "-c", ask],
            capture_output=True,
            text=True,
            timeout=ASKING_TORCH,
            check=False,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        seen = json.loads(answer.stdout.strip().splitlines()[-1])
    except subprocess.TimeoutExpired:
        return problem("gpu", f"torch did not answer within {ASKING_TORCH:g} s", mend)
    except (ValueError, IndexError):
        return problem("gpu", "torch cannot be imported", mend)
    if seen["cuda"]:
        return ok("gpu", str(seen["name"]))
    if device.startswith("cuda") or (device == "mps" and not seen["mps"]):
        return problem(
            "gpu", f"engine.device is {device}, and torch sees none", "write auto, or mend the driver"
        )
    if shutil.which("nvidia-smi"):
        mend = "install a torch built for CUDA, or mend the driver"
        return warning("gpu", "there is an NVIDIA driver, but torch sees no GPU: the CPU will compute", mend)
    return ok("gpu", "Apple's" if seen["mps"] else "none: the CPU will compute")


def clock(now: datetime) -> Check:
    """Not before this very file was written, nor absurdly far ahead."""
    written = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    mend = "set the machine's clock; quotas and Discord's tokens go by it"
    if now < written:
        return problem("clock", f"it says {now:%Y-%m-%d %H:%M} UTC, before Easel was installed", mend)
    if now.year > LAST_YEAR:
        return problem("clock", f"it says the year {now.year}", mend)
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")
