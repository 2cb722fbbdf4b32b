"""Phrases: durations, places in line, settings, and what to say when something is refused or fails."""

import math
import re
from typing import Final

import discord

from bot.ending import SAID, Reason
from bot.refusal import (
    AlreadyOver,
    BotCannotPost,
    BrokenForm,
    Draining,
    NeedsManageServer,
    NeedsModerator,
    NoSuchRule,
    NotBanned,
    NotHere,
    NothingOfYours,
    NothingToSet,
    NotYours,
    Refusal,
    TwoTargets,
    UnknownJob,
    Unreadable,
    Untouchable,
)
from bot.store import DatabaseDamaged, DatabaseUnusable, DiskFull, PictureLost, StoreError
from bot.uploads import UploadFault, UploadRefused
from inference import SAMPLERS, FailureCode, ImageRequest, InvalidRequest, SourcePicture

_MARKUP: Final = re.compile(r"[\\*_~|`\[\]()<>#]|:(?=//)|^[-+]")
"""Signs that could begin markup; a bare address is text too."""
PROMPT_SHOWN: Final = 700
"""Characters of an escaped prompt that a card shows; the rest is an ellipsis."""
NAMES_SHOWN: Final = 15
ALT_TEXT_LIMIT: Final = 1024


def prompt(text: str, limit: int = PROMPT_SHOWN) -> str:
    """A prompt as people may safely see it echoed: no markdown, no mentions, no line breaks.

    At most `limit` characters, those that escape included.
    """
    # discord.py's own escaping leaves links and half of nested markup alive.
    inert = discord.utils.escape_mentions(_MARKUP.sub(r"\\\g<0>", " ".join(text.split())))
    if len(inert) <= limit:
        return inert
    cut = inert[: limit - 1]
    if (len(cut) - len(cut.rstrip("\\"))) % 2:
        cut = cut[:-1]  # the last backslash has lost what it escaped
    return f"{cut.rstrip()}…"


def seconds(value: float) -> str:
    """Compute-seconds as people read them, always in their unit: 0.4 s, 12 s, 3,600 s."""
    if value < 10:
        return f"{max(0.1, round(value, 1)):g} s"
    return f"{round(value):,} s"


def about(value: float) -> str:
    """A wait, no more precise than it is: a moment, about 20 s, about 4 min."""
    if value < 2:
        return "a moment"
    if value < 10:
        return f"about {math.ceil(value)} s"
    if value < 90:
        return f"about {math.ceil(value / 5) * 5} s"
    return f"about {math.ceil(value / 60)} min"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, … 11th, … 21st."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"


def place(position: int) -> str:
    """Where somebody is in line: next, 2nd, 3rd."""
    return "next" if position == 1 else ordinal(position)


def in_line(position: int) -> str:
    """Next in line, 2nd in line."""
    return f"{place(position)} in line"


def goes_on(seconds_until: float | None) -> str:
    """When something paused goes on: goes on in about 10 s."""
    return "goes on soon" if seconds_until is None else f"goes on in {about(seconds_until)}"


def between(least: float, most: float) -> str:
    """A wait that nobody knows well: between 20 s and about 2 min."""
    return f"between {about(least).removeprefix('about ')} and {about(most).removeprefix('about ')}"


def jobs(count: int) -> str:
    """No jobs, 1 job, 3 jobs."""
    if count == 0:
        return "No jobs"
    return "1 job" if count == 1 else f"{count} jobs"


def seconds_used(value: float) -> str:
    """As `seconds`, but nothing is nothing."""
    return "0 s" if value < 0.05 else seconds(value)


def pictures(count: int) -> str:
    """1 picture, 4 pictures."""
    return "1 picture" if count == 1 else f"{count:,} pictures"


def settings(request: ImageRequest, model: str, *, larger: bool = False) -> str:
    """One line with everything that makes the pictures again; `larger`: their number and size say nothing."""
    size = [] if larger else [pictures(request.count), f"{request.width} × {request.height}"]
    parts = [
        *size,
        f"{SAMPLERS[request.sampler].title}, {request.steps} steps",
        f"guidance {request.guidance_scale:g}",
        f"seed {request.seed}" + (", varied" if request.variations else ""),
        *([] if request.source is None else [_source(request.source)]),
        model,
    ]
    return " · ".join(parts)


def _source(source: SourcePicture) -> str:
    if source.mask is None:
        return f"from a picture, strength {source.strength:g}"
    return f"parts of a picture, strength {source.strength:g}"


def alt_text(request: ImageRequest, index: int, seed: int, model: str) -> str:
    """What a screen reader says of a picture; at most 1,024 characters."""
    which = f"Picture {index + 1} of {request.count}" if request.count > 1 else "Picture"
    tail = f", made by {model} with seed {seed}"
    room = ALT_TEXT_LIMIT - len(which) - len(tail) - 10
    text = " ".join(request.prompt.split())
    shown = text if len(text) <= room else f"{text[: room - 1]}…"
    return f"{which}: “{shown}”{tail}"


