"""Faults that people switch on in the drawer, and off again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from bot.playground.inside_switch import Dial, Switch
from bot.playground.inside_traffic import endpoint_of
from bot.playground.refusals import Refusal
from bot.playground.server import LoopbackDiscord
from bot.playground.stored import Json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


_EVERY: Final = Dial(name="every", label="One request in", unit="", value=2.0, least=1.0, most=20.0, step=1.0)


def _switches() -> tuple[Switch, ...]:
    return (
        Switch(
            name="rate_limits",
            title="429 Too Many Requests",
            about="Discord asks the bot to slow down.",
            dials=(
                _EVERY,
                Dial(
                    name="seconds",
                    label="Try again after",
                    unit="s",
                    value=1.0,
                    least=0.0,
                    most=10.0,
                    step=0.1,
                ),
            ),
        ),
        Switch(
            name="server_errors",
            title="5xx server errors",
            about="Discord stumbles and does nothing of what was asked.",
            dials=(
                _EVERY,
                Dial(name="status", label="Status", unit="", value=502.0, least=500.0, most=504.0, step=1.0),
            ),
        ),
        Switch(
            name="lost_gateway",
            title="Lost gateway",
            about="The bot's connection is cut, and none is taken for a while.",
            dials=(
                Dial(name="seconds", label="Away for", unit="s", value=5.0, least=0.0, most=60.0, step=0.5),
            ),
        ),
        Switch(
            name="slow_uploads",
            title="Slow uploads",
            about="Every request with files takes its time.",
            dials=(
                Dial(name="seconds", label="Longer by", unit="s", value=4.0, least=0.0, most=30.0, step=0.5),
            ),
        ),
    )


class FaultSwitches:
    """The switches, and the middleware through which they strike.

    Args:
        discord: what shall go wrong.
    """

    def __init__(self, discord: LoopbackDiscord) -> None:
        self._discord = discord
        self._switches = {switch.name: switch for switch in _switches()}
        self._back: asyncio.TimerHandle | None = None

    def json(self) -> list[Json]:
        return [switch.json() for switch in self._switches.values()]

    def set(self, name: str, *, on: bool, settings: dict[str, object]) -> None:
        """Switch a fault on or off.

        Raises:
            Refusal: there is no such fault, or its settings are out of range; nothing changed.
        """
        switch = self._switches.get(name)
        if switch is None:
            raise Refusal("There is no such fault.", field="name")
        switch.turn(settings)
        if on and not switch.on:
            switch.seen = switch.struck = 0
        was_on = switch.on
        switch.on = on
        if name == "lost_gateway" and on != was_on:
            self._cut(switch)

    def close(self) -> None:
        """Switch everything off."""
        for switch in self._switches.values():
            switch.on = False
        self._stop_waiting()

    @web.middleware
    async def striking(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """An aiohttp middleware: lets at most one fault befall each request of the bot."""
        if request.path.rstrip("/") == "/gateway" and self._switches["lost_gateway"].on:
            raise web.HTTPServiceUnavailable
        endpoint = endpoint_of(request)
        if endpoint is not None:
            self._strike(endpoint, has_files=request.content_type == "multipart/form-data")
        return await handler(request)

    def _strike(self, endpoint: str, *, has_files: bool) -> None:
        # Planned for the very next request of this endpoint, which is this one: nothing runs in between.
        faults = self._discord.faults
        if (switch := self._switches["server_errors"]).is_due():
            faults.error(endpoint, status=round(switch.settings["status"]))
        elif (switch := self._switches["rate_limits"]).is_due():
            faults.rate_limit(endpoint, retry_after=switch.settings["seconds"])
        elif has_files and (switch := self._switches["slow_uploads"]).is_due():
            faults.delay(endpoint, seconds=switch.settings["seconds"])

    def _cut(self, switch: Switch) -> None:
        self._stop_waiting()
        if not switch.on:
            return
        switch.struck += 1
        self._discord.gateway.drop()
        self._back = asyncio.get_running_loop().call_later(switch.settings["seconds"], self._let_back, switch)

    def _let_back(self, switch: Switch) -> None:
        switch.on = False
        self._back = None

    def _stop_waiting(self) -> None:
        if self._back is not None:
            self._back.cancel()
            self._back = None
