"""The browser page: its files, its news, and what one does in it, added to the loopback Discord's server.

Everything here answers this machine's own page only: requests that name another host (DNS rebinding) or come
from another site's page are refused.
"""

from importlib import resources
from typing import Final

from aiohttp import WSCloseCode, web

from bot.playground.backend import Backend
from bot.playground.page_actions import Actions
from bot.playground.page_emoji import emoji_names
from bot.playground.page_guard import guarded
from bot.playground.page_news import News
from bot.playground.page_state import View, people

_TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def mount_page(app: web.Application, backend: Backend) -> None:
    """Add the page's routes: `/`, `/page/FILE`, `/page/news` (WebSocket) and `/page/api/ACTION`."""
    page = _Page(backend)
    app.router.add_get("/", guarded(backend, page.index))
    app.router.add_get("/page/emoji.json", guarded(backend, page.emoji))
    app.router.add_get("/page/news", guarded(backend, page.news, from_page=True))
    app.router.add_post(r"/page/api/{action:[a-z]+}", guarded(backend, page.act, from_page=True))
    app.router.add_get(r"/page/{file:[a-z_]+\.(?:css|js|svg)}", guarded(backend, page.file))
    app.on_shutdown.append(page.hang_up)


class _Page:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._actions = Actions(backend)
        self._sockets: set[web.WebSocketResponse] = set()
        folder = resources.files("bot.playground") / "page"
        self._files = {
            entry.name: entry.read_bytes()
            for entry in folder.iterdir()
            if any(entry.name.endswith(suffix) for suffix in _TYPES)
        }

    async def index(self, _: web.Request) -> web.Response:
        return self._answer("index.html")

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        if name not in self._files:
            raise web.HTTPNotFound
        return self._answer(name)

    async def emoji(self, _: web.Request) -> web.Response:
        return web.json_response(emoji_names(), headers=_HEADERS)

    async def news(self, request: web.Request) -> web.StreamResponse:
        everybody = {user.name: user for user in people(self._backend)}
        user = everybody.get(request.query.get("as", "")) or next(iter(everybody.values()))
        socket = web.WebSocketResponse(heartbeat=30.0)
        await socket.prepare(request)
        self._sockets.add(socket)
        self._backend.presences.opened(user)
        try:
            await News(self._backend, View(self._backend, user)).serve(socket)
        finally:
            self._sockets.discard(socket)
            self._backend.presences.closed(user)
        return socket

    async def hang_up(self, _: web.Application) -> None:
        """Close every open page's news, which would keep the server from ending."""
        for socket in tuple(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    async def act(self, request: web.Request) -> web.Response:
        return await self._actions.serve(request)

    def _answer(self, name: str) -> web.Response:
        kind = _TYPES[name[name.rindex(".") :]]
        return web.Response(body=self._files[name], content_type=kind, charset="utf-8", headers=_HEADERS)
