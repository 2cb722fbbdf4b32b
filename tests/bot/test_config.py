import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.config import AddedModel, Settings, load_settings
from bot.config_problems import ConfigError
from bot.quota import Budget

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def lines_of(path: Path | None, env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings(path, env or {})
    assert all("\n" not in str(problem) for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def keys_of(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_the_example_is_the_defaults() -> None:
    """config.example.toml loads, and changes nothing."""
    assert load_settings(EXAMPLE, {}) == load_settings(None, {}) == Settings()


def test_the_example_explains_every_key() -> None:
    """Every key of every section stands in the example, live or behind a "#"."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for section, field in Settings.model_fields.items():
        if section == "token":
            continue
        assert isinstance(field.annotation, type)
        part = text.split(f"[{section}]\n")[1].split("\n\n[")[0]
        for key in keys_of(field.annotation) - {"add"}:
            assert re.search(rf"^(# )?{key} = ", part, re.MULTILINE), f"{section}.{key}"
    for key in keys_of(AddedModel):
        assert re.search(rf"^# {key} = ", text, re.MULTILINE), key


def test_the_keys_behind_a_hash_are_right_too(tmp_path: Path) -> None:
    """The example with every key live still loads."""
    text = re.sub(r"^# (?=\w+ = |\[\[)", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = text.replace("/run/secrets/discord_token", str(written(tmp_path, "t")))
    tomllib.loads(text)
    live = tmp_path / "live.toml"
    live.write_text(text, encoding="utf-8")
    settings = load_settings(live, {})
    added = settings.models.add[0].info()
    assert added.title == "House style"
    assert (added.revision, added.precision) == ("0123456789abcdef", "auto")
    assert list(settings.catalogue()) == ["pocket", "house-style"]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """One line a problem: the key, what was said, how to mend it."""
    path = written(
        tmp_path,
        '[quota]\nseconds_per_dey = 3\nwaiting_jobs = "3"\n[log]\nlevel = "loud"\n[limitz]\n'
        '[engine]\ndevice = "gpu"\npreview_seconds = nan\n[[models.add]]\nname = "A B"\nsampler = "zz"\n',
    )
    lines = lines_of(path, {"EASEL_LIMITS__MAX_COUNT": "99", "EASEL_LIMITS__MAX_CUONT": "9"})
    assert len(lines) == 11
    for start in (
        "quota.seconds_per_dey: there is no such key; did you mean seconds_per_day?",
        "quota.waiting_jobs: '3'; it should be a valid integer",
        "log.level: 'loud'; it should be 'debug', 'info', 'warning' or 'error'",
        "limitz: there is no such key; did you mean limits?",
        "engine.device: 'gpu'; it should be auto, cpu, cuda, cuda:N or mps",
        "engine.preview_seconds: nan; ",
        "models.add[0].name: 'A B'; ",
        "models.add[0].source: it is missing; ",
        "models.add[0].sampler: 'zz'; it should be one of ddim",
        "EASEL_LIMITS__MAX_COUNT: '99'; it should be less than or equal to 10",
        "EASEL_LIMITS__MAX_CUONT: there is no such setting; did you mean EASEL_LIMITS__MAX_COUNT?",
    ):
        assert any(line.startswith(start) for line in lines), (start, lines)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[quota", "(at line 1, column 7)"),
        ("[quota]\nx = \n", "(at line 2, column 5)"),
        ('[log]\nlevel = """info\n', "(at line 3, column 1)"),
    ],
)
def test_broken_toml_says_where(tmp_path: Path, text: str, line: str) -> None:
    """One line with line and column."""
    (problem,) = lines_of(written(tmp_path, text))
    assert "this is not TOML" in problem
    assert line in problem


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """Missing, a folder, not UTF-8: each is one problem."""
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "latin.toml"):
        assert len(lines_of(path)) == 1


