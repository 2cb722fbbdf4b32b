"""The moderators' desk: what every button, menu and form of its panels does.

Person, rights and bans are read again at every press; nothing is kept in memory but which list is looked at.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
import discord

from bot.ask import Ask
from bot.client import Interaction
from bot.commands import asking, targets
from bot.commands.desk_values import CHANNEL_MENUS, LARGEST, READ
from bot.commands.sight import may_read
from bot.moderation import Moderation, require_manager
from bot.pacing import Pacing
from bot.quota import Policy, Scope, ScopeKind
from bot.refusal import BrokenPanel, NeedsModerator, NotHere, Refusal, Unreadable
from bot.render import desk_panels, policy_words, quota_panels
from bot.render.desk_panels import JobLine
from bot.store import AuditEntry, AuditFilter, StoreError
from bot.studio import Studio
from bot.views.desk import DeskId
from bot.views.desk_forms import Act, manage_modal, read_managed, read_role_rule, role_modal

log = logging.getLogger(__name__)

LIVE: Final = 14 * 60.0
"""Seconds that a list follows what happens: an answer can be edited for a quarter of an hour."""
LOOK_EVERY: Final = 4.0
"""Seconds between two looks."""
LISTS: Final = 10
"""Lists that follow what happens at once; the oldest makes way."""

_ENDS: Final = (TimeoutError, discord.HTTPException, aiohttp.ClientError, OSError, StoreError, Refusal)
"""What ends a list quietly: the answer is gone, or the right to it."""

Handler = Callable[[Interaction, str, Sequence[str]], Awaitable[None]]


class Desk:
    """Answers everything whose id begins with `easel:1:desk:`.

    Args:
        studio_days: days that whoever runs Easel keeps pictures; None for good.
    """

    def __init__(
        self, *, moderation: Moderation, studio: Studio, pacing: Pacing, studio_days: int | None
    ) -> None:
        self._moderation = moderation
        self._studio = studio
        self._pacing = pacing
        self._studio_days = studio_days
        self._lists: dict[int, asyncio.Task[None]] = {}
        self._following: set[asyncio.Task[None]] = set()
        self._closed = False
        self.presses: Mapping[str, Handler] = {
            "jobs": self._jobs,
            "manage": self._manage,
            "role": self._role,
            "audit": self._audit,
            **{name: self._setting(name) for name in READ},
        }
        """What each button and menu does."""
        self.forms: Mapping[str, Callable[[Interaction, str, object], Awaitable[None]]] = {
            "manage": self._managed,
            "role": self._role_ruled,
        }
        """What becomes of each form."""

    async def close(self) -> None:
        """No list follows what happens any more, nor will any."""
        self._closed = True
        for task in self._following:
            task.cancel()
        if self._following:
            await asyncio.wait(self._following)

    async def pressed(self, interaction: Interaction) -> None:
        """A button was pressed, or something chosen.

        Raises:
            BrokenPanel: it is of another version, or nobody's.
            Refusal: worded by the client's error handler.
        """
        _require_panel(interaction)
        data: Mapping[str, object] = {**(interaction.data or {})}
        part = DeskId.read(data.get("custom_id"))
        handler = self.presses.get(part.what)
        values = data.get("values") or []
        if handler is None or not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise BrokenPanel
        await handler(interaction, part.arg, values)

    async def submitted(self, interaction: Interaction) -> None:
        """A form came back. Raises as `pressed` does."""
        _require_panel(interaction)
        data: Mapping[str, object] = {**(interaction.data or {})}
        form = DeskId.read(data.get("custom_id"))
        handler = self.forms.get(form.what)
        if handler is None:
            raise BrokenPanel
        await handler(interaction, form.arg, data.get("components"))

    # — the list of jobs —

    async def show_jobs(self, interaction: Interaction) -> None:
        """`/moderate jobs`."""
        ask = asking.read(interaction, private=True)
        view = await self._job_list(interaction, ask, 0)
        await interaction.response.send_message(view=view, ephemeral=True)
        self._follow(interaction, ask, 0)

    async def _jobs(self, interaction: Interaction, arg: str, _values: Sequence[str]) -> None:
        if not arg.isdecimal() or len(arg) > 4:
            raise BrokenPanel
        ask, page = asking.read(interaction, private=True), int(arg)
        await interaction.response.edit_message(view=await self._job_list(interaction, ask, page))
        self._follow(interaction, ask, page)

    async def _job_list(self, interaction: Interaction, ask: Ask, page: int) -> discord.ui.LayoutView:
        records = {record.id: record for record in await self._moderation.jobs(ask)}
        line = self._studio.line()
        ordered = [records.pop(entry.job_id) for entry in line if entry.job_id in records]
        places = {entry.job_id: entry for entry in line}
        lines = [
            JobLine(
                record=record,
                place=places.get(record.id),
                prompt=record.request.prompt if may_read(interaction, ask, record) else None,
            )
            for record in (*ordered, *records.values())
        ]
        return desk_panels.jobs(lines, page=page)

    def _follow(self, interaction: Interaction, ask: Ask, page: int) -> None:
        """Keep this person's list up to date; one list a person."""
        if self._closed:
            return
        for user in (ask.user_id, *list(self._lists)[: max(0, len(self._lists) - LISTS + 1)]):
            before = self._lists.pop(user, None)
            if before is not None:
                before.cancel()
        task = asyncio.create_task(self._keep_up(interaction, ask, page), name="job list")
        self._lists[ask.user_id] = task
        self._following.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            self._following.discard(done)
            if self._lists.get(ask.user_id) is done:
                del self._lists[ask.user_id]
            if not done.cancelled() and (error := done.exception()) is not None:
                log.error("a list of jobs broke off", exc_info=error)

        task.add_done_callback(ended)

    async def _keep_up(self, interaction: Interaction, ask: Ask, page: int) -> None:
        shown: list[dict[str, Any]] | None = None
        try:
            async with asyncio.timeout(LIVE):
                while True:
                    view = await self._job_list(interaction, asking.read(interaction, private=True), page)
                    now: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]
                    if shown is not None and now != shown and self._pacing.spare():
                        await self._pacing.turn()
                        await self._require_unchanged(interaction, ask)
                        await interaction.edit_original_response(view=view)
                    if shown is None or self._pacing.spare():
                        shown = now
                    await asyncio.sleep(LOOK_EVERY)
        except _ENDS as error:
            log.info("a list of jobs is not followed any more: %r", error)

    async def _require_unchanged(self, interaction: Interaction, ask: Ask) -> None:
        """Who has lost a role, or is shut out, since the list was opened is shown nothing more.

        Raises:
            NeedsModerator: so it is.
            NotHere: the server is gone.
        """
        if interaction.guild is None:
            raise NotHere
        member = await interaction.guild.fetch_member(ask.user_id)
        roles = frozenset(role.id for role in member.roles)
        if roles != ask.role_ids or await self._moderation.ban_of(ask, ask.user_id) is not None:
            raise NeedsModerator

    async def _manage(self, interaction: Interaction, arg: str, _values: Sequence[str]) -> None:
        ask = asking.read(interaction, private=True)
        record = await self._moderation.job(ask, arg.partition(".")[0])
        title = "Somebody's job"
        if may_read(interaction, ask, record):
            title = " ".join(record.request.prompt.split())
        await interaction.response.send_modal(manage_modal(arg, title))

    async def _managed(self, interaction: Interaction, arg: str, components: object) -> None:
        ask = asking.read(interaction, private=True)
        answer = read_managed(components)
        job, _, at = arg.partition(".")
        page = int(at) if at.isdecimal() and len(at) <= 4 else 0
        match answer.act:
            case Act.STOP:
                await self._moderation.stop(ask, job, why=answer.why or "")
            case Act.BUMP:
                await self._moderation.bump(ask, job, why=answer.why)
            case Act.HOLD | Act.RELEASE:
                await self._moderation.hold(ask, job, held=answer.act is Act.HOLD, why=answer.why)
        view = await self._job_list(interaction, ask, page)
        await interaction.response.edit_message(view=view)
        self._follow(interaction, ask, page)

    # — settings —

    async def show_settings(self, interaction: Interaction) -> None:
        """`/settings`.

        Raises:
            NeedsManageServer: the person may not manage the server.
        """
        ask = asking.read(interaction, private=True)
        await interaction.response.send_message(view=await self._settings(ask), ephemeral=True)

    async def _settings(self, ask: Ask) -> discord.ui.LayoutView:
        require_manager(ask)
        policies = (await self._studio.books(ask)).policies
        return desk_panels.settings(
            await self._moderation.settings(ask),
            self._studio.catalogue,
            rules=policy_words.rules(policies, self._studio.pricing.usual()),
            studio_days=self._studio_days,
        )

    def _setting(self, name: str) -> Handler:
        async def chosen(interaction: Interaction, _arg: str, values: Sequence[str]) -> None:
            ask = asking.read(interaction, private=True)
            require_manager(ask)
            value = READ[name](values, self._studio)
            if name in CHANNEL_MENUS:
                _require_of_server(interaction, values)
            await self._moderation.set_setting(ask, name, value)
            await interaction.response.edit_message(view=await self._settings(ask))

        return chosen

    async def _role(self, interaction: Interaction, _arg: str, _values: Sequence[str]) -> None:
        require_manager(asking.read(interaction, private=True))
        await interaction.response.send_modal(role_modal())

    async def _role_ruled(self, interaction: Interaction, _arg: str, components: object) -> None:
        ask = asking.read(interaction, private=True)
        require_manager(ask)
        answer = read_role_rule(components)
        role = interaction.guild.get_role(answer.role) if interaction.guild else None
        if role is None or answer.per not in targets.WINDOWS:
            raise BrokenPanel
        scope = targets.target(None, role, None, None) or Scope(ScopeKind.ROLE, role.id)
        before = await self._moderation.budget_of(ask, scope)
        rule = Policy(
            budget=targets.budget(answer.compute, answer.per, None, before), waiting=_waiting(answer.waiting)
        )
        ruled = await self._moderation.set_rule(ask, scope, rule, why=answer.why)
        said = quota_panels.rule_now(scope, ruled, self._studio.pricing.usual())
        await interaction.response.edit_message(view=await self._settings(ask))
        await interaction.followup.send(view=said, ephemeral=True)

    # — the audit trail —

    async def show_audit(self, interaction: Interaction, only: AuditFilter) -> None:
        """`/audit`."""
        ask = asking.read(interaction, private=True)
        entries = await self._moderation.audit(ask, only, limit=desk_panels.ACTS_A_PAGE + 1)
        await interaction.response.send_message(view=_page(entries, only), ephemeral=True)

    async def _audit(self, interaction: Interaction, arg: str, _values: Sequence[str]) -> None:
        ask, only = asking.read(interaction, private=True), read_filter(arg)
        entries = await self._moderation.audit(ask, only, limit=desk_panels.ACTS_A_PAGE + 1)
        await interaction.response.edit_message(view=_page(entries, only))


