"""A server with something to lose, and everybody who might want in: see tests/e2e/test_doors.py."""

import json
from dataclasses import dataclass
from typing import Final, TypeVar

import forger
from doors import DONE, JOB, MEMBER, ROLE, Door
from forger import Told
from house import House

from bot.playground import Message, Modal, Permission, Person
from bot.playground.interaction import Interaction
from bot.playground.resources import Guild, Role
from bot.playground.stored import Json

T = TypeVar("T")
SECRET: Final = "a secret lighthouse"
"""Words of a job that nobody from elsewhere may read."""
_KEPT: Final = {
    "jobs": "id, state, hold, bumped, discarded, attempt",
    "ledger": "number, kind, job, amount, user_id",
    "policies": "scope, subject, body",
    "settings": "name, value",
    "bans": "user_id, until, actor",
    "audit": "number, act, actor, subject",
}


@dataclass(kw_only=True)
class Siege:
    """What there is to get at.

    Attributes:
        people: by what they are, such as "member", "banned" or "manager elsewhere".
        held: the id of a job that is not over; `waiting` is its message.
        done: the id of a job with pictures; `card` is its message.
        foreign: the id of a job of the other server.
        hidden: the id of a job in a channel for moderators.
        panel: the list of jobs before the manager; `form` is what a press on it led to.
    """

    house: House
    people: dict[str, Person]
    held: str
    waiting: Message
    done: str
    card: Message
    foreign: str
    hidden: str
    panel: Message
    form: Interaction
    moderators: Role

    @property
    def guild(self) -> Guild:
        return self.house.discord.world.guild_named("Easel Studio")

    @property
    def commands(self) -> list[Json]:
        """As Discord knows them, hidden ones too."""
        return self.house.discord.backend.commands.all_in(None)

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything of the server that somebody without the right might want to change."""
        return {
            table: self.house.rows(f"SELECT {columns} FROM {table} WHERE guild_id = ?", self.guild.id)  # noqa: S608
            for table, columns in _KEPT.items()
        }

    def filled(self, value: T, person: Person) -> T:
        """A row's options, ids or form with the placeholders filled in."""
        here = person.channel.guild_id == self.guild.id or person.channel.guild_id is None
        member = self.people["owner" if here else "member elsewhere"]
        text = json.dumps(value)
        for name, filling in {
            JOB: self.held,
            DONE: self.done,
            MEMBER: str(member.user.id),
            ROLE: str(self.moderators.id),
        }.items():
            text = text.replace(name, filling)
        filled: T = json.loads(text)
        return filled

    async def attempt(self, person: Person, door: Door) -> Told:
        """Try a door as somebody, with all that they may have found out."""
        kind, _, name = door.key.partition(" ")
        arg = str(self.filled(door.arg, person))
        match kind:
            case "command":
                options = self.filled(dict(door.options), person)
                return await forger.command(person, name, self.commands, **options)
            case "button":
                card = self.waiting if arg == self.held else self.card
                return await forger.press(person, card, f"easel:1:{name}:{arg}:0")
            case "part":
                part = f"easel:1:desk:{name}:{arg}".rstrip(":")
                return await forger.press(person, self.panel, part, values=door.values)
            case _:
                form = f"easel:1:form:{arg}" if name == "edit" else f"easel:1:desk:{name}:{arg}".rstrip(":")
                origin = self.card if name == "edit" else self.panel
                components = self.filled(door.components, person)
                return await forger.submit(person, form, components, origin=origin, led_here=self.form)


async def besieged(house: House) -> Siege:
    """Everybody comes, two servers are at work, and the manager has a panel open."""
    discord, world = house.discord, house.discord.world
    studio, other = world.guild_named("Easel Studio"), world.guild_named("Other Place")
    moderators = discord.changes.add_role(studio, "Helpers", permissions=Permission.MANAGE_MESSAGES)
    managers = discord.changes.add_role(studio, "Keepers", permissions=Permission.MANAGE_GUILD)
    helping = {
        "moderator": [moderators],
        "banned moderator": [moderators],
        "ex-moderator": [moderators, managers],
    }
    people = {"manager": house.person("mia"), "owner": house.person("ada"), "member": house.person("ben")}
    for name in ("banned", "channel moderator", *helping):
        discord.changes.add_person(name, studio, roles=helping.get(name))
        people[name] = house.person(name)
    for name in ("member elsewhere", "stranger"):
        discord.changes.add_person(name, other)
        people[name] = house.person(name, "lobby", "Other Place")
    people["manager elsewhere"] = house.person("zoe", "lobby", "Other Place")
    # As much as a channel can give, and more: Manage Server is not for a channel to give.
    discord.changes.set_overwrite(
        world.channel_named("studio"),
        people["channel moderator"].user,
        allow=Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD,
    )
    mods_only, bot = world.channel_named("mods-only"), world.application.bot
    discord.changes.set_overwrite(mods_only, bot, allow=Permission.VIEW_CHANNEL)

    manager, owner = people["manager"], people["owner"]
    card = await owner.command("imagine", prompt=SECRET, steps=1, count=1)
    foreign = await people["manager elsewhere"].command("imagine", prompt="elsewhere", steps=1, count=1)
    hidden = await manager.at("mods-only").command("imagine", prompt=SECRET, steps=1, count=1)
    for each in (card, foreign, hidden):
        await house.pictures(each)
    held = await owner.command("imagine", prompt=SECRET, steps=60, count=1)
    assert held.text
    ids = [str(job) for (job,) in house.rows("SELECT id FROM jobs ORDER BY number")]
    panel = await manager.command("moderate jobs")
    modal = await manager.press(panel, custom_id=f"easel:1:desk:manage:{ids[3]}.0")
    assert isinstance(modal, Modal)
    await manager.submit(modal, {"act": "hold"})
    for name in ("banned", "banned moderator"):
        await manager.command("moderate ban", member=name, why="they must not come in")
    return Siege(
        house=house,
        people=people,
        held=ids[3],
        waiting=held,
        done=ids[0],
        card=card,
        foreign=ids[1],
        hidden=ids[2],
        panel=panel,
        form=modal.interaction,
        moderators=moderators,
    )