def invalid(error: InvalidRequest) -> str:
    """What was wrong with an option and what it may be, however many names that are."""
    names = error.expected.split(", ")
    if len(names) > NAMES_SHOWN:
        some = f"{', '.join(names[:NAMES_SHOWN])} and {len(names) - NAMES_SHOWN} more"
        error = InvalidRequest(error.field, error.value, some)
    return f"{str(error)[0].upper()}{str(error)[1:]}."


def no(error: Refusal) -> str:
    """Why not, and what to do instead."""
    if isinstance(error, BotCannotPost):
        return (
            f"I can't post here: I lack {', '.join(error.missing)} in this channel. "
            "Ask a moderator to allow it, or add `private: True` to see the pictures alone."
        )
    if isinstance(error, Unreadable):
        return f"`{error.option}` cannot be “{prompt(error.said, 100)}”: {error.mend}."
    if isinstance(error, UploadRefused):
        return f"The {error.what} {error.fault}. {_UPLOADS[error.fault]} Nothing was charged."
    return _NO.get(type(error), "That can't be done.")


_NO: Final[dict[type[Refusal], str]] = {
    NotHere: "Easel works in servers, where your team and its quota live. Use this in a channel of one.",
    NotYours: (
        "That is somebody else's: only they or a moderator may do that. "
        "Ask one of them, or make your own with `/imagine`."
    ),
    NeedsManageServer: "Only who may manage this server can change its quotas and settings. Ask one of them.",
    UnknownJob: "Those pictures are gone: deleted, or made elsewhere. Start afresh with `/imagine`.",
    NeedsModerator: "That is for who may manage messages in this whole server. Ask one of them.",
    NothingToSet: "Say what to limit: `compute`, `waiting`, `steps`, … `/quota clear` takes rules away.",
    TwoTargets: "Name one of `role`, `member`, `channel` and `whole`; one rule is about one of them.",
    NoSuchRule: "There is no such rule to take away; `/quota show` lists those there are.",
    NotBanned: "They are not shut out of Easel here. `/moderate bans` lists who is.",
    Untouchable: "Who manages the server cannot be shut out of Easel, nor can bots.",
    NothingOfYours: "You have nothing waiting or running here.",
    BrokenForm: "That form is from an older Easel, or came in pieces. Press ✏️ again.",
    AlreadyOver: "That one has ended already; there is nothing left to cancel.",
    Draining: "Easel is restarting. Everything already queued is safe; try again in a minute.",
}
_UPLOADS: Final = {
    UploadFault.TOO_LARGE: "Save it smaller.",
    UploadFault.TOO_MANY_PIXELS: "Make it smaller.",
    UploadFault.NOT_A_PICTURE: "Save it as one of these.",
    UploadFault.DAMAGED: "Save it anew, and try again.",
    UploadFault.OUT_OF_REACH: "Attach it again.",
    UploadFault.TOO_SLOW: "Try again, or with a smaller one.",
}
NO_DATABASE: Final = (
    "Easel cannot use its database now, and nothing was charged. Try again in a minute; if it goes on, tell "
    "whoever runs it."
)
DISK_FULL: Final = "Easel's disk is full. Tell whoever runs it; what is queued already is safe."
_AGAIN: Final = "Try again, perhaps with other settings."
FAILURES: Final[dict[str, str]] = {
    FailureCode.INVALID: "The model could not follow that request. Try other settings.",
    FailureCode.MODEL_UNAVAILABLE: "The model could not be loaded; `easel doctor` tells its keeper why.",
    FailureCode.OUT_OF_MEMORY: "That was too large for the memory. Try a smaller size or fewer pictures.",
    FailureCode.NUMBERS_LOST: "That picture's numbers overflowed. Try another sampler or a lower guidance.",
    FailureCode.WORKER_DIED: f"The image worker keeps stopping. {_AGAIN}",
    FailureCode.INTERNAL: "Something broke inside Easel; the log of whoever runs it tells what. Try again.",
    Reason.TOO_LATE: "It took longer than the 15 minutes of a private answer. Ask again without `private`.",
    Reason.SOURCE_GONE: "The picture it was to be made from was deleted meanwhile.",
    Reason.NOT_SENT: "Discord refused the pictures. Try fewer or smaller ones.",
    Reason.DISK_FULL: DISK_FULL,
    Reason.PICTURES_LOST: "The finished pictures could not be read back from the disk. Try again.",
    Reason.UNREACHABLE: "The channel could not be reached any more.",
}


def stored(error: StoreError) -> str:
    """What the store could not give or take, for whoever pressed."""
    match error:
        case PictureLost():
            return "That picture's file is lost. Make it again with 🔄."
        case DiskFull():
            return DISK_FULL
        case DatabaseUnusable() | DatabaseDamaged():
            return NO_DATABASE
        case _:
            return no(UnknownJob())


def failure(reason: str) -> str:
    """What went wrong and what to do; the refund is said beside it."""
    if reason.startswith(SAID):
        return reason.removeprefix(SAID)
    return FAILURES.get(reason, FAILURES[FailureCode.INTERNAL])
