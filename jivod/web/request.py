"""Request: one request, all in memory. Its path is decoded once, its failure is a JSON body."""

# mypy: disable-error-code="no-untyped-call, no-untyped-def"
from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from twisted.python.failure import Failure
from twisted.web import server

from jivod.web.house import House
from jivod.web.problem import BAD_REQUEST, NOT_FOUND, Stopped


class BodyTooLargeError(Exception):
    """More came than `Limits.body`; the channel answers and closes."""


class JivodRequest(server.Request):
    """A request on a `JivodChannel`."""

    site: House  # type: ignore[assignment]
    channel: Any
    content: Any
    room = 0  # bytes that the body may still bring

    def gotLength(self, length: int | None) -> None:
        """The header is complete and within the limits. `length` is None for a chunked body."""
        self.content = BytesIO()
        self.room = self.channel.site.limits.body

    def handleContentChunk(self, data: bytes) -> None:
        """A piece of the body."""
        self.room -= len(data)
        if self.room < 0:
            raise BodyTooLargeError
        self.content.write(data)

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
