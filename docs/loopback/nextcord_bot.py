"""A nextcord bot on the loopback Discord: one command, a picture with a button, and the press.

Run it as `python nextcord_bot.py http://127.0.0.1:8420`.
"""

import base64
import io
import os
import sys

import nextcord
import nextcord.http

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg=="
)
base_url = sys.argv[1].rstrip("/")
nextcord.http.Route.BASE = f"{base_url}/api/v10"

bot = nextcord.Client(intents=nextcord.Intents(guilds=True, guild_messages=True))


class Again(nextcord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @nextcord.ui.button(label="Again", custom_id="again")
    async def again(self, _: nextcord.ui.Button, interaction: nextcord.Interaction) -> None:
        await interaction.response.send_message(f"pressed by {interaction.user.name}", ephemeral=True)


@bot.slash_command(description="Paints a picture")
async def paint(interaction: nextcord.Interaction, prompt: str) -> None:
    await interaction.response.defer()
    file = nextcord.File(io.BytesIO(PICTURE), "picture.png", description=prompt)
    await interaction.followup.send(f"painted {prompt}", file=file, view=Again())


bot.run(os.environ.get("DISCORD_TOKEN", "loopback"))
