"""Admin: what a supervisor asks, on a port of its own: is it alive, is it ready, how is it doing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from attrs import frozen
from klein import Klein

from jivod.web import urls
from jivod.web.metrics import Metrics
from jivod.web.problem import Problem, Stopped
from jivod.web.response import CONTENT_TYPE, send

if TYPE_CHECKING:
    from twisted.web.server import Request

_OK = b'{"result":"ok"}'
_METRICS_HEADERS = {CONTENT_TYPE: b"text/plain; version=0.0.4; charset=utf-8"}


@frozen(kw_only=True)
class Admin:
    """`unready` tells in words why no event could be kept right now; None if nothing is wrong."""

    metrics: Metrics
    unready: Callable[[], Awaitable[str | None]]

    def attach(self, app: Klein) -> None:
        """Add the routes to `app`."""

        @app.route(urls.HEALTHZ, methods=["GET"])
        def healthz(request: Request) -> bytes:
            return send(request, 200, _OK)

        @app.route(urls.READYZ, methods=["GET"])
        async def readyz(request: Request) -> bytes:
            why = await self.unready()
            if why is not None:
                raise Stopped(Problem(503, "not_ready", why, retry_after=1))
            return send(request, 200, _OK)

        @app.route(urls.METRICS, methods=["GET"])
        def metrics(request: Request) -> bytes:
            from jivod.web.exposition import render

            return send(request, 200, render(self.metrics), _METRICS_HEADERS)
