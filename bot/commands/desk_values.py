"""What the menus of `/settings` say: the JSON values of `GuildSettings`, out of what was chosen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.prompt import ASPECTS
from bot.refusal import BrokenPanel
from bot.render import desk_panels
from bot.render.desk_panels import STUDIO
from bot.studio import Studio
from inference import SAMPLERS

LARGEST: Final = 2**63 - 1
"""No number of the database is larger."""
CHANNELS: Final = 25
"""Channels that a menu takes at most."""


def _channels(values: Sequence[str], _studio: Studio) -> object:
    if len(values) > CHANNELS:
        raise BrokenPanel
    return list(dict.fromkeys(_snowflake(value) for value in values)) or None


def _log_channel(values: Sequence[str], _studio: Studio) -> object:
    if len(values) > 1:
        raise BrokenPanel
    return _snowflake(values[0]) if values else None


def _snowflake(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) <= 20 and int(value) <= LARGEST):
        raise BrokenPanel
    return int(value)


def _models(values: Sequence[str], studio: Studio) -> object:
    if not {*values} <= {model.name for model in studio.catalogue.values()}:
        raise BrokenPanel
    return sorted({*values}) or None


def _one_of(names: Callable[[Studio], Sequence[str]]) -> Callable[[Sequence[str], Studio], object]:
    def read(values: Sequence[str], studio: Studio) -> object:
        if len(values) != 1 or values[0] not in (STUDIO, *names(studio)):
            raise BrokenPanel
        return None if values[0] == STUDIO else values[0]

    return read


def _number(known: Mapping[int, str]) -> Callable[[Sequence[str], Studio], object]:
    read_name = _one_of(lambda _studio: [str(number) for number in known])

    def read(values: Sequence[str], studio: Studio) -> object:
        name = read_name(values, studio)
        return None if name is None else int(str(name))

    return read


def _previews(values: Sequence[str], _studio: Studio) -> object:
    if list(values) not in (["yes"], ["no"]):
        raise BrokenPanel
    return None if values[0] == "yes" else False


CHANNEL_MENUS: Final = frozenset({"channels", "log_channel"})
READ: Final[dict[str, Callable[[Sequence[str], Studio], object]]] = {
    "channels": _channels,
    "models": _models,
    "model": _one_of(lambda studio: [model.name for model in studio.catalogue.values()]),
    "sampler": _one_of(lambda _studio: list(SAMPLERS)),
    "aspect": _one_of(lambda _studio: list(ASPECTS)),
    "previews": _previews,
    "keep_days": _number(desk_panels.KEEP),
    "ping_minutes": _number(desk_panels.PINGS),
    "log_channel": _log_channel,
}
"""What each menu's values say: the setting's JSON value, None for what it is by itself."""
