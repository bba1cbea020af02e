"""Static: the files beside the pages, sent for good: another content has another address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from klein import Klein

from jivod.web import urls
from jivod.web.pages.assets import Assets
from jivod.web.problem import NOT_FOUND, Stopped
from jivod.web.response import CONTENT_TYPE, send

if TYPE_CHECKING:
    from twisted.web.server import Request

FOR_EVER = b"public, max-age=31536000, immutable"


@frozen(kw_only=True)
class Static:
    """The handler of the files."""

    assets: Assets

    def attach(self, app: Klein) -> None:
        """Add the routes to `app`."""

        @app.route(urls.STATIC, methods=["GET"], endpoint=urls.STATIC)
        def static(request: Request, version: str, name: str) -> bytes:
            return self._send(request, version, name)

    def _send(self, request: Request, version: str, name: str) -> bytes:
        """Under a version that is gone, which a page of before an update may ask for, there is what is there now."""
        asset = self.assets.files.get(name)
        if asset is None:
            raise Stopped(NOT_FOUND)
        packed = _takes_gzip(request)
        headers = {CONTENT_TYPE: asset.kind, b"Vary": b"Accept-Encoding"}
        body = send(request, 200, asset.packed if packed else asset.plain, headers)
        put = request.responseHeaders.setRawHeaders
        if packed:
            put(b"Content-Encoding", (b"gzip",))
        if version == self.assets.version:
            put(b"Cache-Control", (FOR_EVER,))
        return body


def _takes_gzip(request: Request) -> bool:
    """Whether the request says so, without a weight of nothing."""
    for part in (request.getHeader(b"Accept-Encoding") or b"").lower().split(b","):
        coding, _, weight = part.partition(b";")
        if coding.strip() == b"gzip":
            return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False
