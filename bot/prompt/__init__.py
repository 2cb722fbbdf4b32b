"""The grammar people type: a prompt, then flags, and how that becomes a request."""

from bot.prompt.aspects import ASPECTS, aspect_of
from bot.prompt.errors import (
    AttachedInstead,
    BadValue,
    FlagError,
    MissingValue,
    RepeatedFlag,
    StrayText,
    UnknownFlag,
    UnsupportedFlag,
)
from bot.prompt.flags import FLAGS, Flag, flag_named
from bot.prompt.form import EditForm
from bot.prompt.grammar import parse
from bot.prompt.order import Aspect, ImageOrder, resolve

__all__ = [
    "ASPECTS",
    "FLAGS",
    "Aspect",
    "AttachedInstead",
    "BadValue",
    "EditForm",
    "Flag",
    "FlagError",
    "ImageOrder",
    "MissingValue",
    "RepeatedFlag",
    "StrayText",
    "UnknownFlag",
    "UnsupportedFlag",
    "aspect_of",
    "flag_named",
    "parse",
    "resolve",
]
