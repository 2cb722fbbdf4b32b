"""`/livez`, `/readyz` and `/metrics`, for whoever looks after Easel."""

import logging

from aiohttp import web

from bot.ops.health import Health
from bot.ops.metrics import Metrics
from bot.store import StoreError

log = logging.getLogger(__name__)

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' (https://prometheus.io/docs/instrumenting/exposition_formats/)."""


class OpsServer:
    """Answers over HTTP, without any right to change something.

    Args:
        health: looks.
        metrics: counts.
        host: where it listens.
        port: likewise; 0 takes a free one.
    """

    def __init__(self, *, health: Health, metrics: Metrics, host: str, port: int) -> None:
        self._health = health
        self._metrics = metrics
        self._host, self._port = host, port
        app = web.Application()
        app.add_routes(
            [
                web.get("/livez", self._livez),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._told),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)

    @property
    def address(self) -> str:
        """Where it answers, once it is started."""
        host, port, *_ = self._runner.addresses[0]
        return f"http://{host}:{port}"

    async def start(self) -> None:
        """Begins to answer.

        Raises:
            OSError: the port is taken.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        log.info("health and metrics at %s", self.address)

    async def close(self) -> None:
        await self._runner.cleanup()

    async def _livez(self, _: web.Request) -> web.Response:
        trouble = self._health.trouble_living()
        return web.Response(status=200 if trouble is None else 503, text=f"{trouble or 'alive'}\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        troubles = await self._health.troubles()
        return web.json_response({"ready": not troubles, "parts": troubles}, status=503 if troubles else 200)

    async def _told(self, _: web.Request) -> web.Response:
        try:
            text = await self._metrics.text()
        except StoreError as error:
            return web.Response(status=503, text=f"{error}\n")
        return web.Response(body=text, headers={"Content-Type": TEXT_FORMAT})
