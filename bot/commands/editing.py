"""✏️: the words and settings of a job in a form, and new pictures from what comes back of it.

Nothing is kept in memory between the press and the submission, which may lie on two sides of a restart.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.client import Interaction
from bot.commands import asking
from bot.commands.acknowledge import acknowledge
from bot.config import LimitsSettings
from bot.delivery import Delivery
from bot.prompt import EditForm, FlagError
from bot.refusal import BotCannotPost, Draining, FormRefused
from bot.render import quota_words
from bot.store import JobKind, JobRecord, QuotaRefused, Store
from bot.studio import Studio
from bot.views.edit_modal import edit_modal, job_of_form, read_form
from inference import EngineClosed, InvalidRequest


class Editing:
    """Opens the form and takes it back.

    Args:
        limits: what one request may ask for here.
    """

    def __init__(self, *, studio: Studio, delivery: Delivery, store: Store, limits: LimitsSettings) -> None:
        self._studio = studio
        self._delivery = delivery
        self._store = store
        self._limits = limits

    async def open(self, interaction: Interaction, job_id: str, *, again: bool = False) -> None:
        """Show the form, filled in from the job; `again`: from what the person typed and was refused.

        Raises:
            UnknownJob, NotYours: the job is not for this person to make again.
        """
        ask = asking.read(interaction)
        record = await self._studio.source(ask, job_id)
        typed = EditForm.from_json(await self._store.draft(job_id, ask.user_id)) if again else None
        price, free = await self._studio.pricing.of_editing(ask, record.request)
        modal = edit_modal(
            record.id,
            quota_words.editing(price, free),
            typed or self._form(record),
            request=record.request,
            model=self._studio.catalogue.get(record.request.model, self._studio.catalogue.default),
            max_prompt=self._limits.max_prompt,
            max_count=self._limits.max_count,
        )
        await interaction.response.send_modal(modal)

    async def submitted(self, interaction: Interaction) -> None:
        """Make what the form asks for; who sent it asks and pays.

        Raises:
            BrokenForm: it is no form of this version.
            UnknownJob, NotYours: the job is not for this person to make again.
            FormRefused: it will not do as it is, or not now; what was typed is kept.
        """
        data: Mapping[str, object] = {**(interaction.data or {})}
        job_id = job_of_form(data.get("custom_id"))
        form = read_form(data.get("components"))
        ask = asking.read(interaction)
        record = await self._studio.source(ask, job_id)
        try:
            if not record.private:
                asking.require_post_rights(interaction)
            # Pictures that only one person sees stay theirs alone.
            ticket = await self._studio.imagine(
                replace(ask, private=record.private), form.order(), parent=record
            )
        except (FlagError, InvalidRequest, QuotaRefused, BotCannotPost, Draining, EngineClosed) as error:
            await self._store.keep_draft(record.id, ask.user_id, form.to_json(), at=ask.asked_at)
            raise FormRefused(record.id, error) from error
        await acknowledge(interaction, ticket, self._studio, self._delivery)

    def _form(self, record: JobRecord) -> EditForm:
        limits, request = self._limits, record.request
        count = self._studio.default_count if record.kind is JobKind.UPSCALE else request.count
        return EditForm.of(
            replace(request, steps=min(request.steps, limits.max_steps)),
            catalogue=self._studio.catalogue,
            count=min(count, limits.max_count),
        )
