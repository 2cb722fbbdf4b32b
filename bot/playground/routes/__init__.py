"""The endpoints of the REST API, by resource."""

from bot.playground.call import Endpoint
from bot.playground.routes import applications, channels, guilds, interactions, messages, reactions, users

ENDPOINTS: list[Endpoint] = [
    *users.ENDPOINTS,
    *applications.ENDPOINTS,
    *channels.ENDPOINTS,
    *messages.ENDPOINTS,
    *reactions.ENDPOINTS,
    *guilds.ENDPOINTS,
    *interactions.ENDPOINTS,
]
"""In this order: where two templates match a path, the earlier one is meant."""

__all__ = ["ENDPOINTS"]
