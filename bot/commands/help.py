"""`/help`: everything one can do, on one card."""

import discord

from bot.client import EaselTree, Interaction
from bot.commands import asking
from bot.render import panels
from bot.studio import Studio


def add_help(tree: EaselTree, studio: Studio) -> None:
    """Register `/help`."""

    @tree.command(name="help", description="What Easel can do, and every flag")
    async def help_(interaction: Interaction) -> None:
        moderates = isinstance(interaction.user, discord.Member) and asking.read(interaction).server_moderator
        view = panels.help_card(studio.catalogue, count=studio.default_count, moderates=moderates)
        await interaction.response.send_message(view=view, ephemeral=True)
