"""What no Discord client sends: ids, values, fields and commands that were never given out.

Whoever sends them is told so, alone, and nothing has changed. Who may do what is in tests/e2e/test_doors.py.
"""

from typing import Any, Final

import forger
import pytest
from besieged import Siege
from doors import EDITED, MANAGED, RULED
from forger import Told, chosen, typed
from house import PICTURES, has_pictures

from bot.playground import Person
from bot.playground.interaction import InteractionKind
from bot.playground.stored import Json
from bot.refusal import BrokenCommand, BrokenForm, BrokenPanel, NotAMember, NotYours, UnknownJob
from bot.render import words

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("nothing_breaks")]

BROKEN: Final = words.no(BrokenPanel())
GONE: Final = words.no(UnknownJob())
HALF: Final = "half a character: \ud83d"
NOBODYS: Final = "000000000000"


def refused(told: Told, because: str, what: object) -> None:
    assert told.interaction is not None, f"{what}: nobody answered"
    assert told.alone, f"{what}: {told.text!r} is not for one person alone"
    assert because in told.text, f"{what}: {told.text!r}"


@pytest.mark.parametrize("who", ["member", "manager"])
async def test_forged_buttons_do_nothing(siege: Siege, who: str) -> None:
    """Of other versions, other jobs, other servers, no verb of ours; and any that is not on the message."""
    person, before = siege.people[who], siege.rows()
    strange = {
        f"easel:2:up:{siege.done}:0": BROKEN,
        f"easel:1:UP:{siege.done}:0": BROKEN,
        f"easel:1:up:{siege.done}:10": BROKEN,
        f"easel:1:up:{siege.done}:0\n": BROKEN,
        f"easel:1:up:{siege.done}": BROKEN,
        "easel:1:up::0": BROKEN,
        f"easel:1:form:{siege.done}": BROKEN,
        "": BROKEN,
        HALF: BROKEN,
        "x" * 5_000: BROKEN,
        f"easel:1:nuke:{siege.done}:0": GONE,
        f"easel:1:up:{siege.done}:9": GONE,
        f"easel:1:vary:{siege.done}:9": "Picture must be",
        **{f"easel:1:{verb}:{NOBODYS}:0": GONE for verb in ("up", "edit", "bin", "cancel", "why")},
        **{
            f"easel:1:{verb}:{siege.foreign}:0": GONE for verb in ("up", "vary", "edit", "bin", "why", "mend")
        },
    }
    for custom_id, because in strange.items():
        refused(await forger.press(person, siege.card, custom_id), because, custom_id[:99])
        if because is BROKEN:
            menu = await forger.press(person, siege.card, custom_id, values=["?"])
            refused(menu, BROKEN, f"a menu {custom_id[:99]!r}")
    for custom_id in (f"easel:1:nuke:{siege.done}:0", f"easel:1:up:{siege.foreign}:0"):
        told = await forger.press(person, siege.card, custom_id, planted=False)
        refused(told, BROKEN, f"{custom_id} that is not there")
    assert siege.rows() == before


async def test_an_id_opens_no_channel_that_one_cannot_see(siege: Siege) -> None:
    """Neither its words in a form, nor more pictures of them, nor their end by a moderator of another one."""
    before = siege.rows()
    for verb in ("up", "vary", "again", "retry", "edit", "mend"):
        told = await forger.press(siege.people["member"], siege.card, f"easel:1:{verb}:{siege.hidden}:0")
        refused(told, GONE, verb)
    form = await forger.submit(
        siege.people["member"],
        f"easel:1:form:{siege.hidden}",
        EDITED,
        origin=siege.card,
        led_here=siege.form,
    )
    refused(form, GONE, "form")
    for verb in ("bin", "cancel"):
        custom_id = f"easel:1:{verb}:{siege.hidden}:0"
        told = await forger.press(siege.people["channel moderator"], siege.card, custom_id)
        refused(told, words.no(NotYours()), verb)
    assert siege.rows() == before


