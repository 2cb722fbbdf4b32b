"""The CDN: attachments behind signed addresses that expire, as Discord's do."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.playground.stored import Json, StoredFile

URL_LIFE: Final = 24 * 3600.0
"""Seconds an attachment's address stays good."""

_HEADERS: Final = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    # The page has the same origin: an uploaded document opened from it must not act as the page.
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


class Attachments:
    """Every file there is, with the addresses it can be fetched from.

    Args:
        now: Unix seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.base_url = ""  # set when the server knows its port
        self._now = now
        self._files: dict[int, StoredFile] = {}
        self._key = secrets.token_bytes(16)

    def keep(self, file: StoredFile) -> None:
        self._files[file.id] = file

    def drop(self, file: StoredFile) -> None:
        self._files.pop(file.id, None)

    def get(self, file_id: int) -> StoredFile | None:
        return self._files.get(file_id)

    def url(self, file: StoredFile) -> str:
        """A fresh address, good for `URL_LIFE`."""
        path = f"/attachments/{file.channel_id}/{file.id}/{quote(file.filename)}"
        issued = int(self._now())
        expires = issued + int(URL_LIFE)
        return f"{self.base_url}/cdn{path}?ex={expires:x}&is={issued:x}&hm={self._sign(file.id, expires)}"

    def payload(self, file: StoredFile) -> Json:
        """Discord's attachment object."""
        url = self.url(file)
        body: Json = {
            "id": str(file.id),
            "filename": file.filename,
            "size": len(file.data),
            "url": url,
            "proxy_url": url,
            "content_type": file.content_type,
        }
        if file.width is not None:
            body |= {"width": file.width, "height": file.height}
        if file.description is not None:
            body["description"] = file.description
        if file.ephemeral:
            body["ephemeral"] = True
        return body

    def media(self, media: Json) -> Json:
        """Discord's unfurled media item, for media as `components` stores it."""
        file = self._files.get(media.get("attachment_id", 0))
        if file is None:
            url = media.get("url", f"{self.base_url}/cdn/attachments/0/{media.get('attachment_id', 0)}/gone")
            known = str(media.get("id") or media.get("attachment_id"))
            return {"id": known, "url": url, "proxy_url": url, "width": None, "height": None}
        url = self.url(file)
        return {
            "id": str(file.id),
            "url": url,
            "proxy_url": url,
            "width": file.width,
            "height": file.height,
            "content_type": file.content_type,
            "attachment_id": str(file.id),
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a GET for an attachment; 404 once the address has expired, as Discord's CDN does."""
        file = self._files.get(int(request.match_info["attachment_id"]))
        if file is None or not self._is_good(file.id, request.query.get("ex"), request.query.get("hm")):
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=file.data, content_type=file.content_type.split(";")[0], headers=_HEADERS)

    def _is_good(self, file_id: int, expires: str | None, signature: str | None) -> bool:
        try:
            moment = int(expires or "", 16)
        except ValueError:
            return False
        return moment > self._now() and hmac.compare_digest(self._sign(file_id, moment), signature or "")

    def _sign(self, file_id: int, expires: int) -> str:
        return hmac.new(self._key, f"{file_id}:{expires}".encode(), hashlib.sha256).hexdigest()
