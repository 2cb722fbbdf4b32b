"""Lets the playground answer its own page only.

Requests that name another host (DNS rebinding) or come from another site's page are refused.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.playground.backend import Backend

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(backend: Backend, handler: Handler, *, from_page: bool = False) -> Handler:
    """Let `handler` answer to our own address alone and, with `from_page`, to our own page alone."""

    async def guard(request: web.Request) -> web.StreamResponse:
        port = backend.attachments.base_url.rpartition(":")[2]
        own = {f"http://{name}:{port}" for name in ("127.0.0.1", "localhost")}
        origin = request.headers.get("Origin")
        allowed = own if from_page else {None, *own}
        if f"http://{request.host}" not in own or origin not in allowed:
            raise web.HTTPForbidden(text="The playground answers its own page only.")
        return await handler(request)

    return guard
