"""Porch: where people come in, and machines pass by. What people look at is loaded when the first one comes, on a
thread: at every start it would cost more than all else.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from jivod.web import urls
from jivod.web.errors import Exit
from jivod.web.problem import Problem

if TYPE_CHECKING:
    from twisted.web.server import Request


class Inside(Protocol):
    """`jivod.web.pages.pages.Pages` with its routes, as seen from here."""

    @property
    def resource(self) -> Any:
        """What serves people."""

    def face(self, headers: Headers, problem: Problem, request_id: str) -> bytes:
        """The page of a problem."""


class Porch(Resource):
    """`load` brings what is inside; `machines` are all other routes of the site; `exit` is its way out."""

    isLeaf = True
    machines: Any

    def __init__(self, load: Callable[[Exit], Awaitable[Inside]], new_id: Callable[[], str]) -> None:
        super().__init__()
        self.exit = Exit(new_id, self.face)
        self._load = load
        self._inside: Inside | None = None
        self._waiting: list[Deferred[Inside]] = []

    def face(self, headers: Headers, problem: Problem, request_id: str) -> bytes:
        """The page of a problem; a plain one while nothing is loaded, for it can wait for nothing."""
        return plain(problem, request_id) if self._inside is None else self._inside.face(headers, problem, request_id)

    def render(self, request: Request) -> Any:
        """Serve a machine at once, a person by what is inside."""
        if not urls.is_for_people(b"/" + b"".join(request.postpath[:1])):  # type: ignore[index]
            return self.machines.render(request)
        if self._inside is not None:
            return self._inside.resource.render(request)
        self._open().addCallbacks(lambda inside: _enter(request, inside), lambda failure: self._leave(request, failure))
        return NOT_DONE_YET

    def _open(self) -> Deferred[Inside]:
        """What is inside: loaded once, however many come meanwhile."""
        mine: Deferred[Inside] = Deferred()
        self._waiting.append(mine)
        if len(self._waiting) == 1:
            Deferred.fromCoroutine(self._fetch()).addBoth(self._opened)
        return mine

    async def _fetch(self) -> Inside:
        return await self._load(self.exit)

    def _opened(self, found: Any) -> None:
        if not isinstance(found, Failure):
            self._inside = found
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one.callback(found)

    def _leave(self, request: Request, failure: Any) -> None:
        body = self.exit.leave(request, failure)
        if request.channel is not None:
            request.write(body)
            request.finish()


def plain(problem: Problem, request_id: str) -> bytes:
    """A problem as a page without templates, in English: nothing that this takes can be missing."""
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    said = f"<title>jivod</title><h1>{escape(problem.message)}</h1><p>{problem.status} · {escape(request_id)}</p>"
    return (head + said + "</html>").encode()


def _enter(request: Request, inside: Inside) -> None:
    if request.channel is not None:  # else the client left while it was loaded
        inside.resource.render(request)
