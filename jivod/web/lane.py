"""Lane: the webhook's own way, past the router. All other requests, and all other methods, go on to Klein.

The router and what is around it cost 90 us a request where Twisted itself needs 60 (measured, plain apps side by side);
on the one path that carries all the load that is the largest single cost there is.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from jivod.web import urls
from jivod.web.errors import Exit
from jivod.web.problem import BODY_TOO_LARGE, Problem
from jivod.web.request import path_segments

if TYPE_CHECKING:
    from twisted.web.server import Request

    from jivod.web.gate import Gate


class Receiver(Protocol):
    """`jivod.web.hook.Hook`, as seen from here."""

    @property
    def gate(self) -> Gate:
        """Who knows the secrets."""

    def receive(self, request: Request, secret: str, site: str | None = None) -> Coroutine[Deferred[Any], Any, bytes]:
        """Take one body in."""


class Uploads(Protocol):
    """Who knows whether somebody may bring a file (`jivod.web.api.passes.Passes`)."""

    def problem_of_long(self, request: Request) -> Problem | None:
        """Why he may not. A wrong token has been counted then."""


class Lane(Resource):
    """A resource in front of `router`, which has the same routes: the lane is a short cut, not another address."""

    isLeaf = True

    def __init__(self, hook: Receiver, exit: Exit, router: Resource, uploads: Uploads | None = None) -> None:
        super().__init__()
        self._hook, self._exit, self.router, self._uploads = hook, exit, router, uploads

    def render(self, request: Request) -> Any:
        """Serve a webhook here, all else by the router."""
        place = urls.hook_place(request.postpath or ()) if request.method == b"POST" else None
        if place is None:
            return self.router.render(request)
        answer = Deferred.fromCoroutine(self._hook.receive(request, *place))
        answer.addErrback(lambda failure: self._leave(request, failure))
        answer.addCallback(lambda body: _finish(request, body))
        return NOT_DONE_YET

    def problem_of_long(self, request: Request, method: bytes, path: bytes) -> Problem | None:
        """Why a request that begins so may not bring a long body; None for a webhook whose secret is known, and for a
        file of whoever may import it.
        """
        if self._uploads is not None and urls.is_upload(method, path):
            return self._uploads.problem_of_long(request)
        segments = path_segments(path.partition(b"?")[0]) if method == b"POST" else None
        place = urls.hook_place(segments or ())
        return BODY_TOO_LARGE if place is None else self._hook.gate.problem_of_long(request, *place)

    def _leave(self, request: Request, failure: Failure) -> bytes:
        return self._exit.leave(request, failure)


def _finish(request: Request, body: bytes) -> None:
    if request.channel is not None:  # else the client left; the event is kept all the same
        request.write(body)
        request.finish()
