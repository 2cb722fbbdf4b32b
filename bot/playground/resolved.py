"""Whom and what an interaction refers to by id, described for the bot: Discord's `resolved`.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-resolved-data-structure
"""

from collections.abc import Iterable

from bot.playground import payloads
from bot.playground.backend import Backend
from bot.playground.draft import Draft
from bot.playground.refusals import Refusal
from bot.playground.resources import Channel, Role, User
from bot.playground.stored import Json, StoredMessage, Upload


class Resolved:
    """Collects what one interaction refers to.

    Args:
        user: who interacts.
        channel: where.
    """

    def __init__(self, backend: Backend, user: User, channel: Channel) -> None:
        self._backend = backend
        self._user = user
        self._channel = channel
        self._found: Json = {}

    def part(self) -> Json:
        """`{"resolved": …}`, or nothing where nothing is referred to."""
        return {"resolved": self._found} if self._found else {}

    def upload(self, upload: Upload) -> int:
        """Put a person's file on the CDN, for the app's eyes; its id.

        Raises:
            Refusal: it is too large.
        """
        refuse_too_large([upload], self._backend.messages.upload_limit(self._channel))
        drafted: Draft = self._backend.messages.drafting(self._channel).new({}, {0: upload})
        file = drafted.files[0]
        file.ephemeral = True
        self._backend.attachments.keep(file)
        self._backend.record.note("uploaded", by=self._user.id, detail=file.filename)
        self._add("attachments", file.id, self._backend.attachments.payload(file))
        return file.id

    def user(self, user: User) -> None:
        self._add("users", user.id, payloads.user(user))
        guild = self._backend.world.guilds.get(self._channel.guild_id or 0)
        if guild is not None and user.id in guild.members:
            here = self._backend.world.permissions_in(user, self._channel)
            member = payloads.member(guild.members[user.id], with_user=False)
            self._add("members", user.id, member | {"permissions": str(int(here))})

    def role(self, role: Role) -> None:
        self._add("roles", role.id, payloads.role(role, self._backend.world.application))

    def channel(self, channel: Channel) -> None:
        here = self._backend.world.permissions_in(self._user, channel)
        self._add("channels", channel.id, payloads.channel(channel) | {"permissions": str(int(here))})

    def message(self, message: StoredMessage) -> None:
        self._add("messages", message.id, self._backend.messages.payload(message))

    def _add(self, kind: str, found: int, described: Json) -> None:
        self._found.setdefault(kind, {})[str(found)] = described


def refuse_too_large(uploads: Iterable[Upload], limit: int) -> None:
    """Raise `Refusal` where a file has more than `limit` bytes."""
    if any(len(upload.data) > limit for upload in uploads):
        raise Refusal(f"Your files are too powerful. Max file size is {limit // 1024**2} MB.")
