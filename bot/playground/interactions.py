"""Interactions under way: they are opened towards the bot and found again by their token.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

import asyncio
import secrets
from typing import Final

from bot.playground import api_error, interaction_payloads
from bot.playground.clock import Clock
from bot.playground.interaction import Interaction, InteractionKind
from bot.playground.messages import Messages
from bot.playground.record import Record
from bot.playground.resources import Channel, User
from bot.playground.sessions import Sessions
from bot.playground.snowflakes import Snowflakes
from bot.playground.stored import Json, StoredMessage
from bot.playground.world import World

FIRST_RESPONSE: Final = 3.0
"""Seconds a bot has to respond at all."""
TOKEN_LIFE: Final = 15 * 60.0
"""Seconds an interaction's token is good for, once responded to."""


class Interactions:
    """Opens interactions towards the bot and finds them again by token."""

    def __init__(
        self,
        world: World,
        *,
        clock: Clock,
        ids: Snowflakes,
        messages: Messages,
        sessions: Sessions,
        record: Record,
    ) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids
        self._messages = messages
        self._sessions = sessions
        self._record = record
        self._by_token: dict[str, Interaction] = {}

    async def ask(
        self,
        kind: InteractionKind,
        user: User,
        channel: Channel,
        data: Json,
        *,
        origin: StoredMessage | None = None,
        led_here: Interaction | None = None,
        detail: str = "",
        cause: str = "",
        metadata: Json | None = None,
    ) -> Interaction | None:
        """Send an interaction to the bot and wait for its first response.

        Args:
            led_here: the interaction that was answered with the modal now submitted.
            detail: the command's name or the custom id, for the record.
            cause: see `Interaction`.
            metadata: what the messages it leads to tell of it besides the usual.

        Returns:
            The interaction once answered, or None: there was no answer within three seconds.
        """
        interaction_id = self._ids.new()
        interaction = Interaction(
            id=interaction_id,
            token=f"i{interaction_id}.{secrets.token_urlsafe(48)}",
            kind=kind,
            user=user,
            channel=channel,
            data=data,
            created_at=self._clock.now(),
            cause=cause,
            metadata=interaction_payloads.metadata(interaction_id, kind, user, channel, origin, led_here)
            | (metadata or {}),
            origin=origin,
            from_modal_on_message=led_here is not None and origin is not None,
        )
        self._by_token[interaction.token] = interaction
        self._record.note("asked", by=user.id, channel_id=channel.id, detail=detail)
        if not self._is_out(channel.guild_id):
            told = interaction_payloads.created(interaction, self._world, self._messages)
            self._sessions.dispatch("INTERACTION_CREATE", told, guild_id=channel.guild_id)
        # Where the app is no longer installed, Discord does not even ask it.
        if not self._is_out(channel.guild_id) and await self._answered_in_time(interaction):
            return interaction
        self._record.note("unanswered", by=user.id, channel_id=channel.id, detail=detail)
        return None

    def to_answer(self, interaction_id: int, token: str) -> Interaction:
        """The interaction that a callback may still answer.

        Raises:
            ApiError: 10062 for none such or one older than three seconds, 40060 for one answered already.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise api_error.unknown_interaction()
        if interaction.acknowledged is not None:
            raise api_error.already_acknowledged()
        if self._clock.now() - interaction.created_at > FIRST_RESPONSE:
            raise api_error.unknown_interaction()
        return interaction

    def followed_up(self, application_id: int, token: str) -> Interaction:
        """The answered interaction whose token this is.

        Raises:
            ApiError: 10015 for an unknown token, one never answered or one of a server the bot has left;
                50027 for one older than fifteen minutes.
        """
        interaction = self._by_token.get(token)
        if interaction is None or application_id != self._world.application.id:
            raise api_error.unknown_webhook()
        if self._clock.now() - interaction.created_at > TOKEN_LIFE:
            raise api_error.invalid_token()
        if interaction.acknowledged is None or self._is_out(interaction.channel.guild_id):
            raise api_error.unknown_webhook()
        return interaction

    def acknowledge(self, interaction: Interaction, callback_type: int) -> None:
        """Note the first response and let whoever waits for it go on."""
        interaction.acknowledged = callback_type
        interaction.answered.set()
        self._record.note(
            "answered",
            by=self._world.application.bot.id,
            channel_id=interaction.channel.id,
            message_id=interaction.original.id if interaction.original else None,
            detail=str(callback_type),
        )

    def _is_out(self, guild_id: int | None) -> bool:
        return guild_id is not None and not self._world.has_bot(guild_id)

    async def _answered_in_time(self, interaction: Interaction) -> bool:
        answer = asyncio.ensure_future(interaction.answered.wait())
        deadline = asyncio.ensure_future(self._clock.until(interaction.created_at + FIRST_RESPONSE))
        try:
            await asyncio.wait({answer, deadline}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answer.cancel()
            deadline.cancel()
        return interaction.answered.is_set()
