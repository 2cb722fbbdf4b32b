"""A disnake bot on the loopback Discord: one command, a picture with a button, and the press.

Run it as `python disnake_bot.py http://127.0.0.1:8420`.
"""

import base64
import io
import os
import sys

import disnake
import disnake.http
from disnake.ext import commands

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg=="
)
base_url = sys.argv[1].rstrip("/")
disnake.http.Route.BASE = f"{base_url}/api/v10"

bot = commands.InteractionBot(intents=disnake.Intents(guilds=True, guild_messages=True))


class Again(disnake.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @disnake.ui.button(label="Again", custom_id="again")
    async def again(self, _: disnake.ui.Button, interaction: disnake.MessageInteraction) -> None:
        await interaction.response.send_message(f"pressed by {interaction.user.name}", ephemeral=True)


@bot.slash_command(description="Paints a picture")
async def paint(interaction: disnake.ApplicationCommandInteraction, prompt: str) -> None:
    file = disnake.File(io.BytesIO(PICTURE), "picture.png", description=prompt)
    await interaction.response.send_message(f"painted {prompt}", file=file, view=Again())


bot.run(os.environ.get("DISCORD_TOKEN", "loopback"))
