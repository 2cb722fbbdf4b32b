"""What no Discord client sends: ids and commands that were never given out.

Whoever sends them is told so, alone, and nothing has changed. Who may do what is in tests/e2e/test_doors.py.
"""

from typing import Final

import forger
import pytest
from besieged import Siege
from doors import EDITED
from forger import HALF, NOBODYS, refused
from house import PICTURES, has_pictures

from bot.playground import Person
from bot.playground.interaction import InteractionKind
from bot.playground.stored import Json
from bot.refusal import BrokenCommand, BrokenPanel, NotAMember, NotYours, UnknownJob
from bot.render import words

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("nothing_breaks")]

BROKEN: Final = words.no(BrokenPanel())
GONE: Final = words.no(UnknownJob())


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