def _require_panel(interaction: Interaction) -> None:
    """Panels are shown to one person alone, and what they turn into stays so, whatever id is forged.

    Raises:
        BrokenPanel: the message is none, or seen by others.
    """
    if interaction.message is None or not interaction.message.flags.ephemeral:
        raise BrokenPanel


def _require_of_server(interaction: Interaction, values: Sequence[str]) -> None:
    """Channels of other servers are none of this one's: nothing is ever told there.

    Raises:
        BrokenPanel: one of them is not here.
    """
    guild = interaction.guild
    if guild is None or not all(guild.get_channel(int(value)) for value in values):
        raise BrokenPanel


def _page(entries: Sequence[AuditEntry], only: AuditFilter) -> discord.ui.LayoutView:
    shown = desk_panels.fitting(entries)
    older = None
    if len(entries) > len(shown):
        older = write_filter(only, before=shown[-1].number)
    return desk_panels.audit(shown, older=older, all_of_it=only == AuditFilter())


LAST_MOMENT: Final = 2**33
"""Seconds since 1970 beyond which no time is asked for."""
ACTS: Final = ("quota", "quota grant", "quota lend", "ban", "unban", "warn", "job", "pictures", "setting")
"""What `/audit` can be asked for: each act, or how several begin."""


def write_filter(only: AuditFilter, *, before: int) -> str:
    """As an id's argument: numbers below, then actor, subject, act and time, where they are said."""
    parts = [str(before)]
    if only.actor is not None:
        parts.append(f"a{only.actor}")
    if only.subject is not None:
        parts.append(f"s{only.subject}")
    if only.act in ACTS:
        parts.append(f"k{ACTS.index(only.act)}")
    if only.since is not None:
        parts.append(f"t{int(only.since.timestamp())}")
    return ".".join(parts)


def read_filter(arg: str) -> AuditFilter:
    """The same again.

    Raises:
        BrokenPanel: it is none.
    """
    before, *parts = arg.split(".")
    numbers = {part[:1]: part[1:] for part in parts}
    if not all(each.isdecimal() and int(each) <= LARGEST for each in (before, *numbers.values())):
        raise BrokenPanel
    kind = int(numbers.get("k", "0"))
    if int(numbers.get("t", "0")) > LAST_MOMENT:
        raise BrokenPanel
    if not set(numbers) <= {"a", "s", "k", "t"} or kind >= len(ACTS):
        raise BrokenPanel
    return AuditFilter(
        actor=int(numbers["a"]) if "a" in numbers else None,
        subject=int(numbers["s"]) if "s" in numbers else None,
        act=ACTS[kind] if "k" in numbers else None,
        since=datetime.fromtimestamp(int(numbers["t"]), UTC) if "t" in numbers else None,
        before=int(before),
    )


def _waiting(text: str) -> float | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise Unreadable("waiting", text, "write a whole number")
    return float(text)
