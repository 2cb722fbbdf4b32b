"""Nobody without the right gets in: every command, button, menu and form, tried by everybody.

The table is in tests/support/doors.py; a door without a row fails.
"""

import pytest
from besieged import SECRET, Siege
from doors import DOORS, Door, Right, differences, registered
from forger import Told

from bot.commands.desk import Desk
from bot.playground import Person
from bot.refusal import NeedsManageServer, NeedsModerator, NotAMember, NotHere, NotYours, UnknownJob
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
    told = await siege.attempt(person, door)
    assert_told(told, *because, what=str(door))
    assert siege.rows() == before, door


def assert_told(told: Told, *because: str, what: object) -> None:
    assert told.interaction is not None, f"{what}: nobody answered"
    assert told.alone, f"{what}: {told.text!r} is not for one person alone"
    assert any(reason in told.text for reason in because), f"{what}: {told.text!r}"


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
