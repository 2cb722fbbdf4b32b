"""The configuration: the only reader of TOML and environment.

Precedence: environment (`EASEL_SECTION__KEY`), then the file, then the defaults written here.
"""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from bot.config_problems import ConfigError, Problem, problem_of, shown, unknown_key
from bot.config_reading import lay_environment, read_token, read_toml, take_out_token
from bot.quota import Budget, Policy
from inference.models import KNOWN_MODELS, Catalogue, ModelInfo, Precision
from inference.request import (
    MAX_COUNT,
    MAX_GUIDANCE,
    MAX_PROMPT,
    MAX_SIDE,
    MAX_STEPS,
    MIN_SIDE,
    SIDE_MULTIPLE,
)
from inference.samplers import SAMPLERS

MISSING_TOKEN: Final = Problem(
    key="discord",
    said="there is no bot token",
    mend="set DISCORD_TOKEN or discord.token_file; "
    "create one at Discord's developer portal under Bot → Reset Token",
)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Discord(_Section):
    """How to reach Discord. The token comes from the environment or a file, never from the TOML."""

    token_file: Path | None = None
    api_base: str | None = None
    test_guilds: tuple[int, ...] = ()

    @field_validator("token_file")
    @classmethod
    def _home(cls, file: Path | None) -> Path | None:
        return None if file is None else file.expanduser()

    @field_validator("api_base")
    @classmethod
    def _web_address(cls, address: str | None) -> str | None:
        if address is not None and not re.fullmatch(r"https?://[^\s/]+/?", address):
            raise ValueError("it should be an address like http://127.0.0.1:8420")
        return address


class Storage(_Section):
    """Where the database and the pictures live."""

    folder: Path = Path("data")
    keep_days: Annotated[int, Field(ge=1, le=36_500)] | None = None

    @field_validator("folder")
    @classmethod
    def _home(cls, folder: Path) -> Path:
        return folder.expanduser()

    @property
    def keep(self) -> timedelta | None:
        """How long pictures are kept; None for good."""
        return None if self.keep_days is None else timedelta(days=self.keep_days)


_Side = Annotated[int, Field(ge=MIN_SIDE, le=MAX_SIDE, multiple_of=SIDE_MULTIPLE)]


class AddedModel(_Section):
    """A model of one's own: `[[models.add]]`. The fields are those of `inference.ModelInfo`."""

    name: str
    title: str | None = None
    source: Annotated[str, Field(min_length=1)]
    revision: str | None = None
    precision: Precision = "auto"
    preview_vae: Annotated[str, Field(min_length=1)] | None = None
    width: _Side = 512
    height: _Side = 512
    max_pixels: Annotated[int, Field(ge=MIN_SIDE**2, le=MAX_SIDE**2)] = 1024 * 1024
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] = 30
    guidance_scale: Annotated[float, Field(ge=0, le=MAX_GUIDANCE)] = 7.5
    sampler: str = "dpmpp_2m_karras"
    licence: str = "unknown"
    about: str = ""

    @field_validator("name")
    @classmethod
    def _short_name(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", name):
            raise ValueError("it should be up to 40 of a-z, 0-9, '.', '_' and '-'")
        return name

    @field_validator("sampler")
    @classmethod
    def _known_sampler(cls, name: str) -> str:
        if name not in SAMPLERS:
            raise ValueError(f"it should be one of {', '.join(SAMPLERS)}")
        return name

    @model_validator(mode="after")
    def _native_size_fits(self) -> Self:
        if self.width * self.height > self.max_pixels:
            raise ValueError("width times height should be at most max_pixels")
        return self

    def info(self) -> ModelInfo:
        return ModelInfo(**{**self.model_dump(), "title": self.title or self.name})


class Models(_Section):
    """Which models people may take. Added ones are on offer too, after those listed in `offer`."""

    offer: tuple[str, ...] = ("pocket",)
    default: str | None = None
    add: tuple[AddedModel, ...] = ()


class EngineSettings(_Section):
    """How pictures are computed."""

    device: str = "auto"
    threads: Annotated[int, Field(ge=1, le=512)] | None = None
    slots: Annotated[int, Field(ge=1, le=64)] | None = None
    exact: bool = False
    compile: bool = False
    previews: bool = True
    preview_seconds: Annotated[float, Field(ge=1, le=60)] = 2.0
    watchdog_seconds: Annotated[float, Field(ge=1, le=86_400)] = 600.0

    @field_validator("device")
    @classmethod
    def _known_device(cls, device: str) -> str:
        if not re.fullmatch(r"auto|cpu|mps|cuda(:\d{1,2})?", device):
            raise ValueError("it should be auto, cpu, cuda, cuda:N or mps")
        return device


class LimitsSettings(_Section):
    """What one request may ask for; the engine's own limits are above these."""

    default_count: Annotated[int, Field(ge=1, le=MAX_COUNT)] = 4
    max_count: Annotated[int, Field(ge=1, le=MAX_COUNT)] = 4
    max_steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] = 60
    max_prompt: Annotated[int, Field(ge=1, le=MAX_PROMPT)] = 1_000


