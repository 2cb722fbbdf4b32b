"""The discord.py client: who is logged in, which commands there are, and one place where errors end."""

import hashlib
import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

import aiohttp
import discord
from discord import app_commands

from bot.doors import Doors
from bot.ops.timings import Timings
from bot.prompt import FlagError
from bot.refusal import BrokenCommand, BrokenPanel, Draining, FormRefused, NotAMember, NotHere, Refusal
from bot.render import quota_words, words
from bot.store import (
    AlreadyAccepted,
    Banned,
    ChannelClosed,
    DatabaseDamaged,
    DatabaseUnusable,
    DiskFull,
    PictureLost,
    PoolEmpty,
    QuotaRefused,
    Store,
    StoreError,
    UnreadableRequest,
)
from bot.views.buttons import JobButton, mend_view, stands_there
from bot.views.desk import is_desk
from inference import EngineClosed, InvalidRequest

log = logging.getLogger(__name__)

HEARD = "heard"
"""Among an interaction's extras: when it came, in seconds of `time.monotonic`."""
TOO_LATE = 10062
"""Discord's “Unknown interaction”: the three seconds are over."""
ANSWERED = 40060
"""Discord's “Interaction has already been acknowledged”."""


class Presses(Protocol):
    """Who answers a press of a job's button, and a form: `bot.commands.presses`, built in `bot.app`."""

    async def pressed(self, interaction: "discord.Interaction[EaselClient]", button: JobButton) -> None: ...

    async def submitted(self, interaction: "discord.Interaction[EaselClient]") -> None: ...


class DeskPresses(Protocol):
    """Who answers the moderators' panels: `bot.commands.desk`, built in `bot.app`."""

    async def pressed(self, interaction: "discord.Interaction[EaselClient]") -> None: ...

    async def submitted(self, interaction: "discord.Interaction[EaselClient]") -> None: ...


class Losses(Protocol):
    """Who hears that a place is no more: `bot.delivery`, built in `bot.app`."""

    def channel_gone(self, channel_id: int) -> None: ...

    def guild_gone(self, guild_id: int) -> None: ...


class EaselTree(app_commands.CommandTree["EaselClient"]):
    """The command tree, with the one error handler."""

    async def interaction_check(self, interaction: "discord.Interaction[EaselClient]", /) -> bool:
        interaction.extras[HEARD] = time.monotonic()
        client = interaction.client
        if not client.doors.first(interaction):
            return False
        try:
            await client.doors.command(interaction)
        except Exception as error:  # noqa: BLE001 — worded where every error is
            if interaction.type is discord.InteractionType.autocomplete:
                await interaction.response.autocomplete([])
            else:
                await client.explain(interaction, error)
            return False
        return True

    async def on_error(
        self, interaction: "discord.Interaction[EaselClient]", error: app_commands.AppCommandError, /
    ) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])  # for an option that suggests nothing any more
        else:
            await interaction.client.explain(interaction, _cause(error))


