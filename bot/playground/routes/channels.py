"""/channels/…: channels and threads themselves, who may do what in them, and the sign that somebody types."""

from collections.abc import Mapping
from typing import Final

from bot.playground import api_error, payloads, thread_opening
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.changes import Changes
from bot.playground.form import Form
from bot.playground.permissions import Overwrite, Permission
from bot.playground.resources import Channel, Role, Thread, User
from bot.playground.routes.access import channel_for_bot, channel_to_write_in, guild_for_bot
from bot.playground.stored import Json
from bot.playground.threads import CHANGEABLE, may_manage

MOST_OVERWRITES: Final = 100
_OFFERED: Final = frozenset(
    {"name", "topic", "nsfw", "position", "rate_limit_per_user", "permission_overwrites", "type"}
)

_OWNERS: Final = frozenset({"name", "archived", "auto_archive_duration", "invitable"})
"""What who opened a thread may change in it."""


async def one(backend: Backend, call: Call) -> object:
    return _told(backend, channel_for_bot(backend, call.ids.get("channel_id", 0)))


async def edited(backend: Backend, call: Call) -> object:
    channel = channel_for_bot(backend, call.ids.get("channel_id", 0))
    asked = {key: value for key, value in call.form.items() if value is not None}
    if channel.guild_id is None:
        raise api_error.wrong_channel_type()
    if channel.thread is not None:
        _edit_thread(backend, channel, channel.thread, asked)
    else:
        channel_for_bot(backend, channel.id, Permission.MANAGE_CHANNELS)
        check_channel(asked, named=False)
        Changes(backend).change_channel(channel, asked, _overwrites(backend, channel.guild_id, asked))
    return _told(backend, channel)


async def deleted(backend: Backend, call: Call) -> object:
    channel = channel_for_bot(backend, call.ids.get("channel_id", 0))
    if channel.guild_id is None:
        return _told(backend, channel)  # a bot closes its side of direct messages, which changes nothing here
    needed = Permission.MANAGE_CHANNELS if channel.thread is None else Permission.MANAGE_THREADS
    channel_for_bot(backend, channel.id, needed)
    told = _told(backend, channel)
    if channel.thread is None:
        Changes(backend).delete_channel(channel)
    else:
        thread_opening.removed(backend, channel, backend.world.application.bot)
    return told


async def made(backend: Backend, call: Call) -> object:
    guild = guild_for_bot(backend, call.ids.get("guild_id", 0))
    bot = guild.members[backend.world.application.bot.id]
    if Permission.MANAGE_CHANNELS not in backend.world.permissions_at(guild, bot):
        raise api_error.missing_permissions()
    asked = {key: value for key, value in call.form.items() if value is not None}
    check_channel(asked, named=True)
    overwrites = _overwrites(backend, guild.id, asked) or []
    channel = Changes(backend).add_channel(guild, asked["name"], asked=asked, overwrites=overwrites)
    return 201, _told(backend, channel)


async def permission_set(backend: Backend, call: Call) -> object:
    channel, target = _target(backend, call)
    form = call.form
    is_member = form.get("type") == 1
    if target is None or isinstance(target, User) != is_member:
        raise api_error.ApiError(404, 10009, "Unknown Overwrite")
    Changes(backend).set_overwrite(
        channel, target, allow=_bits(form.get("allow")), deny=_bits(form.get("deny"))
    )
    return None


async def permission_removed(backend: Backend, call: Call) -> object:
    channel, target = _target(backend, call)
    if target is None:
        raise api_error.ApiError(404, 10009, "Unknown Overwrite")
    Changes(backend).set_overwrite(channel, target)
    return None


async def typing(backend: Backend, call: Call) -> object:
    channel = channel_to_write_in(backend, call.ids.get("channel_id", 0))
    backend.typing_signs.show(channel, backend.world.application.bot)
    return None


def check_channel(asked: Mapping[str, object], *, named: bool) -> None:
    """Refuse what a text channel cannot be.

    Raises:
        ApiError: 50035 with every error.
    """
    form = Form()
    form.text(("name",), asked.get("name"), shortest=1, longest=100, needed=named)
    form.text(("topic",), asked.get("topic"), longest=1_024)
    form.items(("permission_overwrites",), asked.get("permission_overwrites"), most=MOST_OVERWRITES)
    if asked.get("type", 0) != 0:
        form.choice(("type",), asked["type"])
    form.check()
    for key in asked:
        if key not in _OFFERED:
            raise api_error.not_offered(key)


def _edit_thread(backend: Backend, channel: Channel, thread: Thread, asked: Json) -> None:
    form = Form()
    thread_opening.check_thread(form, asked, named=False)
    form.check()
    for key in asked:
        if key not in {*CHANGEABLE, "name", "rate_limit_per_user"}:
            raise api_error.not_offered(key)
    if thread.archived and asked.get("archived") is not False:
        raise api_error.thread_archived()
    bot = backend.world.application.bot
    if not may_manage(backend.world, bot, channel):
        own = (
            {"name", "archived", "auto_archive_duration", "invitable"} if thread.owner_id == bot.id else set()
        )
        wakes = asked == {"archived": False} and bot.id in thread.members
        if thread.locked or not (wakes or own.issuperset(asked)):
            raise api_error.missing_permissions()
    backend.threads.change(channel, bot, asked)


def _told(backend: Backend, channel: Channel) -> Json:
    return payloads.channel(channel, me=backend.world.application.bot.id)


def _target(backend: Backend, call: Call) -> tuple[Channel, User | Role | None]:
    channel = channel_for_bot(backend, call.ids.get("channel_id", 0), Permission.MANAGE_ROLES)
    if channel.guild_id is None or channel.thread is not None:
        raise api_error.wrong_channel_type()
    return channel, _user_or_role(backend, channel.guild_id, call.ids.get("overwrite_id", 0))


def _user_or_role(backend: Backend, guild_id: int, wanted: int) -> User | Role | None:
    guild = backend.world.guilds[guild_id]
    member = guild.members.get(wanted)
    return member.user if member is not None else guild.roles.get(wanted)


def _overwrites(backend: Backend, guild_id: int, asked: Json) -> list[Overwrite] | None:
    if "permission_overwrites" not in asked:
        return None
    found = []
    for each in asked["permission_overwrites"]:
        wanted = str(each.get("id")) if isinstance(each, dict) else ""
        target = _user_or_role(backend, guild_id, int(wanted) if wanted.isdecimal() else 0)
        if target is None:
            raise api_error.ApiError(404, 10009, "Unknown Overwrite")
        allow, deny = _bits(each.get("allow")), _bits(each.get("deny"))
        found.append(Overwrite(target=target.id, is_member=isinstance(target, User), allow=allow, deny=deny))
    return found


def _bits(value: object) -> Permission:
    text = str(value or 0)
    return Permission(int(text) if text.isdecimal() else 0)


_ONE: Final = "/channels/{channel_id}"
ENDPOINTS = [
    Endpoint(method="GET", template=_ONE, run=one),
    Endpoint(method="PATCH", template=_ONE, run=edited),
    Endpoint(method="DELETE", template=_ONE, run=deleted),
    Endpoint(method="POST", template=_ONE + "/typing", run=typing),
    Endpoint(method="PUT", template=_ONE + "/permissions/{overwrite_id}", run=permission_set),
    Endpoint(method="DELETE", template=_ONE + "/permissions/{overwrite_id}", run=permission_removed),
    Endpoint(method="POST", template="/guilds/{guild_id}/channels", run=made),
]
