"""`/help`: everything one can do, on one card."""

from bot.client import EaselTree, Interaction
from bot.render import panels
from bot.studio import Studio


def add_help(tree: EaselTree, studio: Studio) -> None:
    """Register `/help`."""

    @tree.command(name="help", description="What Easel can do, and every flag")
    async def help_(interaction: Interaction) -> None:
        view = panels.help_card(studio.catalogue, count=studio.default_count)
        await interaction.response.send_message(view=view, ephemeral=True)
