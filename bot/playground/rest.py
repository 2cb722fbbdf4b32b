"""The REST API's front door: reads a request, lets an endpoint act, and answers as Discord would."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from bot.playground import api_error
from bot.playground.api_error import ApiError
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint, read
from bot.playground.faults import Fault, Held, Moment, RateLimited, Reset, ServerError
from bot.playground.observer import Exchange
from bot.playground.rate_limits import RateLimits

PREFIXES: Final = ("/api/v10", "/api")
_MAJOR: Final = ("channel_id", "guild_id", "webhook_id", "webhook_token")
# discord.py compares the whole header, so no charset may follow.
_JSON: Final = {"Content-Type": "application/json"}


class _Answer:
    """A status, headers and JSON (None: no body)."""

    def __init__(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.body = body
        self.headers = headers or {}
        self.injected = False

    def response(self) -> web.Response:
        if self.body is None:
            return web.Response(status=self.status, headers=self.headers)
        text = json.dumps(self.body).encode()
        return web.Response(status=self.status, body=text, headers=self.headers | _JSON)


class RestApi:
    """Serves endpoints with authentication, rate limits, faults, errors and the observer's view."""

    def __init__(self, backend: Backend, limits: RateLimits) -> None:
        self._backend = backend
        self._limits = limits

    def add_to(self, app: web.Application, endpoints: list[Endpoint]) -> None:
        """Serve these; whatever else is asked below /api is 404 as Discord words it."""
        for prefix in PREFIXES:
            for endpoint in endpoints:
                app.router.add_route(endpoint.method, prefix + endpoint.template, self._handler(endpoint))
        app.router.add_route("*", "/api/{unknown:.*}", _not_found)

    def _handler(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await self._serve(endpoint, request)
            except ConnectionResetError:
                return web.Response(status=500)  # who asked is gone, in the middle of a sentence

        return handle

    async def _serve(self, endpoint: Endpoint, request: web.Request) -> web.StreamResponse:
        fault = self._backend.faults.take(f"{endpoint.method} {endpoint.template}")
        if isinstance(fault, Held):
            await fault.wait()
            fault = None
        call, answer, accepted = await self._answer(endpoint, request, fault)
        self._tell(endpoint, request, call, answer, accepted=accepted)
        if answer is None:
            _reset(request)
            return web.Response(status=500)  # nobody is there to read it
        return answer.response()

    async def _answer(
        self, endpoint: Endpoint, request: web.Request, fault: Fault | None
    ) -> tuple[Call | None, _Answer | None, bool]:
        """The request as read, its answer (None: cut the connection), and whether it took effect."""
        call: Call | None = None
        try:
            call = await read(request)
            if fault is not None and not _strikes_after(fault):
                return call, _struck(fault), False
            answer = await self._act(endpoint, request, call)
        except ApiError as error:
            return call, _Answer(error.status, error.body()), False
        if fault is not None:
            return call, _struck(fault), answer.status < 300
        return call, answer, answer.status < 300

    async def _act(self, endpoint: Endpoint, request: web.Request, call: Call) -> _Answer:
        if endpoint.with_token and not self._is_authentic(request):
            raise api_error.unauthorized()
        major = " ".join(request.match_info.get(key, "") for key in _MAJOR)
        name = f"{endpoint.method} {endpoint.template}"
        standing = self._limits.count(name, major, with_token=endpoint.with_token)
        if standing.retry_after is not None:
            return _rate_limited(standing.retry_after, standing.is_global, standing.headers)
        try:
            result = await endpoint.run(self._backend, call)
        except ApiError as error:
            return _Answer(error.status, error.body(), standing.headers)
        status, body = result if isinstance(result, tuple) else (204 if result is None else 200, result)
        return _Answer(status, body, standing.headers)

    def _is_authentic(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bot {self._backend.world.application.token}"

    def _tell(
        self,
        endpoint: Endpoint,
        request: web.Request,
        call: Call | None,
        answer: _Answer | None,
        *,
        accepted: bool,
    ) -> None:
        body = answer.body if answer else None
        status = answer.status if answer else 0
        code = body.get("code") if isinstance(body, dict) and status >= 400 else None
        self._backend.record.note_request(
            endpoint.method,
            endpoint.template,
            status=status,
            code=code if isinstance(code, int) else None,
            accepted=accepted,
        )
        if self._backend.observer is None or call is None:
            return
        self._backend.observer.exchanged(
            Exchange(
                method=endpoint.method,
                template=endpoint.template,
                path=request.path.removeprefix(next(p for p in PREFIXES if request.path.startswith(p))),
                query=call.query,
                content_type=call.content_type,
                payload=call.payload,
                files=call.parts,
                status=status,
                answer=body,
                injected=answer is None or answer.injected,
            )
        )


def _strikes_after(fault: Fault) -> bool:
    return isinstance(fault, ServerError | Reset) and fault.moment is Moment.AFTER


def _struck(fault: Fault) -> _Answer | None:
    match fault:
        case RateLimited():
            answer = _rate_limited(fault.retry_after, fault.is_global, {}, via=fault.via)
        case ServerError():
            answer = _Answer(fault.status, {"message": "Internal Server Error", "code": 0})
        case _:
            return None
    answer.injected = True
    return answer


def _rate_limited(
    retry_after: float, is_global: bool, headers: dict[str, str], *, via: bool = True
) -> _Answer:
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": is_global}
    told = {
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Scope": "global" if is_global else "user",
        "X-RateLimit-Reset-After": f"{retry_after:.3f}",
    }
    return _Answer(429, body, headers | told | ({"Via": "1.1 loopback"} if via else {}))


def _reset(request: web.Request) -> None:
    """End the connection the hard way: with a reset, not a polite close."""
    transport = request.transport
    if isinstance(transport, asyncio.Transport):
        line = transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


async def _not_found(_: web.Request) -> web.StreamResponse:
    error = api_error.no_such_route()
    return _Answer(error.status, error.body()).response()
