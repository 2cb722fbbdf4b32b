"""`/quota`: one group, its commands in files of their own."""

from discord import app_commands

from bot.client import EaselTree
from bot.commands.quota import add_giving, add_looking
from bot.commands.quota_rules import add_rules
from bot.commands.quota_usage import add_usage
from bot.moderation import Moderation
from bot.studio import Studio


def add_quota(tree: EaselTree, studio: Studio, moderation: Moderation) -> None:
    """Register `/quota`: everybody sees it, since everybody may look; the rest is checked at every use."""
    group = app_commands.Group(
        name="quota", description="How much of the GPU there is for whom", guild_only=True
    )
    add_looking(group, studio, moderation)
    add_rules(group, studio, moderation)
    add_giving(group, studio, moderation)
    add_usage(group, studio, moderation)
    tree.add_command(group)
