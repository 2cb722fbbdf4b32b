"""What `/quota` cannot make sense of, and who may not: one clear sentence for them alone, nothing written."""

import pytest
from house import House

from bot.playground import Refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _written(house: House) -> list[tuple[object, ...]]:
    """All that a moderator's act could leave behind."""
    return [
        *house.rows("SELECT * FROM audit"),
        *house.rows("SELECT * FROM policies"),
        *house.rows("SELECT * FROM ledger"),
    ]


AMOUNT = "write it like `10 min`, `90 s` or `1 h 30 min`."
ONE_TARGET = "Name one of `role`, `member`, `channel` and `whole`"
SAY_WHAT = "Say what to limit: `compute`, `waiting`, `steps`, …"
POOL = "a pool has an amount of `compute` and a `per`, nothing else."


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"compute": "lots"}, f"`compute` cannot be “lots”: {AMOUNT}"),
        ({"compute": " "}, AMOUNT),
        ({"compute": "10 parsecs"}, AMOUNT),
        ({"compute": "-5 min"}, AMOUNT),
        ({"compute": "99999999 h"}, "`unlimited` is no limit."),
        ({"compute": "4 s", "burst": "some"}, f"`burst` cannot be “some”: {AMOUNT}"),
        ({"hours": "9 to 5"}, "write it like `08:00-18:00` or `mon-fri 08:00-18:00`."),
        ({"hours": "mon-fri 9-25"}, "a time is like 08:00, not '25'."),
        ({"hours": "mom 9-17"}, "days are mon, tue, wed, thu, fri, sat, sun, not 'mom'."),
        ({"hours": "9-17; "}, "write it like"),
        ({"hours": "9-17", "zone": "Mars/Phobos"}, "there is no time zone 'Mars/Phobos'"),
        ({"hours": "9-17", "zone": "../../etc/passwd"}, "write it like `Europe/Berlin`."),
        ({"zone": "Europe/Berlin"}, "`zone` cannot be “Europe/Berlin”: it tells what `hours` mean"),
        ({"models": "sd99"}, "`models` cannot be “sd99”: write some of pocket, or `any`."),
        ({"models": "pocket, sd99"}, "write some of pocket, or `any`."),
        ({"models": ","}, "write some of pocket, or `any`."),
        ({"role": "Artists", "member": "ben", "waiting": 1}, ONE_TARGET),
        ({"channel": "sketches", "whole": "server", "waiting": 1}, ONE_TARGET),
        ({"whole": "pool", "steps": 4}, POOL),
        ({"whole": "pool", "compute": "5 s", "steps": 4}, POOL),
        ({"whole": "pool", "compute": "5 s", "burst": "4 s"}, POOL),
        ({"whole": "pool", "compute": "unlimited"}, POOL),
        ({"whole": "pool"}, SAY_WHAT),
        ({}, SAY_WHAT),
        ({"role": "Artists", "why": "because"}, SAY_WHAT),
        ({"per": "hour"}, SAY_WHAT),
        ({"burst": "5 min"}, SAY_WHAT),
    ],
)
@pytest.mark.parametrize("command", ["quota set", "quota preview"])
async def test_what_cannot_be_read_is_said_and_changes_nothing(
    house: House, command: str, options: dict[str, object], words: str
) -> None:
    """The sentence names the option and how to write it; `/quota preview` reads the same way."""
    before = _written(house)
    told = await house.person("mia").command(command, **options)
    assert told.ephemeral
    if command == "quota preview" and options.get("whole") == "pool" and words is POOL:
        words = "only rules can be previewed; the pool stops nobody."
    assert words in told.text
    assert len(told.text) < 200
    assert _written(house) == before


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("quota set", {"waiting": 50}, "may manage this server"),
        ("quota set", {"compute": "lots"}, "may manage this server"),
        ("quota preview", {"waiting": 50}, "may manage this server"),
        ("quota clear", {"whole": "everyone"}, "may manage this server"),
        ("quota grant", {"member": "ada", "compute": "1 h"}, "may manage messages in this whole server"),
        ("quota lend", {"member": "ada", "compute": "1 h"}, "may manage messages in this whole server"),
        ("quota show", {"member": "ben"}, "may manage messages in this whole server"),
        ("quota why", {"member": "ben"}, "may manage messages in this whole server"),
    ],
)
async def test_who_may_not_is_told_who_may(
    house: House, command: str, options: dict[str, object], words: str
) -> None:
    """Discord shows these commands to everybody: the code checks."""
    before = _written(house)
    told = await house.person("ada").command(command, **options)
    assert told.ephemeral
    assert words in told.text
    assert _written(house) == before


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("quota grant", {"member": "ben", "compute": "unlimited"}, "give an amount, like `10 min`."),
        ("quota grant", {"member": "ben", "compute": "0"}, "give an amount, like `10 min`."),
        ("quota grant", {"member": "ben", "compute": "5 s", "lasts": "9 weeks"}, "at most 31 days."),
        (
            "quota grant",
            {"member": "ben", "compute": "5 s", "lasts": "soon"},
            f"`lasts` cannot be “soon”: {AMOUNT}",
        ),
        ("quota lend", {"member": "ben", "compute": "5 s"}, "There is no pool to lend from;"),
        ("quota clear", {}, "There is no such rule to take away; `/quota show` lists those there are."),
        ("quota clear", {"role": "Artists", "what": "hours"}, "There is no such rule to take away;"),
        ("quota clear", {"whole": "pool"}, "There is no such rule to take away;"),
        ("quota clear", {"member": "ben", "whole": "server"}, ONE_TARGET),
    ],
)
async def test_nothing_is_given_or_taken_away_by_mistake(
    house: House, command: str, options: dict[str, object], words: str
) -> None:
    """Amounts without an end, gifts for ever, loans from nothing, rules that are not there."""
    before = _written(house)
    told = await house.person("mia").command(command, **options)
    assert told.ephemeral
    assert words in told.text
    assert _written(house) == before


@pytest.mark.parametrize(
    "options", [{"waiting": -1}, {"running": 0}, {"steps": 0}, {"side": 1}, {"weight": 0.0}]
)
async def test_discord_itself_refuses_numbers_out_of_range(house: House, options: dict[str, object]) -> None:
    """They never come to the bot."""
    with pytest.raises(Refusal):
        await house.person("mia").command("quota set", **options)
