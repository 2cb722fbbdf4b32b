"""`easel doctor`: looks everything over and says what to mend. No line holds a secret."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings, load_settings
from bot.config_problems import ConfigError
from bot.ops import look_at_machine, look_at_models, look_at_storage
from bot.ops.check import Check, ok, problem, warning


def healthy(checks: Sequence[Check]) -> bool:
    """Warnings do not make anybody ill."""
    return all(check.verdict != "problem" for check in checks)


def examine(config: Path | None, env: Mapping[str, str]) -> list[Check]:
    """Every check, in the order to read them; with a wrong configuration, those that need none."""
    now = datetime.now(UTC)
    checks = [
        look_at_machine.python(),
        *look_at_machine.libraries(),
        look_at_machine.sqlite(),
    ]
    try:
        settings = load_settings(config, env)
    except ConfigError as error:
        checks += [problem("config", f"{found.key}: {found.said}", found.mend) for found in error.problems]
        return [*checks, look_at_machine.gpu("auto"), look_at_machine.clock(now)]
    return [
        *checks,
        ok("config", "no file, the defaults are in use" if config is None else f"{config} is right"),
        _token(settings),
        *look_at_storage.folder(settings.storage.folder),
        look_at_storage.database(settings.storage.folder),
        *look_at_models.models(settings.catalogue(), env),
        look_at_machine.gpu(settings.engine.device),
        look_at_machine.clock(now),
    ]


def _token(settings: Settings) -> Check:
    if settings.token is None:
        mend = (
            "`easel run` needs DISCORD_TOKEN or discord.token_file; the playground and `easel imagine` do not"
        )
        return warning("token", "there is none", mend)
    return ok("token", "there is one")