class EaselClient(discord.Client):
    """Easel in Discord.

    Args:
        store: remembers which commands are registered.
        test_guilds: servers in which commands are registered at once; none means globally.
        trace: hears of every request to Discord.
        timings: hears how long people waited, and of every no.

    Attributes:
        disconnects: connections to the gateway that were lost.
    """

    def __init__(
        self,
        *,
        store: Store,
        test_guilds: Sequence[int],
        trace: aiohttp.TraceConfig = discord.utils.MISSING,
        timings: Timings | None = None,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            http_trace=trace,
            guild_ready_timeout=0.5,  # servers arrive in one go; two seconds of waiting for more help nobody
        )
        self.tree = EaselTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=False, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self.timings = timings or Timings()
        self._store = store
        self._test_guilds = [discord.Object(guild) for guild in test_guilds]
        self.doors = Doors(store)
        self._presses: Presses | None = None
        self._desk: DeskPresses | None = None
        self._losses: Losses | None = None
        self.disconnects = 0
        self.add_dynamic_items(JobButton)

    def connect_studio(self, presses: Presses, losses: Losses, desk: DeskPresses) -> None:
        """Who answers presses, and who hears of places that are no more."""
        self._presses = presses
        self._desk = desk
        self._losses = losses

    async def pressed(self, interaction: "discord.Interaction[EaselClient]", button: JobButton) -> None:
        """A job's button was pressed; whatever goes wrong ends in `explain`."""
        if self._presses is None:
            raise RuntimeError("no one answers presses yet")
        interaction.extras[HEARD] = time.monotonic()
        if not self.doors.first(interaction):
            return
        try:
            await self.doors.press(interaction, button.verb)
            await self._presses.pressed(interaction, button)
        except Exception as error:  # noqa: BLE001 — the one place that words every error
            await self.explain(interaction, error)

    async def on_interaction(self, interaction: "discord.Interaction[EaselClient]") -> None:
        """A form came back, or a part of a panel was used; the library finds the way of jobs' buttons.

        See `views.edit_modal` and `views.desk`. What nobody gave out is told so.
        """
        form = interaction.type is discord.InteractionType.modal_submit
        if not form and interaction.type is not discord.InteractionType.component:
            return
        data: Mapping[str, object] = {**(interaction.data or {})}
        panel = is_desk(data.get("custom_id"))
        if not form and stands_there(interaction.message, data):
            return
        if self._presses is None or self._desk is None:
            raise RuntimeError("no one answers presses yet")
        interaction.extras[HEARD] = time.monotonic()
        if not self.doors.first(interaction):
            return
        answers = (self._desk.submitted if form else self._desk.pressed) if panel else self._presses.submitted
        try:
            await self.doors.press(interaction, None)
            await (answers(interaction) if panel or form else _refuse(BrokenPanel()))
        except Exception as error:  # noqa: BLE001 — the one place that words every error
            await self.explain(interaction, error)

    async def setup_hook(self) -> None:
        await self._register()

    async def _register(self) -> None:
        """Tell Discord the commands, only when their description changed: creations are rationed."""
        targets: list[discord.Object | None] = [*self._test_guilds] or [None]
        for guild in targets:
            if guild is not None:
                self.tree.copy_global_to(guild=guild)
            payload = [command.to_dict(self.tree) for command in self.tree.get_commands(guild=guild)]
            digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
            key = f"commands:{self.application_id}:{guild.id if guild is not None else 'global'}"
            if await self._store.load_memory(key) != digest:
                try:
                    await self.tree.sync(guild=guild)
                except (discord.NotFound, discord.Forbidden):
                    if guild is None:
                        raise
                    log.warning("discord.test_guilds names %d, a server the bot is not in", guild.id)
                    continue
                await self._store.save_memory(key, digest)
                log.info("registered %d commands", len(payload))

    async def on_ready(self) -> None:
        log.info("ready as %s in %d servers", self.user, len(self.guilds))

    async def on_disconnect(self) -> None:
        self.disconnects += 1

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        if self._losses is not None:
            self._losses.channel_gone(channel.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        if self._losses is not None:
            self._losses.channel_gone(payload.thread_id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        if self._losses is not None:
            self._losses.guild_gone(guild.id)

    async def explain(self, interaction: "discord.Interaction[EaselClient]", error: BaseException) -> None:
        """Tell the person, and only them, why not and what to do; log what is our fault."""
        if isinstance(error, discord.HTTPException) and error.code in (TOO_LATE, ANSWERED):
            why = "came too late to be answered" if error.code == TOO_LATE else "was answered already"
            log.warning("an interaction %s", why, extra={"interaction": interaction.id})
            return
        again: discord.ui.View = discord.utils.MISSING
        if isinstance(error, FormRefused):
            again, error = mend_view(error.job), error.cause
        self.timings.refused(error)
        sentence = _sentence(error)
        if isinstance(error, _STORED):
            log.error("an interaction failed: %s", error, extra={"interaction": interaction.id})
        if sentence is None:
            log.error("an interaction failed", exc_info=error, extra={"interaction": interaction.id})
            sentence = "Something broke inside Easel. What was queued already goes on; else please try again."
        try:
            if interaction.response.is_done():
                await interaction.followup.send(sentence, view=again, ephemeral=True)
            else:
                await interaction.response.send_message(sentence, view=again, ephemeral=True)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as failed:
            log.warning("could not tell somebody why not: %s", failed, extra={"interaction": interaction.id})


async def _refuse(refusal: Refusal) -> None:
    raise refusal


def _cause(error: app_commands.AppCommandError) -> BaseException:
    """What is behind the library's own errors."""
    match error:
        case app_commands.CommandInvokeError(original=original):
            return original
        case app_commands.TransformerError(type=discord.AppCommandOptionType.user):
            return NotAMember()
        case (
            app_commands.CommandNotFound()
            | app_commands.CommandSignatureMismatch()
            | app_commands.TransformerError()
        ):
            return BrokenCommand()
        case _:
            return error


_STORED = (PictureLost, UnreadableRequest, DiskFull, DatabaseUnusable, DatabaseDamaged)
"""What the store could not do and says in a line: no traceback would say more."""


def _sentence(error: BaseException) -> str | None:
    match error:
        case Refusal():
            return words.no(error)
        case StoreError():
            return _stored_sentence(error)
        case InvalidRequest():
            return words.invalid(error)
        case EngineClosed():
            return words.no(Draining())
        case FlagError():
            return str(error)
        case app_commands.NoPrivateMessage():
            return words.no(NotHere())
        case _:
            return None


def _stored_sentence(error: StoreError) -> str | None:
    match error:
        case QuotaRefused(decision=decision):
            return quota_words.refused(decision)
        case Banned(ban=ban):
            return quota_words.banned(ban)
        case ChannelClosed():
            return quota_words.channel_closed(error)
        case PoolEmpty():
            return quota_words.pool_empty(error)
        case AlreadyAccepted():
            return "That is being made already."
        case _ if isinstance(error, _STORED):
            return words.stored(error)
        case _:
            return None


Interaction = discord.Interaction[EaselClient]
