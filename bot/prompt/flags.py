"""The one table of flags. The parser, `/help`, autocompletion and the command line all read it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from bot.prompt.order import Aspect, ImageOrder
from bot.prompt.values import (
    COUNT,
    GUIDANCE,
    SAMPLER,
    SEED,
    STEPS,
    read_count,
    read_guidance,
    read_sampler,
    read_seed,
    read_steps,
    read_strength,
)
from inference.samplers import SAMPLERS
from inference.source import STRENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag that may follow a prompt.

    Attributes:
        name: what people type after the dashes.
        aliases: other names of it.
        field: the field of `ImageOrder` that it sets.
        placeholder: what stands for its value in a list of flags: "W:H".
        expected: what its value may be, as a phrase that follows "takes".
        help: one line that says what it does.
        example: flag and value as somebody would type them.
        put: the order with the typed value in it; raises `InvalidRequest`.
        choices: every value there is, where there are few and they do not depend on the config.
        wordy: the value runs up to the next flag, and the flag may be repeated.
    """

    name: str
    field: str
    placeholder: str
    expected: str
    help: str
    example: str
    put: Callable[[ImageOrder, str], ImageOrder]
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    wordy: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


def _put_negative(order: ImageOrder, text: str) -> ImageOrder:
    return replace(order, negative=text if order.negative is None else f"{order.negative}, {text}")


FLAGS: Final = (
    Flag(
        name="ar",
        aliases=("aspect",),
        field="aspect",
        placeholder="W:H",
        expected="a shape W:H like 3:2, from 1:4 to 4:1",
        help="The shape of the picture, width to height.",
        example="--ar 3:2",
        put=lambda order, text: replace(order, aspect=Aspect.parse(text)),
    ),
    Flag(
        name="seed",
        field="seed",
        placeholder="N",
        expected=SEED,
        help="Where the noise starts; the same seed and settings make the same picture.",
        example="--seed 7",
        put=lambda order, text: replace(order, seed=read_seed(text)),
    ),
    Flag(
        name="no",
        aliases=("negative",),
        field="negative",
        placeholder="THINGS",
        expected="what to keep out of the picture, like text, people",
        help="What to keep out of the picture.",
        example="--no text, people",
        put=_put_negative,
        wordy=True,
    ),
    Flag(
        name="steps",
        field="steps",
        placeholder="N",
        expected=STEPS,
        help="How many denoising steps; more take longer and may bring detail.",
        example="--steps 20",
        put=lambda order, text: replace(order, steps=read_steps(text)),
    ),
    Flag(
        name="scale",
        aliases=("cfg", "guidance"),
        field="guidance",
        placeholder="X",
        expected=GUIDANCE,
        help="How closely to follow the words; high values can look harsh.",
        example="--scale 7",
        put=lambda order, text: replace(order, guidance=read_guidance(text)),
    ),
    Flag(
        name="strength",
        field="strength",
        placeholder="X",
        expected=STRENGTH,
        help="How far to go from the picture you attach: 0.3 stays near it, 0.8 hardly does.",
        example="--strength 0.6",
        put=lambda order, text: replace(order, strength=read_strength(text)),
    ),
    Flag(
        name="sampler",
        field="sampler",
        placeholder="NAME",
        expected=SAMPLER,
        help="Which sampler takes the steps.",
        example="--sampler euler",
        put=lambda order, text: replace(order, sampler=read_sampler(text)),
        choices=tuple(SAMPLERS),
    ),
    Flag(
        name="model",
        field="model",
        placeholder="NAME",
        expected="the name of a model",
        help="Which model paints.",
        example="--model pocket",
        put=lambda order, text: replace(order, model=text),
    ),
    Flag(
        name="count",
        field="count",
        placeholder="N",
        expected=COUNT,
        help="How many pictures; each has the next seed.",
        example="--count 2",
        put=lambda order, text: replace(order, count=read_count(text)),
    ),
)
"""Every flag, in the order to show them."""

# fmt: off
KNOWN_ELSEWHERE: Final = frozenset(
    {
        "chaos", "c", "stylize", "s", "weird", "w", "stop", "quality", "q", "repeat", "r", "iw", "tile",
        "style", "sref", "sw", "cref", "cw", "oref", "ow", "sv", "niji", "v", "version", "fast", "relax",
        "turbo", "stealth", "public", "video", "raw", "draft", "exp", "profile", "p", "personalize", "hd",
        "uplight", "upbeta", "upanime", "lora",
    }
)
"""Flags that people have in their fingers from other studios and that this one cannot do yet."""
# fmt: on

ATTACHED: Final = MappingProxyType({"image": "image", "img": "image", "init": "image", "mask": "mask"})
"""What is attached to the command and not typed, by the name of the option for it."""

_BY_NAME: Final = {name: flag for flag in FLAGS for name in flag.names}


def flag_named(name: str) -> Flag | None:
    """The flag with this name or alias, in any case; None where there is none."""
    return _BY_NAME.get(name.casefold())


def nearest_flag(name: str) -> str | None:
    """The name or alias most like a mistyped one, or None where nothing is near."""
    near = get_close_matches(name.casefold(), _BY_NAME, n=1, cutoff=0.6)
    return near[0] if near else None
