"""Who asks, where, and with which right: read afresh from every interaction."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.store import Actor, Asker

TOKEN_LIFE: Final = timedelta(minutes=15)
"""How long an interaction's token can edit its answer (Discord, “Interaction Callback”)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One interaction, as far as the use cases care.

    Attributes:
        interaction_id: its snowflake; one job at most is made of it.
        application_id: whose webhook the token belongs to.
        token: edits the answer for 15 minutes; never logged.
        guild_id: the server it came from.
        channel_id: the channel or thread.
        user_id: who typed or pressed.
        parent_channel_id: the channel that a thread is in; None for a channel.
        role_ids: the person's roles at this moment.
        moderator: may manage messages here, so may cancel and delete for others.
        server_moderator: may manage messages in the whole server, so may moderate it.
        manager: may manage the server, so may set quotas.
        asked_at: the interaction's own time, from its snowflake, UTC.
        attachment_limit: bytes one file may have here.
        private: only the person is to see the answer.
    """

    interaction_id: int
    application_id: int
    token: str = field(repr=False)
    guild_id: int
    channel_id: int
    user_id: int
    role_ids: frozenset[int]
    moderator: bool
    server_moderator: bool
    manager: bool
    asked_at: datetime
    attachment_limit: int
    private: bool = False
    parent_channel_id: int | None = None

    @property
    def asker(self) -> Asker:
        """By which policies are found."""
        return Asker(
            guild_id=self.guild_id,
            user_id=self.user_id,
            role_ids=self.role_ids,
            channel_id=self.channel_id,
            parent_channel_id=self.parent_channel_id,
        )

    def acts(self, why: str | None = None) -> Actor:
        """As somebody who changes something, and what for."""
        return Actor(guild_id=self.guild_id, user_id=self.user_id, at=self.asked_at, why=why)

    @property
    def owner(self) -> str:
        """The person within this server: whose turn it is in the fair queue."""
        return f"{self.guild_id}:{self.user_id}"
