"""Writing to Discord: one message a job, edited in place, by whichever key still opens it.

For 15 minutes the interaction's token edits the answer, also where the bot itself may not write and where
only one person sees it. After that a public message is edited with the bot's own token, and one that is
gone is posted anew with the job's nonce, so that a repeated request cannot post twice.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, cast

import aiohttp
import discord

from bot.ask import TOKEN_LIFE
from bot.outbox import FIRST_PAUSE, TRANSIENT, passes
from bot.pacing import Pacing
from bot.store import JobRecord

log = logging.getLogger(__name__)

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MESSAGE: Final = 10008
TOKEN_DEAD: Final = frozenset({10015, 50027})
"""Unknown webhook, invalid webhook token: the interaction's token opens nothing any more."""
CHANNEL_CLOSED: Final = frozenset({UNKNOWN_CHANNEL, 50001, 50013, 10004})
"""The channel or server is gone, or closed to the bot."""
HISTORY_SEARCHED: Final = 200
"""Messages looked through for a job whose answer may or may not have arrived."""
Frame = Callable[[], tuple[discord.ui.LayoutView, Sequence[discord.File]]]
"""Builds what to show at the moment it is sent: views and files serve one request only."""


class MessageGone(Exception):  # noqa: N818
    """The message was deleted, by whomever."""


class OutOfReach(Exception):  # noqa: N818
    """Nothing can be written there any more: channel or server gone, rights taken, or token expired."""