class Quota(_Section):
    """What one person may use where a server has set nothing."""

    seconds_per_day: Annotated[float, Field(ge=0)] = 600.0
    waiting_jobs: Annotated[int, Field(ge=1, le=1_000)] = 3

    def policy(self) -> Policy:
        """As a policy; an infinite budget is no limit."""
        return Policy(budget=Budget(seconds=self.seconds_per_day), waiting=self.waiting_jobs)


class Log(_Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Ops(_Section):
    """Where health and metrics are told."""

    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"


class Settings(_Section):
    """Everything that can be configured."""

    discord: Discord = Discord()
    storage: Storage = Storage()
    models: Models = Models()
    engine: EngineSettings = EngineSettings()
    limits: LimitsSettings = LimitsSettings()
    quota: Quota = Quota()
    log: Log = Log()
    ops: Ops = Ops()
    token: SecretStr | None = Field(default=None, exclude=True, repr=False)

    def require_token(self) -> str:
        """The bot's token.

        Raises:
            ConfigError: there is none.
        """
        if self.token is None:
            raise ConfigError([MISSING_TOKEN])
        return self.token.get_secret_value()

    def catalogue(self, *, everything: bool = False) -> Catalogue:
        """The models on offer, the default first; with `everything`, then all others known by name."""
        known = _known_models(self.models)
        names = dict.fromkeys((*self.models.offer, *(model.name for model in self.models.add)))
        if self.models.default is not None:
            names = dict.fromkeys((self.models.default, *names))
        if everything:
            names = dict.fromkeys((*names, *known))
        return Catalogue(known[name] for name in names)


def _known_models(models: Models) -> dict[str, ModelInfo]:
    return {model.name: model for model in (*KNOWN_MODELS, *(added.info() for added in models.add))}


def load_settings(path: Path | None, env: Mapping[str, str]) -> Settings:
    """Read the file, if any, lay the environment over it, and check it all.

    Args:
        path: a TOML file, or None for none.
        env: environment variables, as in `os.environ`.

    Raises:
        ConfigError: with every problem found. A missing token is none: `Settings.require_token` says so.
    """
    tree = {} if path is None else read_toml(path)
    problems = [*take_out_token(tree), *lay_environment(tree, env, _sections())]
    try:
        # By way of JSON, whose strict mode takes text for a path but not for a number.
        settings = Settings.model_validate_json(json.dumps(tree, default=str))
    except ValidationError as error:
        problems += [_problem(detail) for detail in error.errors(include_url=False)]
        raise ConfigError(problems) from None
    token = None
    try:
        token = read_token(settings.discord.token_file, env)
    except ConfigError as error:
        problems += error.problems
    problems += _unknown_models(settings.models)
    if problems:
        raise ConfigError(problems)
    return settings.model_copy(update={"token": None if token is None else SecretStr(token)})


def _sections() -> dict[str, type[BaseModel]]:
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Section)
    }


def _problem(detail: ErrorDetails) -> Problem:
    path = detail["loc"]
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    if detail["type"] != "extra_forbidden":
        return problem_of(detail, key)
    sections = _sections()
    if len(path) == 1:
        return unknown_key(key, sections)
    model = AddedModel if path[:2] == ("models", "add") else sections[str(path[0])]
    return unknown_key(key, model.model_fields)


def _unknown_models(models: Models) -> list[Problem]:
    known = _known_models(models)
    offered = {*models.offer, *(model.name for model in models.add)}
    problems = [
        Problem(
            key="models.offer",
            said=f"there is no model {shown(name)}",
            mend=f"write some of {', '.join(known)}, or describe it under [[models.add]]",
        )
        for name in models.offer
        if name not in known
    ]
    if not offered:
        problems.append(
            Problem(key="models.offer", said="no model is on offer", mend=f"write some of {', '.join(known)}")
        )
    if models.default is not None and models.default not in offered:
        problems.append(
            Problem(
                key="models.default",
                said=f"{shown(models.default)} is not on offer",
                mend=f"write one of {', '.join(sorted(offered))}, or add it to models.offer",
            )
        )
    names = [model.name for model in models.add]
    problems += [
        Problem(key="models.add", said=f"two models are called {name}", mend="give one another name")
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    return problems
