"""The endpoints of the REST API, by resource."""

from bot.playground.call import Endpoint
from bot.playground.routes import (
    applications,
    channels,
    guilds,
    interactions,
    members,
    messages,
    nothing_here,
    pins,
    reactions,
    roles,
    threads,
    users,
)

ENDPOINTS: list[Endpoint] = [
    *users.ENDPOINTS,
    *nothing_here.ENDPOINTS,
    *applications.ENDPOINTS,
    *channels.ENDPOINTS,
    *pins.ENDPOINTS,
    *messages.ENDPOINTS,
    *reactions.ENDPOINTS,
    *threads.ENDPOINTS,
    *guilds.ENDPOINTS,
    *roles.ENDPOINTS,
    *members.ENDPOINTS,
    *interactions.ENDPOINTS,
]
"""In this order: where two templates match a path, the earlier one is meant."""

__all__ = ["ENDPOINTS"]
