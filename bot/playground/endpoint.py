"""Points discord.py at a Discord-compatible server, such as the loopback one."""

import discord.asset
import discord.gateway
import discord.http
import yarl


def point_discord_py_at(base_url: str) -> None:
    """Make every discord.py client of this process talk to `base_url`. Call it before `login`.

    Args:
        base_url: such as "http://127.0.0.1:8420"; REST below /api/v10, the gateway at /gateway, files
            below /cdn.

    Raises:
        ValueError: it is no http or https address.
    """
    base = yarl.URL(base_url)
    if base.scheme not in ("http", "https") or not base.host:
        raise ValueError(f"{base_url!r} is not an http or https address")
    text = str(base).rstrip("/")
    discord.http.Route.BASE = f"{text}/api/v10"
    gateway = base.with_scheme("wss" if base.scheme == "https" else "ws").joinpath("gateway")
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway
    discord.asset.Asset.BASE = f"{text}/cdn"
