"""`/quota show` for everybody, `/quota set` for those who manage the server."""

import discord
from discord import app_commands

from bot.client import EaselTree, Interaction
from bot.commands import asking
from bot.quota import Policies, Policy
from bot.refusal import NeedsManageServer, NoSuchRule, NothingToSet
from bot.render import panels
from bot.studio import Studio

MOST_SECONDS = 1_000_000
MOST_WAITING = 100


def add_quota(tree: EaselTree, studio: Studio) -> None:
    """Register `/quota`."""
    group = app_commands.Group(
        name="quota", description="How much of the GPU there is for whom", guild_only=True
    )

    @group.command(name="show", description="What you have used and have left")
    @app_commands.describe(member="Somebody else's, for those who manage the server")
    async def show(interaction: Interaction, member: discord.Member | None = None) -> None:
        ask = asking.read(interaction, private=True)
        own = member is None or member.id == ask.user_id
        if not own and not ask.manager:
            raise NeedsManageServer
        if member is None or own:
            person, roles = ask.user_id, ask.role_ids
        else:
            person, roles = member.id, frozenset(role.id for role in member.roles)
        standing = await studio.standing(ask, person, roles)
        view = panels.standing(person, standing, own=own, manager=ask.manager)
        await interaction.response.send_message(view=view, ephemeral=True)

    @group.command(name="set", description="Set what everyone, or a role, may use (Manage Server)")
    @app_commands.describe(
        seconds="Compute-seconds in any 24 hours",
        waiting="Jobs that may wait at once",
        role="For this role; everyone if you don't say",
        remove="Take the rule away instead",
    )
    async def set_quota(
        interaction: Interaction,
        seconds: app_commands.Range[float, 0, MOST_SECONDS] | None = None,
        waiting: app_commands.Range[int, 1, MOST_WAITING] | None = None,
        role: discord.Role | None = None,
        remove: bool = False,
    ) -> None:
        ask = asking.read(interaction, private=True)
        if not ask.manager:
            raise NeedsManageServer
        role_id = None if role is None or role.is_default() else role.id
        before = (await studio.standing(ask, ask.user_id, ask.role_ids)).policies
        if remove != (seconds is None and waiting is None):
            raise NothingToSet
        if remove and (before.everyone if role_id is None else before.roles.get(role_id)) is None:
            raise NoSuchRule
        rule = None if remove else _changed(before, role_id, seconds, waiting)
        await studio.set_policy(ask, role_id, rule)
        after = (await studio.standing(ask, ask.user_id, ask.role_ids)).policies
        view = panels.panel(
            f"### Quota\n{panels.rule_now(after, role_id)}",
            panels.policies(after),
            "-# The most generous of somebody's roles counts; without one, everyone's rule.",
        )
        await interaction.response.send_message(view=view, ephemeral=True)

    tree.add_command(group)


def _changed(before: Policies, role_id: int | None, seconds: float | None, waiting: int | None) -> Policy:
    """The rule with what was said; what was not said stays as it is."""
    general = before.everyone or before.fallback
    now = general if role_id is None else before.roles.get(role_id, general)
    return Policy(
        seconds_per_day=now.seconds_per_day if seconds is None else seconds,
        waiting_jobs=now.waiting_jobs if waiting is None else waiting,
    )
