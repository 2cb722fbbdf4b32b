"""A small bot for the page's tests, with every kind of answer a page must show."""

import asyncio
import io
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands, ui
from page_paint import painting
from page_pieces import PIECES

AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu
SAMPLERS = ("euler", "euler_ancestral", "dpmpp_2m", "lms", "ddim")


class Pictures(ui.LayoutView):
    """What `/imagine` ends in: words, a gallery, two rows of buttons."""

    def __init__(self, prompt: str, count: int, line: str = "seed 7 · 20 steps · euler") -> None:
        super().__init__(timeout=None)
        self.prompt, self.count = prompt, count
        box: ui.Container[Pictures] = ui.Container(accent_colour=discord.Colour(0x6A5BE0))
        box.add_item(ui.TextDisplay(f"**{discord.utils.escape_markdown(prompt)}**"))
        if count:
            items = [
                discord.MediaGalleryItem(f"attachment://{n}.png", description=f"{prompt}, picture {n}")
                for n in range(1, count + 1)
            ]
            box.add_item(ui.MediaGallery(*items))
        box.add_item(ui.TextDisplay(f"-# {line}"))
        box.add_item(ui.Separator())
        rows: list[ui.ActionRow[Pictures]] = [ui.ActionRow(), ui.ActionRow()]
        for n in range(1, count + 1):
            rows[0].add_item(Vary(f"U{n}"))
            rows[1].add_item(Vary(f"V{n}"))
        rows[0].add_item(Vary("", emoji="🔄", style=discord.ButtonStyle.primary))
        rows[1].add_item(Vary("", emoji="🗑️", style=discord.ButtonStyle.danger))
        for row in rows:
            box.add_item(row)
        self.add_item(box)

    def files(self) -> list[discord.File]:
        return [discord.File(io.BytesIO(painting(n)), f"{n}.png") for n in range(1, self.count + 1)]


class Vary(ui.Button["Pictures"]):
    """Edits the message to say who pressed what."""

    def __init__(
        self,
        label: str,
        *,
        emoji: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        super().__init__(label=label or None, emoji=emoji, style=style, custom_id=f"page:{label or emoji}")

    async def callback(self, interaction: discord.Interaction) -> None:
        assert self.view is not None
        line = f"{self.label or self.emoji} pressed by {interaction.user.mention}"
        view = Pictures(self.view.prompt, self.view.count, line)
        await interaction.response.edit_message(view=view, attachments=view.files())


class Settings(ui.Modal, title="Edit the prompt"):
    """A text input and a select."""

    prompt: ui.Label["Settings"] = ui.Label(
        text="Prompt", component=ui.TextInput(default="a red house", max_length=100)
    )
    mood: ui.Label["Settings"] = ui.Label(
        text="Mood",
        description="How it shall feel",
        component=ui.Select(
            options=[
                discord.SelectOption(label="Calm", value="calm"),
                discord.SelectOption(label="Wild", value="wild"),
            ]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.prompt.component, ui.TextInput)
        assert isinstance(self.mood.component, ui.Select)
        said = f"{self.prompt.component.value}, {self.mood.component.values[0]}"
        await interaction.response.send_message(said)


class PageBot(discord.Client):
    """Registers its commands in every server and answers them."""

    def __init__(self, commands: Iterable[AnyCommand]) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none()
        )
        self.tree = app_commands.CommandTree(self)
        self.may_finish = asyncio.Event()
        for command in commands:
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        await self.tree.sync()


@app_commands.command(description="Make pictures from words")
@app_commands.describe(
    prompt="What you want to see",
    count="How many pictures",
    sampler="How the noise is removed",
    style="The look",
)
@app_commands.choices(style=[app_commands.Choice(name=name, value=name) for name in ("Photo", "Painting")])
async def imagine(
    interaction: discord.Interaction,
    prompt: app_commands.Range[str, 1, 200],
    count: app_commands.Range[int, 1, 10] = 4,
    sampler: str = "euler",
    style: str = "Photo",
) -> None:
    """Answers at once, then edits the pictures in."""
    await interaction.response.send_message(view=Pictures(prompt, 0, "in line, place 1"))
    view = Pictures(prompt, count, f"seed 7 · {sampler} · {style}")
    await interaction.edit_original_response(view=view, attachments=view.files())


@imagine.autocomplete("sampler")
async def samplers(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name.upper(), value=name) for name in SAMPLERS if typed.lower() in name]


@app_commands.command(description="Say something to you alone")
async def whisper(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("A secret, **just** for you.", ephemeral=True)


@app_commands.command(description="Open a form")
async def settings(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Settings())


@app_commands.command(description="Think until told to finish")
async def ponder(interaction: discord.Interaction) -> None:
    await interaction.response.defer(thinking=True)
    assert isinstance(interaction.client, PageBot)
    await interaction.client.may_finish.wait()
    await interaction.edit_original_response(content="Thought through.")


@app_commands.command(description="Never answer")
async def sulk(_: discord.Interaction) -> None:
    """Leaves the person without an answer."""


@app_commands.command(description="Show every component there is")
async def gallery(interaction: discord.Interaction) -> None:
    view = ui.LayoutView(timeout=None)
    thumbnail: ui.Thumbnail[ui.LayoutView] = ui.Thumbnail("attachment://1.png", description="a small picture")
    view.add_item(ui.TextDisplay("# A heading\nand words <t:1767225600:R>, `code`, ~~struck~~, ||hidden||"))
    view.add_item(ui.Section(ui.TextDisplay("### A section\nwith a thumbnail"), accessory=thumbnail))
    view.add_item(ui.Separator(spacing=discord.SeparatorSpacing.large))
    view.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://2.png", spoiler=True)))
    view.add_item(ui.File("attachment://notes.txt"))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    row.add_item(ui.Button(label="Elsewhere", url="https://example.org/"))
    row.add_item(ui.Button(label="Not now", custom_id="page:never", disabled=True))
    row.add_item(ui.Button(label="Fine", custom_id="page:fine", style=discord.ButtonStyle.success))
    view.add_item(row)
    files = [discord.File(io.BytesIO(painting(n, (192, 128))), f"{n}.png") for n in (1, 2)]
    notes = discord.File(io.BytesIO(b"notes"), "notes.txt")
    await interaction.response.send_message(view=view, files=[*files, notes])


@app_commands.command(description="Repeat words, which may be hostile")
async def write(interaction: discord.Interaction, words: str) -> None:
    await interaction.response.send_message(words)


quota = app_commands.Group(name="quota", description="Who may use how much")


@quota.command(name="set", description="Set how much everybody may use")
async def quota_set(
    interaction: discord.Interaction, seconds: app_commands.Range[float, 0.0, 1000.0], private: bool = False
) -> None:
    await interaction.response.send_message(f"Everybody has {seconds:g} s a day.", ephemeral=private)


@quota.command(name="show", description="Show how much is left")
async def quota_show(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("600 s left.")


COMMANDS: list[AnyCommand] = [
    imagine,
    whisper,
    settings,
    ponder,
    sulk,
    gallery,
    write,
    quota,
    *PIECES,
]
