"""Who acts in a page; adding people to the world, and giving them roles."""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from bot.playground import page_looks, page_request
from bot.playground.backend import Backend
from bot.playground.changes import Changes
from bot.playground.page_state import View, people
from bot.playground.people import Person
from bot.playground.permissions import Permission
from bot.playground.refusals import Refusal
from bot.playground.resources import Guild, Role, User
from bot.playground.stored import Json

MOST_PEOPLE: Final = 100
LONGEST_DISPLAY_NAME: Final = 32
_NAME: Final = re.compile(r"(?!.*\.\.)[a-z0-9_.]{2,32}")


class PeopleActions:
    """Actions on people."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.actions: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "join": self._join,
            "roles": self._roles,
        }

    async def _join(self, asked: Json) -> Json:
        name = page_request.text(asked, "name").strip()
        if not _NAME.fullmatch(name):
            words = "Use 2 to 32 of the characters a to z, 0 to 9, underscore and full stop."
            raise Refusal(words, field="name")
        if any(user.name == name for user in self._backend.world.users.values()):
            raise Refusal("This name is taken.", field="name")
        if len(people(self._backend)) >= MOST_PEOPLE:
            raise Refusal(f"There are {MOST_PEOPLE} people already.")
        shown = (page_request.optional_text(asked, "display_name") or "").strip() or None
        if shown is not None and len(shown) > LONGEST_DISPLAY_NAME:
            raise Refusal(f"Must be {LONGEST_DISPLAY_NAME} or fewer in length.", field="display_name")
        guild = self._guild(asked) if asked.get("guild") is not None else None
        if guild is None and asked.get("roles"):
            raise Refusal("Roles belong to a server.", field="roles")
        roles = [] if guild is None else _roles(guild, asked)
        user = Changes(self._backend).add_person(name, guild, roles=roles, display_name=shown)
        return {"person": page_looks.person(self._backend, user)}

    async def _roles(self, asked: Json) -> Json:
        user, guild = user_of(self._backend, asked), self._guild(asked)
        acting = guild.members.get(user.id)
        if acting is None or Permission.MANAGE_ROLES not in self._backend.world.permissions_at(guild, acting):
            raise Refusal("You do not have permission to do that here: Manage Roles is missing.")
        wanted = page_request.text(asked, "person")
        member = next((each for each in guild.members.values() if wanted in names_of(each.user)), None)
        if member is None:
            raise Refusal("There is no such person in this server.", field="person")
        roles = _roles(guild, asked)
        held = {role for role in member.roles if not guild.roles[role].managed}
        for role_id in held ^ {role.id for role in roles}:
            if not self._backend.world.is_above(guild, acting, guild.roles[role_id]):
                name = guild.roles[role_id].name
                raise Refusal(f"The role {name} is not below your own.", field="roles")
        Changes(self._backend).set_roles(member.user, guild, roles)
        return {}

    def _guild(self, asked: Json) -> Guild:
        guild = self._backend.world.guilds.get(page_request.snowflake(asked, "guild"))
        if guild is None:
            raise Refusal("There is no such server.", field="guild")
        return guild


def names_of(user: User) -> tuple[str, str]:
    """What a page may call somebody: by id or by name."""
    return str(user.id), user.name


def user_of(backend: Backend, asked: Json) -> User:
    """Who acts. Raises `Refusal` for nobody."""
    user = next((each for each in people(backend) if each.name == asked.get("as")), None)
    if user is None:
        raise Refusal("There is no such person.")
    return user


def person_of(backend: Backend, asked: Json) -> Person:
    """Who acts, at the channel they act in. Raises `Refusal` for one out of their sight."""
    user = user_of(backend, asked)
    wanted = asked.get("channel")
    for channel in View(backend, user).channels():
        if str(channel.id) == wanted:
            return Person(backend, user, channel)
    raise Refusal("You cannot see this channel (any more).")


def _roles(guild: Guild, asked: Json) -> list[Role]:
    wanted = [str(each) for each in page_request.listed(asked, "roles")]
    known = {str(role.id): role for role in guild.roles.values() if role.id != guild.id and not role.managed}
    if any(each not in known for each in wanted):
        raise Refusal("There is no such role to give.", field="roles")
    return [known[each] for each in wanted]
