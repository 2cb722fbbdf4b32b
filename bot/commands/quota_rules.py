"""`/quota set` and `/quota preview`: a rule, and whom it would have stopped. Both take the same options."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from bot.ask import Ask
from bot.client import Interaction
from bot.commands import asking, targets
from bot.commands.matching import Choice
from bot.moderation import Moderation, require_manager
from bot.quota import Budget, Policy, Scope
from bot.refusal import NothingToSet, Unreadable
from bot.render import quota_panels
from bot.studio import Studio
from inference.request import MAX_COUNT, MAX_STEPS

MOST_JOBS = 100
MOST_WEIGHT = 100.0
LARGEST_SIDE = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the options say.

    Attributes:
        scope: whom it is about; None for the pool.
        rule: what is said, laid over what was said before where only a part of a budget is named.
        why: for the record.
    """

    scope: Scope | None
    rule: Policy
    why: str | None


Act = Callable[[Interaction, Ask, Draft], Awaitable[None]]


def add_rules(group: app_commands.Group, studio: Studio, moderation: Moderation) -> None:
    """Register `/quota set` and `/quota preview`."""

    async def set_(interaction: Interaction, ask: Ask, draft: Draft) -> None:
        usual = studio.pricing.usual()
        if draft.scope is None:
            await moderation.set_pool(ask, _pool(draft.rule), why=draft.why)
            view = quota_panels.pool_now(draft.rule.budget, usual)
        else:
            rule = await moderation.set_rule(ask, draft.scope, draft.rule, why=draft.why)
            view = quota_panels.rule_now(draft.scope, rule, usual)
        await interaction.response.send_message(view=view, ephemeral=True)

    async def preview(interaction: Interaction, ask: Ask, draft: Draft) -> None:
        if draft.scope is None:
            raise Unreadable("whole", "pool", "only rules can be previewed; the pool stops nobody")
        seen = await moderation.preview(ask, draft.scope, draft.rule)
        view = quota_panels.preview(draft.scope, seen, usual=studio.pricing.usual())
        await interaction.response.send_message(view=view, ephemeral=True)

    offered = [model.name for model in studio.catalogue.values()]
    group.add_command(
        _rule_command(
            "set",
            "Set what a role, a member, a channel or everyone may use (Manage Server)",
            offered,
            moderation,
            set_,
        )
    )
    group.add_command(
        _rule_command(
            "preview",
            "Who would have been stopped last week under such a rule (Manage Server)",
            offered,
            moderation,
            preview,
        )
    )


def _pool(rule: Policy) -> Budget:
    if rule.budget is None or rule.says != ("budget",) or not rule.budget.limited:
        raise Unreadable("whole", "pool", "a pool has an amount of `compute` and a `per`, nothing else")
    return rule.budget


def _rule_command(
    name: str, description: str, offered: list[str], moderation: Moderation, act: Act
) -> app_commands.Command[Any, Any, Any]:
    @app_commands.describe(
        compute="How much of the GPU: 10 min, 90 s, 2 h, unlimited",
        per="In any hour, day, week or month; a day if you don't say",
        role="For this role",
        member="For this member alone; goes before their roles",
        channel="For all who ask in this channel, together",
        whole="For each member, the whole server together, or the pool to lend from",
        burst="How much of it at once; the rest comes back over time",
        waiting="Jobs that may wait at once",
        running="Jobs that may run at once",
        side="Pixels of the longer side of a picture",
        steps="Denoising steps",
        count="Pictures of one job",
        models="Models that may be used, separated by commas, or any",
        hours="When: 08:00-18:00, mon-fri 9-17; several with ; between, or any",
        zone="The time zone of these hours, like Europe/Berlin",
        weight="Share of the GPU beside others who wait: 2 gets twice what 1 gets",
        exempt="Free of all limits of members; those of channels and server stay",
        why="For the record",
    )
    @app_commands.choices(per=targets.PER, whole=targets.WHOLE)
    async def command(
        interaction: Interaction,
        compute: str | None = None,
        per: Choice | None = None,
        role: discord.Role | None = None,
        member: discord.Member | None = None,
        channel: targets.AnyChannel | None = None,
        whole: Choice | None = None,
        burst: str | None = None,
        waiting: app_commands.Range[int, 0, MOST_JOBS] | None = None,
        running: app_commands.Range[int, 1, MOST_JOBS] | None = None,
        side: app_commands.Range[int, 64, LARGEST_SIDE] | None = None,
        steps: app_commands.Range[int, 1, MAX_STEPS] | None = None,
        count: app_commands.Range[int, 1, MAX_COUNT] | None = None,
        models: str | None = None,
        hours: str | None = None,
        zone: str | None = None,
        weight: app_commands.Range[float, 0.1, MOST_WEIGHT] | None = None,
        exempt: bool | None = None,
        why: app_commands.Range[str, 1, 300] | None = None,
    ) -> None:
        ask = asking.read(interaction, private=True)
        require_manager(ask)
        scope = targets.target(None if whole is None else whole.value, role, member, channel)
        before = await moderation.budget_of(ask, scope)
        if compute is None and before is None and (per is not None or burst is not None):
            raise NothingToSet
        said_budget = None
        if compute is not None or per is not None or burst is not None:
            amount = compute if compute is not None else "unlimited"
            said_budget = targets.budget(amount, None if per is None else per.value, burst, before)
            if compute is None and before is not None:
                said_budget = Budget(
                    seconds=before.seconds, window=said_budget.window, burst=said_budget.burst
                )
        rule = Policy(
            budget=said_budget,
            waiting=waiting,
            running=running,
            side=side,
            steps=steps,
            count=count,
            models=None if models is None else targets.models("models", models, offered),
            hours=None if hours is None else targets.hours(hours, zone),
            weight=weight,
            exempt=exempt,
        )
        await act(interaction, ask, Draft(scope=scope, rule=targets.require_something(rule), why=why))

    made: app_commands.Command[Any, Any, Any] = app_commands.Command(
        name=name, description=description, callback=command
    )
    made.autocomplete("compute")(targets.suggest_amount)
    made.autocomplete("burst")(targets.suggest_amount)
    made.autocomplete("zone")(targets.suggest_zone)
    return made
