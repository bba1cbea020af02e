"""Request: one request, all in memory. Its path is decoded once, its failure is a JSON body."""

# mypy: disable-error-code="no-untyped-call, no-untyped-def"
from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web import server

from jivod.web.budget import CROWDED, Budget
from jivod.web.house import House
from jivod.web.problem import BAD_REQUEST, BODY_TOO_LARGE, NO_MEMORY, NOT_FOUND, Problem, Stopped

_log = Logger(namespace="jivod.web")


class JivodRequest(server.Request):
    """A request on a `JivodChannel`.

    A short body costs nothing but its own bytes. One that grows long must name a known secret, and takes from the
    budget of the site what it holds.
    """

    site: House  # type: ignore[assignment]
    channel: Any
    content: Any
    room = 0  # bytes that the body may still bring without asking
    held = 0  # bytes of the `budget` that it has taken
    budget: Budget | None = None
    _may_be_long = False

    def gotLength(self, length: int | None) -> None:
        """The header is complete and within the limits. `length` is None for a chunked body."""
        self.content = BytesIO()
        self.room = self.channel.short_body

    def handleContentChunk(self, data: bytes) -> None:
        """A piece of the body. Raises Stopped where it may not come in; the channel answers and closes."""
        self.room -= len(data)
        if self.room < 0:
            self._take(self.content.tell() + len(data))
        try:
            self.content.write(data)
        except MemoryError:  # nobody but this one connection has lost anything, and its body is let go
            _log.error("no memory is left for a body")
            raise Stopped(NO_MEMORY) from None

    def problem_of_size(self, size: int) -> Problem | None:
        """Why the body may not have `size` bytes in all. Refuse it then: a wrong secret has been counted."""
        if size <= self.channel.short_body:
            return None
        if size > self.channel.budget.each:
            return BODY_TOO_LARGE
        problem: Problem | None = None if self._may_be_long else self.channel.problem_of_long(self)
        self._may_be_long = problem is None
        return problem

    def release(self) -> None:
        """Let go of the body, and give back what it held. As often as you like."""
        if self.content is not None:
            self.content.close()
        held, self.held = self.held, 0
        if self.budget is not None:
            self.budget.give_back(held)

    def _take(self, size: int) -> None:
        problem = self.problem_of_size(size)
        if self.budget is None:
            self.budget = self.channel.budget
        if problem is None and not self.budget.take(size - self.held):
            problem = CROWDED
        if problem is not None:
            raise Stopped(problem)
        self.held, self.room = size, 0

    def process(self) -> None:
        """Everything has arrived: hand it to the resource. Unlike the base class, name no version and follow no `*`."""
        self.site = self.channel.site
        self.responseHeaders.setRawHeaders(b"Date", (self.site.date,))
        self.prepath = []
        segments = path_segments(self.path)
        if segments is None or not self.method.isupper():  # werkzeug would take "post" for "POST"
            self._give_up(Failure(Stopped(NOT_FOUND if segments is None else BAD_REQUEST)))
            return
        self.postpath = segments
        self.render(self.site.resource)

    def processingFailed(self, reason: Failure) -> Failure:
        """Klein calls this for what even its error handlers could not answer."""
        self._give_up(reason)
        return reason

    def _give_up(self, reason: Failure) -> None:
        self.write(self.site.exit.leave(self, reason))
        self.finish()


def path_segments(path: bytes) -> list[bytes] | None:
    """The decoded segments of `path`; None for what no route can be: not absolute, not UTF-8, an empty segment."""
    if not path.startswith(b"/") or b"//" in path:
        return None
    segments = path[1:].split(b"/")
    if b"%" in path:
        segments = [unquote_to_bytes(segment) for segment in segments]
        try:
            b"/".join(segments).decode()
        except UnicodeDecodeError:
            return None
    elif not path.isascii():
        return None
    return segments
