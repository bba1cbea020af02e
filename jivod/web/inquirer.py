"""Inquirer: an HTTP client that trusts nobody: one GET to the one host, and an answer of a bounded size or none.

No redirect is followed, nothing is unpacked, no cookie kept. That is why it is Twisted's Agent: what treq adds to it is
just that.
"""

# mypy: disable-error-code="no-untyped-call,misc"
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.protocol import Protocol
from twisted.internet.ssl import optionsForClientTLS
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from twisted.web.client import Agent, HTTPConnectionPool, ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer  # type: ignore[import-untyped]

BODY_CAP = 64 * 1024
HEAD_CAP = 32 * 1024  # status, headers, and what chunks cost
CONNECTIONS = 4  # kept open for the next one
IDLE = 30  # seconds that one is kept
CONNECT = 5  # seconds; who asks waits less
NEXT = 0.05  # seconds after which the next address of a name is tried too


class TooMuch(Exception):
    """The answer is longer than anybody needs."""


@frozen
class Reply:
    """An answer as it came: packed if it was."""

    status: int
    body: bytes


class Inquirer:
    """Asks at the host of `url` (scheme, host, port), with these headers."""

    def __init__(self, reactor: Any, url: str, headers: Mapping[str, str]) -> None:
        self._pool = HTTPConnectionPool(reactor)
        self._pool.maxPersistentPerHost = CONNECTIONS
        self._pool.cachedConnectionTimeout = IDLE
        self._agent = Agent.usingEndpointFactory(reactor, _Endpoints(reactor, url), self._pool)
        self._headers = {"Accept": ["application/json"], "Accept-Encoding": ["identity"], "User-Agent": ["jivod"]}
        self._headers |= {name: [value] for name, value in headers.items()}

    async def ask(self, url: bytes) -> Reply:
        """GET `url`. Whatever goes wrong is raised; who cancels this closes the connection."""
        response: Any = await self._agent.request(b"GET", url, Headers(cast("Any", self._headers)))
        body = _Body()
        response.deliverBody(body)
        return Reply(response.code, await body.whole)

    def close(self) -> Deferred[None]:
        """Close what is kept open."""
        closed: Deferred[None] = self._pool.closeCachedConnections()
        return closed


class _Body(Protocol):
    """Collects a body; `whole` fires when it has all of it, and fails if that is cut short or too long."""

    def __init__(self) -> None:
        self.whole: Deferred[bytes] = Deferred(lambda _: self.leave())
        self._parts: list[bytes] = []
        self._size = 0

    def dataReceived(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size > BODY_CAP and not self.whole.called:
            self.whole.errback(TooMuch())
            self.leave()

    def connectionLost(self, reason: Failure = Failure(ResponseDone())) -> None:  # noqa: B008
        if self.whole.called:
            return
        if reason.check(ResponseDone, PotentialDataLoss):
            self.whole.callback(b"".join(self._parts))
        else:
            self.whole.errback(reason)

    def leave(self) -> None:
        """The rest does not matter."""
        if self.transport is not None:
            cast("Any", self.transport).stopProducing()


class _Bounded(ProtocolWrapper):
    """A connection that brings no more than so many bytes between two requests."""

    _left = BODY_CAP + HEAD_CAP

    def write(self, data: bytes) -> None:
        self._left = BODY_CAP + HEAD_CAP
        super().write(data)

    def writeSequence(self, data: Any) -> None:
        self._left = BODY_CAP + HEAD_CAP
        super().writeSequence(data)

    def dataReceived(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            self.abortConnection()
        else:
            super().dataReceived(data)

    def stopProducing(self) -> None:
        """Nobody reads on: no good-bye, for which the other side could let us wait."""
        self.abortConnection()


@frozen
class _Endpoint:
    """Connects as `inner` does, by bounded connections."""

    inner: Any

    def connect(self, factory: Any) -> Deferred[Any]:
        wrapping = WrappingFactory(factory)
        wrapping.protocol = _Bounded
        factory.noisy = wrapping.noisy = False
        connected: Deferred[Any] = self.inner.connect(wrapping)
        return connected.addCallback(lambda wrapper: wrapper.wrappedProtocol)


@implementer(IAgentEndpointFactory)
class _Endpoints:
    """Knows the one host there is, whatever it is asked for."""

    def __init__(self, reactor: Any, url: str) -> None:
        parts = urlsplit(url)
        host, is_safe = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if is_safe else 80)
        inner: Any = HostnameEndpoint(reactor, host.encode(), port, CONNECT, attemptDelay=NEXT)
        if is_safe:
            inner = wrapClientTLS(optionsForClientTLS(host), inner)
        self._endpoint = _Endpoint(inner)

    def endpointForURI(self, uri: Any) -> _Endpoint:
        """The same for every address."""
        return self._endpoint
