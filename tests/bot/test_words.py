"""What people read."""

import re

import pytest

from bot import refusal
from bot.ending import Reason
from bot.render import words
from inference import FailureCode, ImageRequest, InvalidRequest, Variation


def _request(**changes: object) -> ImageRequest:
    settings: dict[str, object] = {
        "prompt": "a red house",
        "owner": "1:2",
        "model": "pocket",
        "width": 160,
        "height": 104,
        "steps": 20,
        "guidance_scale": 3.5,
        "sampler": "ddim",
        "seed": 7,
        "count": 4,
    }
    return ImageRequest(**{**settings, **changes})  # type: ignore[arg-type]  # checked by the request itself


def test_an_echoed_prompt_is_inert() -> None:
    """Markdown shows as typed, nobody is mentioned, and line breaks cannot forge lines."""
    shown = words.prompt("**bold** @everyone <@1191168926810112003>\n# heading `code`")
    assert "**bold**" not in shown
    assert "@everyone" not in shown
    assert "<@1191168926810112003>" not in shown
    assert "\n" not in shown


@pytest.mark.parametrize("sign", ["a", "*", "\\", "a*", "@everyone "])
@pytest.mark.parametrize("limit", [99, 100])
def test_a_long_prompt_is_cut_with_an_ellipsis(sign: str, limit: int) -> None:
    """A card never outgrows Discord's limits, whatever has to be escaped; no escape is cut in two."""
    shown = words.prompt(sign * 1_000, limit=limit)
    assert limit - 12 <= len(shown) <= limit
    assert shown.endswith("…")
    assert "…" not in re.findall(r"\\(.)", shown)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.02, "0.1 s"),
        (3.14, "3.1 s"),
        (4.0, "4 s"),
        (12.4, "12 s"),
        (119, "119 s"),
        (200, "200 s"),
        (3600, "3,600 s"),
    ],
)
def test_compute_seconds_read_naturally(value: float, said: str) -> None:
    """No more precise than helps."""
    assert words.seconds(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.5, "a moment"), (2.2, "about 3 s"), (17, "about 20 s"), (89, "about 90 s"), (95, "about 2 min")],
)
def test_waits_are_rounded_up(value: float, said: str) -> None:
    """An estimate that is kept beats one that is exact."""
    assert words.about(value) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (22, "22nd"),
        (113, "113th"),
    ],
)
def test_places_in_line_are_ordinals(number: int, said: str) -> None:
    """Also past ten."""
    assert words.ordinal(number) == said


def test_the_settings_line_makes_the_picture_again() -> None:
    """Everything that matters is in it."""
    line = words.settings(_request(), "Pocket")
    assert line == "4 pictures · 160 × 104 · DDIM, 20 steps · guidance 3.5 · seed 7 · Pocket"
    varied = words.settings(_request(variations=(Variation(seed=1, strength=0.4),)), "Pocket")
    assert "seed 7, varied" in varied


def test_alt_text_tells_which_picture_and_fits_discord() -> None:
    """At most 1,024 characters, however long the prompt."""
    assert (
        words.alt_text(_request(), 1, 8, "Pocket")
        == "Picture 2 of 4: “a red house”, made by Pocket with seed 8"
    )
    assert len(words.alt_text(_request(prompt="x" * 4_000), 0, 7, "Pocket")) <= 1_024


def test_a_long_list_of_names_is_cut() -> None:
    """A server with many models gets a sentence that Discord takes."""
    names = [f"model-{number:033}" for number in range(90)]
    said = words.invalid(InvalidRequest("model", "magic", f"one of {', '.join(names)}"))
    assert names[14] in said
    assert names[15] not in said
    assert "and 75 more, not 'magic'." in said


def test_every_failure_and_refusal_has_words_of_its_own() -> None:
    """Nobody reads a code, and nobody reads the fallback by accident."""
    codes = [*FailureCode, *Reason]
    unheard = {FailureCode.CLOSED, Reason.UNANSWERED, Reason.UNREADABLE}  # nobody is there to read these
    assert {code for code in codes if code not in unheard} == set(words.FAILURES)
    refusals = [
        kind for kind in vars(refusal).values() if isinstance(kind, type) and kind is not refusal.Refusal
    ]
    holding = {refusal.BotCannotPost: (("Send Messages",),), refusal.Unreadable: ("hours", "x", "y")}
    said = {words.no(kind(*holding.get(kind, ()))) for kind in refusals if issubclass(kind, refusal.Refusal)}
    assert len(said) == len([kind for kind in refusals if issubclass(kind, refusal.Refusal)])
    assert "That can't be done." not in said


@pytest.mark.parametrize(
    "lure",
    [
        "[a](b)[click here](https://evil.example)",
        "[**b**](https://x.example)",
        "<#123>",
        "</imagine:1>",
        "<t:0:R>",
        "- a list",
        "https://evil.example",
    ],
)
def test_a_prompt_makes_no_link_mention_or_date(lure: str) -> None:
    """Every sign that could begin one is escaped, however they are nested."""
    shown = words.prompt(lure)
    assert not re.search(r"(?<!\\)[\[\]()<>*#]|^-|[^\\]://", shown)
    assert re.sub(r"\\(.)", r"\1", shown) == lure  # and it reads as typed
