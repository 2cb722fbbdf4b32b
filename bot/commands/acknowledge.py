"""The first answer to whatever makes pictures: the message that the job will live in."""

import logging
import time
from typing import Final

import aiohttp
import discord

from bot.client import HEARD, Interaction
from bot.delivery import Delivery
from bot.post import UNKNOWN_MESSAGE
from bot.render.cards import Allowance, Look
from bot.studio import Studio, Ticket

log = logging.getLogger(__name__)

ALREADY_ANSWERED: Final = 40060
"""Discord's “Interaction has already been acknowledged”: the library repeats a request after a 5xx."""


async def acknowledge(interaction: Interaction, ticket: Ticket, studio: Studio, delivery: Delivery) -> None:
    """Answer with the job's card; what becomes of the job depends on whether that answer arrived.

    Raises:
        discord.HTTPException: Discord refused the answer; the job is withdrawn and refunded.
    """
    allowance = Allowance(left=ticket.left, budget=ticket.budget)
    look = Look.of(ticket.record, studio.catalogue, allowance)
    view = look.placed(ticket.place)
    view.stop()  # see `views.buttons`: no view is kept in memory
    try:
        message_id = await _answer(interaction, view, private=ticket.record.private)
    except (discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
        log.warning("the answer may or may not have arrived: %r", error, extra={"job": ticket.record.id})
        delivery.in_doubt(ticket.record, ticket.job)
    except discord.HTTPException as error:
        if error.code == ALREADY_ANSWERED:  # an earlier try arrived although its reply did not
            delivery.in_doubt(ticket.record, ticket.job)
            return
        await delivery.unanswered(ticket.record, ticket.job)
        if error.code == UNKNOWN_MESSAGE:  # somebody deleted “thinking”: nobody waits for more
            return
        raise
    else:
        if message_id is None:
            delivery.in_doubt(ticket.record, ticket.job)
        else:
            interaction.client.timings.answered(time.monotonic() - interaction.extras[HEARD])
            await delivery.answered(ticket.record, ticket.job, message_id, allowance)


async def _answer(interaction: Interaction, view: discord.ui.LayoutView, *, private: bool) -> int | None:
    """Show the card, in the place of “thinking” where the request took its time; answer its message's id."""
    if interaction.response.is_done():
        return (await interaction.edit_original_response(view=view)).id
    response = await interaction.response.send_message(view=view, ephemeral=private)
    return response.message_id
