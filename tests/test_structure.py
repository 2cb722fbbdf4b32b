"""The house rules that hold the two halves apart, read off the sources and off a running process."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "bot": {"torch", "diffusers", "transformers", "accelerate"},
    "inference": {"bot", "discord"},
}
LONGEST = 400


def _imports(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: imports are absolute"
            yield node.module or ""


@pytest.mark.parametrize("package", FORBIDDEN)
def test_neither_half_imports_what_it_must_not_know(package: str) -> None:
    """`bot` never imports the compute libraries, `inference` never imports the bot's side."""
    guilty = [
        f"{source.relative_to(ROOT)} imports {name}"
        for source in sorted((ROOT / package).rglob("*.py"))
        for name in _imports(source)
        if name.split(".")[0] in FORBIDDEN[package]
    ]
    assert not guilty


def test_the_bot_process_stays_free_of_compute_libraries() -> None:
    """Importing everything that `easel run` builds brings in no torch, diffusers or transformers."""
    code = (
        "import sys, bot.app, bot.cli, bot.playground.server\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not FORBIDDEN["bot"] & set(done.stdout.split())


def test_files_fit_a_sitting() -> None:
    """No module is longer than somebody can hold in their head."""
    long = {
        str(source.relative_to(ROOT)): lines
        for package in FORBIDDEN
        for source in (ROOT / package).rglob("*.py")
        if (lines := len(source.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_every_pin_is_exact() -> None:
    """`constraints.txt` pins everything, and torch to the version there is a CPU build of."""
    pins = [
        line
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert all("==" in pin for pin in pins)
    assert "torch==2.13.0" in pins
