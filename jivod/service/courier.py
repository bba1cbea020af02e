"""Courier: posts a letter to a sink and says what came of it. No redirect is followed, no cookie kept, and of the
answer nothing counts but its status and how long to wait.

Plain `Agent`, not treq: there is one request to make, and treq would keep cookies and unpack what is compressed.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import Agent, HTTPConnectionPool, _HTTP11ClientFactory
from twisted.web.http_headers import Headers
from twisted.web.iweb import IBodyProducer
from zope.interface import implementer  # type: ignore[import-untyped]

from jivod.config.settings import Sink
from jivod.model.value import frozen

PARALLEL = 4  # letters on their way to one sink
ANSWER_MAX = 65_536  # bytes of an answer; whoever says more is cut off
WAIT_MAX = 86_400.0  # seconds that a sink may ask us to wait


class _Connections(_HTTP11ClientFactory):
    noisy = False  # else each one is two lines of the log


@frozen(kw_only=True)
class Reply:
    """`status` is 0 where none came; `why` says in words what failed. `wait`: seconds that the sink asked for."""

    status: int
    why: str = ""
    wait: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether the letter arrived."""
        return 200 <= self.status < 300


class Courier:
    """`now` gives UNIX ms."""

    def __init__(self, reactor: Any, now: Callable[[], int]) -> None:
        self._reactor, self._now = reactor, now
        # A connection for each letter: one that is kept may be closed by the sink just as the next letter goes out.
        self._pool = HTTPConnectionPool(reactor, persistent=False)
        self._pool._factory = _Connections
        self._agent = Agent(reactor, pool=self._pool)

    async def post(self, sink: Sink, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send it; never raises for what the other side does."""
        exchange = Deferred.fromCoroutine(self._exchange(sink, headers, body))
        bell = self._reactor.callLater(sink.timeout, exchange.cancel)
        try:
            return await exchange
        except Exception as error:
            return Reply(status=0, why=_why(error) if bell.active() else "timed out")
        finally:
            if bell.active():
                bell.cancel()

    def close(self) -> Any:
        """Let go of all connections; a Deferred that fires when they are gone."""
        return self._pool.closeCachedConnections()

    async def _exchange(self, sink: Sink, headers: Mapping[str, str], body: bytes) -> Reply:
        response = await self._agent.request(
            b"POST",
            sink.url.encode(),
            Headers({name: [value] for name, value in headers.items()}),
            _Body(body),  # type: ignore[arg-type]
        )
        asked = response.headers.getRawHeaders(b"retry-after", [b""])[0]
        with suppress(CancelledError):  # it answered, if slowly
            await _drained(response)
        return Reply(status=response.code, why=f"status {response.code}", wait=seconds_asked(asked, self._now() / 1000))


def seconds_asked(text: bytes, now: float) -> float:
    """How long a Retry-After asks to wait from `now` (UNIX seconds) on: seconds, or a date. 0 if it says neither."""
    try:
        plain = text.decode("ascii").strip()
        asked = float(plain) if plain.isdigit() else parsedate_to_datetime(plain).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(asked, 0.0), WAIT_MAX)


def _why(error: Exception) -> str:
    if isinstance(error, DNSLookupError):
        return "no such host"
    return "no connection" if isinstance(error, ConnectError) else "no answer"


@implementer(IBodyProducer)
class _Body:
    """A body that is there as a whole."""

    def __init__(self, body: bytes) -> None:
        self.length, self._body = len(body), body

    def startProducing(self, consumer: Any) -> Deferred[None]:
        consumer.write(self._body)
        return succeed(None)

    def pauseProducing(self) -> None:
        """Nothing is on its way."""

    def resumeProducing(self) -> None:
        """Nothing is left."""

    def stopProducing(self) -> None:
        """Nothing is left."""


class _Drain(Protocol):
    """Reads an answer to its end, or to where it is long enough."""

    def __init__(self) -> None:
        self.ended: Deferred[None] = Deferred(lambda _: self._abort())
        self._size = 0

    def dataReceived(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > ANSWER_MAX:
            self._abort()
            self.connectionLost()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self.ended.called:
            self.ended.callback(None)

    def _abort(self) -> None:
        transport: Any = self.transport
        if transport is not None:
            transport.loseConnection()


def _drained(response: Any) -> Deferred[None]:
    drain = _Drain()
    response.deliverBody(drain)
    return drain.ended
