"""Commands of the page's test bot that show, in one message or form, everything there is to draw."""

import io
from typing import Any

import discord
from discord import app_commands, ui
from page_paint import painting

View = ui.LayoutView
OPTIONS = [
    discord.SelectOption(label="Calm", value="calm", description="Soft light", emoji="🌙"),
    discord.SelectOption(label="Wild", value="wild", description="Storm and sparks", emoji="🔥"),
    discord.SelectOption(label="Bright", value="bright", description="Noon", emoji="☀️"),
]


class Look(ui.Select[View]):
    """Says what was chosen."""

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"chosen: {', '.join(self.values)}")


class Who(ui.UserSelect[View]):
    """Says who was chosen."""

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"chosen: {', '.join(each.mention for each in self.values)}")


class Where(ui.ChannelSelect[View]):
    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"chosen: {', '.join(each.mention for each in self.values)}")


class Rank(ui.RoleSelect[View]):
    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"chosen: {', '.join(each.mention for each in self.values)}")


def _in_rows(*items: ui.Item[Any]) -> list[ui.ActionRow[View]]:
    rows = []
    for item in items:
        row: ui.ActionRow[View] = ui.ActionRow()
        row.add_item(item)
        rows.append(row)
    return rows


@app_commands.command(description="Show every kind of menu")
async def menus(interaction: discord.Interaction) -> None:
    view = View(timeout=None)
    view.add_item(ui.TextDisplay("Choose a look, several moods, somebody, a place, a role."))
    look = Look(placeholder="One look", options=OPTIONS, custom_id="page:look")
    moods = Look(
        placeholder="Several moods", options=OPTIONS, min_values=1, max_values=3, custom_id="page:moods"
    )
    who = Who(placeholder="Somebody", custom_id="page:who")
    where = Where(placeholder="A channel", custom_id="page:where")
    rank = Rank(placeholder="A role", custom_id="page:rank")
    for row in _in_rows(look, moods, who, where, rank):
        view.add_item(row)
    await interaction.response.send_message(view=view)


@app_commands.command(description="Show an embed")
async def card(interaction: discord.Interaction) -> None:
    embed = discord.Embed(
        title="A title",
        url="https://example.org/",
        description="Words with **weight** and `code`.",
        colour=discord.Colour(0x2ECC71),
        timestamp=discord.utils.utcnow(),
    )
    embed.set_author(name="An author").set_footer(text="A footer")
    for number in range(3):
        embed.add_field(name=f"Field {number + 1}", value=f"value {number + 1}")
    embed.set_thumbnail(url="attachment://1.png").set_image(url="attachment://2.png")
    files = [discord.File(io.BytesIO(painting(n, (192, 128))), f"{n}.png") for n in (1, 2)]
    await interaction.response.send_message("An embed:", embed=embed, files=files)


@app_commands.command(description="Hide things until they are pressed")
async def hidden(interaction: discord.Interaction) -> None:
    view = View(timeout=None)
    box: ui.Container[View] = ui.Container(accent_colour=discord.Colour(0xE67E22), spoiler=True)
    box.add_item(ui.TextDisplay("## Behind the curtain\nIt was the butler."))
    view.add_item(box)
    await interaction.response.send_message(view=view)


class Everything(ui.Modal, title="Everything a form can ask"):
    """One of each input; says back what came."""

    mood: ui.Label["Everything"] = ui.Label(
        text="Moods", component=ui.Select(options=OPTIONS, min_values=1, max_values=2)
    )
    shape: ui.Label["Everything"] = ui.Label(
        text="Shape",
        component=ui.RadioGroup(
            options=[
                discord.RadioGroupOption(label="Square", value="1:1"),
                discord.RadioGroupOption(label="Wide", value="3:2", description="Like a window"),
            ]
        ),
    )
    extras: ui.Label["Everything"] = ui.Label(
        text="Extras",
        component=ui.CheckboxGroup(
            options=[
                discord.CheckboxGroupOption(label="Grain", value="grain"),
                discord.CheckboxGroupOption(label="Frame", value="frame"),
            ],
            required=False,
        ),
    )
    sure: ui.Label["Everything"] = ui.Label(text="Public", component=ui.Checkbox(default=False))
    sketch: ui.Label["Everything"] = ui.Label(
        text="Sketch", description="A picture to begin with", component=ui.FileUpload(required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        parts = (self.mood, self.shape, self.extras, self.sure, self.sketch)
        said: list[str] = []
        for label in parts:
            match label.component:
                case ui.FileUpload() as upload:
                    said.append("+".join(each.filename for each in upload.values))
                case ui.Select() | ui.CheckboxGroup() as several:
                    said.append("+".join(several.values))
                case ui.RadioGroup() | ui.Checkbox() as one:
                    said.append(str(one.value))
        await interaction.response.send_message(f"filled in: {' / '.join(said)}")


@app_commands.command(description="Open a form with every kind of input")
async def form(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Everything())


@app_commands.command(description="Look at a picture you send")
@app_commands.describe(picture="The picture", note="Something about it")
async def look(interaction: discord.Interaction, picture: discord.Attachment, note: str = "") -> None:
    await interaction.response.send_message(f"saw {picture.filename}, {picture.size} bytes. {note}")


@app_commands.context_menu(name="Describe")
async def describe(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"It says: {message.content}", ephemeral=True)


@app_commands.context_menu(name="Wave at")
async def wave(interaction: discord.Interaction, member: discord.Member) -> None:
    await interaction.response.send_message(f"👋 {member.mention}")


PIECES: list[Any] = [menus, card, hidden, form, look, describe, wave]
