import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prompt import (
    FLAGS,
    Aspect,
    AttachedInstead,
    BadValue,
    Flag,
    FlagError,
    ImageOrder,
    MissingValue,
    RepeatedFlag,
    StrayText,
    UnknownFlag,
    UnsupportedFlag,
    parse,
)
from bot.prompt.flags import ATTACHED, KNOWN_ELSEWHERE


def test_a_prompt_without_flags_is_all_words() -> None:
    """Without a flag everything is prompt, and nothing else was said."""
    assert parse("a red house by the sea") == ImageOrder(prompt="a red house by the sea")


def test_every_flag_is_read() -> None:
    """The words come first, then flags in any order."""
    order = parse(
        "a red house --ar 3:2 --seed 7 --no text, people --steps 20 --scale 7.5 --sampler euler "
        "--model pocket --count 2 --strength 0.4"
    )
    assert order == ImageOrder(
        prompt="a red house",
        aspect=Aspect(width=3, height=2),
        seed=7,
        negative="text, people",
        steps=20,
        guidance=7.5,
        sampler="euler",
        model="pocket",
        count=2,
        strength=0.4,
    )


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.name)
def test_the_example_of_every_flag_works(flag: Flag) -> None:
    """Whatever the table shows people, the parser takes, by every name of the flag."""
    value = flag.example.partition(" ")[2]
    orders = {parse(f"a house --{name} {value}") for name in flag.names}
    assert len(orders) == 1
    assert getattr(orders.pop(), flag.field) is not None


@pytest.mark.parametrize("dashes", ["--", "—", "–", "———", "—--", "---"])
def test_phones_turn_hyphens_into_dashes(dashes: str) -> None:
    """Any dash that touches a letter begins a flag."""
    assert parse(f"a house {dashes}seed 7") == ImageOrder(prompt="a house", seed=7)


@pytest.mark.parametrize(
    "text", ["a well--known house", "a house -- by the sea", "a house — by the sea", "--2 cats"]
)
def test_dashes_inside_text_are_text(text: str) -> None:
    """Two hyphens inside a word, or before a space or digit, begin no flag."""
    assert parse(text) == ImageOrder(prompt=text)


def test_writing_is_forgiving() -> None:
    """Spaces are normalised; flags may be upper case, take "=", quotes, and a sampler's title."""
    order = parse('  a \n red\thouse  --SEED=7   --sampler "DPM++ 2M Karras" --no “text”')
    assert order == ImageOrder(prompt="a red house", seed=7, sampler="dpmpp_2m_karras", negative="text")


def test_negatives_add_up() -> None:
    """--no may be said twice."""
    assert parse("a --no text --no people").negative == "text, people"


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("a --setps 3", UnknownFlag, "There is no flag --setps. Did you mean --steps?"),
        ("a --xyzzy", UnknownFlag, "There is no flag --xyzzy. /help lists the flags there are."),
        ("a --chaos 30", UnsupportedFlag, "Easel cannot do --chaos yet. Take it out and the rest will work."),
        ("a --seed", MissingValue, "--seed needs a value: a whole number from 0 to 4294967295."),
        ("a --seed --steps 3", MissingValue, "--seed needs a value: a whole number from 0 to 4294967295."),
        ("a --steps 0", BadValue, "--steps takes a whole number from 1 to 150, not “0”."),
        ("a --count 99", BadValue, "--count takes a whole number from 1 to 10, not “99”."),
        ("a --seed -1", BadValue, "--seed takes a whole number from 0 to 4294967295, not “-1”."),
        ("a --seed 1_0", BadValue, "--seed takes a whole number from 0 to 4294967295, not “1_0”."),
        ("a --cfg nan", BadValue, "--cfg takes a number from 0 to 30, not “nan”."),
        ("a --strength 0", BadValue, "--strength takes a number above 0, up to 1, not “0”."),
        (
            "a --image house.png",
            AttachedInstead,
            "A picture cannot be typed after --image: attach it with the command's option “image”.",
        ),
        (
            "a --mask sky.png",
            AttachedInstead,
            "A picture cannot be typed after --mask: attach it with the command's option “mask”.",
        ),
        ("a --ar 0:1", BadValue, "--ar takes a shape W:H like 3:2, from 1:4 to 4:1, not “0:1”."),
        ("a --ar banana", BadValue, "--ar takes a shape W:H like 3:2, from 1:4 to 4:1, not “banana”."),
        ("a --seed 1 --seed 2", RepeatedFlag, "--seed is given twice. Which one do you mean?"),
        ("a --ar 1:1 --aspect 1:1", RepeatedFlag, "--aspect is given twice. Which one do you mean?"),
        ("--seed 7 a house", StrayText, "Flags go last: move “a house” in front of --seed."),
    ],
)
def test_what_is_wrong_is_said_in_one_helpful_line(text: str, kind: type[FlagError], line: str) -> None:
    """An unknown or impossible flag says what would do instead."""
    with pytest.raises(kind) as caught:
        parse(text)
    assert str(caught.value) == line


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing people type breaks the parser."""
    with contextlib.suppress(FlagError):
        order = parse(text)
        assert order.prompt == " ".join(order.prompt.split())


def test_a_long_value_is_cut_in_the_refusal() -> None:
    """A line stays a line, however much was typed."""
    with pytest.raises(FlagError) as caught:
        parse(f"a --seed {'9' * 5000}")
    assert len(str(caught.value)) < 200


def test_the_table_is_consistent() -> None:
    """No two flags share a name; each sets a field of its own; none is also listed as impossible."""
    names = [name for flag in FLAGS for name in flag.names]
    assert len(names) == len(set(names))
    assert len({flag.field for flag in FLAGS}) == len(FLAGS)
    assert not (KNOWN_ELSEWHERE | set(ATTACHED)) & set(names)
