"""Feed: the service that tells sinks of changes. It looks into the store now and then, for others write there too."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, ensureDeferred
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from jivod.flow import dispatch
from jivod.web.hook import Writer

if TYPE_CHECKING:
    from jivod.service.outlet import Outlet

INTERVAL = 0.5  # seconds
TRIMMING = 60.0  # seconds
GRACE = 2.0  # seconds for letters on their way

_log = Logger(namespace="jivod.feed")


class Feed(Service):
    """Behind the writer and the readers. Without sinks it only says so to the store, so that nothing is noted."""

    def __init__(
        self,
        clock: Any,
        outlets: Sequence[Outlet],
        writer: Writer,
        now: Callable[[], int],
        close: Callable[[], Deferred[Any]],
    ) -> None:
        self._clock, self._outlets, self._writer, self._now, self._close = clock, outlets, writer, now, close
        self._loops = [self._loop(self._turn), self._loop(self._trim)]
        self._rounds: list[Deferred[Any]] = []

    def startService(self) -> Deferred[None]:
        """Fires when the store knows the sinks. Fails as the writer does."""
        super().startService()
        return ensureDeferred(self._start())

    def stopService(self) -> Deferred[None]:
        """Fires when nothing is on its way any more and what was told is written down."""
        super().stopService()
        return ensureDeferred(self._stop())

    async def _start(self) -> None:
        wanted = {outlet.sink.name: outlet.sink.events for outlet in self._outlets}
        await self._writer.submit(partial(dispatch.configure, wanted=wanted), 0)
        if self._outlets and self.running:
            self._rounds = [self._loops[0].start(INTERVAL), self._loops[1].start(TRIMMING)]

    async def _stop(self) -> None:
        for loop in self._loops:
            if loop.running:
                loop.stop()
        for outlet in self._outlets:
            outlet.close()
        cut = self._clock.callLater(GRACE, self._cut)
        await DeferredList([*self._rounds, *(flight for outlet in self._outlets for flight in outlet.flying)])
        if cut.active():
            cut.cancel()
        for outlet in self._outlets:
            await outlet.finish()
        await self._close()

    def _cut(self) -> None:
        for outlet in self._outlets:
            for flight in list(outlet.flying):
                flight.cancel()

    def _turn(self) -> Deferred[Any]:
        return DeferredList([ensureDeferred(outlet.turn()) for outlet in self._outlets])

    def _trim(self) -> Deferred[Any]:
        return ensureDeferred(self._trim_some())

    async def _trim_some(self) -> None:
        names = [outlet.sink.name for outlet in self._outlets]
        try:
            await self._writer.submit(partial(dispatch.trim, names=names, now=self._now()), 0)
        except Exception:
            _log.failure("old changes cannot be dropped now")

    def _loop(self, function: Callable[[], Deferred[Any]]) -> LoopingCall:
        loop = LoopingCall(function)
        loop.clock = self._clock
        return loop
