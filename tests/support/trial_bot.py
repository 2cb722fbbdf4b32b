"""A small discord.py bot for the tests: what its commands and buttons do, each test says itself."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Self

import discord
from discord import app_commands, ui

from bot.playground import LoopbackDiscord
from bot.playground.endpoint import point_discord_py_at

Interaction = discord.Interaction[Any]
Handler = Callable[..., Awaitable[object]]
WATCHING = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, guild_reactions=True)


class Knob(ui.DynamicItem[ui.Button[Any]], template=r"trial:1:(?P<verb>[a-z]+):(?P<job>\w+)"):
    """A button with its meaning in its id, as all of Easel's are."""

    def __init__(self, verb: str, job: str, *, label: str = "", emoji: str | None = None) -> None:
        button: ui.Button[Any] = ui.Button(
            label=label or (None if emoji else verb), emoji=emoji, custom_id=f"trial:1:{verb}:{job}"
        )
        super().__init__(button)
        self.verb = verb
        self.job = job

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        assert isinstance(item, ui.Button)
        return cls(match["verb"], match["job"])

    async def callback(self, interaction: Interaction) -> object:
        client = interaction.client
        assert isinstance(client, TrialBot)
        return await client.handlers[self.verb](interaction, self.job)


def layout(*texts: str, buttons: tuple[Knob, ...] = (), pictures: tuple[str, ...] = ()) -> ui.LayoutView:
    """A message of texts, a gallery and a row of buttons."""
    view = ui.LayoutView(timeout=None)
    for text in texts:
        view.add_item(ui.TextDisplay(text))
    if pictures:
        gallery: ui.MediaGallery[Any] = ui.MediaGallery()
        for name in pictures:
            gallery.add_item(media=f"attachment://{name}", description=f"the picture {name}")
        view.add_item(gallery)
    if buttons:
        view.add_item(ui.ActionRow(*buttons))
    return view


class TrialBot(discord.Client):
    """Answers /paint, /upload, /ask and /quota set with the handlers of these names."""

    def __init__(self, intents: discord.Intents = WATCHING) -> None:
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.1,  # how long to wait for one more GUILD_CREATE
        )
        self.handlers: dict[str, Handler] = {}
        self.heard: list[str] = []
        self.tree = app_commands.CommandTree(self)
        self.add_dynamic_items(Knob)
        _add_commands(self)

    async def on_socket_event_type(self, name: str) -> None:
        self.heard.append(name)

    async def on_error(self, event_method: str, /, *_: object, **__: object) -> None:
        raise AssertionError(event_method)


def _add_commands(bot: TrialBot) -> None:
    @bot.tree.command(description="Paints")
    @app_commands.choices(hue=[app_commands.Choice(name="Red", value="r")])
    async def paint(
        interaction: Interaction,
        prompt: str,
        count: app_commands.Range[int, 1, 4] = 1,
        scale: app_commands.Range[float, 0.5, 2.0] = 1.0,
        hue: str = "",
        sampler: str = "",
        hidden: bool = False,
    ) -> None:
        options = {"count": count, "scale": scale, "hue": hue, "sampler": sampler, "hidden": hidden}
        await bot.handlers["paint"](interaction, prompt, **options)

    @paint.autocomplete("sampler")
    async def samplers(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        found: object = await bot.handlers["samplers"](interaction, current)
        assert isinstance(found, list)
        return [app_commands.Choice(name=name.title(), value=name) for name in found]

    @bot.tree.command(description="Takes a file")
    async def upload(interaction: Interaction, file: discord.Attachment) -> None:
        await bot.handlers["upload"](interaction, file)

    @bot.tree.command(description="Opens a form")
    @app_commands.guild_only()
    async def ask(interaction: Interaction) -> None:
        await bot.handlers["ask"](interaction)

    quota = app_commands.Group(
        name="quota", description="Limits", default_permissions=discord.Permissions(manage_guild=True)
    )

    @quota.command(name="set", description="Sets a limit")
    async def quota_set(
        interaction: Interaction,
        seconds: float,
        role: discord.Role | None = None,
        who: discord.Member | None = None,
    ) -> None:
        await bot.handlers["quota"](interaction, seconds, role, who)

    bot.tree.add_command(quota)


@contextlib.asynccontextmanager
async def connected(
    loopback: LoopbackDiscord, bot: TrialBot | None = None, *, register: bool = True
) -> AsyncIterator[TrialBot]:
    """The bot, logged in, its commands registered, its gateway session begun."""
    point_discord_py_at(loopback.base_url)
    bot = bot or TrialBot()
    async with bot:
        await bot.login(loopback.token)
        if register:
            await bot.tree.sync()
        before = loopback.gateway.identified
        connection = asyncio.create_task(bot.connect())
        try:
            await loopback.until(lambda: connection.done() or loopback.gateway.identified > before)
            # The servers come after the session has begun; tests look up their channels at once.
            await loopback.until(
                lambda: connection.done() or any(not guild.unavailable for guild in bot.guilds)
            )
            if connection.done():
                connection.result()
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(connection, return_exceptions=True)
