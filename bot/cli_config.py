"""Which configuration a command goes by."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import typer

if TYPE_CHECKING:
    from bot.config import Settings

DEFAULT_CONFIG: Final = Path("config.toml")


def config_file(context: typer.Context) -> Path | None:
    """The file that was named, or ./config.toml where that exists."""
    named = cast("Path | None", context.obj)
    return named if named is not None or not DEFAULT_CONFIG.exists() else DEFAULT_CONFIG


def settings(context: typer.Context) -> "Settings":
    """Everything that is set.

    Raises:
        ConfigError: something is set wrongly.
    """
    from bot.config import load_settings

    return load_settings(config_file(context), os.environ)
