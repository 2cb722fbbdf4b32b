"""Who is in the channel list and the member list of a page, and how they look there."""

from bot.playground import payloads
from bot.playground.backend import Backend
from bot.playground.people import Person
from bot.playground.permissions import Permission
from bot.playground.resources import Channel, Guild, Member, User
from bot.playground.stored import Json


def user(backend: Backend, who: User) -> Json:
    """A Discord user with their shown name, colour and state."""
    places = [guild for guild in backend.world.guilds.values() if who.id in guild.members]
    colours = [colour for guild in places if (colour := _colour(guild, guild.members[who.id]))]
    return payloads.user(who) | {
        "display_name": who.display_name,
        "colour": colours[0] if colours else None,
        "status": backend.presences.status(who),
    }


def person(backend: Backend, who: User) -> Json:
    """Somebody one can be, with where they are in words."""
    places = []
    for guild in backend.world.guilds.values():
        if (member := guild.members.get(who.id)) is not None:
            roles = ", ".join(role.name for role in guild.roles_of(member) if role.id != guild.id)
            places.append(f"{guild.name} ({roles})" if roles else guild.name)
    return user(backend, who) | {"about": "; ".join(places) or "A stranger to every server"}


def member(backend: Backend, guild: Guild, who: Member) -> Json:
    """A server's member: their name, colour and roles are the server's."""
    return user(backend, who.user) | {
        "display_name": who.display_name,
        "colour": _colour(guild, who),
        "roles": [str(role.id) for role in guild.roles_of(who) if role.id != guild.id],
        "nick": who.nick,
    }


def roles(of: Guild) -> list[Json]:
    """A server's roles, the highest first."""
    return [
        {
            "id": str(each.id),
            "name": each.name,
            "colour": _hex(each.colour),
            "position": each.position,
            "hoist": each.hoist,
            "managed": each.managed,
        }
        for each in sorted(of.roles.values(), key=lambda role: role.position, reverse=True)
    ]


def channel(backend: Backend, viewer: User, of: Channel) -> Json:
    """A channel or thread, with what this viewer may do in it."""
    guild = backend.world.guilds.get(of.guild_id or 0)
    thread = of.thread
    return {
        "id": str(of.id),
        "name": of.name,
        "topic": of.topic,
        "type": int(of.type),
        "private": thread.private if thread is not None else guild is not None and _is_private(of, guild),
        "parent_id": None if thread is None else str(thread.parent_id),
        "archived": thread is not None and thread.archived,
        "locked": thread is not None and thread.locked,
        "may": may(Person(backend, viewer, of)),
    }


def may(who: Person) -> list[str]:
    """What somebody may do where they are, in the page's words."""
    thread = who.channel.thread
    opens = who.channel.guild_id is not None and thread is None
    allowed = {
        "send": who.may_write(),
        "attach": who.may_write() and who.may(Permission.ATTACH_FILES),
        "react": who.may(Permission.ADD_REACTIONS) and not (thread is not None and thread.archived),
        "thread": opens and who.may(Permission.CREATE_PUBLIC_THREADS),
        "manage_messages": who.channel.guild_id is not None and who.may(Permission.MANAGE_MESSAGES),
        "use_commands": who.may_write() and who.may(Permission.USE_APPLICATION_COMMANDS),
    }
    return [what for what, granted in allowed.items() if granted]


def _colour(guild: Guild, member: Member) -> str | None:
    coloured = [each.colour for each in guild.roles_of(member) if each.colour]
    return _hex(coloured[0]) if coloured else None


def _hex(colour: int) -> str | None:
    return f"#{colour:06x}" if colour else None


def _is_private(channel: Channel, guild: Guild) -> bool:
    return any(
        overwrite.target == guild.id and Permission.VIEW_CHANNEL in overwrite.deny
        for overwrite in channel.overwrites
    )
