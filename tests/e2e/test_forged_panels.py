"""What no Discord client sends to the moderators' panels: arguments, values and fields never given out.

Even who may set everything is told so, alone, and nothing has changed.
"""

from typing import Any, Final

import forger
import pytest
from besieged import Siege
from doors import EDITED, MANAGED, RULED
from forger import HALF, NOBODYS, Told, chosen, refused, typed

from bot.playground.stored import Json
from bot.refusal import BrokenForm, BrokenPanel, UnknownJob
from bot.render import words

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("nothing_breaks")]

BROKEN: Final = words.no(BrokenPanel())
GONE: Final = words.no(UnknownJob())
NO_TEXT: Final[list[object]] = [5, ["x"], HALF, "x" * 301, {}]


MENUS: Final[list[tuple[str, Any]]] = [
    ("jobs:99999", None),
    ("jobs:-1", None),
    ("jobs:٣", None),
    ("jobs", None),
    ("audit", None),
    ("audit:1.aX", None),
    ("audit:1.z5", None),
    ("audit:1.k99", None),
    ("audit:1.a", None),
    ("audit:9999999999999999999", None),
    (f"audit:1.a{'9' * 40}", None),
    (f"audit:{'1' * 90}", None),
    ("nonsense", None),
    ("", None),
    ("jobs:0:0", None),
    ("model", ["none-such"]),
    ("model", []),
    ("model", ["pocket", "pocket"]),
    ("model", [5]),
    ("model", [["pocket"]]),
    ("model", "pocket"),
    ("model", {"pocket": 1}),
    ("models", ["pocket", HALF]),
    ("sampler", ["euler" * 50]),
    ("aspect", ["9:1"]),
    ("previews", ["maybe"]),
    ("keep_days", ["0"]),
    ("keep_days", ["-7"]),
    ("ping_minutes", ["1e9"]),
    ("channels", ["not a number"]),
    ("channels", ["9" * 20]),
    ("channels", ["9" * 5_000]),
    ("channels", ["1"] * 26),
    ("log_channel", ["-1"]),
    ("log_channel", ["1", "2"]),
]


async def test_forged_parts_of_panels_do_nothing(siege: Siege) -> None:
    """Arguments and values that were not offered, even by who may set everything."""
    person, before = siege.people["manager"], siege.rows()
    for part, values in MENUS:
        told = await forger.press(person, siege.panel, f"easel:1:desk:{part}", values=values)
        refused(told, BROKEN, (part[:40], str(values)[:40]))
    for version in ("easel:2:desk:jobs:0", "easel::desk:", "easel:1:desk:Jobs:0", f"easel:1:desk:{HALF}"):
        refused(await forger.press(person, siege.panel, version), BROKEN, version)
    for job in (siege.foreign, NOBODYS, "x"):
        told = await forger.press(person, siege.panel, f"easel:1:desk:manage:{job}")
        refused(told, GONE, f"manage {job}")
    assert siege.rows() == before


async def test_a_servers_acts_are_told_in_no_other(siege: Siege) -> None:
    """A log channel, or a channel for pictures, is one of the server's own."""
    lobby = str(siege.house.discord.world.channel_named("lobby").id)
    before = siege.rows()
    for name in ("log_channel", "channels"):
        told = await forger.press(
            siege.people["manager"], siege.panel, f"easel:1:desk:{name}", values=[lobby]
        )
        refused(told, BROKEN, name)
    assert siege.rows() == before


async def test_what_one_person_sees_is_shown_to_nobody_else(siege: Siege) -> None:
    """A public message does not turn into a panel, not even by a moderator's hand."""
    text = siege.card.text
    for part, values in (("jobs:0", None), ("audit:9", None), ("role", None), ("previews", ["yes"])):
        told = await forger.press(siege.people["manager"], siege.card, f"easel:1:desk:{part}", values=values)
        refused(told, BROKEN, part)
    assert siege.card.text == text


def _broken_forms(whole: list[Json]) -> list[object]:
    return [
        None,
        [],
        "components",
        {"0": whole[0]},
        [None, *whole],
        whole[1:],
        [*whole, whole[0]],
        [*whole, typed("guild_id", "1")],
        [{**whole[0], "component": None}, *whole[1:]],
        [typed(5, "x"), *whole[1:]],
        [typed(["why"], "x"), *whole[1:]],
        [{"type": 1, "components": [whole[0]["component"]]}, *whole[1:]],
    ]


async def _handed_in(siege: Siege, form: str, components: object, *, bare: bool = False) -> Told:
    person = siege.people["manager"]
    origin = None if bare else siege.panel
    return await forger.submit(person, form, components, origin=origin, led_here=siege.form)


async def test_forged_forms_of_panels_do_nothing(siege: Siege) -> None:
    """Fields that were not there, that are missing or twice there, and what no field can hold."""
    before = siege.rows()
    manage, role = f"easel:1:desk:manage:{siege.held}", "easel:1:desk:role"
    why = MANAGED[1]
    ruled = siege.filled(RULED, siege.people["manager"])
    foreign = str(siege.house.discord.world.guild_named("Other Place").id)
    forms: list[tuple[str, object]] = [
        *((manage, each) for each in _broken_forms(MANAGED)),
        *((role, each) for each in _broken_forms(ruled)),
        *(
            (manage, [chosen("act", each), why])
            for each in ([], ["stop", "bump"], ["burn"], [5], "stop", None)
        ),
        *((manage, [MANAGED[0], typed("why", each)]) for each in NO_TEXT),
        *(
            (role, [chosen("role", each), *ruled[1:]])
            for each in ([str(foreign)], ["x"], ["9" * 30], [], [7])
        ),
        *(
            (role, [*ruled[:2], chosen("per", each), *ruled[3:]])
            for each in (["year"], [None], ["day", "day"])
        ),
        ("easel:1:desk:jobs:0", MANAGED),
        ("easel:2:desk:role", ruled),
        (f"easel:1:desk:manage:{siege.held}:more", MANAGED),
    ]
    for form, components in forms:
        refused(await _handed_in(siege, form, components), BROKEN, (form, str(components)[:300]))
    for said in ("lots", "-5 min", "1e400 s", "nan", ""):
        told = await _handed_in(siege, role, [ruled[0], typed("compute", said), *ruled[2:]])
        refused(told, "`compute` cannot be", said)
    told = await _handed_in(siege, role, [*ruled[:3], typed("waiting", "٣"), ruled[4]])
    refused(told, "`waiting` cannot be", "waiting")
    refused(await _handed_in(siege, manage, MANAGED, bare=True), BROKEN, "from no message")
    for job in (siege.foreign, NOBODYS):
        refused(await _handed_in(siege, f"easel:1:desk:manage:{job}", MANAGED), GONE, job)
    for each in _broken_forms(EDITED):
        told = await _handed_in(siege, f"easel:1:form:{siege.done}", each)
        refused(told, words.no(BrokenForm()), str(each)[:300])
    assert siege.rows() == before
