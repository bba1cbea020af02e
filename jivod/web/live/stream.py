"""Stream: one page that listens. What cannot be sent to it is not kept: it asks again from the last number it got."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer  # type: ignore[import-untyped]

from jivod.flow.news import Item, Told, Wish
from jivod.web.live import sse

if TYPE_CHECKING:
    from twisted.web.server import Request

RETRY = 3000  # ms
HELD = 64 * 1024  # bytes that one who does not read may make us hold

Encode = Callable[[Item], bytes]


@implementer(IPushProducer)
@define(eq=False)
class Stream:
    """`owner` names the session it is of; `is_in` tells whether that still is one, and `known_at` is when it last was.
    `ended` fires when the stream is over, whoever ended it.
    """

    request: Request
    owner: str
    wish: Wish
    is_in: Callable[[Request], Awaitable[bool]]
    known_at: float
    ended: Deferred[bytes] = field(factory=Deferred)
    _is_paused: bool = False
    _held: int = 0

    def begin(self) -> None:
        """Send the header; from here on the connection is a stream."""
        request: Any = self.request
        put = request.responseHeaders.setRawHeaders
        put(b"Content-Type", (sse.TYPE,))
        put(b"Cache-Control", (b"no-store",))
        put(b"X-Content-Type-Options", (b"nosniff",))
        put(b"X-Accel-Buffering", (b"no",))
        request.channel.stream()
        request.registerProducer(self, True)
        self._write(sse.begin(RETRY))

    def tell(self, told: Told, encode: Encode) -> None:
        """Pass on what there is."""
        if told.lost:
            self._write(sse.reset(told.upto))
        else:
            self._write(b"".join([encode(item) for item in told.items]))
        self.wish = evolve(self.wish, after=told.upto)

    def beat(self) -> None:
        """Show that the connection is alive."""
        if not self._is_paused:
            self._write(sse.beat(self.wish.after))

    def end(self) -> None:
        """Say goodbye; who does not read is cut off."""
        if self._is_paused:
            self.drop()
        elif not self.ended.called:
            request: Any = self.request
            request.unregisterProducer()
            self.ended.callback(b"")

    def drop(self) -> None:
        """Cut the connection."""
        channel: Any = self.request.channel
        if channel is not None:
            channel.abort()

    def pauseProducing(self) -> None:
        """The peer does not read."""
        self._is_paused = True

    def resumeProducing(self) -> None:
        """The peer has read all of it."""
        self._is_paused, self._held = False, 0

    def stopProducing(self) -> None:
        """The connection is gone; the request will say so."""

    def _write(self, data: bytes) -> None:
        if not data or self.ended.called or self.request.channel is None:
            return
        if self._is_paused:
            self._held += len(data)
            if self._held > HELD:
                self.drop()
                return
        self.request.write(data)
