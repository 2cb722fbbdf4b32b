"""Errors become an exit code and one line on standard error each."""

import sys
from typing import Final, cast

import typer

WRONG_REQUEST: Final = 2
ANYTHING_ELSE: Final = 1
INTERRUPTED: Final = 130
"""What shells expect of a command that Ctrl-C ended."""

# Typer brings its own click and exports only the leaves of its errors; this is their UsageError.
_UsageError: Final = cast("type[Exception]", typer.BadParameter.__bases__[0])


class Interrupted(Exception):  # noqa: N818 — named for what it says
    """Somebody pressed Ctrl-C, and the work was cancelled in order."""

    def __str__(self) -> str:
        return "cancelled"


class NotMade(Exception):  # noqa: N818
    """The engine could not make the pictures, for `detail`; `by_request`: what was asked is at fault."""

    def __init__(self, detail: str, *, by_request: bool) -> None:
        super().__init__(detail)
        self.by_request = by_request


def exit_code(error: Exception) -> int | None:
    """The exit code for an error that somebody can do something about; None for a fault of ours."""
    # Imported where something went wrong: a command that succeeds need not wait for them.
    from bot.config_problems import ConfigError
    from bot.ops.backup_errors import BackupDamaged, BackupRefused
    from bot.out_files import UnwritableOut
    from bot.prompt import FlagError
    from bot.store import StoreError
    from bot.uploads import UploadRefused
    from inference import InferenceError, InvalidRequest

    match error:
        case Interrupted():
            return INTERRUPTED
        case NotMade(by_request=by_request) | BackupRefused(by_request=by_request):
            return WRONG_REQUEST if by_request else ANYTHING_ELSE
        case InvalidRequest() | UploadRefused() | FlagError() | ConfigError() | UnwritableOut():
            return WRONG_REQUEST
        case InferenceError() | StoreError() | BackupDamaged() | OSError():
            return ANYTHING_ELSE
        case _:
            return WRONG_REQUEST if isinstance(error, _UsageError) else None


def complain(about: Exception | str) -> None:
    """Say on standard error what is wrong: one line, or one for each problem of a configuration."""
    format_message = getattr(about, "format_message", None)
    text = str(about) if format_message is None else str(format_message())
    lines = text.splitlines() if type(about).__name__ == "ConfigError" else [text]
    for line in lines:
        print(f"easel: {_one_line(line)}", file=sys.stderr)  # noqa: T201


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
