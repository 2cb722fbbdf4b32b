"""What each button does. Person, roles, server and job are read again at every press."""

from collections.abc import Awaitable, Callable

import discord

from bot.ask import Ask
from bot.client import Interaction
from bot.commands import asking
from bot.commands.acknowledge import acknowledge
from bot.commands.editing import Editing
from bot.commands.links import message_link
from bot.commands.sight import require_sight, with_rights_there
from bot.delivery import Delivery
from bot.held import why_held
from bot.post import Post
from bot.refusal import AlreadyOver, BrokenPanel, UnknownJob
from bot.render.cards import Look
from bot.render.why import why
from bot.store import JobRecord, Store
from bot.studio import AlreadyMade, Studio, Ticket
from bot.views.buttons import JobButton, Verb


class JobPresses:
    """Answers every press of a `JobButton`, and the form that ✏️ opens."""

    def __init__(
        self, *, studio: Studio, delivery: Delivery, store: Store, post: Post, editing: Editing
    ) -> None:
        self._studio = studio
        self._delivery = delivery
        self._store = store
        self._post = post
        self._editing = editing

    async def pressed(self, interaction: Interaction, button: JobButton) -> None:
        """Do what the button says.

        Raises:
            Refusal, QuotaRefused, InvalidRequest: worded by the client's error handler.
        """
        match button.verb:
            case Verb.CANCEL:
                await self._cancel(interaction, button.job)
            case Verb.WHY:
                await self._why(interaction, button.job)
            case Verb.DELETE:
                await self._delete(interaction, button.job)
            case Verb.EDIT | Verb.MEND:
                await self._editing.open(interaction, button.job, again=button.verb == Verb.MEND)
            case Verb.REROLL | Verb.RETRY | Verb.VARY | Verb.UPSCALE:
                await self._make(interaction, button)
            case _:
                raise UnknownJob

    async def submitted(self, interaction: Interaction) -> None:
        """Take a form.

        Raises:
            Refusal, FormRefused: worded by the client's error handler.
        """
        await self._editing.submitted(interaction)

    async def _make(self, interaction: Interaction, button: JobButton) -> None:
        ask = self._asking(interaction)
        require_sight(interaction, ask, await self._studio.job(ask, button.job))
        match button.verb:
            case Verb.REROLL:
                made: Ticket | AlreadyMade = await self._studio.reroll(ask, button.job)
            case Verb.RETRY:
                made = await self._once(lambda: self._studio.retry(ask, button.job))
            case Verb.VARY:
                made = await self._studio.vary(ask, button.job, button.index)
            case _:
                made = await self._once(lambda: self._studio.upscale(ask, button.job, button.index))
        if isinstance(made, AlreadyMade):
            where = message_link(made.record)
            if made.record.state.over:
                text = f"That picture was made larger already: {where}"
            else:
                text = f"That picture is being made larger already: {where}"
            await interaction.response.send_message(f"{text} Nothing was charged.", ephemeral=True)
            return
        await acknowledge(interaction, made, self._studio, self._delivery)

    async def _once(self, attempt: Callable[[], Awaitable[Ticket | AlreadyMade]]) -> Ticket | AlreadyMade:
        """Make it, or find it made already where people can still see it."""
        made = await attempt()
        if (
            isinstance(made, AlreadyMade)
            and made.record.state.over
            and not await self._post.exists(made.record)
        ):
            # Its message was deleted by hand: nobody can see it any more, so it may be made anew.
            await self._store.delete_pictures(made.record.id, by=made.record.user_id)
            made = await attempt()
        return made

    def _asking(self, interaction: Interaction) -> Ask:
        """A press on a private message is answered privately."""
        private = interaction.message is not None and interaction.message.flags.ephemeral
        if not private:
            asking.require_post_rights(interaction)
        return asking.read(interaction, private=private)

    async def _asking_there(self, interaction: Interaction, job_id: str) -> Ask:
        """With the rights that the person has in the job's own channel: an id may be forged."""
        ask = asking.read(interaction)
        return with_rights_there(interaction, ask, await self._studio.job(ask, job_id))

    async def _cancel(self, interaction: Interaction, job_id: str) -> None:
        ask = await self._asking_there(interaction, job_id)
        record = await self._studio.may_end(ask, job_id)
        if record.state.over:
            await self._show_ending(interaction, record)
            return
        if not self._delivery.cancel(record.id):
            raise AlreadyOver
        await self._studio.note_cancelled(ask, record)
        # The card itself says that it was cancelled, within a step or two.
        await interaction.response.defer()

    async def _why(self, interaction: Interaction, job_id: str) -> None:
        ask = asking.read(interaction)
        record = await self._studio.job(ask, job_id)
        view = why(
            record.id,
            self._studio.line(),
            guild_id=ask.guild_id,
            held=await why_held(self._store, record, ask.asked_at),
            bumped={each.id for each in await self._studio.active(ask.guild_id) if each.bumped},
        )
        await interaction.response.send_message(view=view, ephemeral=True)

    async def _show_ending(self, interaction: Interaction, record: JobRecord) -> None:
        """A crash came between a job's end and its last word: the card catches up now."""
        _require_own_card(interaction, record)
        ending = self._look(record).ended()
        if ending is None:
            raise AlreadyOver
        view, _ = ending()
        view.stop()
        await interaction.response.edit_message(view=view, attachments=[])

    async def _delete(self, interaction: Interaction, job_id: str) -> None:
        ask = await self._asking_there(interaction, job_id)
        _require_own_card(interaction, await self._studio.may_end(ask, job_id))
        record = await self._studio.discard(ask, job_id)
        view = self._look(record).deleted()
        view.stop()
        await interaction.response.edit_message(view=view, attachments=[])
        if not record.private:
            await self._remove(interaction)

    async def _remove(self, interaction: Interaction) -> None:
        try:
            await interaction.delete_original_response()
        except discord.HTTPException:
            # The pictures are gone from the message already; an empty card left behind is no harm.
            return

    def _look(self, record: JobRecord) -> Look:
        return Look.of(record, self._studio.catalogue)


def _require_own_card(interaction: Interaction, record: JobRecord) -> None:
    """A card is changed or taken away by its own buttons alone, never by another job's on it.

    Raises:
        BrokenPanel: the message is another's.
    """
    message = interaction.message
    led_to = None if message is None else message.interaction_metadata
    if message is None or (
        message.id != record.message_id and (led_to is None or led_to.id != record.interaction_id)
    ):
        raise BrokenPanel
