"""A Discord on this machine: gateway, REST API, CDN, and people to act in it.

Start it, point discord.py at it, and a bot cannot tell the difference:

    async with LoopbackDiscord() as discord:
        point_discord_py_at(discord.base_url)
        ...
        reply = await discord.person("ada", channel="studio").command("imagine", prompt="a red house")

`bot.playground.endpoint.point_discord_py_at` is kept apart, as it alone needs discord.py.
"""

from bot.playground.clock import Clock
from bot.playground.handles import Button, Message, Picture
from bot.playground.modals import Field, Modal
from bot.playground.observer import Exchange, Observer
from bot.playground.people import Choice, Person
from bot.playground.permissions import Permission
from bot.playground.rate_limits import RateLimits
from bot.playground.refusals import Refusal
from bot.playground.server import LoopbackDiscord
from bot.playground.stored import Upload
from bot.playground.world import World

__all__ = [
    "Button",
    "Choice",
    "Clock",
    "Exchange",
    "Field",
    "LoopbackDiscord",
    "Message",
    "Modal",
    "Observer",
    "Permission",
    "Person",
    "Picture",
    "RateLimits",
    "Refusal",
    "Upload",
    "World",
]