async def test_a_card_goes_by_its_own_button_alone(siege: Siege) -> None:
    """The id of one's own job takes nobody else's pictures away."""
    person = siege.people["member"]
    own = await person.command("imagine", prompt="mine", steps=1, count=1)
    await siege.house.discord.until(
        lambda: has_pictures(own) and siege.house.states()[-1] == "delivered", timeout=PICTURES
    )
    ((job,),) = siege.house.rows("SELECT id FROM jobs ORDER BY number DESC LIMIT 1")
    before = siege.rows()
    for verb in ("bin", "cancel"):
        told = await forger.press(person, siege.card, f"easel:1:{verb}:{job}:0")
        refused(told, BROKEN, verb)
    assert not siege.card.deleted
    assert siege.card.pictures
    assert siege.rows() == before


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
        *((manage, [MANAGED[0], typed("why", each)]) for each in (5, ["x"], HALF, "x" * 301, {})),
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


def _option(name: str, value: object, kind: int = 3) -> Json:
    return {"name": name, "type": kind, "value": value}


async def test_forged_commands_do_nothing(siege: Siege) -> None:
    """Commands that are not there (any more), choices not on offer, options missing or too many."""
    person, before = siege.people["manager"], siege.rows()
    nobody = _option("member", str(siege.people["stranger"].user.id), 6)
    changed, absent = words.no(BrokenCommand()), words.no(NotAMember())
    for path, options, because in (
        ("conquer", {}, changed),
        ("quota", {}, changed),
        ("quota seize", {}, changed),
        ("moderate jobs more", {}, changed),
        ("quota grant", {}, changed),
        ("quota grant", {"member": nobody, "compute": "1 h"}, absent),
        ("moderate ban", {"member": nobody}, absent),
        ("moderate warn", {"member": nobody, "why": "x"}, absent),
        ("quota set", {"whole": "the whole world", "compute": "1 h"}, changed),
        ("quota set", {"per": "year", "compute": "1 h"}, changed),
        ("quota set", {"waiting": -1}, changed),
        ("quota set", {"steps": 10**30}, changed),
        ("quota set", {"weight": 1e9}, changed),
        ("quota set", {"hours": HALF}, changed),
        ("moderate warn", {"member": str(person.user.id), "why": "x" * 301}, changed),
        ("moderate warn", {"member": "somebody", "why": "x"}, changed),
        ("quota clear", {"what": "everything"}, changed),
        ("audit", {"act": "nothing"}, changed),
        ("audit", {"export": "exe"}, changed),
        ("imagine", {"prompt": "x", "count": 1_000}, changed),
        ("cancel", {"job": siege.foreign}, GONE),
        ("cancel", {"job": "x" * 6_000}, GONE),
        ("cancel", {"job": HALF}, changed),
    ):
        told = await forger.command(person, path, siege.commands, **options)
        refused(told, because, (path, options))
    assert siege.rows() == before


async def test_suggestions_tell_nobody_anything(siege: Siege) -> None:
    """Who is shut out, or elsewhere, is suggested none of the jobs here; nor is anybody by direct message."""
    asked: dict[str, Person] = {
        name: siege.people[name] for name in ("banned", "stranger", "manager elsewhere")
    }
    asked["manager in direct messages"] = siege.people["manager"].in_direct_messages()
    focused = {**_option("job", ""), "focused": True}
    for who, person in asked.items():
        data = forger.called("cancel", siege.commands, person, job=focused)
        told = await forger.send(person, InteractionKind.AUTOCOMPLETE, data, "cancel")
        assert told.interaction is not None, who
        assert told.interaction.choices == [], who
    data = forger.called("conquer", siege.commands, siege.people["member"], job=focused)
    told = await forger.send(siege.people["member"], InteractionKind.AUTOCOMPLETE, data, "conquer")
    assert told.interaction is not None
    assert told.interaction.choices == []
