"""What tests of quotas share: newcomers, prices, the trail of what moderators did."""

import json
from datetime import UTC, datetime
from typing import Any

from fault_house import newest
from house import House

from bot.playground import Message, Person
from bot.store import Actor

GUILD = "Easel Studio"


def newcomer(house: House, name: str, *roles: str, channel: str = "studio") -> Person:
    """Somebody new in Easel Studio, with roles by name."""
    guild = house.discord.world.guild_named(GUILD)
    held = [role for role in guild.roles.values() if role.name in roles]
    house.discord.changes.add_person(name, guild, roles=held)
    return house.person(name, channel)


def role_id(house: House, name: str) -> int:
    """The id of a role of Easel Studio."""
    guild = house.discord.world.guild_named(GUILD)
    return next(role.id for role in guild.roles.values() if role.name == name)


async def priced(house: House, person: Person, **options: object) -> tuple[Message, float]:
    """Ask for pictures; the answer, and what it is to cost."""
    answer = await person.command("imagine", **options)
    assert not answer.ephemeral, answer.text
    price = newest(house, "price")
    assert isinstance(price, float)
    return answer, price


def by(house: House, person: Person, why: str | None = None) -> Actor:
    """Whom the store writes down for an act at this moment."""
    guild = house.discord.world.guild_named(GUILD)
    return Actor(guild_id=guild.id, user_id=person.user.id, at=datetime.now(UTC), why=why)


def trail(house: House) -> list[tuple[object, object, object, object, Any]]:
    """Every line of the audit trail, oldest first: who, what, to whom, why, and the details."""
    return [
        (actor, act, subject, why, json.loads(str(detail)))
        for actor, act, subject, why, detail in house.rows(
            "SELECT actor, act, subject, why, detail FROM audit ORDER BY number"
        )
    ]


def told(house: House, channel: str) -> list[str]:
    """What the bot posted in a channel for all to see, oldest first."""
    return [message.text for message in house.person("mia", channel).messages() if not message.ephemeral]
