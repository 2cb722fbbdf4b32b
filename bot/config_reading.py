"""Where the configuration's raw values come from: a TOML file, environment variables, a token's file."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.config_problems import ConfigError, Problem, shown

ENV_PREFIX: Final = "EASEL_"
TOKEN_VARIABLES: Final = ("EASEL_DISCORD__TOKEN", "DISCORD_TOKEN")
"""Where the token may stand; the first that is not empty counts."""


def read_toml(path: Path) -> dict[str, object]:
    """The file's tables.

    Raises:
        ConfigError: it cannot be read, is not UTF-8 or is not TOML; the line says where.
    """
    text = ""
    try:
        text = path.read_bytes().decode("utf-8")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        *before, last = text.split("\n")
        end = f"at line {len(before) + 1}, column {len(last) + 1}"
        said, mend = f"this is not TOML: {error}".replace("at end of document", end), "mend that line"
    except UnicodeDecodeError as error:
        said, mend = f"byte {error.start + 1} is not UTF-8 text", "save the file as UTF-8"
    except (ValueError, RecursionError) as error:
        said, mend = f"this is no TOML of ours: {error}", "config.example.toml shows what can be said"
    except OSError as error:
        said, mend = f"it cannot be read: {error.strerror}", "config.example.toml is one to start from"
    raise ConfigError([Problem(key=str(path), said=said, mend=mend)])


def take_out_token(tree: dict[str, object]) -> list[Problem]:
    """Refuse a token in the file, and take it out so that nothing repeats it."""
    discord = tree.get("discord")
    if not (isinstance(discord, dict) and "token" in discord):
        return []
    del discord["token"]
    return [
        Problem(
            key="discord.token",
            said="a token has no place in a configuration file",
            mend="set DISCORD_TOKEN or discord.token_file, and reset this one if others could read it",
        )
    ]


def lay_environment(
    tree: dict[str, object], env: Mapping[str, str], sections: Mapping[str, type[BaseModel]]
) -> list[Problem]:
    """Put every `EASEL_SECTION__KEY` into the tree, checked; answers what was wrong with them."""
    problems: list[Problem] = []
    for name in sorted(env):
        section, separator, key = name.removeprefix(ENV_PREFIX).lower().partition("__")
        if not (name.startswith(ENV_PREFIX) and separator) or name in TOKEN_VARIABLES:
            continue
        if section not in sections or key not in sections[section].model_fields:
            problems.append(_unknown_variable(name, sections))
            continue
        try:
            value = _from_text(
                TypeAdapter(sections[section].model_fields[key].rebuild_annotation()), env[name]
            )
        except ValidationError as error:
            mend = error.errors()[0]["msg"].replace("Input should", "it should", 1)
            problems.append(Problem(key=name, said=shown(env[name]), mend=mend))
            continue
        table = tree.setdefault(section, {})
        if isinstance(table, dict):  # where it is not, the file's own problem is told
            table[key] = value
    return problems


def _unknown_variable(name: str, sections: Mapping[str, type[BaseModel]]) -> Problem:
    known = [
        f"{ENV_PREFIX}{section}__{key}".upper()
        for section, model in sections.items()
        for key in model.model_fields
    ]
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    mend = f"did you mean {near[0]}?" if near else "config.example.toml lists them all"
    return Problem(key=name, said="there is no such setting", mend=mend)


def _from_text(kind: TypeAdapter[object], text: str) -> object:
    """Text as the JSON-like value it stands for; a list is written with commas or as JSON."""
    is_list = kind.json_schema().get("type") == "array"
    if is_list and text.lstrip().startswith("["):
        value = kind.validate_json(text)
    elif is_list:
        value = kind.validate_python([part.strip() for part in text.split(",") if part.strip()])
    else:
        value = kind.validate_python(text)
    dumped: object = kind.dump_python(value, mode="json")
    return dumped


def read_token(file: Path | None, env: Mapping[str, str]) -> str | None:
    """The token from the environment, else from the file, else None.

    Raises:
        ConfigError: the file cannot be read or is empty. The token itself is in no message.
    """
    for name in TOKEN_VARIABLES:
        if env.get(name, "").strip():
            return env[name].strip()
    if file is None:
        return None
    mend = "put the bot's token into it, or set DISCORD_TOKEN"
    try:
        token = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ConfigError(
            [Problem(key="discord.token_file", said=f"{file} is not text", mend=mend)]
        ) from None
    except OSError as error:
        said = f"{file} cannot be read: {error.strerror}"
        raise ConfigError([Problem(key="discord.token_file", said=said, mend=mend)]) from None
    if not token or len(token.split()) > 1:
        said = f"{file} is empty" if not token else f"{file} holds more than a token"
        raise ConfigError([Problem(key="discord.token_file", said=said, mend=mend)])
    return token
