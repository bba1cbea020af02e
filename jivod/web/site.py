"""Site: all connections of one listener: how many there may be, which are late, and when the last one is gone."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IAddress
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.web.http import datetimeToString
from twisted.web.server import Site

from jivod.web import urls
from jivod.web.budget import Budget
from jivod.web.channel import JivodChannel
from jivod.web.errors import Exit
from jivod.web.lane import Lane
from jivod.web.limits import Limits
from jivod.web.metrics import Metrics
from jivod.web.peer import is_local, network_of
from jivod.web.problem import BODY_TOO_LARGE, Problem
from jivod.web.request import JivodRequest

_SWEEP = 0.5  # seconds between two looks at the deadlines
_NEWCOMERS = 1.0  # seconds: whoever has just connected is about to send, and would lose what he sends
_log = Logger(namespace="jivod.web")


class JivodSite(Site):
    """`reactor` times everything; `wall` gives UNIX seconds for the Date header. No access log, no traceback."""

    protocol = JivodChannel  # type: ignore[assignment]
    noisy = False
    displayTracebacks = False
    draining = False

    def __init__(
        self, resource: Any, *, reactor: Any, wall: Callable[[], float], limits: Limits, exit: Exit, metrics: Metrics
    ) -> None:
        super().__init__(
            resource, requestFactory=JivodRequest, parsePOSTFormSubmission=False, reactor=reactor, timeout=None
        )
        self.limits, self.exit, self.metrics = limits, exit, metrics
        self.budget = Budget(max(limits.long_bodies, limits.body), limits.body)  # one body at least
        self.uploads = Budget(limits.uploads, limits.upload)
        self.seconds: Callable[[], float] = reactor.seconds
        self.channels: set[JivodChannel] = set()
        self._addresses: Counter[str] = Counter()
        self._wall = wall
        self._gone: Deferred[None] | None = None
        self._sweeper = LoopingCall(self.sweep)
        self._sweeper.clock = self._clock = reactor
        self._newcomers: Any = None
        self.date = datetimeToString(wall())

    def startFactory(self) -> None:
        """The first port listens. The base class would start a clock for an access log."""
        self._sweeper.start(_SWEEP, now=False)

    def stopFactory(self) -> None:
        """The last port closed; `drain` and `abort` still look after the connections."""
        if self._sweeper.running:
            self._sweeper.stop()

    def log(self, request: Any) -> None:
        """An answer was written. Its path holds a secret: count it, write nothing."""
        self.metrics.answered(request.code)

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """A channel for a new connection; None, which closes it, where there are too many."""
        if len(self.channels) >= self.limits.connections or self._is_crowded(addr) or self.draining:
            self.metrics.refused_connections += 1
            return None
        return super().buildProtocol(addr)

    def opened(self, channel: JivodChannel) -> None:
        """A channel has its connection."""
        self.channels.add(channel)
        self._addresses[network_of(_host(channel.getPeer()))] += 1

    def closed(self, channel: JivodChannel) -> None:
        """A channel lost its connection."""
        self.channels.discard(channel)
        network = network_of(_host(channel.getPeer()))
        self._addresses[network] -= 1
        if self._addresses[network] <= 0:
            del self._addresses[network]
        if self._gone is not None and not self.channels:
            gone, self._gone = self._gone, None
            if self._newcomers.active():
                self._newcomers.cancel()
            gone.callback(None)

    def budget_of(self, method: bytes, path: bytes) -> Budget:
        """What a long body takes from: files for an import leave alone what is the webhook's."""
        return self.uploads if urls.is_upload(method, path) else self.budget

    def problem_of_long(self, request: Any, method: bytes, path: bytes) -> Problem | None:
        """Why `request` may not bring a long body: only webhooks and imports take one. A wrong secret, or token, has
        been counted then.
        """
        lane = self.resource
        return lane.problem_of_long(request, method, path) if isinstance(lane, Lane) else BODY_TOO_LARGE

    def sweep(self) -> None:
        """End what is late."""
        self.date = datetimeToString(self._wall())
        now = self.seconds()
        self._each(lambda channel: _end_late(channel, now))

    def drain(self) -> Deferred[None]:
        """Close idle connections, let the others finish what they are at, or begin if they have just come; fires when
        all are gone.
        """
        self.draining = True
        self._each(JivodChannel.close_if_idle)
        if not self.channels:
            return succeed(None)
        if self._gone is None:
            self._gone = Deferred()
            self._newcomers = self._clock.callLater(_NEWCOMERS, self._close_silent)
        return self._gone

    def abort(self) -> None:
        """Close every connection now."""
        self._each(JivodChannel.abort)

    def _close_silent(self) -> None:
        self._each(JivodChannel.close_if_silent)

    def _each(self, end: Callable[[JivodChannel], None]) -> None:
        for channel in tuple(self.channels):
            try:
                end(channel)
            except Exception:  # one odd connection must not keep the others from their end
                _log.failure("cannot close a connection")

    def _is_crowded(self, address: IAddress | None) -> bool:
        host = _host(address)
        return not is_local(host) and self._addresses[network_of(host)] >= self.limits.connections_per_address


def _end_late(channel: JivodChannel, now: float) -> None:
    if channel.stalled_until is not None and channel.stalled_until <= now:
        channel.abort()
    elif channel.deadline is not None and channel.deadline <= now:
        channel.expire()


def _host(address: Any) -> str:
    return getattr(address, "host", "")