def test_the_environment_wins(tmp_path: Path) -> None:
    """EASEL_SECTION__KEY is laid over the file; lists are written with commas or as JSON."""
    path = written(tmp_path, "[limits]\nmax_count = 2\nmax_steps = 9\n")
    env = {
        "EASEL_LIMITS__MAX_COUNT": "7",
        "EASEL_DISCORD__TEST_GUILDS": "1, 2",
        "EASEL_MODELS__OFFER": '["sd-1.5", "pocket"]',
        "EASEL_ENGINE__PREVIEWS": "false",
        "EASEL_QUOTA__SECONDS_PER_DAY": "inf",
        "EASEL_TEST_NO_SKIPS": "1",
        "PATH": "/bin",
    }
    settings = load_settings(path, env)
    assert (settings.limits.max_count, settings.limits.max_steps) == (7, 9)
    assert settings.discord.test_guilds == (1, 2)
    assert settings.catalogue().default.name == "sd-1.5"
    assert not settings.engine.previews
    assert settings.quota.policy().budget == Budget(seconds=float("inf"))


def test_a_token_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """The token comes from environment or file; no message shows it."""
    (line,) = lines_of(written(tmp_path, '[discord]\ntoken = "very-secret"\n'))
    assert line.startswith("discord.token: ")
    assert "very-secret" not in line


def test_the_token_comes_from_environment_or_file(tmp_path: Path) -> None:
    """EASEL_DISCORD__TOKEN, then DISCORD_TOKEN, then the file; nothing that prints settings shows it."""
    secret = tmp_path / "token"
    secret.write_text("from-file\n", encoding="utf-8")
    env = {"EASEL_DISCORD__TOKEN_FILE": str(secret)}
    assert load_settings(None, env).require_token() == "from-file"
    assert load_settings(None, {**env, "DISCORD_TOKEN": " from-env "}).require_token() == "from-env"
    both = {"DISCORD_TOKEN": "a", "EASEL_DISCORD__TOKEN": "b"}
    settings = load_settings(None, both)
    assert settings.require_token() == "b"
    assert "'b'" not in repr(settings) + str(settings.model_dump())


def test_a_token_file_that_will_not_do_is_a_problem(tmp_path: Path) -> None:
    """Missing, empty, or more than a token."""
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "two").write_text("a b", encoding="utf-8")
    for name in ("none", "empty", "two"):
        (line,) = lines_of(None, {"EASEL_DISCORD__TOKEN_FILE": str(tmp_path / name)})
        assert line.startswith("discord.token_file: ")


def test_a_missing_token_matters_only_when_asked_for() -> None:
    """The playground needs none; `require_token` says where to get one."""
    settings = load_settings(None, {"DISCORD_TOKEN": ""})
    with pytest.raises(
        ConfigError, match=r"set DISCORD_TOKEN or discord\.token_file; create one at Discord's"
    ):
        settings.require_token()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[models]\noffer = ["pockt"]', "models.offer: there is no model 'pockt'; write some of pocket,"),
        ("[models]\noffer = []", "models.offer: no model is on offer"),
        ('[models]\ndefault = "sd-1.5"', "models.default: 'sd-1.5' is not on offer; write one of pocket"),
        (
            '[[models.add]]\nname = "a"\nsource = "/a"\n[[models.add]]\nname = "a"\nsource = "/b"',
            "models.add: two models are called a",
        ),
    ],
)
def test_models_that_do_not_exist_are_told(tmp_path: Path, text: str, line: str) -> None:
    """What is on offer must be known, and the default must be on offer."""
    (problem,) = lines_of(written(tmp_path, text))
    assert problem.startswith(line)


def test_the_default_model_stands_first() -> None:
    """`models.default` moves to the front; with everything, the rest that is known follows."""
    settings = load_settings(
        None, {"EASEL_MODELS__OFFER": "pocket,sd-1.5", "EASEL_MODELS__DEFAULT": "sd-1.5"}
    )
    assert list(settings.catalogue()) == ["sd-1.5", "pocket"]
    assert list(settings.catalogue(everything=True)) == ["sd-1.5", "pocket", "sd-1.4", "sdxl-1.0"]