class Post:
    """Edits, posts and finds the messages of jobs.

    Args:
        client: the logged-in client; its session and rate limiter are used for everything.
        pacing: gives turns to write.
        now: what time it is at Discord, UTC.
    """

    def __init__(
        self,
        client: discord.Client,
        *,
        pacing: Pacing | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._pacing = pacing or Pacing()
        self.now = now

    def spare(self, record: JobRecord) -> bool:
        """Whether an edit that can be left out may be sent now, at nobody's cost."""
        return self._pacing.spare(None if self._token_lives(record) else record.channel_id)

    async def edit(self, record: JobRecord, frame: Frame) -> None:
        """Make the job's message show exactly what `frame` builds.

        Raises:
            MessageGone: it was deleted.
            OutOfReach: it cannot be reached by any key.
            discord.HTTPException, aiohttp.ClientError, OSError: Discord could not be reached; try again.
        """
        if record.message_id is None:
            raise MessageGone
        if self._token_lives(record):
            await self._pacing.turn()
            view, files = _built(frame)
            try:
                await self._by_token(record).edit_message(record.message_id, view=view, attachments=files)
            except discord.HTTPException as error:
                # A message posted anew is the bot's, not the interaction's: its token does not know it.
                posted_anew = error.code == UNKNOWN_MESSAGE and not record.private
                if error.code not in TOKEN_DEAD and not posted_anew:
                    raise self._sorted(error) from error
            else:
                return
        if record.private:
            raise OutOfReach
        await self._pacing.turn(record.channel_id)
        view, files = _built(frame)
        message = self._channel(record).get_partial_message(record.message_id)
        try:
            await message.edit(view=view, attachments=files)
        except discord.HTTPException as error:
            raise self._sorted(error) from error

    async def send(self, record: JobRecord, frame: Frame) -> int:
        """Post the job's message anew and return its id; repeated within minutes it posts once.

        Raises: as `edit`.
        """
        if record.private:
            raise OutOfReach
        await self._pacing.turn(record.channel_id)
        view, files = _built(frame)
        try:
            message = await self._channel(record).send(view=view, files=files, nonce=f"job-{record.id}")
        except discord.HTTPException as error:
            raise self._sorted(error) from error
        return message.id

    async def tell(self, user_id: int, sentence: str) -> bool:
        """Write to somebody directly, once; False where they cannot be reached."""
        try:
            await self._pacing.turn()
            channel = await self._client.create_dm(discord.Object(user_id))
            await self._pacing.turn(channel.id)
            await channel.send(sentence)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("somebody could not be told directly: %s", error)
            return False
        return True

    async def ping(self, record: JobRecord, sentence: str) -> None:
        """Call the job's owner to their pictures, in reply to the message they are in; best effort."""
        if record.private or record.message_id is None:
            return
        try:
            await self._pacing.turn(record.channel_id)
            reference = discord.MessageReference(
                message_id=record.message_id, channel_id=record.channel_id, fail_if_not_exists=False
            )
            await self._channel(record).send(
                sentence,
                reference=reference,
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, roles=False, users=[discord.Object(record.user_id)], replied_user=False
                ),
            )
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("nobody was called: %s", error, extra={"job": record.id})

    async def tell_owner(self, record: JobRecord, sentence: str) -> bool:
        """Write to the job's owner directly, where its channel is closed; False where they cannot be reached.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: Discord could not be reached; try again.
        """
        if self._client.get_guild(record.guild_id) is None:
            return False  # Discord lets a bot write only to people with whom it shares a server
        try:
            await self._pacing.turn()
            channel = await self._client.create_dm(discord.Object(record.user_id))
            await self._pacing.turn(channel.id)
            await channel.send(sentence, nonce=f"end-{record.id}")
        except discord.HTTPException as error:
            if passes(error):
                raise self._sorted(error) from error
            return False
        return True

    async def find_answer(self, record: JobRecord) -> int | None:
        """The message that answers the job's interaction, if that answer ever arrived.

        Raises: as `edit`; `OutOfReach` also when a private answer can no longer be asked for.
        """
        if self._token_lives(record):
            await self._pacing.turn()
            try:
                # Discord takes the word in place of an id; the library's annotation does not know.
                message = await self._by_token(record).fetch_message(cast("int", "@original"))
            except discord.HTTPException as error:
                if error.code == UNKNOWN_MESSAGE:
                    return None
                if error.code not in TOKEN_DEAD:
                    raise self._sorted(error) from error
            else:
                # “Thinking” is where the card was about to appear.
                arrived = message.flags.loading or record.id in _custom_ids(message)
                return message.id if arrived else None
        if record.private:
            raise OutOfReach
        return await self.find_posted(record)

    async def find_posted(self, record: JobRecord) -> int | None:
        """The newest message of the channel that carries the job's id, if there is one.

        Raises: as `edit`.
        """
        channel = self._channel(record)
        await self._pacing.turn(record.channel_id)
        try:
            async for message in channel.history(
                limit=HISTORY_SEARCHED, after=record.asked_at, oldest_first=False
            ):
                if message.author == self._client.user and record.id in _custom_ids(message):
                    return message.id
        except discord.HTTPException as error:
            raise self._sorted(error) from error
        return None

    async def exists(self, record: JobRecord) -> bool:
        """Whether the job's message is still there; True where that cannot be seen."""
        if record.message_id is None:
            return False
        try:
            await self._channel(record).fetch_message(record.message_id)
        except discord.NotFound:
            return False
        except (discord.HTTPException, *TRANSIENT):
            return True
        return True

    def _token_lives(self, record: JobRecord) -> bool:
        return record.token is not None and self.now() < record.asked_at + TOKEN_LIFE

    def _by_token(self, record: JobRecord) -> discord.Webhook:
        return discord.Webhook.partial(record.application_id, record.token or "", client=self._client)

    def _channel(self, record: JobRecord) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(record.channel_id, guild_id=record.guild_id)

    def _sorted(self, error: discord.HTTPException) -> Exception:
        """Which of our own errors it is; itself when it is only Discord's trouble."""
        if error.code == UNKNOWN_MESSAGE:
            return MessageGone()
        if error.code in CHANNEL_CLOSED or error.status == 403:
            return OutOfReach()
        if error.status == 429:  # discord.py has waited and asked again several times already
            self._pacing.hold(_retry_after(error))
        return error


def _retry_after(error: discord.HTTPException) -> float:
    """Seconds that Discord wants to be left alone for."""
    try:
        return float(error.response.headers.get("Retry-After", FIRST_PAUSE))
    except ValueError:
        return FIRST_PAUSE


def _built(frame: Frame) -> tuple[discord.ui.LayoutView, list[discord.File]]:
    """What to send. The view is stopped first: no button needs discord.py to remember it."""
    view, files = frame()
    view.stop()
    return view, list(files)


def _custom_ids(message: discord.Message) -> str:
    """All custom ids of a message, joined: enough to look a job's id up in."""
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    return " ".join(str(getattr(item, "custom_id", "")) for item in view.walk_children())
