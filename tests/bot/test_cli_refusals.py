"""Whatever is wrong is one clear line on standard error, with exit code 2, before anything is computed."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot import cli


def easel(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["easel", *words])
    with pytest.raises(SystemExit) as left:
        cli.main()
    captured = capsys.readouterr()
    assert isinstance(left.value.code, int)
    return left.value.code, captured.out, captured.err


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISCORD_TOKEN", "EASEL_DISCORD__TOKEN", "EASEL_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--aspect", "0:1"], "aspect must be a shape W:H"),
        (["--aspect", "banana"], "aspect must be a shape W:H"),
        (["--steps", "0"], "steps must be a whole number from 1 to 150, not '0'"),
        (["--steps", "many"], "steps must be a whole number"),
        (["--count", "99"], "count must be a whole number from 1 to 10, not '99'"),
        (["--seed", "-1"], "seed must be a whole number from 0 to 4294967295, not '-1'"),
        (["--guidance", "nan"], "guidance scale must be a number from 0 to 30, not 'nan'"),
        (["--model", "zz"], "model must be one of pocket"),
        (["--sampler", "zz"], "sampler must be one of ddim"),
        (["--setps", "3"], "No such option: --setps"),
        (["--count"], "requires an argument"),
        (["--", "--setps", "3"], "There is no flag --setps. Did you mean --steps?"),
        (["--", "--chaos", "3"], "Easel cannot do --chaos yet"),
        (["--", "--count", "11"], "--count takes a whole number from 1 to 10"),
        (["--out", "nowhere/a.png"], "there is no folder nowhere"),
        (["--out", "a.gif"], "end the name in .png"),
        (["--out", "/proc/a.png"], "cannot be written"),
    ],
)
def test_a_wrong_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    """Options and inline flags alike say what they may hold."""
    code, out, err = easel(capsys, monkeypatch, "imagine", "a house", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize("prompt", [[], [""], ["  "], ["x" * 20_000], ["--seed 7"]])
def test_a_prompt_that_says_nothing_or_too_much(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, prompt: list[str]
) -> None:
    """Missing, empty, only flags, or 20,000 characters."""
    code, out, err = easel(capsys, monkeypatch, "imagine", "--", *prompt)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "prompt" in err.lower()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[quota", "(at line 1, column 7)"),
        ("[quota]\nseconds = 1", "quota.seconds: there is no such key; did you mean seconds_per_day?"),
    ],
)
@pytest.mark.parametrize(
    "words", [["imagine", "a"], ["config", "check"], ["run"], ["playground"], ["models", "list"]]
)
def test_a_wrong_configuration(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: list[str],
    text: str,
    said: str,
) -> None:
    """./config.toml is read by every command, and its faults are told by every command."""
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    code, out, err = easel(capsys, monkeypatch, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run"], "set DISCORD_TOKEN or discord.token_file; create one at Discord's developer portal"),
        (["frobnicate"], "No such command 'frobnicate'"),
        (["--frobnicate"], "No such option: --frobnicate"),
        (["playground", "--port", "99999"], "--port"),
        (["playground", "--port", "x"], "--port"),
        (["config", "check", "nowhere.toml"], "nowhere.toml: it cannot be read"),
        (["--config", "nowhere.toml", "models", "list"], "nowhere.toml: it cannot be read"),
    ],
)
def test_a_wrong_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    """A missing token, an unknown command or option, a missing file."""
    code, out, err = easel(capsys, monkeypatch, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_right_configuration_is_said_to_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Exit code 0, and which file was looked at."""
    assert easel(capsys, monkeypatch, "config", "check")[:2] == (
        0,
        "There is no config.toml here: the defaults are in use.\n",
    )
    (tmp_path / "config.toml").write_text("[limits]\nmax_count = 2\n", encoding="utf-8")
    assert easel(capsys, monkeypatch, "config", "check")[:2] == (0, "config.toml is right.\n")


def test_models_are_listed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Those on offer are marked."""
    code, out, _ = easel(capsys, monkeypatch, "models", "list")
    assert code == 0
    assert [line[:8] for line in out.splitlines()][:2] == ["* pocket", "  sd-1.4"]


def test_help_and_version_need_nothing_heavy() -> None:
    """No torch, no Discord, no pydantic is imported to say what there is."""
    script = (
        "import sys; from bot import cli; sys.argv = ['easel', '--help']\n"
        "try: cli.main()\n"
        "except SystemExit as left: assert left.code == 0\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'discord', 'pydantic', 'aiosqlite', 'PIL'}\n"
        "sys.exit(f'{heavy & set(sys.modules)}' if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "imagine" in done.stdout
