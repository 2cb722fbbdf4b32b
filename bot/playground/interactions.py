"""Interactions: somebody typed a command or pressed a button, and the bot owes an answer.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

import asyncio
import secrets
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from bot.playground import api_error, payloads
from bot.playground.clock import Clock
from bot.playground.messages import Messages
from bot.playground.record import Record
from bot.playground.sessions import Sessions
from bot.playground.snowflakes import Snowflakes
from bot.playground.stored import Json, StoredMessage
from bot.playground.world import Channel, User, World

FIRST_RESPONSE: Final = 3.0
"""Seconds a bot has to respond at all."""
TOKEN_LIFE: Final = 15 * 60.0
"""Seconds an interaction's token is good for, once responded to."""


class InteractionKind(IntEnum):
    """What a person did, with Discord's values."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


@dataclass(kw_only=True, eq=False)
class Interaction:
    """One interaction and how it was answered.

    Attributes:
        origin: the message whose component was used (also where that led to the modal submitted).
        acknowledged: the callback type the bot answered with; None while it has not.
        original: the message that "@original" means.
        choices: what an autocompletion was answered with.
        modal: the modal it was answered with, as the bot described it.
        metadata: Discord's `interaction_metadata` for messages it leads to.
    """

    id: int
    token: str
    kind: InteractionKind
    user: User
    channel: Channel
    data: Json
    created_at: float
    metadata: Json
    origin: StoredMessage | None = None
    from_modal_on_message: bool = False
    acknowledged: int | None = None
    original: StoredMessage | None = None
    choices: list[Json] = field(default_factory=list)
    modal: Json | None = None
    followups: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answered = asyncio.Event()


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
    ) -> Interaction | None:
        """Send an interaction to the bot and wait for its first response.

        Args:
            led_here: the interaction that was answered with the modal now submitted.
            detail: the command's name or the custom id, for the record.

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
            metadata=self._metadata(interaction_id, kind, user, channel, origin, led_here),
            origin=origin,
            from_modal_on_message=led_here is not None and origin is not None,
        )
        self._by_token[interaction.token] = interaction
        self._record.note("asked", by=user.id, channel_id=channel.id, detail=detail)
        if not self._is_out(channel.guild_id):
            payload = self._payload(interaction)
            self._sessions.dispatch("INTERACTION_CREATE", payload, guild_id=channel.guild_id)
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

    def _payload(self, interaction: Interaction) -> Json:
        channel, user = interaction.channel, interaction.user
        application = self._world.application
        here = str(int(self._world.permissions_in(user, channel)))
        body: Json = {
            "id": str(interaction.id),
            "application_id": str(application.id),
            "type": int(interaction.kind),
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel_id": str(channel.id),
            "channel": payloads.channel(channel) | {"permissions": here},
            "app_permissions": str(int(self._world.permissions_in(application.bot, channel))),
            "authorizing_integration_owners": _owners(channel),
            "context": 0 if channel.guild_id is not None else 1,
            "attachment_size_limit": self._messages.upload_limit(channel),
            "locale": user.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
        }
        if interaction.origin is not None:
            body["message"] = self._messages.payload(interaction.origin)
        if channel.guild_id is None:
            return body | {"user": payloads.user(user)}
        guild = self._world.guilds[channel.guild_id]
        member = payloads.member(guild.members[user.id]) | {"permissions": here}
        return body | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": member,
        }

    def _metadata(
        self,
        interaction_id: int,
        kind: InteractionKind,
        user: User,
        channel: Channel,
        origin: StoredMessage | None,
        led_here: Interaction | None,
    ) -> Json:
        metadata: Json = {
            "id": str(interaction_id),
            "type": int(kind),
            "user": payloads.user(user),
            "authorizing_integration_owners": _owners(channel),
        }
        if kind == InteractionKind.COMPONENT and origin is not None:
            metadata["interacted_message_id"] = str(origin.id)
        if kind == InteractionKind.MODAL_SUBMIT and led_here is not None:
            metadata["triggering_interaction_metadata"] = led_here.metadata
        return metadata


def _owners(channel: Channel) -> Json:
    return {"0": str(channel.guild_id or 0)}
