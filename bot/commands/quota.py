"""`/quota show`, `why`, `clear`, `grant`, `lend`: what there is for whom, and giving some."""

from datetime import timedelta
from typing import Final

import discord
from discord import app_commands

from bot.ask import Ask
from bot.client import Interaction
from bot.commands import asking, targets
from bot.commands.matching import Choice
from bot.moderation import LONGEST_GIFT, Moderation
from bot.quota import NO_LIMIT
from bot.refusal import NeedsModerator, Unreadable
from bot.render import quota_panels
from bot.store import Books
from bot.studio import Studio

GIFT_LASTS: Final = timedelta(days=1)
Why = app_commands.Range[str, 1, 300]


def add_looking(group: app_commands.Group, studio: Studio, moderation: Moderation) -> None:
    """Register `/quota show` and `/quota why`."""

    @group.command(name="show", description="What you have used and have left")
    @app_commands.describe(member="Somebody else's, for moderators")
    async def show(interaction: Interaction, member: discord.Member | None = None) -> None:
        ask, person, books = await _looked_up(interaction, studio, member)
        view = quota_panels.standing(
            person,
            books,
            now=ask.asked_at,
            usual=studio.pricing.usual(),
            own=person == ask.user_id,
            manager=ask.manager,
            pool_left=await moderation.pool_left(ask),
        )
        await interaction.response.send_message(view=view, ephemeral=True)

    @group.command(name="why", description="Which rule decides what you may use here")
    @app_commands.describe(member="Somebody else, for moderators")
    async def why(interaction: Interaction, member: discord.Member | None = None) -> None:
        ask, person, books = await _looked_up(interaction, studio, member)
        ban = await moderation.ban_of(ask, person)
        view = quota_panels.why(
            person, books, ban, channel=ask.channel_id, usual=studio.pricing.usual(), now=ask.asked_at
        )
        await interaction.response.send_message(view=view, ephemeral=True)


async def _looked_up(
    interaction: Interaction, studio: Studio, member: discord.Member | None
) -> tuple[Ask, int, Books]:
    """Who is looked at, and their books.

    Raises:
        NeedsModerator: it is somebody else, and the person may not moderate.
    """
    ask = asking.read(interaction, private=True)
    if member is None or member.id == ask.user_id:
        return ask, ask.user_id, await studio.books(ask)
    if not ask.server_moderator:
        raise NeedsModerator
    roles = frozenset(role.id for role in member.roles)
    return ask, member.id, await studio.books(ask, user_id=member.id, roles=roles)


def add_giving(group: app_commands.Group, studio: Studio, moderation: Moderation) -> None:
    """Register `/quota grant`, `/quota lend` and `/quota clear`."""

    async def give(
        interaction: Interaction,
        member: discord.Member,
        compute: str,
        lasts: str | None,
        why: str | None,
        *,
        lent: bool,
    ) -> None:
        ask = asking.read(interaction, private=True)
        seconds = targets.amount("compute", compute)
        if seconds == NO_LIMIT or seconds <= 0:
            raise Unreadable("compute", compute, "give an amount, like `10 min`")
        span = GIFT_LASTS if lasts is None else targets.duration("lasts", lasts, most=LONGEST_GIFT)
        until = await moderation.give(ask, member.id, seconds, span, lent=lent, why=why)
        view = quota_panels.given(
            member.id,
            seconds,
            until,
            lent=lent,
            usual=studio.pricing.usual(),
            pool_left=await moderation.pool_left(ask),
        )
        await interaction.response.send_message(view=view, ephemeral=True)

    @group.command(name="grant", description="Give a member compute on top of theirs, once (moderators)")
    @app_commands.describe(
        member="To whom",
        compute="How much: 10 min, 90 s, 1 h",
        lasts="How long they can use it: a day if you don't say",
        why="For the record",
    )
    async def grant(
        interaction: Interaction,
        member: discord.Member,
        compute: str,
        lasts: str | None = None,
        why: Why | None = None,
    ) -> None:
        await give(interaction, member, compute, lasts, why, lent=False)

    @group.command(name="lend", description="Lend a member compute from the team's pool (moderators)")
    @app_commands.describe(
        member="To whom",
        compute="How much: 10 min, 90 s, 1 h",
        lasts="How long: a day if you don't say; what they don't use goes back to the pool",
        why="For the record",
    )
    async def lend(
        interaction: Interaction,
        member: discord.Member,
        compute: str,
        lasts: str | None = None,
        why: Why | None = None,
    ) -> None:
        await give(interaction, member, compute, lasts, why, lent=True)

    grant.autocomplete("compute")(targets.suggest_amount)
    lend.autocomplete("compute")(targets.suggest_amount)

    @group.command(name="clear", description="Take a rule away, or a part of it (Manage Server)")
    @app_commands.describe(
        what="Only this part of it; all of it if you don't say",
        role="The rule for this role",
        member="The rule for this member",
        channel="The rule for this channel",
        whole="The rule for everyone, the whole server or the pool",
        why="For the record",
    )
    @app_commands.choices(what=targets.CLEARABLE, whole=targets.WHOLE)
    async def clear(
        interaction: Interaction,
        what: Choice | None = None,
        role: discord.Role | None = None,
        member: discord.Member | None = None,
        channel: targets.AnyChannel | None = None,
        whole: Choice | None = None,
        why: Why | None = None,
    ) -> None:
        ask = asking.read(interaction, private=True)
        scope = targets.target(None if whole is None else whole.value, role, member, channel)
        usual = studio.pricing.usual()
        if scope is None:
            await moderation.set_pool(ask, None, why=why)
            view = quota_panels.pool_now(None, usual)
        else:
            rule = await moderation.clear_rule(ask, scope, None if what is None else what.value, why=why)
            view = quota_panels.rule_now(scope, rule, usual)
        await interaction.response.send_message(view=view, ephemeral=True)
