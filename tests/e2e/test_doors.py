"""Nobody without the right gets in: every command, button, menu and form, tried by everybody.

The table is in tests/support/doors.py; a door without a row fails.
"""

import forger
import pytest
from besieged import SECRET, Siege
from doors import DOORS, Door, Right, differences, registered
from forger import chosen, refused, typed
from house import OVER

from bot.commands.desk import Desk
from bot.playground import Person
from bot.refusal import (
    BrokenCommand,
    BrokenForm,
    BrokenPanel,
    NeedsManageServer,
    NeedsModerator,
    NotAMember,
    NotHere,
    NotYours,
    UnknownJob,
)
from bot.render import words

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("nothing_breaks")]

SHUT_OUT = "has shut you out"
RIGHTS = {
    "member": Right.ANYBODY,
    "ex-moderator": Right.ANYBODY,
    "channel moderator": Right.OWNER,
    "moderator": Right.MODERATOR,
    "banned": Right.ANYBODY,
    "banned moderator": Right.MODERATOR,
}
"""What people of the server are allowed, were they not banned."""
LACKING = {
    Right.OWNER: words.no(NotYours()),
    Right.MODERATOR: words.no(NeedsModerator()),
    Right.MANAGER: words.no(NeedsManageServer()),
}


def answer_to(who: str, door: Door) -> str | None:
    """Why somebody of the server is turned away; None where they may come in."""
    if who.startswith("banned") and not door.shut_out:
        return SHUT_OUT
    return None if RIGHTS[who] >= door.right else LACKING[door.right]


async def turned_away(siege: Siege, person: Person, door: Door, *because: str) -> None:
    before = siege.rows()
    siege.house.discord.faults.repeat("INTERACTION_CREATE")  # a replay gets no further
    told = await siege.attempt(person, door)
    reason = next((each for each in because if each in told.text), because[0])
    refused(told, reason, str(door))
    assert siege.rows() == before, door


async def test_the_table_is_complete(siege: Siege) -> None:
    """Whoever adds a command, a button, a part of a panel or a form says in the table who may use it."""
    desk = siege.house.app.client._desk  # built by the composition root, of which this is a part
    assert isinstance(desk, Desk)
    assert differences(registered(siege.house.app.client, desk)) == []
    assert differences({"command new"})[0] == (
        "'command new' has no row: add one to DOORS in tests/support/doors.py"
    )


@pytest.mark.parametrize("restarted", [False, True], ids=["", "after a restart"])
@pytest.mark.parametrize("who", RIGHTS)
async def test_nobody_in_the_server_gets_further_than_their_right(
    siege: Siege, who: str, restarted: bool
) -> None:
    """Members, those who moderate a channel alone, who moderated until just now, who is banned."""
    if restarted and who == next(iter(RIGHTS)):
        await siege.house.restart()
    person = siege.people[who]
    if who == "ex-moderator" and not restarted:
        panel = await person.command("settings")
        assert panel.ephemeral
        siege.house.discord.changes.set_roles(person.user, siege.guild, [])
    tried = 0
    for door in DOORS:
        because = answer_to(who, door)
        if because is not None:
            await turned_away(siege, person, door, because)
            tried += 1
    assert tried > len(DOORS) / 4


@pytest.mark.parametrize("who", ["stranger", "manager elsewhere"])
async def test_who_is_elsewhere_gets_nothing_from_here(siege: Siege, who: str) -> None:
    """Ids of this server's jobs open nothing in another, whatever one may do there."""
    person = siege.people[who]
    manages = who == "manager elsewhere"
    gone = words.no(UnknownJob())
    for door in DOORS:
        if door.job:
            lacking = LACKING.get(door.right, gone)
            await turned_away(siege, person, door, gone if manages else lacking, gone)
        elif door.right > Right.ANYBODY and not manages:
            await turned_away(siege, person, door, LACKING[door.right], words.no(NotAMember()))
        elif door.key != "command imagine":
            before = siege.rows()
            told = await siege.attempt(person, door)
            shown = f"{told.text}{told.interaction.modal if told.interaction else None}"
            assert told.interaction is not None, door
            assert not {SECRET, siege.held, siege.done} & {*shown.split("`")}, door
            assert SECRET not in shown, door
            assert siege.rows() == before, door


async def test_direct_messages_lead_nowhere(siege: Siege) -> None:
    """Not even those of who manages the server."""
    person = siege.people["manager"].in_direct_messages()
    for door in DOORS:
        if not door.anywhere:
            await turned_away(siege, person, door, words.no(NotHere()))


async def test_what_is_held_does_not_run_nor_what_is_asked_by_who_is_shut_out(siege: Siege) -> None:
    """The last door: what was let in before is looked at again where it would begin."""
    house, manager, member = siege.house, siege.people["manager"], siege.people["member"]
    await member.command("imagine", prompt="shut out while it waits", steps=60, count=1)
    ((job,),) = house.rows("SELECT id FROM jobs ORDER BY number DESC LIMIT 1")
    hold = [chosen("act", ["hold"]), typed("why", "")]
    told = await forger.submit(
        manager, f"easel:1:desk:manage:{job}", hold, origin=siege.panel, led_here=siege.form
    )
    assert told.interaction is not None
    await house.restart()  # what ran waits again
    assert (_state(siege, siege.held), _state(siege, str(job))) == ("queued", "queued")
    await manager.command("moderate ban", member="ben")
    await house.discord.until(lambda: _state(siege, str(job)) in OVER)
    assert house.rows("SELECT sum(amount) FROM ledger WHERE job = ?", job) == [(0,)]
    await manager.command("moderate unban", member="ben")


def _state(siege: Siege, job: str) -> object:
    ((state,),) = siege.house.rows("SELECT state FROM jobs WHERE id = ?", job)
    return state


async def test_who_may_gets_in_once_though_it_is_told_twice(siege: Siege) -> None:
    """Each door opens to who has the right and no more; a replayed press, command or form counts once."""
    house = siege.house
    allowed = {
        Right.ANYBODY: "member",
        Right.OWNER: "owner",
        Right.MODERATOR: "moderator",
        Right.MANAGER: "manager",
    }
    no = {*LACKING.values(), SHUT_OUT, *(words.no(each) for each in (NotHere(), UnknownJob(), NotAMember()))}
    no |= {words.no(each) for each in (BrokenPanel(), BrokenForm(), BrokenCommand())}
    for door in DOORS:
        before = _acts(siege)
        house.discord.faults.repeat("INTERACTION_CREATE")
        told = await siege.attempt(siege.people[allowed[door.right]], door)
        assert told.interaction is not None, door
        assert not [why for why in no if why in told.text], (str(door), told.text)
        assert all(now - then <= 1 for now, then in zip(_acts(siege), before, strict=True)), door
    assert _acts(siege) > (10, 5, 2)
    for door in DOORS:
        if door.shut_out and door.right is Right.ANYBODY:
            told = await siege.attempt(siege.people["banned"], door)
            assert told.interaction is not None, door
            assert told.alone, door
            assert not told.text.startswith("A moderator has shut you out"), door


def _acts(siege: Siege) -> tuple[int, ...]:
    """How often something was written down, a job was asked for, and compute was given."""
    counts = [
        siege.house.rows(query)[0][0]
        for query in (
            "SELECT count(*) FROM audit",
            "SELECT count(*) FROM jobs",
            "SELECT count(*) FROM ledger WHERE kind IN ('grant', 'lend')",
        )
    ]
    return tuple(int(str(count)) for count in counts)
